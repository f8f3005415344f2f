// Rebuilds a list after single objects of it were touched: from its pages before, and from these objects, which are read again.
import { allThere, atOnce, there, whenThere } from '../turns/at-once.ts'
import type { Soon, Steps } from '../turns/at-once.ts'
import { readAuroraId } from '../aurora/body.ts'
import type { Members } from '../aurora/body.ts'
import type { Endpoint } from '../aurora/endpoint.ts'
import { ownReadOf } from '../aurora/reads.ts'
import { readTimeMs } from '../aurora/times.ts'
import { isGatewayError } from '../errors/errors.ts'
import type { GatewayError } from '../errors/errors.ts'
import type { ListBase } from '../list-index/list-indexes.ts'
import { isOfOnePage } from './read-pages.ts'
import type { WholeList } from './read-pages.ts'
import type { RequestReads } from './request-reads.ts'

export interface BaseOptions {
  readonly base: ListBase
  readonly endpoint: Endpoint
  readonly reads: RequestReads
  /** The members of an object that the index needs. */
  readonly members: readonly string[]
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
export function* readFromBase(options: BaseOptions): Steps<WholeList | null> {
  const { base, touchedSince, watchTouches, put } = options
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const isTouched = watchTouches()
    const touched = touchedSince()
    if (touched === null || touched.length === 0) return null
    const kept = keepPages(new Set(touched), options)
    if (kept === null) return null
    const anew = yield* there(readAnew(kept.missing, options))
    if (anew === null || !anew.items.every((item) => isOfList(item, kept))) return null
    if (isTouched()) continue
    for (const use of kept.uses) use()
    const pages = [...kept.pages, ...(anew.items.length > 0 ? [sameArray(base, anew.items)] : [])]
    for (const [page, items] of pages.entries())
      if (items !== kept.shown[page]) yield* there(put(page, items))
    const { failure, gone } = anew
    const order = kept.order && { order: kept.order }
    return {
      pages,
      given: kept.shown,
      ...order,
      gone,
      failure,
      isWhole: false,
      moved: isTouched() ? 1 : 0,
      lost: 0,
    }
  }
  return null
}

/** The same in a dry run, for its cost. Null if the list would be read. */
export function* imagineFromBase(
  options: Omit<BaseOptions, 'watchTouches' | 'put'>,
): Steps<WholeList | null> {
  const touched = options.touchedSince()
  if (touched === null || touched.length === 0) return null
  const kept = keepPages(new Set(touched), options)
  const anew = kept && (yield* there(readAnew(kept.missing, options)))
  return anew && { pages: [...kept.pages, anew.items], failure: null, isWhole: true, moved: 0, lost: 0 }
}

interface Kept {
  readonly pages: readonly (readonly Members[])[]
  /** The pages as they are cached. */
  readonly shown: readonly (readonly Members[])[]
  readonly uses: readonly (() => void)[]
  /**
   * The touched objects whose present state no page shows, by the id that the list had for them; and the objects that
   * have moved off all pages because others came before them.
   */
  readonly missing: readonly string[]
  /** Those touched objects that the list contained, in lower case. */
  readonly listed: ReadonlySet<string>
  /** The order that the list had; null if the pages still have it. */
  readonly order: readonly string[] | null
}

/** The pages of the base without the touched objects, if only these may be outdated. */
function keepPages(
  touched: ReadonlySet<string>,
  { base, endpoint, reads }: Pick<BaseOptions, 'base' | 'endpoint' | 'reads'>,
): Kept | null {
  const missing = new Map([...touched].map((id) => [id, new Set<string>()]))
  const pages: (readonly Members[])[] = []
  const shown: (readonly Members[])[] = []
  const uses: (() => void)[] = []
  let moved: Moved | null = null
  for (const [page, ids] of base.ids.entries()) {
    const query = reads.pageQuery(endpoint, page)
    const current = reads.ask.glanceFresh(endpoint, query)
    const held = current ?? reads.ask.glanceAside(endpoint, query)
    if (held === null) return null
    const shownIds = idsOf(held.items)
    if (!isSame(shownIds, ids)) {
      moved ??= createMoved(base, touched)
      if (!moved.continues(shownIds)) return null
    }
    uses.push(held.use)
    shown.push(held.items)
    pages.push(current ? held.items : withoutTouched(base, { items: held.items, touched }))
    for (const item of held.items) {
      const id = readAuroraId(item['id'])
      if (id === null || !touched.has(id.toLowerCase())) continue
      // A cached page was not touched since it was read.
      if (current) missing.delete(id.toLowerCase())
      else missing.get(id.toLowerCase())?.add(id)
    }
  }
  // In the spelling of the list. An id that is not in the list may be new.
  const moving = moved?.lostOf(shown) ?? []
  const listed = new Set([...missing].flatMap(([id, spelled]) => (spelled.size > 0 ? [id] : [])))
  const wanted = [...missing].flatMap(([id, spelled]) => (spelled.size > 0 ? [...spelled] : [id]))
  return wanted.length + moving.length > base.ids.length
    ? null
    : {
        pages,
        shown,
        uses,
        missing: [...wanted, ...moving],
        listed: new Set([...listed, ...moving]),
        order: moved && base.ids.flat(),
      }
}

