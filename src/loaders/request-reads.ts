// What the loaders of one request share: each list and page is read at most once in a request.
import { whenThere } from '../turns/at-once.ts'
import type { Soon } from '../turns/at-once.ts'
import type { Members } from '../aurora/body.ts'
import type { Endpoint } from '../aurora/endpoint.ts'
import type { CacheReads } from '../cache/cache-reads.ts'
import { followedAtMs, isFollowed, isLast } from '../rest/answer.ts'
import type { AnswerAtOnce } from '../rest/answer.ts'
import type { Call, Ids, PageBefore, Upstream } from '../rest/call.ts'
import { isNoSuchPage, NOT_FOUND_STATUS } from '../rest/no-such-page.ts'
import { refusalOf } from '../rest/attempt-error.ts'
import type { Pace } from '../turns/pace.ts'
import type { Terms } from '../rest/terms.ts'
import type { Emit } from '../telemetry/events.ts'
import type { Histories } from '../changes/histories.ts'
import type { ListIndexes } from '../list-index/list-indexes.ts'
import { createAsk } from './ask.ts'
import type { Ask } from './ask.ts'
import type { Position } from './cursor.ts'
import { toEndInDoubt, toUnshown } from './end-in-doubt.ts'
import type { ListEnds, ListOf, NumberedPage } from './list-ends.ts'
import { distinct, readWhole } from './listing.ts'
import { createOnces } from './once.ts'
import type { Once } from './once.ts'
import type { PageShares } from './page-shares.ts'
import { createPages, isReadable } from './pages.ts'
import { pathOf } from './path-of.ts'
import type { Pages, PageSource } from './pages.ts'
import type { ReadsWatch } from './reads-made.ts'

export type PlannedLists = Pick<ListIndexes, 'baseOf' | 'objectsSince'>

export interface LoadersOptions {
  readonly terms: Terms
  readonly upstream: Upstream
  /** Answers reads without a promise, if it can; left out, every answer is a promise. */
  readonly answerAtOnce?: AnswerAtOnce | undefined
  readonly cache: CacheReads
  /** The size of all pages: with one size for all, slices share pages. */
  readonly pageSize: number
  /** Receives the calls that were saved; left out if no real calls are made. */
  readonly emit?: Emit
  /** The pages on which looked-up objects were. */
  readonly pageShares: PageShares
  /** How the pages of lists end. */
  readonly listEnds: ListEnds
  /** The indexes of whole lists; left out if no real calls are made. */
  readonly lists?: ListIndexes
  /** The same in a dry run, which only reads them; left out if nothing is planned. */
  readonly plannedLists?: PlannedLists | undefined
  /** The changes in lists; a dry run only reads them. */
  readonly histories?: Histories | undefined
  /**
   * Until all items of a list were executed, the objects that they need are unknown. Left out: they are executed in one
   * turn.
   */
  readonly pace?: Pick<Pace, 'isBusy' | 'whenIdle' | 'take' | 'wait' | 'note'> | undefined
  /** Called with the place where a slice begins, before its page is read. */
  readonly onPosition?: ((endpoint: Endpoint, position: Position) => void) | undefined
  /** In a dry run: whether an imagined answer that may be empty counts as one with content; null for every other answer. */
  readonly imagineThere?: ((endpoint: Endpoint, path: Ids) => boolean | null) | undefined
  /** Records the reads for other requests. Left out: none takes them over. */
  readonly watch?: ReadsWatch | undefined
}

export interface RequestReads extends Pick<
  LoadersOptions,
  'terms' | 'pageSize' | 'pageShares' | 'listEnds' | 'pace' | 'onPosition' | 'imagineThere'
