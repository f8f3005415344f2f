// The cached pages of a list without the objects that were touched since the list was read, if only these may be outdated.
import { readAuroraId } from '../aurora/body.ts'
import type { Members } from '../aurora/body.ts'
import type { Endpoint } from '../aurora/endpoint.ts'
import type { ListBase } from '../list-index/list-indexes.ts'
import type { RequestReads } from './request-reads.ts'

type Page = readonly Members[]

export interface KeptPages {
  readonly pages: readonly Page[]
  /** The pages as they are cached. */
  readonly shown: readonly Page[]
  /** Count the cached pages as used. */
  readonly uses: readonly (() => void)[]
  /**
   * The touched objects whose present state no page shows, by the id that the list had for them; and the objects that
   * have moved off all pages because others came before them.
   */
  readonly toRead: readonly string[]
  /** Those of them that the list contained. */
  readonly listed: ReadonlySet<string>
  /** The order that the list had; null if the pages still have it. */
  readonly order: readonly string[] | null
}

export interface KeptPagesOptions {
  readonly base: ListBase
  readonly endpoint: Endpoint
  readonly reads: RequestReads
}

/** `touched`: ids in lower case, as everywhere here but in `toRead`. Null if something else has changed. */
export function keepPages(
  touched: ReadonlySet<string>,
  { base, endpoint, reads }: KeptPagesOptions,
): KeptPages | null {
  /** The spellings in which the list had these objects; an object without one was not in the list, and may be new. */
  const unread = new Map([...touched].map((id) => [id, new Set<string>()]))
  const pages: Page[] = []
  const shown: Page[] = []
  const uses: (() => void)[] = []
  let moved: MovedRows | null = null
  for (const [page, ids] of base.ids.entries()) {
    const query = reads.pageQuery(endpoint, page)
    const current = reads.ask.glanceFresh(endpoint, query)
    const held = current ?? reads.ask.glanceAside(endpoint, query)
    if (held === null) return null
    const shownIds = idsOf(held.items)
    if (!isSame(shownIds, ids)) {
      moved ??= createMovedRows(base, touched)
      if (!moved.continues(shownIds)) return null
    }
    uses.push(held.use)
    shown.push(held.items)
    pages.push(current ? held.items : withoutTouched(base, { items: held.items, touched }))
    for (const item of held.items) {
      // A page that is current was not touched since it was read, so it shows the present state.
      if (current) unread.delete(idOf(item))
      else unread.get(idOf(item))?.add(String(item['id']))
    }
  }
  const offPages = moved?.lostOf(shown) ?? []
  const toRead = [...unread].flatMap(([id, spelled]) => (spelled.size > 0 ? [...spelled] : [id]))
  // Reading the pages costs less.
  if (toRead.length + offPages.length > base.ids.length) return null
  const listed = [...unread].flatMap(([id, spelled]) => (spelled.size > 0 ? [id] : []))
  return {
    pages,
    shown,
    uses,
    toRead: [...toRead, ...offPages],
    listed: new Set([...listed, ...offPages]),
    order: moved && base.ids.flat(),
  }
}

type MovedRows = ReturnType<typeof createMovedRows>

/**
 * The list without the touched objects. A page that was read after some of them were made or deleted begins and ends
 * elsewhere; its other items have to be a part of this list without a gap; otherwise something else has changed.
 */
function createMovedRows({ ids }: ListBase, touched: ReadonlySet<string>) {
  const untouched = ids.flat().filter((id) => !touched.has(id))
  const placeOf = new Map(untouched.map((id, place) => [id, place]))
  // Items without an id cannot be distinguished.
  const isNamed = placeOf.size === untouched.length && !placeOf.has('')
  return {
    continues(shown: readonly string[]): boolean {
      const rest = shown.filter((id) => !touched.has(id))
      const from = placeOf.get(rest[0] ?? '') ?? 0
      return isNamed && rest.every((id, nth) => placeOf.get(id) === from + nth)
    },
    /** The items that are on none of the pages. */
    lostOf(pages: readonly Page[]): readonly string[] {
      const there = new Set(pages.flatMap(idsOf))
      return untouched.filter((id) => !there.has(id))
    },
  }
}

/** In lower case; empty for an item without an id. */
export const idOf = (item: Members): string => readAuroraId(item['id'])?.toLowerCase() ?? ''

export const idsOf = (items: Page): readonly string[] => items.map(idOf)

function withoutTouched(
  base: ListBase,
  { items, touched }: { readonly items: Page; readonly touched: ReadonlySet<string> },
): Page {
  const kept = items.filter((item) => !touched.has(idOf(item)))
  return kept.length === items.length ? items : reuseArray(base, items, kept)
}

/** Returns the array that was made before for the same key, if it has the same items: then the index need not change. */
export function reuseArray({ trimmed }: ListBase, key: object, items: Page): Page {
  const known = trimmed.get(key)
  if (known && isSame(known, items)) return known
  trimmed.set(key, items)
  return items
}

const isSame = <Value>(one: readonly Value[], other: readonly Value[]): boolean =>
  one.length === other.length && one.every((value, index) => value === other[index])
