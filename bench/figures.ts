// The arithmetic of benchmarks: medians, quantiles, and ratios within one round.

/** The middle value, or the mean of the two middle ones; NaN of nothing. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((left, right) => left - right)
  const half = Math.floor(sorted.length / 2)
  const upper = sorted[half] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : ((sorted[half - 1] ?? Number.NaN) + upper) / 2
}

/** The value that a share of all values does not exceed (nearest rank); NaN of nothing. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((left, right) => left - right)
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN
}

export interface Measured {
  readonly peer: string
  readonly round: number
}

/**
 * For each peer, the median over the rounds of its value divided by the base's value in the same round. A machine that
 * is slow for a while is slow for both, so the ratio stays where the values do not.
 */
export function ratiosToBase<Row extends Measured>(
  rows: readonly Row[],
  base: string,
  pick: (row: Row) => number | null,
): ReadonlyMap<string, number> {
  const baseOf = new Map(rows.filter(({ peer }) => peer === base).map((row) => [row.round, pick(row)]))
  const ratios = new Map<string, number[]>()
  for (const row of rows) {
    const value = pick(row)
    const of = baseOf.get(row.round)
    if (value === null || of === null || of === undefined || of === 0) continue
    const list = ratios.get(row.peer) ?? []
    list.push(value / of)
    ratios.set(row.peer, list)
  }
  return new Map([...ratios].map(([peer, list]) => [peer, median(list)]))
}

/** For each peer, the median of what is picked of its rows; peers without a value are left out. */
export function mediansOf<Row extends Measured>(
  rows: readonly Row[],
  pick: (row: Row) => number | null,
): ReadonlyMap<string, number> {
  const lists = new Map<string, number[]>()
  for (const row of rows) {
    const value = pick(row)
    if (value === null) continue
    const list = lists.get(row.peer) ?? []
    list.push(value)
    lists.set(row.peer, list)
  }
  return new Map([...lists].map(([peer, list]) => [peer, median(list)]))
}

/** Two significant digits for what is small, whole numbers for what is large: 0.034, 5.8, 12, 40,700. */
export function printNumber(value: number): string {
  if (Number.isNaN(value)) return ''
  if (Math.abs(value) >= 10) return Math.round(value).toLocaleString('en-US')
  return String(Number(value.toPrecision(2)))
}

/** A table in Markdown, as prettier formats it. */
export function printTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((_, column) =>
    Math.max(3, ...[head, ...rows].map((row) => [...(row[column] ?? '')].length)),
  )
  const line = (cells: readonly string[]): string =>
    `| ${widths.map((width, column) => (cells[column] ?? '').padEnd(width)).join(' | ')} |`
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n')
}
