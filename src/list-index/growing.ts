// Typed arrays that grow: a column has room for more rows than there are.

/** The same array if it is long enough; otherwise a longer one with the same beginning. */
export function grown<Numbers extends Uint8Array | Uint32Array>(numbers: Numbers, length: number): Numbers {
  if (numbers.length >= length) return numbers
  const Longer = numbers.constructor as new (length: number) => Numbers
  const longer = new Longer(Math.max(MIN_LENGTH, length, Math.ceil(numbers.length * GROWTH)))
  longer.set(numbers)
  return longer
}

const MIN_LENGTH = 256
/** More would leave more room unused. */
const GROWTH = 1.5

/**
 * A sorted array with further numbers put in at their places. `added` is in the same order. Each place is found by
 * search, and the numbers between two places are copied as a whole.
 */
export function withSorted(
  sorted: Uint32Array,
  added: readonly number[],
  isBefore: (one: number, other: number) => boolean,
): Uint32Array {
  if (added.length === 0) return sorted
  const merged = new Uint32Array(sorted.length + added.length)
  let from = 0
  for (const [index, each] of added.entries()) {
    const to = countWhere(sorted, (other) => isBefore(other, each), from)
    merged.set(sorted.subarray(from, to), from + index)
    merged[to + index] = each
    from = to
  }
  merged.set(sorted.subarray(from), from + added.length)
  return merged
}

/** How many numbers from the beginning fulfil a condition that is true only for a beginning; found by halving. */
export function countWhere(sorted: Uint32Array, holds: (value: number) => boolean, from = 0): number {
  let low = from
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (holds(sorted[middle] ?? 0)) low = middle + 1
    else high = middle
  }
  return low
}
