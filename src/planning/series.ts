// Spreads an average over whole numbers: a mean of 1.5 gives 2, 1, 2, 1.

/** How many numbers of one series were given so far. */
export interface Series {
  given: number
}

/** Returns the series of a name; the same one each time. */
export type SeriesOf = (name: string) => Series

export function createSeries(): SeriesOf {
  const all = new Map<string, Series>()
  return (name) => {
    const known = all.get(name)
    if (known) return known
    const series = { given: 0 }
    all.set(name, series)
    return series
  }
}

/** How many numbers were given before. */
export function next(series: Series): number {
  series.given += 1
  return series.given - 1
}

/** The next whole number of the series. The sum of all so far is their mean times their count, rounded. */
export function spread(series: Series, mean: number): number {
  if (Number.isInteger(mean)) return mean
  const index = next(series)
  return Math.round((index + 1) * mean) - Math.round(index * mean)
}
