// How many calls are expected of several callers, if each counts only up to a limit. Pure.
import type { Returns } from './returns.ts'

/** Callers ordered by their calls, with sums over all before, so that a count for any limit is one look-up. */
export interface Expected {
  readonly calls: readonly number[]
  /** The sums over the callers before each one: of the calls that will probably come back, and of the likelihoods. */
  readonly sums: readonly number[]
  readonly likelihoods: readonly number[]
}

export function sumExpected(
  sizes: Iterable<readonly [caller: string, calls: number]>,
  { likelihood }: Pick<Returns, 'likelihood'>,
): Expected {
  const ordered = [...sizes].sort(([, left], [, right]) => left - right)
  const sums = [0]
  const likelihoods = [0]
  for (const [index, [caller, calls]] of ordered.entries()) {
    const likely = likelihood(caller)
    sums.push((sums[index] ?? 0) + likely * calls)
    likelihoods.push((likelihoods[index] ?? 0) + likely)
  }
  return { calls: ordered.map(([, calls]) => calls), sums, likelihoods }
}

/** The calls that will probably come back, at most `most` of each caller. */
export function countExpected({ calls, sums, likelihoods }: Expected, most: number): number {
  const smaller = countBelow(calls, most)
  const larger = (likelihoods.at(-1) ?? 0) - (likelihoods[smaller] ?? 0)
  return (sums[smaller] ?? 0) + larger * most
}

/** How many of these numbers, which are ascending, are below `limit`. */
function countBelow(ascending: readonly number[], limit: number): number {
  let from = 0
  for (let to = ascending.length; from < to;) {
    const middle = (from + to) >> 1
    if ((ascending[middle] ?? Infinity) < limit) from = middle + 1
    else to = middle
  }
  return from
}
