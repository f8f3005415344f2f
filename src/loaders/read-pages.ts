// Reads all pages of a list for a question about the whole of it, and reports which part could not be read.
import { there } from '../turns/at-once.ts'
import type { Soon, Steps } from '../turns/at-once.ts'
import type { Members } from '../aurora/body.ts'
import type { Endpoint } from '../aurora/endpoint.ts'
import { isGatewayError, isServedStale } from '../errors/errors.ts'
import type { GatewayError } from '../errors/errors.ts'
import type { End } from './decide-end.ts'
import { doubtOf } from './end-in-doubt.ts'
import type { Pages } from './pages.ts'
import type { RequestReads } from './request-reads.ts'

export interface WholeList {
  /** The pages by number; null for a missing one. */
  readonly pages: readonly (readonly Members[] | null)[]
  /** The pages as Aurora gave them; left out if `pages` are these. */
  readonly given?: readonly (readonly Members[])[]
  /** The ids of the list in its order, in lower case; left out if the pages have this order. */
  readonly order?: readonly string[]
  /** The ids of objects on these pages that Aurora no longer has; left out if there are none. */
  readonly gone?: readonly string[]
  /** Why the first missing page could not be read; null if all were read, or enough of them. */
  readonly failure: GatewayError | null
  /** Whether the end of the list was reached, and no page is missing. */
  readonly isWhole: boolean
  /**
   * How many pages the cache no longer has as they were used: a write or an event has touched them, or they were read
   * again or evicted.
   */
  readonly moved: number
  /** How many of these the cache does not have at all. */
  readonly lost: number
  /**
   * Whether an object that the list has shown before is on none of these pages, and may have moved between two of them
   * while they were read.
   */
  readonly mayLack?: boolean
}

export interface ReadPage {
  readonly page: number
  readonly items: readonly Members[]
  /** What the page before shows about the end of the list; null for the first page, and if that page is missing. */
  readonly endBefore: End | null
}

export interface ReadPagesOptions {
  readonly reads: Pick<RequestReads, 'openPages' | 'ask' | 'pageQuery'>
  readonly endpoint: Endpoint
  /** Receives each page as it comes; left out in a dry run. */
  readonly onPage?: ((page: ReadPage) => Soon<void>) | undefined
  /** Called after each page: whether the other pages are not needed. Left out: all are. */
  readonly isEnough?: (() => boolean) | undefined
  /** How many pages the list had before. */
  readonly pageCount: number
  /** Why no further page is read; null if all are read. */
  readonly tooLong: GatewayError | null
}

/** Rejects if nothing of the list is known, and if a failure is not about one page. */
export function* readPages(options: ReadPagesOptions): Steps<WholeList> {
  const { reads, endpoint, onPage, isEnough, pageCount, tooLong } = options
  const opened = reads.openPages(endpoint)
  const pages: (readonly Members[] | null)[] = []
  let endBefore: End | null = null
  for (let page = 0; ; page += 1) {
    let items: readonly Members[]
    try {
      if (tooLong && opened.atHand(page) === null) throw tooLong
      items = yield* there(opened.open(page))
      const doubt = doubtOf(items)
      if (doubt) throw doubt
    } catch (error) {
      if (!isOfOnePage(error)) throw error
      // Cached pages of the rest cost nothing. They are opened like any page, so that a stale one is marked and read
      // again.
      for (let further = page; further < Math.max(pageCount, page + 1); further += 1) {
        const known = further > page ? yield* openKnown(opened, further) : null
        if (known && onPage) yield* there(onPage({ page: further, items: known, endBefore: null }))
        pages.push(known)
      }
      if (pages.every((each) => each === null)) throw error
      return { pages, failure: error, isWhole: false, ...countMoved(pages, options) }
    }
    pages.push(items)
    if (onPage) yield* there(onPage({ page, items, endBefore }))
    if (isEnough?.()) return { pages, failure: null, isWhole: false, ...NOT_MOVED }
    const end = opened.endOf(page, items)
    endBefore = end
    // A total, and that nothing else matches, are claims about all of the list: its end has to be certain.
    if (end !== 'end' && !opened.hasEnded(page)) continue
    const moved = onPage ? countMoved(pages, options) : NOT_MOVED
    const doubt = opened.doubtAt(page)
    return doubt
      ? { pages: [...pages, null], failure: doubt, isWhole: false, ...moved }
      : { pages, failure: null, isWhole: true, ...moved }
  }
}

/** Null for a page that would cost a call, and for one that was evicted meanwhile. */
function* openKnown(opened: Pages, page: number): Steps<readonly Members[] | null> {
  if (opened.atHand(page) === null) return null
  try {
    return yield* there(opened.open(page))
  } catch (error) {
    if (isOfOnePage(error)) return null
    throw error
  }
}

const NOT_MOVED = { moved: 0, lost: 0 } as const

/**
 * Failures after which the other pages are as good as before: no call was left, Aurora failed, or the request accepts
 * only cached data.
 */
export const isOfOnePage = (error: unknown): error is GatewayError =>
  isServedStale(error) || (isGatewayError(error) && PARTIAL.has(error.code))

const PARTIAL: ReadonlySet<GatewayError['code']> = new Set<GatewayError['code']>([
  'NOT_CACHED',
  'QUERY_REJECTED',
])

function countMoved(
  pages: WholeList['pages'],
  { reads, endpoint }: ReadPagesOptions,
): Pick<WholeList, 'moved' | 'lost'> {
  let moved = 0
  let lost = 0
  for (const [page, items] of pages.entries()) {
    if (items === null) continue
    // An old page has not changed: a page that was served because a call failed is still cached, even if it is old.
    const held = reads.ask.heldList(endpoint, {}, reads.pageQuery(endpoint, page))
    // For a page after the end, Aurora may answer that there is no such page.
    if (held === items || (held === null && items.length === 0)) continue
    moved += 1
    if (held === null) lost += 1
  }
  return { moved, lost }
}
