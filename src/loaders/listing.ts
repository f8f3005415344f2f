// Reads short lists whole, and slices of long lists from aligned pages, so that different slices share calls.
import { atOnce, there } from '../turns/at-once.ts'
import type { Soon, Steps } from '../turns/at-once.ts'
import { idKey } from '../aurora/body.ts'
import type { Members } from '../aurora/body.ts'
import type { Place, Position } from './cursor.ts'
import { withDoubt } from './end-in-doubt.ts'
import { findPlace } from './find-place.ts'
import { LOOK_BACK } from './pages.ts'
import type { Pages } from './pages.ts'
import { idOf, isReadable, keyOf } from './readable.ts'

export interface SliceItem {
  readonly members: Members
  readonly position: Position
}

export interface Slice {
  readonly items: readonly SliceItem[]
  /** True unless the list is known to end here, so the last slice of a list may be empty. */
  readonly hasNext: boolean
}

/**
 * The whole list, each item once, in the order in which they first came. The reading ends when no sign of a further
 * page is left; with `isCertain` it goes on until the end is proven, for statements that something is not in the list.
 * If the end is in doubt all the same, or other items may be missing, `doubtOf` returns the reason.
 */
export const readWhole = (pages: Pages, isCertain = false): Soon<readonly Members[]> =>
  atOnce(() => readingWhole(pages, isCertain))

/** The items that can be read, each once, in the order in which they first came. */
export function distinct(items: readonly Members[]): readonly Members[] {
  const known = distinctBefore.get(items)
  if (known) return known
  const found = new Map<string, Members>()
  if (addNew(found, items).hasUnreadable) withUnreadable.add(items)
  const all = [...found.values()]
  distinctBefore.set(items, all)
  return all
}

/** Whether `distinct` has left out items of this page that cannot be read. */
export const hasUnreadable = (items: readonly Members[]): boolean => withUnreadable.has(items)

/** A cached page is the same array for all requests, and never changes. */
const distinctBefore = new WeakMap<readonly Members[], readonly Members[]>()
const withUnreadable = new WeakSet<readonly Members[]>()

function addNew(found: Map<string, Members>, items: readonly Members[]) {
  const added = { hasKnown: false, hasUnreadable: false }
  for (const item of items) {
    if (!isReadable(item)) {
      added.hasUnreadable = true
      continue
    }
    const key = keyOf(item)
    if (found.has(key)) added.hasKnown = true
    else found.set(key, item)
  }
  return added
}

function* readingWhole(pages: Pages, isCertain: boolean): Steps<readonly Members[]> {
  const items = new Map<string, Members>()
  for (let page = 0; ; page += 1) {
    const entries = yield* there(pages.open(page))
    const added = addNew(items, entries)
    if (added.hasKnown) pages.noteRepeat(page)
    if (added.hasUnreadable) pages.noteUnreadable(page)
    const end = pages.endOf(page, entries)
    const isLast = end === 'end' || (end === 'likely' && !isCertain)
    if (isLast || pages.hasEnded(page)) {
      return withDoubt([...items.values()], pages.doubtAt(page) ?? pages.lacking())
    }
  }
}

/**
 * Up to `first` items after a position, each once. There are fewer if the page may be the last: no call is spent to
 * prove it then, and `hasNext` is true. A slice without items is always the last, so it rejects if the end is in doubt.
 */
export const readSlice = (wanted: WantedSlice, pages: Pages): Soon<Slice> =>
  atOnce(() => readingSlice(wanted, pages))

interface WantedSlice {
  readonly first: number
  readonly after: Position | null
}

function* readingSlice({ first, after }: WantedSlice, pages: Pages): Steps<Slice> {
  const start = after === null ? HEAD : yield* findPlace(after, pages)
  if (start === null) return { items: [], hasNext: false }
  const isNew = createIsNew(pages, start, after)
  const items: SliceItem[] = []
  for (let { page, index } = start; ; page += 1, index = 0) {
    const entries = yield* there(pages.open(page))
    for (; index < entries.length; index += 1) {
      const members = entries[index] ?? {}
      if (!isNew(members, page)) continue
      if (items.length === first) return { items, hasNext: true }
      items.push({ members, position: positionOf(members, { page, index }, entries.length) })
    }
    const end = pages.endOf(page, entries)
    if (end === 'end' || pages.hasEnded(page)) {
      const doubt = pages.doubtAt(page)
      if (doubt && items.length === 0) throw doubt
      return { items, hasNext: doubt !== null }
    }
    if (items.length === first || (end !== 'more' && items.length > 0)) return { items, hasNext: true }
  }
}

const HEAD: Place = { page: 0, index: 0 }

function positionOf(members: Members, { page, index }: Place, pageLength: number): Position {
  const { created_at: createdAt } = members
  const isLast = index + 1 === pageLength
  return {
    id: idOf(members),
    createdAt: typeof createdAt === 'string' ? createdAt : null,
    next: isLast ? { page: page + 1, index: 0 } : { page, index: index + 1 },
  }
}

/**
 * True once for each readable item that the client has not got yet: the item is neither on this slice, nor before the
 * position on pages that are at hand. Finding repetitions on other pages would cost calls, so those are shown again.
 */
function createIsNew(
  pages: Pages,
  start: Place,
  after: Position | null,
): (item: Members, page: number) => boolean {
  const shown = new Set<string>()
  const usesOf = new Map<string, () => void>()
  const note = (page: number, length: number): void => {
    const seen = pages.atHand(page)
    for (const item of seen?.items.slice(0, length).filter(isReadable) ?? [])
      usesOf.set(keyOf(item), seen?.use ?? (() => {}))
  }
  if (after) {
    // Pages after the position may have been opened to find it, without being shown.
    const end = Math.min(start.page, after.next.page)
    for (let page = Math.max(0, end - LOOK_BACK); page < end; page += 1) note(page, Infinity)
    note(start.page, start.index)
    shown.add(idKey(after.id))
  }
  return (item, page) => {
    if (!isReadable(item)) {
      pages.noteUnreadable(page)
      return false
    }
    const key = keyOf(item)
    if (shown.has(key)) {
      pages.noteRepeat(page)
      return false
    }
    shown.add(key)
    usesOf.get(key)?.()
    if (usesOf.has(key)) pages.noteRepeat(page)
    return !usesOf.has(key)
  }
}
