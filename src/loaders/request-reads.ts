// What the loaders of one request have in common: each list and page is read at most once, in the request's name.
import type { Members } from '../aurora/body.ts'
import type { Endpoint } from '../aurora/endpoint.ts'
import type { CacheReads } from '../cache/cache.ts'
import type { Ids, Upstream } from '../rest/call.ts'
import type { Terms } from '../rest/terms.ts'
import type { Emit } from '../telemetry/events.ts'
import { createAsk } from './ask.ts'
import type { Ask } from './ask.ts'
import type { Position } from './cursor.ts'
import { isReadable, readWhole } from './listing.ts'
import { createOnce } from './once.ts'
import type { Once } from './once.ts'
import type { PageShares } from './page-shares.ts'

export interface LoadersOptions {
  readonly terms: Terms
  readonly upstream: Upstream
  readonly cache: CacheReads
  /** The size of all pages: with one size for all, slices share pages. */
  readonly pageSize: number
  /** Receives the calls that were spared; left out where nothing is really asked. */
  readonly emit?: Emit
  /** On which pages of lists the objects were that requests looked up by id. */
  readonly pageShares: PageShares
  /** Called with the place where a slice begins, before its page is read. */
  readonly onPosition?: (endpoint: Endpoint, position: Position) => void
}

export interface RequestReads extends Pick<
  LoadersOptions,
  'terms' | 'pageSize' | 'pageShares' | 'onPosition'
> {
  readonly ask: Ask
  readonly once: Once
  pageQuery(page: number): Ids
  readPage(endpoint: Endpoint, key: string, page: number): Promise<readonly Members[]>
  /** A whole list, below a parent if a key is given. Read once per request, however many fields want it. */
  readAll(endpoint: Endpoint, key?: string): Promise<readonly Members[]>
}

export function createRequestReads(options: LoadersOptions): RequestReads {
  const { terms, pageSize } = options
  const ask = createAsk(terms, options)
  const once = createOnce()
  const pageQuery = (page: number): Ids => ({ page: String(page + 1), per_page: String(pageSize) })
  const readPage: RequestReads['readPage'] = (endpoint, key, page) =>
    ask.list(endpoint, pathOf(endpoint, key), pageQuery(page))
  return {
    ...options,
    ask,
    once,
    pageQuery,
    readPage,
    readAll: (endpoint, key = '') =>
      once(`${endpoint.operation} ${key}`, () =>
        endpoint.isPaged
          ? readWhole((page) => readPage(endpoint, key, page), pageSize)
          : ask.list(endpoint, pathOf(endpoint, key)).then((items) => items.filter(isReadable)),
      ),
  }
}

/**
 * A key has the ids of the route in order, separated by slashes. If it has more than the route, the rest stays with the last
 * one, which is then refused as an id.
 */
export function pathOf({ parameters }: Endpoint, key: string): Ids {
  const ids = key.split('/')
  const last = parameters.length - 1
  return Object.fromEntries(
    parameters.map((name, index) => [name, index === last ? ids.slice(index).join('/') : (ids[index] ?? '')]),
  )
}
