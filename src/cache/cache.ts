// Answers cached across requests, bounded in bytes: whole replies by call, and each object of a list by its id.
import type { LRUCache } from 'lru-cache'
import type { Kind } from '../aurora/kinds.ts'
import { partsOf, READS } from '../aurora/reads.ts'
import type { ReadOperation } from '../aurora/reads.ts'
import type { Clock } from '../clock.ts'
import { callKey } from '../rest/call.ts'
import type { Call, NamedQuestion, Question, Reply } from '../rest/call.ts'
import type { ScopeKey, TenantKey } from '../rest/scope.ts'
import type { Life } from '../rest/terms.ts'
import type { Emit } from '../telemetry/events.ts'
import { isReply } from '../rest/answer.ts'
import type { Answer } from '../rest/answer.ts'
import { decideAge, decideLifetime } from './decide-lifetime.ts'
import type { Mark } from './read-name.ts'
import type { Lineage } from './lineage.ts'
import type { Asked } from './parents.ts'
import { createTakeOut } from './take-out.ts'
import type { Touched, TouchedNotes } from './touched.ts'
import type { ShownObject, Touch } from './invalidation.ts'
import { createReads, readBy } from './cache-reads.ts'
import type { CacheReads, Cached, FreshReads, ReadsOptions } from './cache-reads.ts'
import { heldFor, isUnsettled, sizeCalculation, toAbsence, toShown } from './held.ts'
import type { Held, HeldName } from './held.ts'
import { ageAll } from './age-all.ts'
import { createDoubts } from './doubts.ts'
import { createEntries, SETTING } from './entries.ts'
import type { Doubt } from './decide-use.ts'
import { createItemLinks } from './item-links.ts'
import type { Notices } from './notices.ts'
import type { PageMoves } from './page-moves.ts'
import type { TrustOf } from './proven.ts'
import type { CallName } from './saved-reply.ts'
import { createTooLargeNotice } from './too-large.ts'

export interface Cache extends CacheReads, FreshReads, Touched, PageMoves, Notices {
  readBy(key: string): Cached | null
  /** Why the answer may be from before a write of another replica; null if it is in no doubt. */
  doubtOf(life: Life): Doubt
  /** Reads without counting as a use, so that the entry is not kept longer because of it. */
  readonly glance: CacheReads
  /**
   * Stores replies, and for a short time 403 and 404. It stores nothing else. It stores no answer that a write has made
   * outdated since `begun`, the moment before the call was sent, and no page that is older than a change of the page
   * before it.
   */
  store(call: Call, answer: Answer, begun?: Mark): void
  /**
   * Stores the answer to a write, so that it is found as if a list had shown it. The calling code has made sure that
   * nothing has touched the object since the write was sent.
   */
  show(scope: ScopeKey, kind: Kind, shown: ShownObject, reply: Reply): void
  /** Notes that the object of this call was deleted: `exists` is false until Aurora answers otherwise. */
  noteAbsence(scope: ScopeKey, question: Question): void
  /**
   * Deletes everything that a write has made outdated, of any age, absences too. Answers that are read before Aurora is
   * settled are read once more afterwards.
   */
  drop(scope: ScopeKey, touches: readonly Touch[]): void
  /**
   * To be called when an event at Aurora has made this outdated for all credentials of the tenant. Cached answers are
   * then served only as kept ones, marked, and answers that are read before Aurora is settled are read once more
   * afterwards. `happenedAtMs`: monotonic time of the event; left out, now.
   */
  outdate(tenant: TenantKey, touches: readonly Touch[], happenedAtMs?: number): void
  /** The projects above an object, as answers to any credential of the tenant have shown them. */
  projectsAbove(tenant: TenantKey, asked: Asked): readonly string[] | undefined
  /** To be called when an unknown part has become outdated: everything cached is served as stale from now on. */
  doubtAll(): void
  /** Makes everything cached older, by time that the clock of the process has not counted. */
  ageAll(byMs: number): void
  /** From now on, answers are served as fresh only while `isConfirmed` returns true. */
  confirmBy(isConfirmed: () => boolean): void
  /** False while another replica may have changed cached answers without its notice having come here. */
  isConfirmed(): boolean
  /** The present size; the bytes are an estimate, which `maxBytes` limits. */
  size(): { readonly bytes: number; readonly entries: number }
  /** The replies to reads, each with its call. */
  entries(): readonly Entry[]
  /** Puts a saved reply back, unless it is too old or the cache has one already. */
  restore(entry: Entry): void
  /** Whether the data of the call was touched since then; true if that is unknown. */
  isOutdated(call: Call, since: Mark): boolean
}

