// Answers cached across requests, bounded in bytes: whole replies by call, and each object of a list by its id.
import { LRUCache } from 'lru-cache'
import type { Kind } from '../aurora/kinds.ts'
import { partsOf, READS } from '../aurora/reads.ts'
import type { ReadOperation } from '../aurora/reads.ts'
import type { Clock } from '../clock.ts'
import { callKey } from '../rest/call.ts'
import type { Call, Question, Reply } from '../rest/call.ts'
import type { ScopeKey } from '../rest/scope.ts'
import type { Emit } from '../telemetry/events.ts'
import { isReply, itemsOf } from '../rest/answer.ts'
import type { Answer } from '../rest/answer.ts'
import { createAskedIndex } from './asked-index.ts'
import type { AskedIndex } from './asked-index.ts'
import { decideAge, decideLifetime } from './decide-lifetime.ts'
import { isTouched } from './drops.ts'
import type { Mark } from './drops.ts'
import type { Asked, Lineage } from './lineage.ts'
import { createTouched } from './touched.ts'
import type { Touched } from './touched.ts'
import type { ShownObject, Touch } from './invalidation.ts'
import { createReads, readBy } from './cache-reads.ts'
import type { CacheReads, Cached, FreshReads, ReadsOptions } from './cache-reads.ts'
import { heldFor, sizeCalculation, toAbsence, toShown } from './held.ts'
import type { Held, HeldName } from './held.ts'
import { createListedCounts } from './listed-counts.ts'
import { createDoubts } from './doubts.ts'
import { doInPieces } from './in-pieces.ts'
import { isNoNews } from './listed-news.ts'
import { createNoticeBoard } from './notices.ts'
import type { Notices } from './notices.ts'
import type { CallName } from './saved-reply.ts'

export interface Cache extends CacheReads, FreshReads, Touched, Notices {
  readBy(key: string): Cached | null
  /** The same without counting as a use: the entry stays no longer for it. */
  readonly glance: CacheReads
  /**
   * Stores replies, and for a short time 403 and 404. It stores nothing else, and nothing that a write has made untrue
   * since `begun`, the moment before the call was sent.
   */
  store(call: Call, answer: Answer, begun?: Mark): void
  /**
   * Stores the answer to a write, so that it is found as if a list had carried it. The caller has made sure that nothing has
   * touched the object since the write was sent.
   */
  show(scope: ScopeKey, kind: Kind, shown: ShownObject, reply: Reply): void
  /** The object of this call was deleted: `exists` is false until Aurora answers otherwise. */
  noteAbsence(scope: ScopeKey, question: Question): void
  /** Deletes what a write has made untrue, of every age, absences too. */
  drop(scope: ScopeKey, touches: readonly Touch[]): void
  /** Something has become untrue, and it is unknown what: all that is held is served as stale from now on. */
  doubtAll(): void
  /** From now on, answers are served as fresh only while `isConfirmed` returns true. */
  confirmBy(isConfirmed: () => boolean): void
  /** False while another replica may have changed what is held, and the notice has not come here. */
  isConfirmed(): boolean
  /** What is held now; the bytes are an estimate, which `maxBytes` bounds. */
  size(): { readonly bytes: number; readonly entries: number }
  /** The replies to reads, each with its call. */
  entries(): readonly Entry[]
  /** Puts such a reply back as it was, unless it is too old or the cache has one already. */
  restore(entry: Entry): void
  /** What the call reads was touched since; if that is unknown, true. */
  isOutdated(call: Call, since: Mark): boolean
}

export interface Entry {
  readonly call: CallName
  readonly reply: Reply
  /** It may be from before a write of another replica. */
  readonly isDoubted?: boolean
}

/** What is known of the objects above others: with the 64 MB of the default, of some 10,000 objects. */
const LINEAGE_SHARE = 1 / 16

/** lru-cache would make an object of options for each look. */
const GETTING = {}

