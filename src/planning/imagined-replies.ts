// What Aurora would answer to a call, imagined: lists of a likely length, whose pages fit together, and single objects.
import type { Members } from '../aurora/body.ts'
import { readTimeMs } from '../aurora/times.ts'
import type { Endpoint } from '../aurora/endpoint.ts'
import type { Kind } from '../aurora/kinds.ts'
import type { Position } from '../loaders/cursor.ts'
import type { ListEnds } from '../loaders/list-ends.ts'
import type { Answer } from '../rest/answer.ts'
import type { Refusal } from '../rest/attempt-error.ts'
import type { Call, Question, Reply } from '../rest/call.ts'
import type { Alike } from './alike.ts'
import { createObjectMaker, imaginedId } from './imagined-objects.ts'
import { listLength, presentShare } from './outlook.ts'
import type { Outlook } from './outlook.ts'
import { createSeries } from './series.ts'
import type { Series } from './series.ts'
import type { Making } from './turns.ts'
import type { Typical, TypicalReplies } from './typical-replies.ts'

export interface ImaginedReplies {
  /** The answers to one call always agree with those before: pages of one list fit together. */
  reply(call: Call): Making<Answer>
  /** The answers to the same call with each of these ids instead of the last one, merged into one answer. */
  replyForAll(call: Call, ids: readonly string[]): Making<Answer>
  /** An object as the list `endpoint` would show it. */
  item(endpoint: Endpoint, id: string): Members
  /** To be called before a page behind this position is read, so that the list contains the object of that position. */
  reach(endpoint: Endpoint, position: Position): void
}

/** How many objects are made at once: that takes a tenth of a millisecond or two. */
const PIECE = 50

/** No plan executes more items of one list. Further pages are only counted, and may show the same items. */
const EXECUTED = 1_000

/** What Aurora's true answers have shown. */
export interface Experience {
  readonly typicalReplies: Pick<TypicalReplies, 'of'>
  readonly listEnds: Pick<ListEnds, 'pageLength'>
  /** Left out: each object is executed by itself. */
  readonly alike?: Alike | null
}

/** An object after which a client reads on, and its number in the list. */
interface Known {
  readonly id: string
  readonly offset: number
  readonly createdAt: string | null
}

export function createImaginedReplies(
  outlook: Outlook,
  { typicalReplies, listEnds, alike }: Experience,
): ImaginedReplies {
  const series = createSeries()
  const positions = new Map<Endpoint['operation'], Position>()
  let lastId = 0

  const newId = (kind: Kind): string => imaginedId(kind, (lastId += 1))

  const makerOf = (question: Pick<Question, 'endpoint' | 'path'>, typical: Typical | null) =>
    createObjectMaker({ outlook, series, typical, question })
  const imagining: Imagining = { outlook, series, newId, makerOf }

  const imagineLists = createListMaker({ listEnds, alike, positions, ...imagining })

  return {
    *reply(call) {
      const { endpoint, path, terms } = call
      const { operation, answers } = endpoint
      if (answers === 'nothing') return success(null)
      const typical = typicalReplies.of(terms.scope.key, operation)
      if (answers === 'list') {
        const items = yield* imagineLists(call, typical, [Object.values(path).join('/')])
        items.forEach((item) => alike?.note(item))
        return success(items)
      }
      const [object] = yield* imagineObjects(call, { typical, calls: 1, imagining })
      return object ? success(object) : ABSENT
    },
    *replyForAll(call, ids) {
      const { endpoint, terms } = call
      const typical = typicalReplies.of(terms.scope.key, endpoint.operation)
      if (endpoint.answers === 'list')
        return success(alike?.gatherItems(yield* imagineLists(call, typical, ids)) ?? [])
      const merged =
        alike?.merge(yield* imagineObjects(call, { typical, calls: ids.length, imagining })) ?? null
      return merged ? success(merged) : ABSENT
    },
    item: (endpoint, id) => makerOf({ endpoint, path: {} }, null)(1)(id),
    reach: ({ operation }, position) => void positions.set(operation, position),
  }
}

interface ListMaking extends Imagining {
  readonly listEnds: Experience['listEnds']
  readonly alike: Alike | null | undefined
  readonly positions: ReadonlyMap<Endpoint['operation'], Position>
}

