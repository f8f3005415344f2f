// What the loaders of one request have in common: each list and page is read at most once, in the request's name.
import { whenThere } from '../at-once.ts'
import type { Soon } from '../at-once.ts'
import type { Members } from '../aurora/body.ts'
import type { Endpoint } from '../aurora/endpoint.ts'
import type { CacheReads } from '../cache/cache-reads.ts'
import type { AnswerAtOnce } from '../rest/answer.ts'
import { statusOf } from '../rest/attempt-error.ts'
import type { Ids, Upstream } from '../rest/call.ts'
import type { Pace } from '../pace.ts'
import type { Terms } from '../rest/terms.ts'
import type { Emit } from '../telemetry/events.ts'
import { createAsk } from './ask.ts'
import type { Ask } from './ask.ts'
import type { Position } from './cursor.ts'
import type { ListEnds, ListOf } from './list-ends.ts'
import { readWhole } from './listing.ts'
import { createOnces } from './once.ts'
import type { Once } from './once.ts'
import type { PageShares } from './page-shares.ts'
import { createPages, isReadable } from './pages.ts'
import type { Pages } from './pages.ts'

export interface LoadersOptions {
  readonly terms: Terms
  readonly upstream: Upstream
  /** Answers reads that need no promise; left out, every answer is one. */
  readonly answerAtOnce?: AnswerAtOnce
  readonly cache: CacheReads
  /** The size of all pages: with one size for all, slices share pages. */
  readonly pageSize: number
  /** Receives the calls that were spared; left out where nothing is really asked. */
  readonly emit?: Emit
  /** On which pages of lists the objects were that requests looked up by id. */
  readonly pageShares: PageShares
  /** How the pages of lists end. */
  readonly listEnds: ListEnds
  /** Until the items of a list have all been executed, it is unknown what they look for. Left out: they are, in one turn. */
  readonly pace?: Pick<Pace, 'isBusy' | 'whenIdle' | 'take' | 'wait'>
  /** Called with the place where a slice begins, before its page is read. */
  readonly onPosition?: (endpoint: Endpoint, position: Position) => void
  /** In a dry run: whether an imagined answer that may be empty counts as one with content; null for every other answer. */
  readonly imagineThere?: (endpoint: Endpoint, path: Ids) => boolean | null
}

export interface RequestReads extends Pick<
  LoadersOptions,
  'terms' | 'pageSize' | 'pageShares' | 'listEnds' | 'pace' | 'onPosition' | 'imagineThere'
> {
  readonly ask: Ask
  /** The reads of one operation, or of one use of it, each made once. */
  readonly once: (name: string) => Once
  pageQuery(endpoint: Endpoint, page: number): Ids
  /** The pages of a list, below a parent if a key is given, for one reader. */
  openPages(endpoint: Endpoint, key?: string): Pages
  /**
   * A whole list, below a parent if a key is given. Read once per request, however many fields want it. A list without ids
   * may have a query, and is another list with another one.
   */
  readAll(endpoint: Endpoint, key?: string, query?: Ids): Soon<readonly Members[]>
  /** The same, read on until nothing can follow: before something is said not to be in the list. */
  readToEnd(endpoint: Endpoint, key?: string): Soon<readonly Members[]>
}

export function createRequestReads(options: LoadersOptions): RequestReads {
  const { terms, pageSize, pace } = options
  const ask = createAsk(terms, options)
  const inTurn = inTurnOf(pace)
  const once = createOnces()
  const pageQuery = createPageQuery(pageSize)
  const nameOf = (endpoint: Endpoint, key: string): string => `${endpoint.operation} ${key}`
  /** Of the lists that are read whole, so that reading on begins where reading ended. */
  const wholes = new Map<string, Pages>()

  const openPages: RequestReads['openPages'] = (endpoint, key = '') => {
    const list = listOf(endpoint, options)
    const { listEnds } = options
    return createPages({
      read: (page) =>
        whenThere(ask.list(endpoint, pathOf(endpoint, key), pageQuery(endpoint, page)), inTurn, (error) => {
          // Behind the end some servers answer that there is no such page.
          if (page > 0 && statusOf(error) === 404) return []
          throw error
        }),
      glance: (page) => ask.glanceList(endpoint, pathOf(endpoint, key), pageQuery(endpoint, page)),
      decideEnd: (page, items) => listEnds.decide(list, { page, items }),
      learn: (page, items, before) => listEnds.learn(list, { name: `${key} ${page}`, items, before }),
    })
  }

  function openWhole(endpoint: Endpoint, key: string): Pages {
    const pages = wholes.get(nameOf(endpoint, key)) ?? openPages(endpoint, key)
    wholes.set(nameOf(endpoint, key), pages)
    return pages
  }

  const readAll: RequestReads['readAll'] = (endpoint, key = '', query = NO_QUERY) =>
    once(hasNone(query) ? endpoint.operation : `${endpoint.operation} ${JSON.stringify(query)}`)(key, () =>
      endpoint.idMember === undefined
        ? whenThere(ask.list(endpoint, pathOf(endpoint, key), query), (items) => items.filter(isReadable))
        : readWhole(openWhole(endpoint, key)),
    )

  return {
    ...options,
    ask,
    once,
    pageQuery,
    openPages,
    readAll,
    readToEnd: (endpoint, key = '') =>
      once(`end of ${endpoint.operation}`)(key, () =>
        whenThere(readAll(endpoint, key), () => readWhole(openWhole(endpoint, key), true)),
      ),
  }
}

const NO_QUERY: Ids = {}

/** Most reads have none, and then nothing is written down for it. */
const hasNone = (query: Ids): boolean => query === NO_QUERY || Object.keys(query).length === 0

/** Every list has a first page, so its query is made once. */
function createPageQuery(pageSize: number): RequestReads['pageQuery'] {
  const sized = (page: number): Ids => ({ page: String(page + 1), per_page: String(pageSize) })
  const first = sized(0)
  return ({ isPaged }, page) => {
    if (isPaged) return page === 0 ? first : sized(page)
    // A list that is asked for whole has a second page only if Aurora pages it by a default of its own.
    return page === 0 ? NO_QUERY : { page: String(page + 1) }
  }
}

/** Many fields may wait for the same page, and each looks at all its items. */
const inTurnOf =
  (pace: LoadersOptions['pace']) =>
  (items: readonly Members[]): Soon<readonly Members[]> =>
    !pace || pace.take(unitsOf(items)) ? items : pace.wait(unitsOf(items)).then(() => items)

/** To look at an item of a page takes a tenth of the time of a field. */
const unitsOf = (items: readonly Members[]): number => Math.ceil(items.length / 10)

/** A list that is asked for whole has pages without a limit. */
export const listOf = (
  { operation, isPaged }: Endpoint,
  { terms, pageSize }: Pick<LoadersOptions, 'terms' | 'pageSize'>,
): ListOf => ({ scope: terms.scope.key, operation, size: isPaged ? pageSize : Infinity })

/**
 * A key has the ids of the route in order, separated by slashes. If it has more than the route, the rest stays with the last
 * one, which is then refused as an id.
 */
export function pathOf({ parameters }: Endpoint, key: string): Ids {
  const [only] = parameters
  if (only === undefined) return {}
  if (parameters.length === 1) return { [only]: key }
  const ids = key.split('/')
  const last = parameters.length - 1
  return Object.fromEntries(
    parameters.map((name, index) => [name, index === last ? ids.slice(index).join('/') : (ids[index] ?? '')]),
  )
}
