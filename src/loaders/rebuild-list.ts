// Rebuilds a list after single objects of it were touched: from its pages before, and from these objects, which are read again.
import { there } from '../turns/at-once.ts'
import type { Soon, Steps } from '../turns/at-once.ts'
import type { Members } from '../aurora/body.ts'
import { readTimeMs } from '../aurora/times.ts'
import { idOf, keepPages, reuseArray } from './kept-pages.ts'
import type { KeptPages, KeptPagesOptions } from './kept-pages.ts'
import type { WholeList } from './read-pages.ts'
import { readTouched } from './read-touched.ts'
import type { ReadTouchedOptions } from './read-touched.ts'

export interface RebuildOptions extends KeptPagesOptions, ReadTouchedOptions {
  /** The objects that were touched since the base; null if something else may have changed. */
  readonly touchedSince: () => readonly string[] | null
  /** Remembers this moment. The returned function shows whether the list was touched since. */
  readonly watchTouches: () => () => boolean
  /**
   * Receives each page that differs from the cached one, by its number, and as the last page the objects that were read
   * again.
   */
  readonly put: (page: number, items: readonly Members[]) => Soon<void>
}

/** How often the reading begins again if objects are touched meanwhile. */
const MAX_ROUNDS = 3

/**
 * Null if the list has to be read: because something else may have changed; because a page is missing or not fresh;
 * because a page that was read since has other rows, touched ones aside; or because so many objects were touched that
 * the pages cost less.
 */
export function* rebuildList(options: RebuildOptions): Steps<WholeList | null> {
  const { base, watchTouches, put } = options
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const isTouched = watchTouches()
    const kept = keepTouched(options)
    const anew = kept && (yield* there(readTouched(kept.toRead, options)))
    if (!kept || !anew?.items.every((item) => isOfList(item, kept))) return null
    if (isTouched()) continue
    for (const use of kept.uses) use()
    const [first] = anew.items
    const pages = first ? [...kept.pages, reuseArray(base, first, anew.items)] : kept.pages
    for (const [page, items] of pages.entries())
      if (items !== kept.shown[page]) yield* there(put(page, items))
    const { failure, gone } = anew
    const order = kept.order && { order: kept.order }
    const moved = isTouched() ? 1 : 0
    return { pages, given: kept.shown, ...order, gone, failure, isWhole: false, moved, lost: 0 }
  }
  return null
}

/** The same in a dry run, for its cost. Null if the list would be read. */
export function* imagineRebuilt(
  options: Omit<RebuildOptions, 'watchTouches' | 'put'>,
): Steps<WholeList | null> {
  const kept = keepTouched(options)
  const anew = kept && (yield* there(readTouched(kept.toRead, options)))
  return anew && { pages: [...kept.pages, anew.items], failure: null, isWhole: true, moved: 0, lost: 0 }
}

function keepTouched(options: Omit<RebuildOptions, 'watchTouches' | 'put'>): KeptPages | null {
  const touched = options.touchedSince()
  return touched === null || touched.length === 0 ? null : keepPages(new Set(touched), options)
}

/**
 * Whether the item belongs to the list. An object that the list had before does. Of the others, an object that is newer
 * than the whole list is new; any other one may be readable but not listed.
 */
function isOfList(item: Members, { listed, shown }: KeptPages): boolean {
  if (listed.has(idOf(item))) return true
  const newest = readTimeMs(shown[0]?.[0]?.['created_at'])
  return readTimeMs(item['created_at']) >= newest
}
