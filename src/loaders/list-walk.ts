// Reads a whole list into its index, page by page, and notes the times of the pages.
import type { Soon, Steps } from '../turns/at-once.ts'
import type { Members } from '../aurora/body.ts'
import type { Endpoint } from '../aurora/endpoint.ts'
import { READS } from '../aurora/reads.ts'
import { GatewayError } from '../errors/errors.ts'
import type { Question } from '../list-index/list-index.ts'
import type { IndexOfList, ListIndexes } from '../list-index/list-indexes.ts'
import type { Terms } from '../rest/terms.ts'
import { SPECS } from '../list-index/list-specs.ts'
import type { IndexedList } from '../list-index/list-specs.ts'
import { idsOf } from './kept-pages.ts'
import { findLost } from './lost-rows.ts'
import { readPages } from './read-pages.ts'
import type { ReadPage, ReadPagesOptions, WholeList } from './read-pages.ts'
import { readTogether } from './read-together.ts'
import { imagineRebuilt, rebuildList } from './rebuild-list.ts'
import { createRequestReads } from './request-reads.ts'
import type { LoadersOptions } from './loaders-options.ts'
import type { RequestReads } from './request-reads.ts'

export interface WalkOptions {
  readonly options: LoadersOptions
  readonly operation: IndexedList
}

/** After this many walks whose pages did not stay in the cache, the list is not read for a while. */
const MAX_LOST_WALKS = 3
/** After this time the list may be shorter, or the cache emptier. */
const LOST_FOR_MS = 10 * 60_000

/** One reading of all pages into the index of the list. */
export function createWalk(lists: ListIndexes, { options, operation }: WalkOptions) {
  const { terms, pace } = options
  const endpoint: Endpoint = READS[operation]
  const name = nameOf(terms, endpoint)
  let known = lists.known(name)
  const ages = createAges()
  let isFresh = true
  const reads = createRequestReads({
    ...options,
    terms: {
      ...terms,
      onStale(stale) {
        isFresh = false
        terms.onStale(stale)
      },
      onUsed(used) {
        ages.note(used.answeredAtMs)
        terms.onUsed(used)
      },
    },
  })
  const open = (): IndexOfList => (known ??= lists.open(name, operation))
  /**
   * Puts a new page in several turns, so that it does not hold up other requests; `fill` puts in again what has changed
   * meanwhile.
   */
  function put(page: number, items: readonly Members[]): Soon<void> {
    const { index } = open()
    const fillIn = (): void => index.put(page, items)
    const units = index.has(page, items) ? 0 : items.length * UNITS_OF_ROW
    return !pace || units === 0 || pace.take(units) ? fillIn() : pace.wait(units).then(fillIn)
  }
  function putPage({ page, items, endBefore }: ReadPage): Soon<void> {
    // An empty page after a short one is not counted: no rows of the short one can have moved there.
    if (items.length > 0 || endBefore === 'more') ages.count()
    return put(page, items)
  }

  const isSure = (): boolean => isFresh && ages.areNear()
  const isApart = (): boolean => !isFresh && !ages.areNear()
  const walk: Walk = { endpoint, operation, reads, put, putPage, open, lists, options, isSure, isApart }

  return {
    read: (wanted: ReadOptions = {}): Steps<WholeList> => readWalk(walk, wanted),
    /** An object with the value on a fresh page: it costs nothing. */
    find: (wanted: ValueOf) => findAtHand(known, { operation, wanted, reads }),
    known: open,
    isOfOneTime: ages.areNear,
    asOf: (): string | null => (ages.oldestMs() === Infinity ? null : lists.toTime(ages.oldestMs())),
    end(): void {
      if (known) lists.keep(name, known)
    },
  }
}

interface Walk {
  readonly endpoint: Endpoint
  readonly reads: RequestReads
  readonly put: (page: number, items: readonly Members[]) => Soon<void>
  readonly putPage: (page: ReadPage) => Soon<void>
  readonly open: () => IndexOfList
  readonly lists: ListIndexes
  readonly options: LoadersOptions
  readonly operation: IndexedList
  /** Whether each page is fresh, and all pages are from one time. */
  readonly isSure: () => boolean
  /** Whether the pages are from several times, and one of them is read again after the answer in any case. */
  readonly isApart: () => boolean
}

/** Uses the pages from before, if only single objects were touched; otherwise reads all pages. */
function* readWalk(walk: Walk, wanted: ReadOptions): Steps<WholeList> {
  const { endpoint, operation, reads, put, lists, options } = walk
  const { terms } = options
  const { base } = lists.known(nameOf(terms, endpoint)) ?? {}
  const list =
    base &&
    (yield* rebuildList({
      base,
      endpoint,
      reads,
      put,
      members: SPECS[operation].members,
      touchedSince: () => lists.objectsSince(terms.scope.key, operation, base.mark),
      watchTouches: () => lists.watchTouches(terms.scope.key, endpoint),
    }))
  if (!list) return yield* readWhole(walk, wanted)
  for (const [page, items] of list.pages.entries())
    wanted.onPage?.({ page, items: items ?? [], endBefore: null })
  return list
}