> {
  readonly ask: Ask
  /** The reads of one operation, or of one use of it, each made once. */
  readonly once: (name: string) => Once
  /** The same for results that are of use for this request alone. */
  readonly onceHere: (name: string) => Once
  pageQuery(endpoint: Endpoint, page: number): Ids
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
  const { openPages, openWhole, readList, readFirst } = createListReads(options, { ask, pageQuery })

  const readAll: RequestReads['readAll'] = (endpoint, key = '', query = NO_QUERY) =>
    once(hasNone(query) ? endpoint.operation : `${endpoint.operation} ${JSON.stringify(query)}`)(key, () =>
      endpoint.idMember === undefined
        ? whenThere(ask.listAt(endpoint, key, query), (items) => {
            const atMs = followedAtMs(items)
            if (atMs !== null) noteDoubt(terms, endpoint, atMs)
            return items.filter(isReadable)
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

function createListReads(
  options: LoadersOptions,
  { ask, pageQuery }: Pick<RequestReads, 'ask' | 'pageQuery'>,
) {
  const { listEnds } = options
  const listsOf = createLists(options)
  const readPage = createReadPage(options, { ask, pageQuery })

  function openPages(endpoint: Endpoint, key = '', first?: Soon<readonly Members[]>): Pages {
    const { list } = listsOf(endpoint)
    const judge = (page: number): PageBefore => {
      const before = pages.atHand(page)
      return before && !before.isRefused ? judgePage(list, { page, items: before.items }, options) : 'full'
    }
    const pages: Pages = createPages({
      read: (page) => {
        if (page === 0) return first ?? readPage(endpoint, key, page)
        return readPage(endpoint, key, page, () => judge(page - 1))
      },
      glance: (page) => ask.glanceList(endpoint, pathOf(endpoint, key), pageQuery(endpoint, page)),
      isOutdated: (page) => ask.isOutdated(endpoint, pathOf(endpoint, key), pageQuery(endpoint, page)),
      learn: (page, items, before) => listEnds.learn(list, { name: `${key} ${page}`, items, before }),
      ...createEndSource(options, endpoint, list),
    })
    return pages
  }

  function openWhole(endpoint: Endpoint, key: string): Pages {
    const { wholes, firsts } = listsOf(endpoint)
    const pages = wholes.get(key) ?? openPages(endpoint, key, firsts.get(key))
    wholes.set(key, pages)
    return pages
  }

  function readFirst(endpoint: Endpoint, key: string): Soon<readonly Members[]> {
    const { list, firsts } = listsOf(endpoint)
    const known = firsts.get(key)
    if (known) return known
    const first = whenThere(readPage(endpoint, key, 0), (items) => {
      listEnds.learn(list, { name: `${key} 0`, items, before: null })
      return items
    })
    firsts.set(key, first)
    return first
  }

  /** Most lists have one page, and one look at it is enough. */
  function readList(endpoint: Endpoint, key: string): Soon<readonly Members[]> {
    const { list } = listsOf(endpoint)
    const items = readFirst(endpoint, key)
    if (!(items instanceof Promise)) {
      const end = listEnds.decide(list, { page: 0, items })
      if (end === 'end' || end === 'likely') return distinct(items)
    }
    return readWhole(openWhole(endpoint, key))
  }

  return { openPages, openWhole, readList, readFirst }
}

/** `pageBefore`: as in a `Call`. */
function createReadPage(
  { pace, terms }: LoadersOptions,
  { ask, pageQuery }: Pick<RequestReads, 'ask' | 'pageQuery'>,
) {
  const inTurn = inTurnOf(pace)

  /** A 404 counts as the end of the list for now, if the page before gave no sign of it. */
  function toEnd(endpoint: Endpoint, error: unknown, before: PageBefore): readonly Members[] {
    const refusal = refusalOf(error)
    const isDoubtful = before === 'followed' || (refusal?.status === NOT_FOUND_STATUS && before !== 'short')
    if (!refusal || !isDoubtful) return []
    noteDoubt(terms, endpoint, refusal.answeredAtMs)
    return toEndInDoubt(endpoint, refusal)
  }

  return (
    endpoint: Endpoint,
    key: string,
    page: number,
    pageBefore?: Call['pageBefore'],
  ): Soon<readonly Members[]> =>
    whenThere(ask.listAt(endpoint, key, pageQuery(endpoint, page), pageBefore), inTurn, (error) => {
      // A 404 after a full page, or on a call for a reader who had no page before.
      const before = pageBefore?.() ?? 'full'
      if (page > 0 && isNoSuchPage(error, () => before)) return toEnd(endpoint, error, before)
      throw error
    })
}

const noteDoubt = ({ onStale }: Terms, { operation }: Endpoint, answeredAtMs: number): void =>
  onStale({ operation, answeredAtMs, reason: 'END_IN_DOUBT' })

const createEndSource = (
  { terms, listEnds }: LoadersOptions,
  endpoint: Endpoint,
  list: ListOf,
): Pick<PageSource, 'decideEnd' | 'hasAllAsked' | 'toUnshown'> => ({
  decideEnd: (page, items) => listEnds.decide(list, { page, items }),
  hasAllAsked: ({ length }) => length >= list.size,
  toUnshown(followed) {
    noteDoubt(terms, endpoint, followedAtMs(followed) ?? 0)
    return toUnshown(endpoint)
  },
})

/** What is known of one list in this request: how its pages end, and its pages by the key of the parent. */
interface ListReads {
  readonly list: ListOf
  /** The first pages of the lists that are read whole. */
  readonly firsts: Map<string, Soon<readonly Members[]>>
  /** Their pages, so that later reading continues after the last one. */
  readonly wholes: Map<string, Pages>
}

function createLists(options: LoadersOptions): (endpoint: Endpoint) => ListReads {
  const made = new Map<Endpoint, ListReads>()
  return (endpoint) => {
    let lists = made.get(endpoint)
    if (!lists)
      made.set(endpoint, (lists = { list: listOf(endpoint, options), firsts: new Map(), wholes: new Map() }))
    return lists
  }
}

const NO_QUERY: Ids = {}

/** Most reads have no query, and then no text is made for it. */
const hasNone = (query: Ids): boolean => query === NO_QUERY || Object.keys(query).length === 0

/** Every list has a first page, so its query is made once. */
function createPageQuery(pageSize: number): RequestReads['pageQuery'] {
  const sized = (page: number): Ids => ({ page: String(page + 1), per_page: String(pageSize) })
  const first = sized(0)
  return ({ isPaged }, page) => {
    if (isPaged) return page === 0 ? first : sized(page)
    // A list that is requested as a whole has a second page only if Aurora pages it by a default of its own.
    return page === 0 ? NO_QUERY : { page: String(page + 1) }
  }
}

/** Many fields may wait for the same page, and each looks through all its items. */
const inTurnOf =
  (pace: LoadersOptions['pace']) =>
  (items: readonly Members[]): Soon<readonly Members[]> =>
    !pace || pace.take(unitsOf(items)) ? items : pace.wait(unitsOf(items)).then(() => items)

/** Looking at an item of a page takes a tenth of the time of a field. */
const unitsOf = (items: readonly Members[]): number => Math.ceil(items.length / 10)

/**
 * A list that is requested as a whole has no requested size: a page as long as those of other lists may be full there.
 */
export function judgePage(
  list: ListOf,
  { page, items }: NumberedPage,
  { pageSize, listEnds }: Pick<LoadersOptions, 'pageSize' | 'listEnds'>,
): PageBefore {
  if (isFollowed(items)) return 'followed'
  if (isLast(items)) return 'short'
  if (items.length >= pageSize || listEnds.mayBeFull(list, items.length)) return 'full'
  const end = listEnds.decide(list, { page, items })
  // On later pages the end is hardly ever proven.
  return end === 'more' || (end === 'doubtful' && page === 0) ? 'usual' : 'short'
}

/** Pages of a list that is requested as a whole have no size limit. */
export const listOf = (
  { operation, isPaged }: Endpoint,
  { terms, pageSize }: Pick<LoadersOptions, 'terms' | 'pageSize'>,
): ListOf => ({ scope: terms.scope.key, operation, size: isPaged ? pageSize : Infinity })
