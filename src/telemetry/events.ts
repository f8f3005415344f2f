// The events of the rooms: plain facts, emitted where they happen. gateway.ts decides which listeners get them.
import type { ErrorCode } from '../errors/codes.ts'
import type { RequestRecord, StreamEnd } from './request-record.ts'

/** The purpose of a call, in the order in which slots are granted: docs/budget.md. */
export type CallClass = 'mutation' | 'interactive' | 'revalidation' | 'warmUp'

interface OfRequest {
  /** The request that caused it, the first one if several share it; absent if no request did. */
  readonly record?: RequestRecord | undefined
}

/** What a circuit breaker refuses: all calls to a host, those of a tenant, or those of an operation with one credential. */
export type CircuitOf = 'host' | 'tenant' | 'operation'

interface Circuit extends OfRequest {
  readonly of: CircuitOf
  /** Null unless the circuit is that of an operation. */
  readonly operation: string | null
}

export interface UpstreamEvents {
  /** An attempt was sent to Aurora and has ended; `status` is null if no answer came. */
  readonly attempted: OfRequest & {
    readonly operation: string
    /** The host of the Aurora that got the call. */
    readonly host: string
    readonly callClass: CallClass
    readonly status: number | null
    /** Set if no whole answer came while at least one caller waited for it. */
    readonly code: ErrorCode | null
    readonly durationMs: number
  }
  /** The attempt brought no whole answer; `fault` is the name of the error, never its text, which may quote Aurora. */
  readonly faulted: OfRequest & {
    readonly operation: string
    readonly code: ErrorCode
    readonly fault: string
  }
  /**
   * A call was answered without an attempt of its own: from a fresh copy, from the object in a cached list, from a
   * flight of another call, or from a stale copy.
   */
  readonly saved: OfRequest & {
    readonly operation: string
    readonly by: 'cache' | 'listed' | 'joined' | 'stale'
    /** How many calls of this operation; left out, one. */
    readonly count?: number
    /** The request whose flight was joined, if this replica made that flight. */
    readonly flight?: RequestRecord | undefined
  }
  /** A call has waited for a slot, and got it or was refused. */
  readonly queued: OfRequest & {
    readonly operation: string
    readonly callClass: CallClass
    readonly waitedMs: number
    readonly isGranted: boolean
  }
  readonly retried: OfRequest & {
    readonly operation: string
    readonly attempt: number
    readonly delayMs: number
  }
  /** Aurora answered 429 although the count allowed the call: the key makes no calls for `pauseMs`. */
  readonly paused: OfRequest & { readonly operation: string; readonly pauseMs: number }
  readonly refused: OfRequest & {
    readonly operation: string
    readonly callClass: CallClass
    readonly retryInMs: number
  }
  /** Its calls are refused for a while. */
  readonly circuitOpened: Circuit & {
    readonly failures: number
    readonly probeInMs: number
  }
  readonly circuitClosed: Circuit & { readonly openMs: number }
  /** The refresh of a stale answer failed; the stale copy stays. */
  readonly revalidationFailed: OfRequest & { readonly operation: string; readonly code: ErrorCode }
  /** A call for which no request waited refreshed an answer before it went stale, or failed. */
  readonly warmedUp: { readonly operation: string; readonly isDone: boolean }
  /** A reply is larger than the whole cache, so each use of it costs a call; reported once for each operation. */
  readonly replyTooLarge: { readonly operation: string; readonly bytes: number; readonly maxBytes: number }
  /** The cache file of the last process could not be used; the cache begins empty. */
  readonly cacheFileIgnored: { readonly why: CacheFileFault }
  /** The cache could not be written to its file; `fault` is a name, such as ENOSPC. */
  readonly cacheFileNotWritten: { readonly fault: string }
  /** The cache was written to its file without these answers, which have no text; `fault` is the name of the last error. */
  readonly cacheFileIncomplete: { readonly answers: number; readonly fault: string }
  /**
   * What is spent of the budget cannot be written to the state folder: a restart within the window counts from zero. `fault`
   * is a name, such as EROFS.
   */
  readonly spentNotKept: { readonly fault: string }
  /** Items of a list had no id, so they cannot be referred to. */
  readonly itemUnreadable: OfRequest & { readonly operation: string; readonly count: number }
  /** Redis no longer answers: this replica continues without it. `reason` is a name, and not Redis' own text. */
  readonly redisDown: RedisTrouble
  readonly redisUp: { readonly connection: string }
  /** Redis answers, but refuses one command, such as a write when it is full. */
  readonly redisRefused: RedisTrouble
  /** A value in Redis was not of the form that this version stores; it is ignored. */
  readonly sharedUnreadable: { readonly what: 'reply' | 'drop' }
  /**
   * The keys of the identity provider cannot be fetched, so no token can be checked; `fault` is the name of the error.
   */
  readonly identityProviderFailed: { readonly fault: string }
  /**
   * A token of the identity provider was refused. `code` is jose's, or one of the gateway if the token is right and its
   * caller is not served; `claim` is the name of the claim at fault. No value of the token is part of it.
   */
  readonly tokenRefused: { readonly code: string; readonly claim?: string | undefined }
  /** A webhook came; `event` is a name of aurora/events.ts, or `unknown`. `refused`: its secret was wrong or missing. */
  readonly webhookReceived: {
    readonly event: string
    readonly outcome: 'recorded' | 'notRecorded' | 'refused'
  }
  /** A router was notified of changes. `failed`: it has not taken the notice, which is sent again. */
  readonly routerNotified: { readonly outcome: 'done' | 'failed' }
  /** The first of such failures in a row; `why` is a status or the name of an error. */
  readonly routerNotNotified: { readonly why: string }
  /** The process ends before a router was notified of this many tags; `all`: of any change. */
  readonly routerLeftBehind: { readonly tags: number | 'all' }
  /** Webhooks about a kind of one tenant provably arrive from now on, so that its replies are fresh for longer. */
  readonly proofBegun: { readonly kind: string }
  /** The trust has ended; `reason` is one of cache/proof-facts.ts. */
  readonly proofEnded: { readonly kind: string; readonly reason: string }
  /**
   * A reply was read again: it was the `same`; or it had changed, and a webhook has `reported` that; or it `differs`,
   * and none has.
   */
  readonly proofAudited: { readonly kind: string; readonly outcome: 'same' | 'reported' | 'differs' }
  readonly errorPresented: { readonly code: ErrorCode }
  /** The http room refused a GraphQL request: an unknown caller, a body too large, a wrong method. */
  readonly turnedAway: { readonly status: number; readonly code: ErrorCode }
  /**
   * The server refused a request or closed a connection, to keep memory and places for others; `relief` names the
   * limit.
   */
  readonly relieved: { readonly relief: string }
  /** A stream of answers was opened, an answer was written on one, or one ended. */
  readonly streamOpened: Readonly<Record<string, never>>
  readonly streamSent: Readonly<Record<string, never>>
  readonly streamEnded: { readonly end: StreamEnd }
  /** The first client watches a live answer, or the last one has left. */
  readonly watchBegun: Readonly<Record<string, never>>
  readonly watchEnded: Readonly<Record<string, never>>
  /** A live answer was made; `equal`: its clients have the same one already. */
  readonly liveAnswerMade: {
    readonly reason: 'first' | 'change' | 'retry' | 'age'
    readonly outcome: 'new' | 'equal'
  }
  /** A GraphQL request was answered; `status` is null if its client left before. */
  readonly answered: { readonly status: number | null; readonly durationMs: number }
}

export interface RedisTrouble {
  readonly connection: string
  readonly reason: string
  /** What an operator can do, if the reason is a refusal of Redis. */
  readonly advice?: string
}

export type CacheFileFault =
  'unreadable' | 'not ours' | 'damaged' | 'other version' | 'other Aurora' | 'too large'

export type EventName = keyof UpstreamEvents
export type Emit = <Name extends EventName>(name: Name, fact: UpstreamEvents[Name]) => void
export type EventListeners = { readonly [Name in EventName]?: (fact: UpstreamEvents[Name]) => void }
