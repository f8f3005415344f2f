// A list after single objects of it were touched: its pages from before, and these objects read anew.
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
  /** What the index needs of an object. */
  readonly members: readonly string[]
  /** The objects that were touched since the base; null where something else may have changed. */
  readonly touchedSince: () => readonly string[] | null
  /** Notes this moment. The function returns whether the list was touched since. */
  readonly watchTouches: () => () => boolean
  /** Receives each page that is not as it is held, by its number, and behind the last one what was read anew. */
  readonly put: (page: number, items: readonly Members[]) => Soon<void>
}

/** So often is begun anew where objects are touched while others are read. */
const MAX_ROUNDS = 3

/**
 * Null where the list has to be read: something else may have changed, a page is missing or is not fresh, a page that was read since
 * has other rows than these without those that were touched, or so many objects were touched that its pages cost less.
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

/** The same in a dry run, for what it would cost. Null where the list would be read. */
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
  /** The pages as they are held. */
  readonly shown: readonly (readonly Members[])[]
  readonly uses: readonly (() => void)[]
  /**
   * The touched objects that no page shows as they are now, by the id that the list had for them, and those that are on no page because
   * others have come before them.
   */
  readonly missing: readonly string[]
  /** Those of them that the list had, in small letters. */
  readonly listed: ReadonlySet<string>
  /** The order that the list had; null where the pages have it. */
  readonly order: readonly string[] | null
}

/** The pages of the base without the touched objects, where these are all that may be untrue. */
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
      // A page that is held was not touched since it was read.
      if (current) missing.delete(id.toLowerCase())
      else missing.get(id.toLowerCase())?.add(id)
    }
  }
  // As the list spells them. What is not in it may be new.
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
 * The list without the touched objects. A page that was read after some of them were made or deleted begins and ends elsewhere; what it
 * shows besides them has to be a part of this list without a gap, or something else has changed.
 */
function createMoved({ ids }: ListBase, touched: ReadonlySet<string>) {
  const untouched = ids.flat().filter((id) => !touched.has(id))
  const placeOf = new Map(untouched.map((id, place) => [id, place]))
  // Items without an id are alike.
  const isNamed = placeOf.size === untouched.length && !placeOf.has('')
  return {
    continues(shown: readonly string[]): boolean {
      const rest = shown.filter((id) => !touched.has(id))
      const from = placeOf.get(rest[0] ?? '') ?? 0
      return isNamed && rest.every((id, nth) => placeOf.get(id) === from + nth)
    },
    /** What is on none of the pages. */
    lostOf(pages: readonly (readonly Members[])[]): readonly string[] {
      const there = new Set(pages.flatMap(idsOf))
      return untouched.filter((id) => !there.has(id))
    },
  }
}

/** In small letters. An item without an id is none. */
export const idsOf = (items: readonly Members[]): readonly string[] =>
  items.map((item) => readAuroraId(item['id'])?.toLowerCase() ?? '')

const isSame = (one: readonly string[], other: readonly string[]): boolean =>
  one.length === other.length && one.every((id, index) => id === other[index])

/**
 * What the list has shown before, it shows now. Of what it has not shown, an object that is newer than all of it is new; any other one
 * may be readable and not listed.
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

/** The same array as long as the page and its touched objects are the same: the index then has nothing to do. */
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
  /** Those that are still there. */
  readonly items: readonly Members[]
  /** Why one of them could not be read. */
  readonly failure: GatewayError | null
  /** Aurora answered that there is no such object. */
  readonly gone: readonly string[]
}

type TouchedReads = Pick<BaseOptions, 'endpoint' | 'reads' | 'members'>

/** Null where a failure is not one for which the others are shown. */
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
 * Null where it is gone. The answer to a write shows the object as it is now, too. That it is gone holds as long as the pages do, and
 * not for the short time after which a look-up asks again: else each question would.
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