type Moved = ReturnType<typeof createMoved>

/**
 * The list without the touched objects. A page that was read after some of them were made or deleted begins and ends
 * elsewhere; its other items have to be a part of this list without a gap; otherwise something else has changed.
 */
function createMoved({ ids }: ListBase, touched: ReadonlySet<string>) {
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
    lostOf(pages: readonly (readonly Members[])[]): readonly string[] {
      const there = new Set(pages.flatMap(idsOf))
      return untouched.filter((id) => !there.has(id))
    },
  }
}

/** In lower case. Items without an id are left out. */
export const idsOf = (items: readonly Members[]): readonly string[] =>
  items.map((item) => readAuroraId(item['id'])?.toLowerCase() ?? '')

const isSame = (one: readonly string[], other: readonly string[]): boolean =>
  one.length === other.length && one.every((id, index) => id === other[index])

/**
 * Whether the item belongs to the list. An object that the list had before does. Of the others, an object that is newer
 * than the whole list is new; any other one may be readable but not listed.
 */
function isOfList(item: Members, { listed, shown }: Kept): boolean {
  if (listed.has(readAuroraId(item['id'])?.toLowerCase() ?? '')) return true
  const newest = readTimeMs(shown[0]?.[0]?.['created_at'])
  return readTimeMs(item['created_at']) >= newest
}

interface Touched {
  readonly items: readonly Members[]
  readonly touched: ReadonlySet<string>
}

/** The same array as long as the page and its touched objects are the same, so that the index need not change. */
function withoutTouched({ trimmed }: ListBase, { items, touched }: Touched): readonly Members[] {
  const kept = items.filter((item) => !touched.has(readAuroraId(item['id'])?.toLowerCase() ?? ''))
  if (kept.length === items.length) return items
  const known = trimmed.get(items)
  if (known && isEqual(known, kept)) return known
  trimmed.set(items, kept)
  return kept
}

function sameArray(base: ListBase, items: readonly Members[]): readonly Members[] {
  const [first] = items
  if (!first) return items
  const known = base.trimmed.get(first)
  if (known && isEqual(known, items)) return known
  base.trimmed.set(first, items)
  return items
}

const isEqual = (one: readonly Members[], other: readonly Members[]): boolean =>
  one.length === other.length && one.every((item, index) => item === other[index])

interface Anew {
  /** The objects that still exist. */
  readonly items: readonly Members[]
  /** The error of an object that could not be read. */
  readonly failure: GatewayError | null
  /** The ids for which Aurora answered that there is no such object. */
  readonly gone: readonly string[]
}

type TouchedReads = Pick<BaseOptions, 'endpoint' | 'reads' | 'members'>

/** Null if an error is of a kind for which the other objects must not be shown. */
function readAnew(ids: readonly string[], options: TouchedReads): Soon<Anew | null> {
  const all = allThere(
    ids.map((id) =>
      whenThere(
        atOnce(() => readingTouched(id, options)),
        (item): Anew => ({ items: item ? [item] : [], failure: null, gone: item ? [] : [id] }),
        (error): Anew | null => (isOfOnePage(error) ? { items: [], failure: error, gone: [] } : null),
      ),
    ),
  )
  return whenThere(all, (each) =>
    each.reduce(
      (sum, one) =>
        sum &&
        one && {
          items: [...sum.items, ...one.items],
          failure: sum.failure ?? one.failure,
          gone: [...sum.gone, ...one.gone],
        },
      { items: [], failure: null, gone: [] },
    ),
  )
}

/**
 * Null if it is gone. The answer to a write also shows its present state. A deletion counts as long as the pages do,
 * and not only for the short time after which a look-up would repeat the call: otherwise each question would repeat it.
 */
function* readingTouched(id: string, { endpoint, reads, members }: TouchedReads): Steps<Members | null> {
  const own = ownReadOf(endpoint.kind)
  const [parameter] = own?.parameters ?? []
  if (!own || parameter === undefined) throw new Error(`a ${endpoint.kind} has no read of its own`)
  const listed = reads.ask.readListed(endpoint.kind, id, members)
  if (listed && members.every((member) => Object.hasOwn(listed, member))) return listed
  if (reads.ask.isAbsent(own, { [parameter]: id })) return null
  try {
    return yield* there(reads.ask.object(own, { [parameter]: id }))
  } catch (error) {
    if (isGatewayError(error) && error.code === 'NOT_FOUND') return null
    throw error
  }
}