export interface CacheOptions {
  readonly maxBytes: number
  readonly clock: Clock
  /** Receives replies that do not fit. */
  readonly emit?: Emit
}

/**
 * Reads never wait. Keys begin with the scope, so nothing is ever found with another credential. Values are shared
 * by all readers and must not be changed. The least recently used entries leave when `maxBytes` is reached.
 */
export function createCache({ maxBytes, clock, emit }: CacheOptions): Cache {
  const { entries, index, board, found } = createEntries(Math.ceil(maxBytes * (1 - LINEAGE_SHARE)))
  const { touched, lineage, add, addAll } = createTouched(Math.floor(maxBytes * LINEAGE_SHARE))
  const { nameOf, haveTouched } = touched
  const doubts = createDoubts(addAll, board.notifyAll)
  const held = (scope: ScopeKey, asked: Asked): HeldName => ({ scope, asked, doubts: doubts.count() })
  const reading: ReadsOptions = { ...found, clock, doubtOf: doubts.of }

  const put = createPut({ entries, lineage, doubts, noteTooLarge: createTooLargeNotice(maxBytes, emit) })
  return {
    ...touched,
    ...board.notices,
    ...doubts.parts,
    ...createReads(reading),
    readBy: (key) => readBy(key, reading),
    glance: createReads({ ...reading, find: (key) => entries.peek(key) }),
    store(call, answer, begun) {
      const { scope } = call.terms
      if (begun !== undefined && isTouchedSince(touched, call, answer, begun)) return
      if (isReply(answer) && !hasSameItems(entries.peek(call.key), answer)) entries.delete(nextPageKey(call))
      put(call.key, scope.key, call, answer)
      if (!isReply(answer) && answer.status === 404)
        deleteTouched(entries, { scope: scope.key, touches: partsBelow(call), nameOf, index })
    },
    show(scope, kind, { key, read: { operation, path } }, reply) {
      const asked: Asked = { endpoint: READS[operation], path }
      lineage.learn(scope, asked, reply)
      entries.set(...toShown(kind, key, { ...held(scope, asked), reply }))
    },
    noteAbsence: (scope, question) =>
      void entries.set(...toAbsence(question, held(scope, askedOf(question)))),
    drop(scope, touches) {
      deleteTouched(entries, { scope, touches, nameOf, index })
      add(scope, touches)
    },
    size: () => ({ bytes: entries.calculatedSize + lineage.bytes(), entries: entries.size }),
    entries: () => [...entries.values()].flatMap((each) => toEntry(each, lineage.aboveOf, doubts.count())),
    restore({ call, reply }) {
      const { scope, above } = call
      const key = callKey(scope, call)
      if (entries.has(key) || isExpired(call, reply, clock)) return
      // It is from before everything that this process has dropped.
      if (haveTouched(nameOf(scope, call, { answer: reply, above }), 0)) return
      touched.learn(scope, call, above)
      put(key, scope, call, reply)
    },
    isOutdated: (call, since) => haveTouched(nameOf(call.terms.scope.key, call), since),
  }
}

interface PutOptions {
  readonly entries: LRUCache<string, Held>
  readonly lineage: Pick<Lineage, 'learn'>
  readonly doubts: ReturnType<typeof createDoubts>
  readonly noteTooLarge: (operation: string, bytes: number) => void
}

/** Stores an answer with the objects that it lists. */
const createPut =
  ({ entries, lineage, doubts, noteTooLarge }: PutOptions) =>
  (key: string, scope: ScopeKey, question: Question, answer: Answer): void => {
    lineage.learn(scope, question, answer)
    const [own, ...listed] = heldFor(key, scope, question, { answer, doubts: doubts.count() })
    if (!own) return
    entries.set(...own)
    // lru-cache stores nothing that is larger than all of it; the links to its items would lead nowhere.
    if (!entries.has(key)) return noteTooLarge(question.endpoint.operation, sizeCalculation(own[1], key))
    const link = ([name, item]: [string, Held]): void => {
      if (item.is !== 'listed' || !isNoNews(entries, name, item, answer)) entries.set(name, item)
    }
    doInPieces(listed, link, () => entries.peek(key) === own[1])
  }

