// The rows of an index: each object of the list once, with the pages that contain it.
import { idKey, readAuroraId } from '../aurora/body.ts'
import type { Members } from '../aurora/body.ts'
import { grown } from './growing.ts'

export interface Position {
  /** From 0. */
  readonly page: number
  readonly index: number
}

export interface Rows {
  /** Returns the slots of rows that are on no page any more, and the rows that the page has added. */
  put(
    page: number,
    items: readonly Members[],
  ): { readonly gone: readonly number[]; readonly changed: readonly ChangedRow[] }
  takeOut(page: number): readonly number[]
  has(page: number, items?: readonly Members[]): boolean
  pagesFrom(page: number): readonly number[]
  idOf(slot: number): string
  positionOf(slot: number): Position
  /** One for each row, by its slot. A new array for each caller. */
  bits(): Uint8Array
  /** How many rows there are, and how many slots for rows. */
  size(): number
  count(): number
  /** How many items are no rows, because they have no id. */
  countDropped(): number
  bytes(): number
}

export interface ChangedRow {
  readonly slot: number
  readonly members: Members
  readonly isNew: boolean
}

interface Page {
  /**
   * The items that it was filled from; null: it has to be put again, because another page with one of its rows is gone.
   */
  items: WeakRef<readonly Members[]> | null
  readonly slots: readonly number[]
  readonly dropped: number
}

/** Array and map entries of one row, with its id. */
const BYTES_OF_ROW = 160

export function createRows(): Rows {
  const slots = createSlots()
  const pages = new Map<number, Page>()
  const positions = createPositions()

  /** The values that a leaving page has shown of a row on another page are outdated: that page is put again. */
  function passOn(slot: number, page: number): void {
    for (const [number, other] of pages) {
      const index = number === page ? -1 : other.slots.indexOf(slot)
      if (index === -1) continue
      positions.set(slot, number, index)
      other.items = null
    }
  }

  /** Returns the rows that no page has any more. */
  function leave(page: number, before: readonly number[], kept: ReadonlySet<number>): number[] {
    const gone = before.filter((slot) => slots.leave(slot))
    const goneSet = new Set(gone)
    for (const slot of before)
      if (positions.of(slot).page === page && !kept.has(slot) && !goneSet.has(slot)) passOn(slot, page)
    gone.forEach(slots.close)
    return gone
  }

  function put(page: number, items: readonly Members[]): ReturnType<Rows['put']> {
    const before = pages.get(page)?.slots ?? []
    const changed = readItems(items, slots)
    for (const [slot, { index }] of changed) positions.set(slot, page, index)
    const entered = [...changed.keys()]
    entered.forEach(slots.enter)
    const dropped = items.filter(({ id }) => readAuroraId(id) === null).length
    pages.set(page, { items: new WeakRef(items), slots: entered, dropped })
    return { gone: leave(page, before, new Set(entered)), changed: [...changed.values()] }
  }

  return {
    put,
    takeOut(page) {
      const before = pages.get(page)?.slots ?? []
      pages.delete(page)
      return leave(page, before, new Set())
    },
    has(page, items) {
      const known = pages.get(page)?.items
      if (!known) return false
      return items === undefined || known.deref() === items
    },
    pagesFrom: (page) => [...pages.keys()].filter((each) => each >= page),
    idOf: slots.idOf,
    positionOf: positions.of,
    bits: slots.bits,
    size: slots.size,
    count: slots.count,
    countDropped: () => [...pages.values()].reduce((sum, { dropped }) => sum + dropped, 0),
    bytes: () => slots.size() * BYTES_OF_ROW,
  }
}

/** The items that are rows, by their slots. An item that is repeated on a page is shown at its first place. */
function readItems(
  items: readonly Members[],
  slots: Slots,
): ReadonlyMap<number, ChangedRow & { index: number }> {
  const changed = new Map<number, ChangedRow & { index: number }>()
  for (const [index, members] of items.entries()) {
    const id = readAuroraId(members['id'])
    if (id === null) continue
    const slot = slots.open(id)
    if (!changed.has(slot)) changed.set(slot, { slot, members, isNew: slots.isUnused(slot), index })
  }
  return changed
}

/** The page that shows each row, and its place there. */
function createPositions() {
  let pages: Uint32Array = new Uint32Array(0)
  let indexes: Uint32Array = new Uint32Array(0)
  return {
    set(slot: number, page: number, index: number): void {
      pages = grown(pages, slot + 1)
      indexes = grown(indexes, slot + 1)
      pages[slot] = page
      indexes[slot] = index
    },
    of: (slot: number): Position => ({ page: pages[slot] ?? 0, index: indexes[slot] ?? 0 }),
  }
}

type Slots = ReturnType<typeof createSlots>

/** Numbers for ids. A number is used again when no page has its row any more. */
function createSlots() {
  const ids: string[] = []
  const slots = new Map<string, number>()
  const free: number[] = []
  let alive: Uint8Array = new Uint8Array(0)
  /** How many pages contain the row; a list that changes while it is read may show a row on two. */
  let uses: Uint8Array = new Uint8Array(0)

  function add(id: string): number {
    const slot = free.pop() ?? ids.length
    ids[slot] = id
    slots.set(idKey(id), slot)
    alive = grown(alive, slot + 1)
    uses = grown(uses, slot + 1)
    alive[slot] = 1
    uses[slot] = 0
    return slot
  }

  return {
    open: (id: string): number => slots.get(idKey(id)) ?? add(id),
    close(slot: number): void {
      slots.delete(idKey(ids[slot] ?? ''))
      ids[slot] = ''
      alive[slot] = 0
      free.push(slot)
    },
    isUnused: (slot: number): boolean => uses[slot] === 0,
    enter: (slot: number): void => void (uses[slot] = (uses[slot] ?? 0) + 1),
    /** Returns whether it was the last page with the row. */
    leave(slot: number): boolean {
      uses[slot] = (uses[slot] ?? 1) - 1
      return uses[slot] === 0
    },
    idOf: (slot: number): string => ids[slot] ?? '',
    bits: (): Uint8Array => alive.slice(0, ids.length),
    size: (): number => slots.size,
    count: (): number => ids.length,
  }
}
