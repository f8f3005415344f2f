// What all calls of one GraphQL request have in common: scope, purpose, deadline, accepted ages, and callbacks.
import type { Lifetime } from '../aurora/lifetimes.ts'
import type { LeaveSignal } from '../leaving.ts'
import type { CallClass } from '../telemetry/events.ts'
import type { RequestRecord } from '../telemetry/request-record.ts'
import type { Tally } from '../telemetry/tally.ts'
import type { Freshness, StaleFact } from './freshness.ts'
import type { Scope } from './scope.ts'

/** A reply that an answer uses, with its ages. */
export interface UsedReply {
  readonly key: string
  readonly operation: string
  /** It is a list, or the answer to a write, that was read for something else. */
  readonly isListed: boolean
  readonly answeredAtMs: number
  readonly lifetime: Lifetime
  /** Tells it from another answer to the same call that came in the same moment. Weak, because the cache bounds what is kept. */
  readonly answer: WeakRef<object>
  /** Another replica may have changed it since: `lifetime` has no fresh time then. */
  readonly isUnconfirmed?: boolean
}

export interface Terms {
  readonly scope: Scope
  /** Slots of one class are shared fairly among callers. */
  readonly caller: string
  readonly callClass: CallClass
  /** Aborts when the client has left or its time is over; its reason distinguishes the two. */
  readonly signal: LeaveSignal
  /** Monotonic; a reply that came later is new enough for this request, whatever age it asks for. */
  readonly begunAtMs: number
  /** Monotonic; no call waits beyond it. */
  readonly deadlineAtMs: number
  /** Monotonic; until then all calls of the request together may wait, for a slot or for a time that Aurora named. */
  readonly waitUntilMs: number
  readonly freshness: Freshness
  /**
   * Defers work until the request is answered. The work is dropped if a field was refused: the repeat of the request
   * then needs the slots that it would take.
   */
  readonly afterwards: (work: () => void) => void
  /** Awaited before a call that the cache does not answer; rejects if the request costs too much and may make no call. */
  readonly admitCalls?: (() => Promise<void>) | undefined
  readonly tally: Tally
  /** The record of the request for logs and traces; absent where no request needs the call. */
  readonly record?: RequestRecord | undefined
  /** Called for each answer that was served stale. */
  readonly onStale: (fact: StaleFact) => void
  /** Called for each reply that the answer uses. */
  readonly onUsed: (used: UsedReply) => void
}
