// An index of one list: columns over the objects of its pages, so that they are filtered, searched, sorted and counted without looking at the objects.
import type { Members } from '../aurora/body.ts'
import { addWords, foldText } from './fold-text.ts'
import { grown } from './growing.ts'
import { createRows } from './rows.ts'
import type { Position, Rows } from './rows.ts'
import { createSortColumn } from './sort-column.ts'
import type { Place, Range, SortColumn, SortValue } from './sort-column.ts'
import { createValueColumn } from './value-column.ts'
import type { ValueColumn } from './value-column.ts'
import { createWordColumn } from './word-column.ts'

/** The values of a list's objects for filters, sorts and searches. */
export interface ListSpec {
  /** The values of a member, by each of which the object is found; null if the object does not show the member. */
  readonly values: Readonly<Record<string, (members: Members) => readonly string[] | null>>
  /** A text, a number, or null if the object has none. Numbers can be filtered by a range. */
  readonly sorts: Readonly<Record<string, (members: Members) => SortValue>>
  readonly texts: (members: Members) => readonly string[]
  /** The members of which these texts are made: an object that shows none of them may match any words. */
  readonly searched: readonly string[]
  /** All members that filters, sorts and searches use. */
  readonly members: readonly string[]
}

export interface Question {
  /** Alternatives, by the name of the values. */
  readonly values: Readonly<Record<string, readonly string[]>>
  /** By the name of a sort. */
  readonly ranges: Readonly<Record<string, Range>>
  /** Folded beginnings of words (`readSearch`); all of them match. */
  readonly words: readonly string[]
  readonly sort: { readonly by: string; readonly isDescending: boolean }
  readonly limit: number
  /** Whether the last rows before the end are taken instead of the first ones. */
  readonly isFromEnd: boolean
  readonly after: Place | null
  readonly before: Place | null
}

export interface FoundRow {
  readonly id: string
  readonly place: Place
  /** The place of the row in the list. */
  readonly position: Position
}

export interface Found {
  readonly total: number
  readonly rows: readonly FoundRow[]
  readonly hasNext: boolean
  readonly hasPrevious: boolean
  /**
   * Whether some rows do not show a member of the filter, so that they may match as well, or some item could not be
   * read or has no id.
   */
  readonly hasUnknown: boolean
}

export interface ListIndex {
  /** Replaces the rows of the page. Does nothing if the index was filled with the same array. */
  put(page: number, items: readonly Members[]): void
  /** Whether it was filled with this array for the page; without items: whether it has the page. */
  has(page: number, items?: readonly Members[]): boolean
  /** Removes the pages from this one on. */
  cut(page: number): void
  takeOut(page: number): void
  find(question: Question): Found
  /** `bytes` is an estimate. */
  size(): { readonly rows: number; readonly bytes: number }
}

/** Texts that differ only after this length have the same place in the order; lists do not show so much. */
const SORT_CHARS = 100
/** This many unused rows are kept before the columns are compacted. */
const MIN_WORN = 2000

interface Columns {
  readonly values: Readonly<Record<string, ValueColumn>>
  readonly sorts: Readonly<Record<string, SortColumn>>
  readonly words: WordsOf
  /** Which rows show any of the searched texts. */
  readonly isSearchable: ValueColumn
}

type WordsOf = ReturnType<typeof createWordColumn>

export function createListIndex(spec: ListSpec): ListIndex {
  const rows = createRows()
  const columns: Columns = {
    values: mapRecord(spec.values, () => createValueColumn()),
    sorts: mapRecord(spec.sorts, () => createSortColumn(rows.idOf)),
    words: createWordColumn(),
    isSearchable: createValueColumn(),
  }
  let worn = 0

  function takeOut(page: number): void {
    change(page, null)
  }

  function change(page: number, items: readonly Members[] | null): void {
    const { gone, changed } = items ? rows.put(page, items) : { gone: rows.takeOut(page), changed: NONE }
    const left = [...gone, ...changed.flatMap(({ slot, isNew }) => (isNew ? [] : [slot]))]
    clearRows(columns, left, rows.count())
    fillRows(columns, changed, spec)
    worn += left.length
    if (worn > Math.max(MIN_WORN, rows.size())) {
      compact(columns, rows.count())
      worn = 0
    }
  }

  return {
    put(page, items) {
      if (!rows.has(page, items)) change(page, items)
    },
    has: rows.has,
    takeOut,
    cut(page) {
      for (const each of rows.pagesFrom(page)) takeOut(each)
    },
    find: (question) => find(question, { columns, rows }),
    size: () => ({ rows: rows.size(), bytes: rows.bytes() + bytesOf(columns) }),
  }
}

const NONE: readonly Changed[] = []

type Changed = ReturnType<Rows['put']>['changed'][number]

function clearRows(
  { values, sorts, words, isSearchable }: Columns,
  slots: readonly number[],
  count: number,
): void {
  if (slots.length === 0) return
  const marks = grown(new Uint8Array(0), count)
  for (const slot of slots) {
    marks[slot] = 1
    words.clear(slot)
    isSearchable.clear(slot)
    for (const name in values) values[name]?.clear(slot)
  }
  for (const name in sorts) sorts[name]?.takeOut(marks)
}

