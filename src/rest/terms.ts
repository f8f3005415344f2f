// What all calls of one GraphQL request have in common: scope, purpose, deadline, accepted ages, and callbacks.
import type { Endpoint } from '../aurora/endpoint.ts'
import type { Lifetime } from '../aurora/lifetimes.ts'
import type { LeaveSignal } from '../leaving.ts'
import type { CallClass } from '../telemetry/events.ts'
import type { RequestRecord } from '../telemetry/request-record.ts'
import type { Tally } from '../telemetry/tally.ts'
import type { Freshness, StaleFact } from './freshness.ts'
import type { Scope, ScopeKey } from './scope.ts'

/** What becomes of a cached answer. Whoever has used it looks here, and has to find it by its key no more. */
export interface Life {
  /** It is the cached answer to its call. Changed by the cache alone. */
  isHeld: boolean
  /** How often all that was held had come into doubt before this answer came. */
  readonly doubts: number
}

/** That webhooks of a kind arrive, for a while: what was read in that time is fresh for longer. It ends, and never begins again. */
export interface Trust {
  /** False for ever where it has ended, and for now where another replica may know of a doubt. */
  holds(): boolean
  /** Monotonic; Infinity where it has not. */
  endedAtMs(): number
  /** How long a reply is fresh while it holds. */
  readonly freshMs: number
  /** Called where a reply is fresh by it alone. */
  noteUse(proven: Proven): void
}

/** What a reply gets by the trust in which it was read. */
export interface Proven {
  readonly trust: Trust
  /** What brings it again. */
  readonly scope: ScopeKey
  readonly question: {
    readonly endpoint: Endpoint
    readonly path: Readonly<Record<string, string>>
    readonly query: Readonly<Record<string, string>>
  }
  readonly answeredAtMs: number
  /** Its ages while the trust holds. */
  readonly lifetime: Lifetime
}

/** A reply that an answer uses, with its ages. */
export interface UsedReply {
  readonly key: string
  readonly operation: string
  /** It is a list, or the answer to a write, that was read for something else. */
  readonly isListed: boolean
  readonly answeredAtMs: number
  /** That of its kind: what leaves the gateway has no longer one. */
  readonly lifetime: Lifetime
  /** Left out: the ordinary ages hold. */
  readonly proven?: Proven | undefined
  /** Tells it from another answer to the same call that came in the same moment. Weak, because the cache bounds what is kept. */
  readonly answer: WeakRef<object>
  /** Left out where the reply was not read from the cache. */
  readonly life?: Life
  /** Another replica may have changed it since: `lifetime` has no fresh time then. */
  readonly isUnconfirmed?: boolean
  /** An event has made it untrue. */
  readonly isOutdated?: true | undefined
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
  /**
   * Awaited before a call that the cache does not answer; rejects if the request costs too much and may make no call. Null where that is
   * decided already, and it may.
   */
  readonly admitCalls?: (() => Promise<void> | null) | undefined
  readonly tally: Tally
  /** The record of the request for logs and traces; absent where no request needs the call. */
  readonly record?: RequestRecord | undefined
  /** Called for each answer that was served stale. */
  readonly onStale: (fact: StaleFact) => void
  /** Called for each reply that the answer uses. */
  readonly onUsed: (used: UsedReply) => void
}