function* readWhole(
  { endpoint, reads, putPage, open, lists, options, isSure, isApart }: Walk,
  { onPage, isEnough }: ReadOptions,
): Steps<WholeList> {
  const { terms } = options
  const isTouched = lists.watchTouches(terms.scope.key, endpoint)
  const mark = lists.mark()
  const known = lists.known(nameOf(terms, endpoint))
  const read = yield* readPages({
    reads,
    endpoint,
    onPage(page) {
      onPage?.(page)
      return putPage(page)
    },
    isEnough,
    pageCount: known?.pageCount ?? 0,
    tooLong: known && isTooLong(known, lists.nowMs()) ? tooLongError(known) : null,
  })
  if (!read.isWhole) return read
  if (isApart()) readTogether(read.pages.length, { lists, options, endpoint, reads, maxGapMs: MAX_GAP_MS })
  const walked = open()
  const wasMoved = read.moved > 0 || isTouched()
  noteWalk(walked, read, { isTouched: isTouched(), nowMs: lists.nowMs() })
  // If pages have changed meanwhile, their rows prove nothing about missing objects.
  const isOrdered = endpoint.isNewestFirst === true
  const lost = wasMoved ? null : yield* findLost({ walked, pages: read.pages, endpoint, reads, isOrdered })
  // The cache keeps a page that an event has made outdated, so `read.moved` does not count it.
  const list = { ...read, ...lost, moved: isTouched() ? Math.max(1, read.moved) : read.moved }
  const isBase = list.moved === 0 && lost?.mayLack === false && isSure()
  walked.base = isBase
    ? { ids: list.pages.map((items) => idsOf(items ?? [])), mark, trimmed: new WeakMap() }
    : null
  return list
}

const nameOf = ({ scope }: Terms, { operation }: Endpoint): string => `${scope.key} ${operation}`

/** A value of the objects of a list. */
export interface ValueOf {
  /** The name of the value in the index. */
  readonly name: string
  /** In the form of the index: in lower case if case does not count. */
  readonly value: string
}

interface AtHand {
  readonly operation: IndexedList
  readonly wanted: ValueOf
  readonly reads: RequestReads
}

function findAtHand(known: IndexOfList | null, { operation, wanted, reads }: AtHand): Members | null {
  const { name, value } = wanted
  const question = { ...ANY_ORDER, values: { [name]: [value] }, sort: sortOf(operation) }
  const [row] = known?.index.find(question).rows ?? []
  if (!row) return null
  const endpoint = READS[operation]
  const held = reads.ask.glanceFresh(endpoint, reads.pageQuery(endpoint, row.position.page))
  // The index may have a page that is older than this request accepts.
  if (!held || !known?.index.has(row.position.page, held.items)) return null
  held.use()
  return held.items[row.position.index] ?? null
}

const ANY_ORDER = { ranges: {}, words: [], limit: 1, isFromEnd: false, after: null, before: null } as const

/** The order of the list, so that its first object is found first; null if it has none. */
const sortOf = (operation: IndexedList): Question['sort'] => {
  const [by = ''] = Object.keys(SPECS[operation].sorts)
  return { by, isDescending: by === 'CREATED_AT' }
}

type ReadOptions = Partial<Pick<ReadPagesOptions, 'isEnough'>> & {
  readonly onPage?: (page: ReadPage) => void
}

/** In a dry run no page is put into an index. */
export function* readImagined({ options, operation }: WalkOptions): Steps<WholeList> {
  const endpoint = READS[operation]
  const { terms, plannedLists, pace } = options
  const reads = createRequestReads(options)
  const base = plannedLists?.baseOf(nameOf(terms, endpoint))
  const list =
    plannedLists &&
    base &&
    (yield* imagineRebuilt({
      base,
      endpoint,
      reads,
      members: SPECS[operation].members,
      touchedSince: () => plannedLists.objectsSince(terms.scope.key, operation, base.mark),
    }))
  if (list) return list
  return yield* readPages({
    reads,
    endpoint,
    onPage: ({ items }) => pace?.note(items.length * UNITS_OF_IMAGINED),
    pageCount: 0,
    tooLong: null,
  })
}

/** An imagined row is only passed on, so it takes little. */
const UNITS_OF_IMAGINED = 1 / 50

/** A row has ten texts to fold and to divide into words, which takes half as long as a field. */
const UNITS_OF_ROW = 0.5

/**
 * Pages that were read one after the other count as from one time, even if the calls of a minute were used up in
 * between and the repeat came a minute later.
 */
const MAX_GAP_MS = 90_000

/** The times at which the pages of a walk were answered. */
function createAges() {
  let lastMs: number | null = null
  let oldestMs = Infinity
  const counted: number[] = []
  return {
    note(answeredAtMs: number): void {
      lastMs = answeredAtMs
      oldestMs = Math.min(oldestMs, answeredAtMs)
    },
    /** Counts the page that was noted last. */
    count(): void {
      if (lastMs !== null) counted.push(lastMs)
    },
    oldestMs: (): number => oldestMs,
    areNear(): boolean {
      counted.sort((one, other) => one - other)
      return counted.every((atMs, nth) => atMs - (counted[nth - 1] ?? atMs) <= MAX_GAP_MS)
    },
  }
}

const tooLongError = ({ lostAtMs }: IndexOfList): GatewayError =>
  new GatewayError(
    'QUERY_REJECTED',
    'This list is longer than what the cache holds, so that no question about the whole of it can be answered: CACHE_MAX_MB bounds it.',
    { retryAtMs: lostAtMs + LOST_FOR_MS },
  )

const isTooLong = ({ lostWalks, lostAtMs }: IndexOfList, nowMs: number): boolean =>
  lostWalks >= MAX_LOST_WALKS && nowMs < lostAtMs + LOST_FOR_MS

interface Walked {
  readonly isTouched: boolean
  readonly nowMs: number
}

/** Pages that a write or an event has dropped would have fitted into the cache, so they do not count as lost. */
function noteWalk(known: IndexOfList, { pages, lost }: WholeList, { isTouched, nowMs }: Walked): void {
  known.pageCount = pages.length
  if (lost === 0) known.lostWalks = 0
  else if (!isTouched) {
    known.lostWalks += 1
    known.lostAtMs = nowMs
  }
}
