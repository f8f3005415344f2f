// What the stations tell of themselves: plain facts, emitted where they happen; who listens is decided in gateway.ts.
import type { ErrorCode } from '../errors/codes.ts'
import type { CallClass } from '../rest/terms.ts'
import type { RequestRecord } from './request-record.ts'

interface OfRequest {
  /** The request for which it was done, the first of those who share it; absent where nobody asked. */
  readonly record?: RequestRecord | undefined
}

export interface UpstreamEvents {
  /** One attempt left for Aurora and ended; `status` is null when no answer came. */
  readonly attempted: OfRequest & {
    readonly operation: string
    /** Of the Aurora that was asked. */
    readonly host: string
    readonly callClass: CallClass
    readonly status: number | null
    /** Where no whole answer came, and somebody was left to wait for it. */
    readonly code: ErrorCode | null
    readonly durationMs: number
  }
  /** The attempt brought no whole answer; `fault` is the name of what went wrong, never its text, which may quote Aurora. */
  readonly faulted: OfRequest & {
    readonly operation: string
    readonly code: ErrorCode
    readonly fault: string
  }
  /**
   * A call was answered without an attempt of its own: by a fresh copy, by what a cached list shows of the object, by
   * another's flight, or by an older copy.
   */
  readonly saved: OfRequest & {
    readonly operation: string
    readonly by: 'cache' | 'listed' | 'joined' | 'stale'
    /** The request whose flight was joined, where it is of this replica. */
    readonly flight?: RequestRecord | undefined
  }
  /** A call has waited for its slot, and has got it or been refused. */
  readonly queued: OfRequest & {
    readonly operation: string
    readonly callClass: CallClass
    readonly waitedMs: number
    readonly isGranted: boolean
  }
  readonly retried: { readonly operation: string; readonly attempt: number; readonly delayMs: number }
  /** Aurora answered 429 in spite of the count: the key rests for `pauseMs`. */
  readonly paused: { readonly operation: string; readonly pauseMs: number }
  readonly refused: {
    readonly operation: string
    readonly callClass: CallClass
    readonly retryInMs: number
  }
  /** Nothing is sent for a while: of one operation, or at all where it is null. */
  readonly circuitOpened: {
    readonly operation: string | null
    readonly failures: number
    readonly probeInMs: number
  }
  readonly circuitClosed: { readonly operation: string | null; readonly openMs: number }
  /** A refresh behind a stale answer came to nothing; the stale copy stays. */
  readonly revalidationFailed: { readonly operation: string; readonly code: ErrorCode }
  /** A call that nobody waited for refreshed an answer before it went stale, or came to nothing. */
  readonly warmedUp: { readonly operation: string; readonly isDone: boolean }
  /** What the last process left behind was of no use; the cache begins empty. */
  readonly cacheFileIgnored: { readonly why: CacheFileFault }
  /** The cache could not be written to its file; `fault` is a name, such as ENOSPC. */
  readonly cacheFileNotWritten: { readonly fault: string }
  /** An item of a list had no id, so nothing can refer to it. */
  readonly itemUnreadable: { readonly operation: string; readonly count: number }
  /** Redis no longer answers: this replica goes on alone. `reason` is a name, never Redis' own text. */
  readonly redisDown: { readonly connection: string; readonly reason: string }
  readonly redisUp: { readonly connection: string }
  /** Redis answers, but will not do this one thing, such as store when it is full. */
  readonly redisRefused: { readonly connection: string; readonly reason: string }
  /** A value in Redis was not what this version stores: taken for nothing. */
  readonly sharedUnreadable: { readonly what: 'reply' | 'drop' }
  /** The keys of the identity provider can't be had, so no token can be checked; `fault` is the name of what went wrong. */
  readonly identityProviderFailed: { readonly fault: string }
  readonly errorPresented: { readonly code: ErrorCode }
  /** A request for GraphQL got no further than the door: an unknown caller, a body too large, a wrong verb. */
  readonly turnedAway: { readonly status: number; readonly code: ErrorCode }
  /** A GraphQL request has its answer; `status` is null where its client left before. */
  readonly answered: { readonly status: number | null; readonly durationMs: number }
}

export type CacheFileFault =
  'unreadable' | 'not ours' | 'damaged' | 'other version' | 'other Aurora' | 'too large'

export type EventName = keyof UpstreamEvents
export type Emit = <Name extends EventName>(name: Name, fact: UpstreamEvents[Name]) => void
