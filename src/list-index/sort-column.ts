// A column for sorting: the value of each row, and all rows in the order of their values.
import { countWhere, withSorted } from './growing.ts'

export type SortValue = string | number | null

/** A place in the order: the place of a row with this value, even if the row is gone. */
export interface Place {
  readonly value: SortValue
  readonly id: string
}

export interface SortColumn {
  /** Removes the marked rows. */
  takeOut(marks: Uint8Array): void
  /** Adds rows that are not in the order yet. */
  putIn(rows: readonly { readonly slot: number; readonly value: SortValue }[]): void
  valueOf(slot: number): SortValue
  /** The row that is the nth in this direction. Rows without a value are the last ones in both. */
  at(nth: number, isDescending: boolean): number
  /** How many rows are before the place in this direction, or at it. */
  countBefore(place: Place, isDescending: boolean): number
  countUpTo(place: Place, isDescending: boolean): number
  length(): number
  /** How many rows have no value, so that it is unknown in which range they are. */
  countUnknown(): number
  /** Clears the bits of the rows whose number is below `from`, not below `to`, or no number. */
  keepBetween(bits: Uint8Array, range: Range): void
  bytes(): number
}

/** Null: without a limit. */
export interface Range {
  readonly from: number | null
  readonly to: number | null
}

/** Array entry and order entry, and the head of a text or number. */
const BYTES_OF_ROW = 36

type IdOf = (slot: number) => string

/** `idOf` decides between rows with the same value, so that the order is total and the same at each time. */
export function createSortColumn(idOf: IdOf): SortColumn {
  const values = createValues()
  const { valueOf } = values
  let order: Uint32Array = new Uint32Array(0)

  function isBefore(one: number, other: number): boolean {
    const difference = compareValues(valueOf(one), valueOf(other))
    return difference === 0 ? idOf(one) < idOf(other) : difference < 0
  }

  const compareTo = (place: Place) => (slot: number) =>
    compare({ value: valueOf(slot), id: idOf(slot) }, place)

  /** How many rows are before the place in rising order, with or without the row at the place. */
  function count(place: Place, isWith: boolean): number {
    const difference = compareTo(place)
    return countWhere(order, (slot) => difference(slot) < (isWith ? 1 : 0))
  }

  return {
    takeOut(marks) {
      let kept = 0
      for (const slot of order) {
        if (marks[slot] === 1) values.forget(slot)
        else order[kept++] = slot
      }
      order = order.slice(0, kept)
    },
    putIn(rows) {
      for (const { slot, value } of rows) values.set(slot, value)
      const sorted = rows.map(({ slot }) => slot).sort((one, other) => (isBefore(one, other) ? -1 : 1))
      order = withSorted(order, sorted, isBefore)
    },
    valueOf,
    at(nth, isDescending) {
      const filled = values.count()
      return order[isDescending && nth < filled ? filled - 1 - nth : nth] ?? 0
    },
    countBefore: (place, isDescending) =>
      isDescending && place.value !== null ? values.count() - count(place, true) : count(place, false),
    countUpTo: (place, isDescending) =>
      isDescending && place.value !== null ? values.count() - count(place, false) : count(place, true),
    length: () => order.length,
    countUnknown: () => order.length - values.count(),
    keepBetween: values.keepBetween,
    bytes: () => order.length * BYTES_OF_ROW + values.chars(),
  }
}

function createValues() {
  const values: SortValue[] = []
  let filled = 0
  let chars = 0

  function count(value: SortValue, by: 1 | -1): void {
    if (value !== null) filled += by
    if (typeof value === 'string') chars += by * value.length
  }

  const valueOf = (slot: number): SortValue => values[slot] ?? null
  return {
    valueOf,
    set(slot: number, value: SortValue): void {
      values[slot] = value
      count(value, 1)
    },
    forget(slot: number): void {
      count(valueOf(slot), -1)
      values[slot] = null
    },
    /** How many rows have a value. */
    count: (): number => filled,
    chars: (): number => chars,
    keepBetween(bits: Uint8Array, { from, to }: Range): void {
      const least = from ?? -Infinity
      const end = to ?? Infinity
      for (let slot = 0; slot < bits.length; slot += 1) {
        const value = values[slot]
        if (typeof value !== 'number' || value < least || value >= end) bits[slot] = 0
      }
    },
  }
}

function compare(one: Place, other: Place): number {
  const difference = compareValues(one.value, other.value)
  if (difference !== 0 || one.id === other.id) return difference
  return one.id < other.id ? -1 : 1
}

/** Compares the codes of characters, which is the same on each machine. No value is after all values. */
function compareValues(one: SortValue, other: SortValue): number {
  if (one === other) return 0
  if (one === null) return 1
  if (other === null) return -1
  return one < other ? -1 : 1
}