export interface Entry {
  readonly call: CallName
  readonly reply: Reply
  /**
   * Whether it may be from before a write of another replica, or from before an event that Aurora has reported already.
   */
  readonly isDoubted?: boolean
}

export interface CacheOptions {
  readonly maxBytes: number
  readonly clock: Clock
  /** Receives replies that do not fit. */
  readonly emit?: Emit
  /** How long after an event Aurora may still answer with the state before; left out, not at all. */
  readonly settleMs?: number
  /** The same time after a write. */
  readonly writeSettleMs?: number
  /** Left out: the ordinary ages hold for all replies. */
  readonly trustOf?: TrustOf | undefined
}

/**
 * Reads never wait. Keys begin with the scope, so nothing is ever found with another credential. Values are shared by
 * all readers and must not be changed. When `maxBytes` is reached, the least recently used entries are evicted, but
 * those of tenants with few entries are spared (tenant-room.ts).
 */
export function createCache(options: CacheOptions): Cache {
  const { maxBytes, clock, emit, settleMs, writeSettleMs, trustOf } = options
  const { notes, entries, index, outdatedIndex, board, evicted, found, pages } = createEntries(maxBytes)
  const { touched, lineage, add, addAll } = notes
  const { nameOf, haveTouched } = touched
  const takeOut = createTakeOut({ entries, index, outdatedIndex, evicted, nameOf })
  const doubts = createDoubts(addAll, board.notifyAll)
  const held = (scope: ScopeKey, asked: Asked): HeldName => ({ scope, asked, doubts: doubts.count() })
  const reading: ReadsOptions = { ...found, clock, doubtOf: doubts.parts.doubtOf }
  const noteTooLarge = createTooLargeNotice(maxBytes, emit)
  const put = createPut({ entries, notes, doubts, trustOf, noteTooLarge })
  return {
    ...touched,
    ...board.notices,
    ...doubts.parts,
    ...pages.moves,
    ...createReads(reading),
    readBy: (key) => readBy(key, reading),
    glance: createReads({ ...reading, find: (key) => entries.peek(key) }),
    store(call, answer, begun) {
      const { scope } = call.terms
      if (isTouchedSince(touched, call, answer, begun) || pages.moves.isBeforeMove(call, answer)) return
      put(scope.key, call, answer, pages.replace(call, answer))
      if (!isReply(answer) && answer.status === 404) takeOut.delete(scope.key, partsBelow(call))
    },
    show(scope, kind, { key, read: { operation, path } }, reply) {
      const asked: Asked = { endpoint: READS[operation], path }
      lineage.learn(scope, asked, reply)
      entries.set(...toShown(kind, key, { reply, ...held(scope, asked) }))
    },
    noteAbsence: (scope, question) =>
      void entries.set(...toAbsence(question, held(scope, askedOf(question)))),
    drop(scope, touches) {
      takeOut.delete(scope, touches)
      add(scope, touches, settledAtMsAfter(clock.monotonicMs(), writeSettleMs))
    },
    outdate(tenant, touches, happenedAtMs = clock.monotonicMs()) {
      takeOut.outdate(tenant, touches)
      add(tenant, touches, settledAtMsAfter(happenedAtMs, settleMs))
    },
    projectsAbove: notes.projectsAbove,
    ageAll(byMs) {
      ageAll(entries, byMs)
      // Listeners of evicted answers are notified, too, because those answers are also older.
      board.notifyAll()
    },
    size: () => ({ bytes: entries.calculatedSize + lineage.bytes(), entries: entries.size }),
    entries: () => [...entries.values()].flatMap((each) => toEntry(each, lineage.aboveOf, doubts.count())),
    restore({ call, reply }) {
      const { scope, above } = call
      const key = callKey(scope, call)
      if (entries.has(key) || isExpired(call, reply, clock)) return
      // The answer is from before everything that this process has dropped.
      if (haveTouched(nameOf(scope, call, { answer: reply, above }), 0)) return
      touched.learn(scope, call, above)
      put(scope, { key, ...call }, reply)
    },
    isOutdated: (call, since) => haveTouched(nameOf(call.terms.scope.key, call), since),
  }
}

