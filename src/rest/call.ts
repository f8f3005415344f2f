// The shared words of the middle of the line: a call about to be made, the reply to it, and the function between.
import { createHash } from 'node:crypto'
import { GatewayError } from '../errors/errors.ts'
import type { ErrorCode } from '../errors/codes.ts'
import type { ErrorDetails } from '../errors/errors.ts'
import type { RequestRecord } from '../telemetry/request-record.ts'
import type { Tally } from '../telemetry/tally.ts'
import type { Authentication } from './authentication.ts'
import type { Endpoint } from './endpoint.ts'

/** An Aurora object as it came: open, any member may be absent, null or of an unexpected form. */
export type Members = Readonly<Record<string, unknown>>

/** Begins every cache, flight, budget and cursor key, so that nothing crosses tenants or credentials. */
export type ScopeKey = string & { readonly brand: 'ScopeKey' }

/** In whose name a call is made. Holds no secret that can be printed. */
export interface Scope {
  readonly key: ScopeKey
  readonly tenantId: string
  /** Where the Aurora is that knows the tenant. May carry a path prefix, such as /v2 of version 2018.01. */
  readonly baseUrl: URL
  readonly authentication: Authentication
}

/** A file to be stored, sent as its raw bytes. */
export interface Upload {
  readonly name: string
  readonly mediaType: string
  readonly bytes: Uint8Array
}

/** What a write sends; a file's name travels beside its bytes. */
export type CallBody = { readonly json: Members } | { readonly file: Upload }

/** For what a call is made, in the order in which slots are given: docs/budget.md. */
export type CallClass = 'mutation' | 'interactive' | 'revalidation' | 'warmUp'

/**
 * Which answers from the cache the one who asks accepts, in milliseconds: RFC 9111, 5.2.1, and RFC 5861, 4. Null where
 * the request says nothing, and the lifetimes of the kind decide.
 */
export interface Freshness {
  /** `only-if-cached`: answered from what is known, or not at all. */
  readonly isCacheOnly: boolean
  /** `max-age`; 0 for `no-cache`. */
  readonly maxAgeMs: number | null
  /** `max-stale`; Infinity where it names no number. */
  readonly maxStaleMs: number | null
  /** `stale-if-error`. */
  readonly staleIfErrorMs: number | null
}

export const ANY_FRESHNESS: Freshness = {
  isCacheOnly: false,
  maxAgeMs: null,
  maxStaleMs: null,
  staleIfErrorMs: null,
}

/**
 * Why an answer was served that is older than it should be. `REVALIDATING`: it is refreshed behind; `ACCEPTED`: the
 * request takes it so; `RATE_LIMITED`: no call was left; `UPSTREAM_FAILED`: Aurora failed or was silent.
 */
export type StaleReason = 'REVALIDATING' | 'ACCEPTED' | 'RATE_LIMITED' | 'UPSTREAM_FAILED'

/** One answer that was served stale. */
export interface StaleFact {
  readonly operation: string
  readonly answeredAtMs: number
  readonly reason: StaleReason
}

/** A reply of which something may be shown, and until when: its ages as cache/lifetimes.ts has them. */
export interface Used {
  /** By which the cache finds it. */
  readonly key: string
  readonly operation: string
  /** Found in a list that was read for something else. */
  readonly isListed: boolean
  readonly answeredAtMs: number
  readonly lifetime: { readonly freshMs: number; readonly staleMs: number; readonly keptMs: number }
}

/** What every call of one GraphQL request has in common. */
export interface Terms {
  readonly scope: Scope
  /** Who asks: slots of one class are shared out fairly among callers. */
  readonly caller: string
  readonly callClass: CallClass
  /** Aborts when the one who asks has left or run out of time; its reason says which. */
  readonly signal: AbortSignal
  /** Monotonic; what came in after it is news to this request, however new an answer it wants. */
  readonly begunAtMs: number
  /** Monotonic; nothing is worth waiting for after it. */
  readonly deadlineAtMs: number
  /** How long this call may queue for a slot of the budget. */
  readonly maxWaitMs: number
  readonly freshness: Freshness
  /**
   * Takes work for when the request is answered. It is dropped where a field had to be refused: the slots that it
   * would take are then needed for the repeat.
   */
  readonly afterwards: (work: () => void) => void
  /** To be waited for before a call is made that is not answered from the cache; rejects where none may be made. */
  readonly admit?: () => Promise<void>
  readonly tally: Tally
  /** The request for which the calls are made, as logs and traces know it; absent where nobody asked. */
  readonly record?: RequestRecord
  /** Hears of each answer that was served stale, where the one who asks waits for it. */
  readonly tellStale: (fact: StaleFact) => void
  /** Hears of each reply that the answer may be made of. */
  readonly tellUsed: (used: Used) => void
}