function fillRows(columns: Columns, changed: readonly Changed[], spec: ListSpec): void {
  const { values, sorts, words, isSearchable } = columns
  if (changed.length === 0) return
  for (const { slot, members } of changed) {
    for (const name in values) values[name]?.set(slot, spec.values[name]?.(members) ?? null)
    const found = new Set<string>()
    for (const text of spec.texts(members)) addWords(found, text)
    words.set(slot, found)
    isSearchable.set(slot, spec.searched.some((name) => Object.hasOwn(members, name)) ? NO_VALUES : null)
  }
  words.flush()
  for (const name in sorts)
    sorts[name]?.putIn(
      changed.map(({ slot, members }) => ({ slot, value: foldValue(spec.sorts[name]?.(members) ?? null) })),
    )
}

const NO_VALUES: readonly string[] = []

/** A text without visible characters counts as no text. */
function foldValue(value: SortValue): SortValue {
  if (typeof value !== 'string') return Number.isNaN(value) ? null : value
  return foldText(value).trim().slice(0, SORT_CHARS) || null
}

function compact({ values, words }: Columns, count: number): void {
  for (const name in values) values[name]?.compact(count)
  words.compact(count)
}

const bytesOf = ({ values, sorts, words, isSearchable }: Columns): number =>
  [...Object.values(values), ...Object.values(sorts), words, isSearchable].reduce(
    (sum, column) => sum + column.bytes(),
    0,
  )

interface Indexed {
  readonly columns: Columns
  readonly rows: Rows
}

function find(question: Question, { columns, rows }: Indexed): Found {
  const { sort, after, before } = question
  const column = columns.sorts[sort.by]
  if (!column) throw new Error(`the list is not sorted by ${sort.by}`)
  const bits = match(question, { columns, rows })
  const total = countOnes(bits)
  const from = after ? column.countUpTo(after, sort.isDescending) : 0
  const to = before ? column.countBefore(before, sort.isDescending) : column.length()
  const isMatch = (nth: number): boolean => bits[column.at(nth, sort.isDescending)] === 1
  const taken = take(question, { from, to }, isMatch)
  const first = taken[0] ?? (question.isFromEnd ? to : from)
  const last = taken.at(-1) ?? first - 1
  return {
    total,
    rows: taken.map((nth) => {
      const slot = column.at(nth, sort.isDescending)
      const id = rows.idOf(slot)
      return { id, place: { value: column.valueOf(slot), id }, position: rows.positionOf(slot) }
    }),
    hasNext: hasMatch(last + 1, column.length(), isMatch),
    hasPrevious: hasMatch(0, first, isMatch),
    hasUnknown: hasUnknown(question, { columns, rows }),
  }
}

function hasUnknown({ values, ranges, words }: Question, { columns, rows }: Indexed): boolean {
  const asked = [
    ...(words.length > 0 ? [columns.isSearchable] : []),
    ...Object.keys(values).map((name) => columns.values[name]),
    ...Object.keys(ranges).map((name) => columns.sorts[name]),
  ]
  return rows.countDropped() > 0 || asked.some((column) => (column?.countUnknown() ?? 0) > 0)
}

/** An iterator would take several times as long. */
function countOnes(bits: Uint8Array): number {
  let count = 0
  for (let slot = 0; slot < bits.length; slot += 1) count += bits[slot] ?? 0
  return count
}

/** A bit for each slot. */
function match({ values, ranges, words }: Question, { columns, rows }: Indexed): Uint8Array {
  const bits = rows.bits()
  for (const name in values) columns.values[name]?.keep(bits, values[name] ?? [])
  for (const name in ranges) columns.sorts[name]?.keepBetween(bits, ranges[name] ?? { from: null, to: null })
  if (words.length > 0) columns.words.keep(bits, words)
  return bits
}

interface Stretch {
  readonly from: number
  readonly to: number
}

/** Always returns the rows in the order, from either end. */
function take(
  { limit, isFromEnd }: Question,
  { from, to }: Stretch,
  isMatch: (nth: number) => boolean,
): number[] {
  const taken: number[] = []
  if (isFromEnd) {
    for (let nth = to - 1; nth >= from && taken.length < limit; nth -= 1) if (isMatch(nth)) taken.push(nth)
    return taken.reverse()
  }
  for (let nth = from; nth < to && taken.length < limit; nth += 1) if (isMatch(nth)) taken.push(nth)
  return taken
}

function hasMatch(from: number, to: number, isMatch: (nth: number) => boolean): boolean {
  for (let nth = from; nth < to; nth += 1) if (isMatch(nth)) return true
  return false
}

const mapRecord = <Value, Mapped>(
  record: Readonly<Record<string, Value>>,
  map: (value: Value) => Mapped,
): Readonly<Record<string, Mapped>> =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [name, map(value)]))
