// Finds where a list continues after an item. No unseen item is skipped, unless the item is found by its id or pages are in falling order.
import { there } from '../turns/at-once.ts'
import type { Steps } from '../turns/at-once.ts'
import { idKey } from '../aurora/body.ts'
import type { Members } from '../aurora/body.ts'
import { readTimeMs } from '../aurora/times.ts'
import type { Place, Position } from './cursor.ts'
import { isSame } from './pages.ts'
import type { Pages } from './pages.ts'
import { isReadable, keyOf } from './readable.ts'

/**
 * Null if the list ends with the item. While the list does not change, no page is read besides the one that continues
 * it; only at the border of two pages, if the times of the second one contradict the item, the page before is read as
 * well. If the item is found nowhere, a list in falling order continues with the first item that is not newer, and any
 * other list with the page of the item: some items are then shown again, because otherwise some could be lost.
 */
export function* findPlace(after: Position, pages: Pages): Steps<Place | null> {
  const { page, index } = after.next
  const before = index === 0 ? pages.atHand(page - 1) : null
  const beforeIndex = before && indexBehind(after, before.items)
  if (before && beforeIndex !== null) {
    before.use()
    if (beforeIndex < before.items.length) return { page: page - 1, index: beforeIndex }
    if (pages.endOf(page - 1, before.items) === 'end') return null
    yield* there(pages.open(page))
    // Reading the page that continues the list may have shown that the page before it has changed.
    if (!pages.isOutdated(page - 1)) return after.next
  }
  const entries = yield* there(pages.open(page))
  const found = indexBehind(after, entries)
  // The item has moved if it is the first of a page. Further down it may be a repetition, after which there is an
  // unseen item.
  if (found !== null && (index > 0 || found === 1 || page === 0)) return { page, index: found }
  const isWorthIt =
    page > 0 && (mayBeEarlier(after, entries, found) || (index === 0 && pages.isOutdated(page - 1)))
  const earlier = isWorthIt ? yield* there(pages.open(page - 1)) : null
  const earlierIndex = earlier && indexBehind(after, earlier)
  if (earlier && earlierIndex !== null)
    return earlierIndex < earlier.length ? { page: page - 1, index: earlierIndex } : { page, index: 0 }
  if (found !== null) return { page, index: found }
  return yield* findByTime(after, pages, { entries, earlier })
}

/** The place after the item; an item that Aurora repeats was shown at its first place. */
function indexBehind({ id }: Position, entries: readonly Members[]): number | null {
  const found = entries.findIndex((item) => isReadable(item) && keyOf(item) === idKey(id))
  return found === -1 ? null : found + 1
}

/** Whether the item may be on the page before, or at its end, which only a call can show. */
function mayBeEarlier(after: Position, entries: readonly Members[], found: number | null): boolean {
  const isBorder = after.next.index === 0
  if (found !== null) return isBorder
  const age = isFalling(after, entries) ? compareFirst(after, entries) : null
  // At a border no item of this page is skipped, so only a newer item needs an explanation.
  if (age === null) return !isBorder
  return isBorder ? age >= 0 : age <= 0
}

interface Looked {
  readonly entries: readonly Members[]
  readonly earlier: readonly Members[] | null
}

function* findByTime(after: Position, pages: Pages, { entries, earlier }: Looked): Steps<Place> {
  const { page, index } = after.next
  const before = earlier ?? (page > 0 ? pages.atHand(page - 1)?.items : null) ?? []
  if (!isFalling(after, [...before, ...entries])) return { page, index: 0 }
  const age = compareFirst(after, entries)
  if (page === 0 || (age !== null && age > 0)) return yield* lookOnwards(after, pages, page)
  // At a border the page begins with an older item, so no item is skipped.
  if (index === 0 && earlier === null) return { page, index: 0 }
  // Otherwise the list has lost more than a page since.
  const isOnEarlier = (compareFirst(after, before) ?? -1) >= 0
  return yield* lookOnwards(after, pages, isOnEarlier ? page - 1 : 0)
}

/** Skips newer items, in pages that are in falling order. */
function* lookOnwards(after: Position, pages: Pages, start: number): Steps<Place> {
  let place: Place | null = null
  let before: readonly Members[] = []
  for (let page = start; ; page += 1) {
    const entries = yield* there(pages.open(page))
    // Aurora has no further page, whatever it says of this one.
    if (page > start && entries.length > 0 && isSame(entries, before))
      return place ?? { page, index: entries.length }
    before = entries
    const found = indexBehind(after, entries)
    if (found !== null) return { page, index: found }
    if (!isFalling(after, entries)) return place ?? { page, index: 0 }
    const ages = entries.map((item) => compareTimes(item, after))
    const notNewer = ages.findIndex((age) => age <= 0)
    if (notNewer !== -1) place ??= { page, index: notNewer }
    if (ages.some((age) => age < 0) || pages.endOf(page, entries) !== 'more')
      return place ?? { page, index: entries.length }
  }
}

/** Whether the page is in falling order, so that the time of the item decides what is before it. */
function isFalling({ createdAt }: Position, entries: readonly Members[]): boolean {
  const times = entries.filter(isReadable).map((item) => readTimeMs(item['created_at']))
  return [readTimeMs(createdAt), ...times].every((time) => !Number.isNaN(time)) && isDescending(times)
}

const isDescending = (times: readonly number[]): boolean =>
  times.every((time, index) => index === 0 || time <= (times[index - 1] ?? time))

/** Positive if the first item of the page is newer, negative if it is older; null if the page has none. */
function compareFirst(after: Position, entries: readonly Members[]): number | null {
  const first = entries.find(isReadable)
  return first ? compareTimes(first, after) : null
}

/** An item that cannot be read has no time: it counts as newer, because it is not shown. */
function compareTimes(item: Members, { createdAt }: Position): number {
  const differenceMs = readTimeMs(item['created_at']) - readTimeMs(createdAt)
  return Number.isNaN(differenceMs) ? 1 : differenceMs
}
