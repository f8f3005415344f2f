// What the loaders of one request have in common: each list and page is read at most once, in the request's name.
import { whenThere } from '../turns/at-once.ts'
import type { Soon } from '../turns/at-once.ts'
import type { Members } from '../aurora/body.ts'
import type { Endpoint } from '../aurora/endpoint.ts'
import type { CacheReads } from '../cache/cache-reads.ts'
import { followedAtMs, isFollowed } from '../rest/answer.ts'
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
  /** Answers reads that need no promise; left out, every answer is one. */
  readonly answerAtOnce?: AnswerAtOnce | undefined
  readonly cache: CacheReads
  /** The size of all pages: with one size for all, slices share pages. */
  readonly pageSize: number
  /** Receives the calls that were spared; left out where nothing is really asked. */
  readonly emit?: Emit
  /** On which pages of lists the objects were that requests looked up by id. */
  readonly pageShares: PageShares
  /** How the pages of lists end. */
  readonly listEnds: ListEnds
  /** The indexes of whole lists; left out where nothing is really asked. */
  readonly lists?: ListIndexes
  /** The same in a dry run, which only looks at them; left out where nothing is planned. */
  readonly plannedLists?: PlannedLists | undefined
  /** What has changed in lists; in a dry run they are only looked at. */
  readonly histories?: Histories | undefined
  /** Until the items of a list have all been executed, it is unknown what they look for. Left out: they are, in one turn. */
  readonly pace?: Pick<Pace, 'isBusy' | 'whenIdle' | 'take' | 'wait' | 'note'> | undefined
  /** Called with the place where a slice begins, before its page is read. */
  readonly onPosition?: ((endpoint: Endpoint, position: Position) => void) | undefined
  /** In a dry run: whether an imagined answer that may be empty counts as one with content; null for every other answer. */
  readonly imagineThere?: ((endpoint: Endpoint, path: Ids) => boolean | null) | undefined
  /** Notes the reads, for other requests. Left out: none takes them over. */
  readonly watch?: ReadsWatch | undefined
}

export interface RequestReads extends Pick<
  LoadersOptions,
  'terms' | 'pageSize' | 'pageShares' | 'listEnds' | 'pace' | 'onPosition' | 'imagineThere'
> {
  readonly ask: Ask
  /** The reads of one operation, or of one use of it, each made once. */
  readonly once: (name: string) => Once
  /** The same for what is made of reads for this request alone. */
  readonly onceHere: (name: string) => Once
  pageQuery(endpoint: Endpoint, page: number): Ids
  /** The pages of a list, below a parent if a key is given, for one reader. */
  openPages(endpoint: Endpoint, key?: string): Pages
  /**
   * A whole list, below a parent if a key is given. Read once per request, however many fields want it. A list without ids
   * may have a query, and is another list with another one.
   */
  readAll(endpoint: Endpoint, key?: string, query?: Ids): Soon<readonly Members[]>
  /** The first page of a list of the tenant that has ids, as Aurora gave it; `readAll` begins with it. */
  readFirst(endpoint: Endpoint): Soon<readonly Members[]>
  /** The same, read on until nothing can follow: before something is said not to be in the list. */
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
      ...createEndSource(options, endpoint, list),
      learn: (page, items, before) => listEnds.learn(list, { name: `${key} ${page}`, items, before }),
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

  /** Most lists have one page, and need no more than to look at it once. */
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

/** `pageBefore`: as a call has it. */
function createReadPage(
  { pace, terms }: LoadersOptions,
  { ask, pageQuery }: Pick<RequestReads, 'ask' | 'pageQuery'>,
) {
  const inTurn = inTurnOf(pace)

  /** A 404 that nothing suggests behind the page before is the end of the list only for now. */
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
      // A 404 behind a full page, and where the call was made for a reader who could not tell.
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
  /** Their pages, so that reading on begins where reading ended. */
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

/** No size is asked of a list that is asked for whole: there a page as long as those of other lists may be full. */
export function judgePage(
  list: ListOf,
  { page, items }: NumberedPage,
  { pageSize, listEnds }: Pick<LoadersOptions, 'pageSize' | 'listEnds'>,
): PageBefore {
  if (isFollowed(items)) return 'followed'
  if (items.length >= pageSize || listEnds.mayBeFull(list, items.length)) return 'full'
  const end = listEnds.decide(list, { page, items })
  // Behind a further page, the end is hardly ever proven.
  return end === 'more' || (end === 'doubtful' && page === 0) ? 'usual' : 'short'
}

/** A list that is asked for whole has pages without a limit. */
export const listOf = (
  { operation, isPaged }: Endpoint,
  { terms, pageSize }: Pick<LoadersOptions, 'terms' | 'pageSize'>,
): ListOf => ({ scope: terms.scope.key, operation, size: isPaged ? pageSize : Infinity })