const askedOf = ({ endpoint, path }: Question): Asked => ({ endpoint, path })

/** As a rule nothing at all was touched since; then the name of the read is not needed. */
const isTouchedSince = (
  { mark, nameOf, haveTouched }: Touched,
  call: Call,
  answer: Answer,
  begun: Mark,
): boolean => begun !== mark() && haveTouched(nameOf(call.terms.scope.key, call, { answer }), begun)

/** lru-cache disposes of an entry whenever it leaves: replaced, deleted or evicted. */
function createEntries(maxBytes: number) {
  const index = createAskedIndex()
  const listed = createListedCounts()
  const board = createNoticeBoard()
  const entries = new LRUCache<string, Held>({
    maxSize: Math.max(1, maxBytes),
    sizeCalculation,
    onInsert: (held, key) => {
      index.add(key, held)
      listed.add(held)
    },
    dispose: (held, key) => {
      index.remove(key, held)
      listed.remove(held)
      board.notify(key)
    },
  })
  const found = {
    find: (key: string) => entries.get(key, GETTING),
    keyOf: index.keyOf,
    hasListed: listed.hasAny,
  }
  return { entries, index, board, found }
}

/** Reports each operation once: every use of such a reply costs a call, until the setting is changed. */
function createTooLargeNotice(maxBytes: number, emit?: Emit): (operation: string, bytes: number) => void {
  const noted = new Set<string>()
  return (operation, bytes) => {
    if (noted.has(operation)) return
    noted.add(operation)
    emit?.('replyTooLarge', { operation, bytes, maxBytes })
  }
}

interface Dropped {
  readonly scope: ScopeKey
  readonly touches: readonly Touch[]
  readonly nameOf: Cache['nameOf']
  readonly index: AskedIndex
}

function deleteTouched(entries: LRUCache<string, Held>, { scope, touches, nameOf, index }: Dropped): void {
  for (const touch of touches)
    for (const key of index.find(scope, touch)) {
      const held = entries.peek(key)
      if (held?.is !== 'answer') continue
      if (isTouched(nameOf(scope, held.asked, { answer: held.answer }), scope, [touch])) entries.delete(key)
    }
}

/** An object that is absent has no parts: what is cached of them is from before, and answers were made of it. */
function partsBelow({ endpoint: { form, kind }, path }: Question): readonly Touch[] {
  const parts = form === 'one' ? partsOf(kind) : []
  return parts.map(({ operation }) => ({ operation: operation as ReadOperation, path }))
}

function toEntry(held: Held, aboveOf: Lineage['aboveOf'], doubts: number): readonly Entry[] {
  if (held.is !== 'answer' || held.query === null || !isReply(held.answer)) return []
  const { scope, asked, query, answer } = held
  const call = { scope, ...asked, query, above: aboveOf(scope, asked, answer) }
  return [{ call, reply: answer, ...(held.doubts < doubts && { isDoubted: true }) }]
}

const isExpired = ({ endpoint: { kind } }: CallName, { answeredAtMs, value }: Reply, clock: Clock): boolean =>
  decideAge(clock.monotonicMs() - answeredAtMs, decideLifetime(kind, value)) === 'expired'

/**
 * If a page has changed, items have moved from it to the next page or back. A copy of the next page from before would lose
 * those items or show them twice.
 */
const nextPageKey = ({ endpoint, path, query, terms }: Call): string =>
  callKey(terms.scope.key, {
    endpoint,
    path,
    query: { ...query, page: String(Number(query['page'] ?? 1) + 1) },
  })

function hasSameItems(known: Held | undefined, reply: Reply): boolean {
  const before = known?.is === 'answer' ? itemsOf(known.answer) : []
  const after = itemsOf(reply)
  return before.length === after.length && after.every(({ id }, index) => id === before[index]?.['id'])
}
