// What the loaders of one request share: each list and page is read at most once in a request.
import { whenThere } from '../turns/at-once.ts'
import type { Soon } from '../turns/at-once.ts'
import type { Members } from '../aurora/body.ts'
import type { Endpoint } from '../aurora/endpoint.ts'
import { followedAtMs } from '../rest/answer.ts'
import type { Ids } from '../rest/call.ts'
import { createAsk } from './ask.ts'
import { readWhole } from './listing.ts'
import type { LoadersOptions } from './loaders-options.ts'
import { createOnces } from './once.ts'
import type { Once } from './once.ts'
import { createOpenedLists } from './opened-lists.ts'
import { createPageQuery, NO_QUERY, noteDoubt } from './page-reads.ts'
import type { PageReads } from './page-reads.ts'
import { pathOf } from './path-of.ts'
import { isReadable } from './readable.ts'
import type { Pages } from './pages.ts'

export interface RequestReads
  extends
    PageReads,
    Pick<
      LoadersOptions,
      'terms' | 'pageSize' | 'pageShares' | 'listEnds' | 'pace' | 'onPosition' | 'imagineThere'
    > {
  /** The reads of one operation, or of one use of it, each made once. */
  readonly once: (name: string) => Once
  /** The same for results that are of use for this request alone. */
  readonly onceHere: (name: string) => Once
  /** Opens the pages of a list for one reader; below a parent if a key is given. */
  openPages(endpoint: Endpoint, key?: string): Pages
  /**
   * A whole list, below a parent if a key is given. It is read once per request for all fields. A list without ids may
   * have a query; with another query it is another list.
   */
  readAll(endpoint: Endpoint, key?: string, query?: Ids): Soon<readonly Members[]>
  /** The first page of a list of the tenant that has ids, as Aurora gave it; `readAll` begins with it. */
  readFirst(endpoint: Endpoint): Soon<readonly Members[]>
  /** The same, read until no further page can follow: needed before an object counts as missing from the list. */
  readToEnd(endpoint: Endpoint, key?: string): Soon<readonly Members[]>
}

export function createRequestReads(options: LoadersOptions): RequestReads {
  // Member by member, since each request needs one, and a spread takes several times as long.
  const { terms, pageSize, pageShares, listEnds, pace, onPosition, imagineThere } = options
  const ask = createAsk(options.terms, options)
  const once = createOnces(options.watch)
  const pageQuery = createPageQuery(options.pageSize)
  const { openPages, openWhole, readList, readFirst } = createOpenedLists(options, { ask, pageQuery })

  const readAll: RequestReads['readAll'] = (endpoint, key = '', query = NO_QUERY) =>
    once(hasNone(query) ? endpoint.operation : `${endpoint.operation} ${JSON.stringify(query)}`)(key, () =>
      endpoint.idMember === undefined
        ? whenThere(ask.listAt(endpoint, key, query), (items) => {
            const atMs = followedAtMs(items)
            if (atMs !== null) noteDoubt(terms, endpoint, atMs)
            return readableOf(items, () => {
              const answeredAtMs = ask.answeredAtMs(endpoint, pathOf(endpoint, key), query)
              noteDoubt(terms, endpoint, answeredAtMs ?? terms.begunAtMs, 'ITEMS_UNREADABLE')
            })
          })
        : readList(endpoint, key),
    )

  return {
    terms,
    pageSize,
    pageShares,
    listEnds,
    pace,
    onPosition,
    imagineThere,
    ask,
    once,
    onceHere: createOnces(),
    pageQuery,
    openPages,
    readAll,
    readFirst: (endpoint) => once(`first page of ${endpoint.operation}`)('', () => readFirst(endpoint, '')),
    readToEnd: (endpoint, key = '') =>
      once(`end of ${endpoint.operation}`)(key, () =>
        whenThere(readAll(endpoint, key), () => readWhole(openWhole(endpoint, key), true)),
      ),
  }
}

function readableOf(items: readonly Members[], noteUnreadable: () => void): readonly Members[] {
  const readable = items.filter(isReadable)
  if (readable.length < items.length) noteUnreadable()
  return readable
}

/** Most reads have no query, and then no text is made for it. */
const hasNone = (query: Ids): boolean => query === NO_QUERY || Object.keys(query).length === 0
