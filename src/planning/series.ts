// Spreads an average over whole numbers: a mean of 1.5 gives 2, 1, 2, 1.

export interface Series {
  /** How many numbers were given under this name before. */
  next(name: string): number
  /** The next whole number of the series. The sum of all so far is their mean times their count, rounded. */
  spread(name: string, mean: number): number
}

export function createSeries(): Series {
  const counts = new Map<string, number>()
  const next = (name: string): number => {
    const index = counts.get(name) ?? 0
    counts.set(name, index + 1)
    return index
  }
  return {
    next,
    spread(name, mean) {
      if (Number.isInteger(mean)) return mean
      const index = next(name)
      return Math.round((index + 1) * mean) - Math.round(index * mean)
    },
  }
}