/** How long a call is worth queueing for; shared by all who wait for it, each of whom may put its end off. */
export interface Wait {
  /** Monotonic. */
  latestMs: number
  /** While it queues, when it is expected to go; null before and after. */
  retryAtMs: number | null
}

export interface Call extends Terms {
  readonly endpoint: Endpoint
  /** Values of the route's parameters, checked. */
  readonly path: Readonly<Record<string, string>>
  readonly query: Readonly<Record<string, string>>
  /** Of writes alone; without one, an empty object is sent. */
  readonly body?: CallBody
  /** Of a call that others may join while it queues; without one, `maxWaitMs` counts from when it begins to. */
  readonly wait?: Wait
}

interface Answered {
  readonly status: number
  /** Monotonic. */
  readonly answeredAtMs: number
}

export interface Success extends Answered {
  readonly isSuccess: true
  /**
   * The wrapper is off, older names are current: an object, or the items of a list, where one that nothing could
   * refer to is left in its place without members. Null where a write was answered with nothing.
   */
  readonly value: Members | readonly Members[] | null
  /** Of the JSON text, after decompression. */
  readonly bytes: number
}

export interface Failure extends Answered {
  readonly isSuccess: false
  /** Aurora's own words; not for every eye, see errors/from-reply.ts. */
  readonly messages: readonly string[]
  /** The header as it came. */
  readonly retryAfter: string | null
}

export type Reply = Success | Failure

/**
 * One call in, one reply out. Resolves for every HTTP status that came in whole; rejects with a GatewayError
 * where no such answer came, or with the signal's reason. Caching, joining, retrying and budgeting wrap it.
 */
export type Upstream = (call: Call) => Promise<Reply>

/** An attempt that brought no whole answer. */
export class AttemptError extends GatewayError {
  /** False only where it is certain that Aurora never saw, and so never counted, the call. */
  readonly wasSent: boolean
  /** Whether the same read may be answered if sent again. */
  readonly isPassing: boolean

  constructor(
    code: ErrorCode,
    message: string,
    facts: { wasSent: boolean; isPassing: boolean; details: ErrorDetails; cause: unknown },
  ) {
    super(code, message, facts.details, facts.cause)
    this.wasSent = facts.wasSent
    this.isPassing = facts.isPassing
  }
}

/**
 * Ids go into paths, where `.`, `..`, slashes, percent signs and line ends would change the address asked.
 * Aurora's are UUIDs today; it reserves the right to change form and length, so whatever RFC 3986, 2.3, lets stand in a
 * path as it is may pass, as long as it begins with a letter or digit.
 */
const SAFE_ID = /^[A-Za-z0-9][A-Za-z0-9._~-]{0,127}$/

export const isSafeId = (id: string): boolean => SAFE_ID.test(id)

/** Throws BAD_USER_INPUT for an id that must not come near a URL. */
export function assertSafeId(id: string): void {
  if (!isSafeId(id)) {
    throw new GatewayError(
      'BAD_USER_INPUT',
      'An id is 1 to 128 letters, digits, "-", "_", "." or "~", and begins with a letter or digit.',
    )
  }
}

/** The same for an id that Aurora told: throws UPSTREAM_INVALID, as no client could correct it. */
export function assertUsableId(id: string): void {
  if (!isSafeId(id)) throw new GatewayError('UPSTREAM_INVALID', 'Aurora sent an id that no address can hold.')
}

/** Two Auroras are two scopes, whatever they have in common. */
export function createScope({ tenantId, baseUrl, authentication, aurora = baseUrl.href }: ScopeParts): Scope {
  assertSafeId(tenantId)
  const digest = createHash('sha256').update(JSON.stringify([aurora, tenantId, authentication.fingerprint]))
  // 128 bits name a credential beyond doubt and keep keys short.
  return { key: digest.digest('hex').slice(0, 32) as ScopeKey, tenantId, baseUrl, authentication }
}

export interface ScopeParts extends Omit<Scope, 'key'> {
  /** Names the Aurora where its address does not, such as one that gets another port each time. */
  readonly aurora?: string
}