function createListMaker({ outlook, series, newId, makerOf, listEnds, alike, positions }: ListMaking) {
  const lengths = new Map<string, number>()
  const fullPages = new Map<string, readonly Members[]>()
  const pageLengthOf = (call: Call): number => readPageLength(call, listEnds)
  const knownIn = (call: Call): Known | null =>
    toKnown(positions.get(call.endpoint.operation), pageLengthOf(call))

  function lengthOf({ endpoint, typical, known }: ListPlan, list: string): number {
    const name = `${endpoint.operation} ${list}`
    // A client that pages on was shown that there is a next page.
    const least = known ? known.offset + 2 : 0
    const length =
      lengths.get(name) ??
      Math.max(least, series.spread(endpoint.operation, listLength(outlook, endpoint, typical)))
    lengths.set(name, length)
    return length
  }

  /** The items of one page of each of the lists. */
  function* imagineLists(
    call: Call,
    typical: Typical | null,
    lists: readonly string[],
  ): Making<readonly Members[]> {
    const { endpoint, query } = call
    const known = knownIn(call)
    const begin = makerOf(call, typical)
    const items: Members[] = []
    for (const list of lists) {
      const length = lengthOf({ endpoint, typical, known }, list)
      // The next page would contain only items of the longer lists.
      if (lists.length > 1 && length >= pageLengthOf(call)) alike?.giveUp()
      const pageLength = Math.min(length, pageLengthOf(call))
      const start = query['page'] === undefined ? 0 : (Number(query['page']) - 1) * pageLengthOf(call)
      const count = Math.max(0, Math.min(pageLength, length - start))
      // Named by page, because a page that equals the one before it would be the end of the list.
      const name = (page: number): string => `${endpoint.operation} ${list} ${count} ${page}`
      const page = start / pageLengthOf(call)
      const isFull = endpoint.form === 'sliced' && !known && count === pageLengthOf(call)
      const earlier = isFull && start >= EXECUTED ? fullPages.get(name(page - 2)) : undefined
      if (earlier) {
        fullPages.set(name(page), earlier)
        return earlier
      }
      const make = begin(count)
      for (let offset = start; offset < start + count; offset += 1) {
        const item = make(known?.offset === offset ? known.id : newId(endpoint.kind))
        const listed = known ? { ...item, created_at: createdAt(known, offset) } : item
        if (lists.length > 1 || count > PIECE) alike?.prepare(listed)
        items.push(listed)
        if (items.length % PIECE === 0) yield PIECE
      }
      if (isFull) fullPages.set(name(page), items)
    }
    return items
  }

  return imagineLists
}

interface Imagining {
  readonly outlook: Outlook
  readonly series: Series
  readonly newId: (kind: Kind) => string
  readonly makerOf: (
    question: Pick<Question, 'endpoint' | 'path'>,
    typical: Typical | null,
  ) => ReturnType<typeof createObjectMaker>
}

/** One object for each of the calls that Aurora would answer with an object. */
function* imagineObjects(
  { endpoint, path, query }: Call,
  { typical, calls, imagining }: { typical: Typical | null; calls: number; imagining: Imagining },
): Making<Members[]> {
  const { outlook, series, newId, makerOf } = imagining
  const begin = makerOf({ endpoint, path }, typical)
  const share = presentShare(outlook, endpoint, typical)
  const objects: Members[] = []
  for (let index = 1; index <= calls; index += 1) {
    if (series.spread(`${endpoint.operation} there`, share) > 0)
      objects.push(begin(1)(query['job_id'] ?? ownId(endpoint, path) ?? newId(endpoint.kind)))
    if (index % PIECE === 0) yield PIECE
  }
  return objects
}

interface ListPlan {
  readonly endpoint: Endpoint
  readonly typical: Typical | null
  readonly known: Known | null
}

/** Aurora may return shorter pages of the list than requested. */
function readPageLength({ endpoint, query, terms }: Call, listEnds: Experience['listEnds']): number {
  if (query['per_page'] === undefined) return Infinity
  const { operation } = endpoint
  return listEnds.pageLength({ scope: terms.scope.key, operation, size: Number(query['per_page']) })
}

function toKnown(position: Position | undefined, pageLength: number): Known | null {
  if (!position) return null
  const { id, createdAt, next } = position
  return { id, createdAt, offset: next.page * pageLength + next.index - 1 }
}

/** The last id of the route is that of the object itself, unless it is that of its parent. */
function ownId({ parameters, kind }: Endpoint, path: Call['path']): string | undefined {
  const last = parameters.at(-1)
  return last === idNameOf(kind) ? path[last] : undefined
}

/** `utilityBill` gives `utility_bill_id`. */
const idNameOf = (kind: Kind): string =>
  `${kind.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}_id`

/** ECMA-262, 21.4.1.1. */
const LAST_DATE_MS = 8.64e15

/** Lists are ordered newest first: one second between items, counted from the given object. */
function createdAt(known: Known, offset: number): string | null {
  const createdAtMs = readTimeMs(known.createdAt) - (offset - known.offset) * 1000
  // A position comes from a client, and its time may be outside the range of dates.
  return Math.abs(createdAtMs) <= LAST_DATE_MS ? new Date(createdAtMs).toISOString() : null
}

const success = (value: Members | readonly Members[] | null): Reply => ({
  status: 200,
  value,
  bytes: 0,
  answeredAtMs: 0,
})

const ABSENT: Refusal = { status: 404, retryAfterMs: null, answeredAtMs: 0 }
