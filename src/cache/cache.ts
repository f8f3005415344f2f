// Answers cached across requests, bounded in bytes: whole replies by call, and each object of a list by its id.
import type { Kind } from '../aurora/kinds.ts'
import { partsOf, READS } from '../aurora/reads.ts'
import type { ReadOperation } from '../aurora/reads.ts'
import type { Clock } from '../clock.ts'
import { isReply } from '../rest/answer.ts'
import type { Answer } from '../rest/answer.ts'
import type { Call, Question, Reply } from '../rest/call.ts'
import type { ScopeKey, TenantKey } from '../rest/scope.ts'
import type { Life } from '../rest/terms.ts'
import type { Emit } from '../telemetry/events.ts'
import { ageAll } from './age-all.ts'
import { createReads, readBy } from './cache-reads.ts'
import type { CacheReads, Cached, FreshReads, ReadsOptions } from './cache-reads.ts'
import type { Doubt } from './decide-use.ts'
import { createDoubts } from './doubts.ts'
import { createEntries } from './entries.ts'
import { createFiledReplies } from './filed-replies.ts'
import type { FiledReplies } from './filed-replies.ts'
import { toAbsence, toShown } from './held.ts'
import type { HeldName } from './held.ts'
import type { ShownObject, Touch } from './invalidation.ts'
import type { Notices } from './notices.ts'
import type { PageMoves } from './page-moves.ts'
import type { Asked } from './parents.ts'
import type { TrustOf } from './proven.ts'
import { createPut } from './put.ts'
import type { Mark } from './read-name.ts'
import { createTakeOut } from './take-out.ts'
import { createTooLargeNotice } from './too-large.ts'
import type { Touched } from './touched.ts'

export interface Cache extends CacheReads, FreshReads, Touched, PageMoves, Notices, FiledReplies {
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
  /** Whether the data of the call was touched since then; true if that is unknown. */
  isOutdated(call: Call, since: Mark): boolean
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
  const put = createPut({
    entries,
    notes,
    doubts,
    trustOf,
    noteTooLarge: createTooLargeNotice(maxBytes, emit),
  })
  return {
    ...touched,
    ...board.notices,
    ...doubts.parts,
    ...pages.moves,
    ...createFiledReplies({ entries, touched, lineage, doubts, clock, put }),
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
    isOutdated: (call, since) => haveTouched(nameOf(call.terms.scope.key, call), since),
  }
}

const settledAtMsAfter = (atMs: number, settleMs = 0): number => (settleMs > 0 ? atMs + settleMs : -Infinity)

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