const settledAtMsAfter = (atMs: number, settleMs = 0): number => (settleMs > 0 ? atMs + settleMs : -Infinity)

interface PutOptions {
  readonly entries: LRUCache<string, Held>
  readonly notes: Pick<TouchedNotes, 'lineage' | 'settledAtMs'>
  readonly doubts: ReturnType<typeof createDoubts>
  readonly trustOf: TrustOf | undefined
  readonly noteTooLarge: (operation: string, bytes: number) => void
}

/**
 * Stores an answer with the objects that it lists; `same` is the answer that it replaces, if that lists the same
 * objects.
 */
function createPut({
  entries,
  notes: { lineage, settledAtMs },
  doubts,
  trustOf,
  noteTooLarge,
}: PutOptions): (scope: ScopeKey, question: NamedQuestion, answer: Answer, same?: Held) => void {
  const links = createItemLinks(entries)
  return (scope, question, answer, same) => {
    const { key } = question
    lineage.learn(scope, question, answer)
    const held = heldFor(key, scope, question, {
      answer,
      doubts: doubts.count(),
      settledAtMs: settledAtMs(scope, question, answer),
      trustOf,
    })
    if (!held) return
    entries.set(key, held, SETTING)
    // lru-cache does not store an entry that is larger than the whole cache; links to its items would lead nowhere.
    if (!entries.has(key)) return noteTooLarge(question.endpoint.operation, sizeCalculation(held, key))
    links.link(held, same?.is === 'answer' ? same : null)
  }
}

const askedOf = ({ endpoint, path }: Question): Asked => ({ endpoint, path })

/** Usually nothing at all was touched since; then the name of the read is not needed. */
const isTouchedSince = (
  { mark, nameOf, haveTouched }: Touched,
  call: Call,
  answer: Answer,
  begun: Mark | undefined,
): boolean =>
  begun !== undefined &&
  begun !== mark() &&
  haveTouched(nameOf(call.terms.scope.key, call, { answer }), begun)

/** An absent object has no parts, so cached parts are outdated, and so are answers that contain them. */
function partsBelow({ endpoint: { form, kind }, path }: Question): readonly Touch[] {
  const parts = form === 'one' ? partsOf(kind) : []
  return parts.map(({ operation }) => ({ operation: operation as ReadOperation, path }))
}

function toEntry(held: Held, aboveOf: Lineage['aboveOf'], doubts: number): readonly Entry[] {
  // Outdated answers are left out, because another process would take them for fresh.
  if (held.is !== 'answer' || held.query === null || !isReply(held.answer)) return []
  if (held.isOutdated || held.aside) return []
  const { scope, asked, query, answer } = held
  const call = { scope, ...asked, query, above: aboveOf(scope, asked, answer) }
  const isDoubted = held.life.doubts < doubts || isUnsettled(held)
  return [{ call, reply: answer, ...(isDoubted && { isDoubted }) }]
}

const isExpired = ({ endpoint: { kind } }: CallName, { answeredAtMs, value }: Reply, clock: Clock): boolean =>
  decideAge(clock.monotonicMs() - answeredAtMs, decideLifetime(kind, value)) === 'expired'
