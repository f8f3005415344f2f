// What all calls of one GraphQL request share: scope, purpose, deadline, accepted ages, and callbacks.
import type { Endpoint } from '../aurora/endpoint.ts'
import type { Lifetime } from '../aurora/lifetimes.ts'
import type { LeaveSignal } from '../leaving.ts'
import type { CallClass } from '../telemetry/events.ts'
import type { RequestRecord } from '../telemetry/request-record.ts'
import type { Tally } from '../telemetry/tally.ts'
import type { Freshness, StaleFact } from './freshness.ts'
import type { Scope, ScopeKey } from './scope.ts'

/** The state of a cached answer. Its users look here, and need not look it up by its key again. */
export interface Life {
  /** Whether it is still the cached answer to its call. Changed only by the cache. */
  isHeld: boolean
  /** How often the whole cache had come into doubt before this answer came. */
  readonly doubts: number
}

/**
 * A time in which webhooks of a kind arrive: replies that were read in it are fresh for longer. Once ended, it never
 * begins again.
 */
export interface Trust {
  /** False for ever once it has ended, and false for now if another replica may have a doubt. */
  holds(): boolean
  /** Monotonic time; Infinity if it has not ended. */
  endedAtMs(): number
  /** How long a reply is fresh while the trust lasts. */
  readonly freshMs: number
  /** Called when a reply is fresh only by this trust. */
  noteUse(proven: Proven): void
}

/** What a reply has from the trust in which it was read. */
export interface Proven {
  readonly trust: Trust
  /** The scope, operation and ids with which it can be read again. */
  readonly scope: ScopeKey
  readonly question: {
    readonly endpoint: Endpoint
    readonly path: Readonly<Record<string, string>>
    readonly query: Readonly<Record<string, string>>
  }
  readonly answeredAtMs: number
  /** Its ages while the trust lasts. */
  readonly lifetime: Lifetime
}

/** A reply that an answer uses, with its ages. */
export interface UsedReply {
  readonly key: string
  readonly operation: string
  /** Whether it is a list, or the answer to a write, that was read for another object. */
  readonly isListed: boolean
  readonly answeredAtMs: number
  /** The lifetime of its kind: no cache outside of the gateway may use a longer one. */
  readonly lifetime: Lifetime
  /** Left out: the ordinary ages count. */
  readonly proven?: Proven | undefined
  /**
   * Distinguishes it from another answer to the same call that came in the same moment. Weak, because only the cache
   * decides what stays in memory.
   */
  readonly answer: WeakRef<object>
  /** Left out if the reply was not read from the cache. */
  readonly life?: Life
  /** Whether another replica may have changed it since: `lifetime` then has no fresh time. */
  readonly isUnconfirmed?: boolean
  /** Set if an event has made it outdated. */
  readonly isOutdated?: true | undefined
}

export interface Terms {
  readonly scope: Scope
  /** Slots of one class are shared fairly among callers. */
  readonly caller: string
  readonly callClass: CallClass
  /** Aborts when the client has left or its time is over; its reason distinguishes the two. */
  readonly signal: LeaveSignal
  /** Monotonic time; a reply that came later is new enough for this request, even if it accepts no age. */
  readonly begunAtMs: number
  /** Monotonic time; no call waits beyond it. */
  readonly deadlineAtMs: number
  /**
   * Monotonic time; until then all calls of the request together may wait, for a slot or for a time that Aurora named.
   */
  readonly waitUntilMs: number
  readonly freshness: Freshness
  /**
   * Defers work until the request is answered. The work is dropped if a field was refused: the repeat of the request
   * then needs the slots that it would take.
   */
  readonly afterwards: (work: () => void) => void
  /**
   * Awaited before a call that the cache does not answer; rejects if the request costs too much and may make no call.
   * Null if it was decided already that it may.
   */
  readonly admitCalls?: (() => Promise<void> | null) | undefined
  readonly tally: Tally
  /** The record of the request for logs and traces; absent if no request needs the call. */
  readonly record?: RequestRecord | undefined
  /** Called for each answer that was served stale. */
  readonly onStale: (fact: StaleFact) => void
  /** Called for each reply that the answer uses. */
  readonly onUsed: (used: UsedReply) => void
}
