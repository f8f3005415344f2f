// What Aurora would answer to a call, imagined: lists of a likely length, whose pages fit together, and single objects.
import type { Members } from '../aurora/body.ts'
import { readTimeMs } from '../aurora/times.ts'
import type { Endpoint } from '../aurora/endpoint.ts'
import { KINDS } from '../aurora/kinds.ts'
import type { Kind } from '../aurora/kinds.ts'
import type { Position } from '../loaders/cursor.ts'
import type { ListEnds } from '../loaders/list-ends.ts'
import type { Answer } from '../rest/answer.ts'
import type { Refusal } from '../rest/attempt-error.ts'
import type { Call, Question, Reply } from '../rest/call.ts'
import type { Alike } from './alike.ts'
import { beginAnswer, imaginedId, makeObject, planObjects } from './imagined-objects.ts'
import type { ObjectPlan } from './imagined-objects.ts'
import { listLength, presentShare } from './outlook.ts'
import type { Outlook } from './outlook.ts'
import { createSeries, spread } from './series.ts'
import type { SeriesOf } from './series.ts'
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

export function createImaginedReplies(outlook: Outlook, experience: Experience): ImaginedReplies {
  const { typicalReplies, alike } = experience
  const imagining: Imagining = {
    outlook,
    seriesOf: createSeries(),
    positions: new Map(),
    lengths: new Map(),
    fullPages: new Map(),
    lastId: 0,
    ...experience,
  }

  return {
    *reply(call) {
      const { endpoint, path, terms } = call
      const { operation, answers } = endpoint
      if (answers === 'nothing') return success(null)
      const typical = typicalReplies.of(terms.scope.key, operation)
      if (answers === 'list') {
        const items = yield* imagineLists(imagining, {
          call,
          typical,
          lists: [Object.values(path).join('/')],
        })
        if (alike) for (const item of items) alike.note(item)
        return success(items)
      }
      const [object] = yield* imagineObjects(imagining, { call, typical, calls: 1 })
      return object ? success(object) : ABSENT
    },
    *replyForAll(call, ids) {
      const { endpoint, terms } = call
      const typical = typicalReplies.of(terms.scope.key, endpoint.operation)
      if (endpoint.answers === 'list')
        return success(
          alike?.gatherItems(yield* imagineLists(imagining, { call, typical, lists: ids })) ?? [],
        )
      const merged =
        alike?.merge(yield* imagineObjects(imagining, { call, typical, calls: ids.length })) ?? null
      return merged ? success(merged) : ABSENT
    },
    item: (endpoint, id) => makeObject(beginAnswer(planOf(imagining, { endpoint, path: {} }, null), 1), id),
    reach: ({ operation }, position) => void imagining.positions.set(operation, position),
  }
}

/**
 * What was imagined so far. The functions below take it as an argument: functions that each dry run makes anew would be
 * compiled anew, too, after every full collection.
 */
interface Imagining extends Experience {
  readonly outlook: Outlook
  readonly seriesOf: SeriesOf
  readonly positions: Map<Endpoint['operation'], Position>
  /** By operation and list. */
  readonly lengths: Map<string, number>
  readonly fullPages: Map<string, readonly Members[]>
  lastId: number
}

function newId(imagining: Imagining, kind: Kind): string {
  imagining.lastId += 1
  return imaginedId(kind, imagining.lastId)
}

const planOf = (
  { outlook, seriesOf }: Imagining,
  question: Pick<Question, 'endpoint' | 'path'>,
  typical: Typical | null,
): ObjectPlan => planObjects({ outlook, seriesOf, typical, question })

interface Lists {
  readonly call: Call
  readonly typical: Typical | null
  readonly lists: readonly string[]
}

/** The items of one page of each of the lists. */
function* imagineLists(imagining: Imagining, { call, typical, lists }: Lists): Making<readonly Members[]> {
  const { alike, fullPages } = imagining
  const { endpoint, query } = call
  const perPage = readPageLength(call, imagining.listEnds)
  const known = toKnown(imagining.positions.get(endpoint.operation), perPage)
  const plan = planOf(imagining, call, typical)
  const items: Members[] = []
  for (const list of lists) {
    const length = lengthOf(imagining, { endpoint, typical, known }, list)
    // The next page would contain only items of the longer lists.
    if (lists.length > 1 && length >= perPage) alike?.giveUp()
    const start = query['page'] === undefined ? 0 : (Number(query['page']) - 1) * perPage
    const count = Math.max(0, Math.min(perPage, length - start))
    // Named by page, because a page that equals the one before it would be the end of the list.
    const name = (page: number): string => `${endpoint.operation} ${list} ${count} ${page}`
    const page = start / perPage
    const isFull = endpoint.form === 'sliced' && !known && count === perPage
    const earlier = isFull && start >= EXECUTED ? fullPages.get(name(page - 2)) : undefined
    if (earlier) {
      fullPages.set(name(page), earlier)
      return earlier
    }
    const answer = beginAnswer(plan, count)
    for (let offset = start; offset < start + count; offset += 1) {
      const item = makeObject(answer, known?.offset === offset ? known.id : newId(imagining, endpoint.kind))
      const listed = known ? { ...item, created_at: createdAt(known, offset) } : item
      if (lists.length > 1 || count > PIECE) alike?.prepare(listed)
      items.push(listed)
      if (items.length % PIECE === 0) yield PIECE
    }
    if (isFull) fullPages.set(name(page), items)
  }
  return items
}

function lengthOf(
  { outlook, seriesOf, lengths }: Imagining,
  { endpoint, typical, known }: ListPlan,
  list: string,
): number {
  const name = `${endpoint.operation} ${list}`
  const before = lengths.get(name)
  if (before !== undefined) return before
  // A client that pages on was shown that there is a next page.
  const least = known ? known.offset + 2 : 0
  const mean = listLength(outlook, endpoint, typical)
  const length = Math.max(least, spread(seriesOf(endpoint.operation), mean))
  lengths.set(name, length)
  return length
}

interface Calls {
  readonly call: Call
  readonly typical: Typical | null
  /** How many calls there are. */
  readonly calls: number
}

/** One object for each of the calls that Aurora would answer with an object. */
function* imagineObjects(imagining: Imagining, { call, typical, calls }: Calls): Making<Members[]> {
  const { endpoint, path, query } = call
  const plan = planOf(imagining, call, typical)
  const share = presentShare(imagining.outlook, endpoint, typical)
  const there = imagining.seriesOf(`${endpoint.operation} there`)
  const objects: Members[] = []
  for (let index = 1; index <= calls; index += 1) {
    if (spread(there, share) > 0) {
      const id = query['job_id'] ?? ownId(endpoint, path) ?? newId(imagining, endpoint.kind)
      objects.push(makeObject(beginAnswer(plan, 1), id))
    }
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
  return last !== undefined && last === ID_NAMES.get(kind) ? path[last] : undefined
}

/** `utilityBill` gives `utility_bill_id`. */
const ID_NAMES: ReadonlyMap<string, string> = new Map(
  Object.keys(KINDS).map((kind) => [
    kind,
    `${kind.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}_id`,
  ]),
)

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
