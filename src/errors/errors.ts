// The one error of the domain: a permanent code, a message that is safe to show, and details for the client.
import type { ErrorCode } from './codes.ts'

export interface UpstreamFacts {
  readonly method: string
  /** The path template, never the filled path: ids and tenants are not shown. */
  readonly route: string
  readonly status?: number
}

/**
 * DONE: the write was carried out, and only its answer is missing. UNKNOWN: it may or may not have been carried out.
 */
export type WriteOutcome = 'DONE' | 'UNKNOWN'

export const OUTCOME_WORDS: Readonly<Record<WriteOutcome, string>> = {
  DONE: 'It was carried out.',
  UNKNOWN: 'Whether it was carried out is not known: look before it is sent again.',
}

export interface ErrorDetails {
  readonly status?: number
  /** Monotonic milliseconds at which a repeat can succeed; shown as `retryAt` and `retryAfter`. */
  readonly retryAtMs?: number
  /** The same for a request that the gateway refuses as a whole because it is full: milliseconds from now. */
  readonly retryInMs?: number
  readonly upstream?: UpstreamFacts
  /** UNPROCESSABLE: whether the credential is at fault, or the input of a write or the object of a read. */
  readonly reason?: 'AUTHENTICATION' | 'VALIDATION'
  /** UNPROCESSABLE with the reason VALIDATION: Aurora's own messages, which are meant for the user. */
  readonly messages?: readonly string[]
  /** The running design request that Aurora names when it refuses another one of the same project. */
  readonly designRequestId?: string
  /** For a write that failed after it was sent; left out if it is certain that nothing was changed. */
  readonly outcome?: WriteOutcome
  /** QUERY_REJECTED: the limit and the figure that exceeds it. */
  readonly limit?: number
  readonly actual?: number
  /** QUERY_REJECTED because of its calls: the fields that need them. */
  readonly plan?: object
}

export class GatewayError extends Error {
  override readonly name = 'GatewayError'
  readonly code: ErrorCode
  readonly details: ErrorDetails

  /** `message` is shown to clients: it contains no secret, no address and no text of Aurora. `cause` stays in the process. */
  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.code = code
    this.details = details
  }
}

export const isGatewayError = (error: unknown): error is GatewayError => error instanceof GatewayError

const hasCode = (error: unknown, codes: ReadonlySet<ErrorCode>): error is GatewayError =>
  isGatewayError(error) && codes.has(error.code)

/** Whether no call was left: by the count of the gateway, or because Aurora refused a call that the count allowed. */
export const isRateLimited = (error: unknown): error is GatewayError => hasCode(error, RATE_LIMITED)

/** Whether the budget of the gateway refused the call, so that Aurora never received it. */
export const isRefusedByBudget = (error: unknown): error is GatewayError =>
  isRateLimited(error) && error.details.status === undefined

/** Whether a repeat can succeed later: no call was left, or the error has a time. */
export const isForLater = (error: unknown): error is GatewayError =>
  isRateLimited(error) || (isGatewayError(error) && error.details.retryAtMs !== undefined)

export const isForbidden = (error: unknown): error is GatewayError => hasCode(error, FORBIDDEN)

/** Whether Aurora has answered, but without the requested data. */
export const isUnreadable = (error: unknown): error is GatewayError => hasCode(error, UNREADABLE)

/** Whether Aurora does not show the object: this answer replaces an older copy, as a success does. */
export const isAbsence = (error: unknown): error is GatewayError => hasCode(error, ABSENCES)

/** Whether it is a failure for which an older copy is served. Refusals of Aurora (401, 403, 404, …) are answers. */
export const isServedStale = (error: unknown): error is GatewayError => hasCode(error, SERVED_STALE)

/** Why an older answer is served instead of this error. */
export const staleReasonOf = (error: GatewayError): 'RATE_LIMITED' | 'UPSTREAM_FAILED' =>
  isRateLimited(error) ? 'RATE_LIMITED' : 'UPSTREAM_FAILED'

const RATE_LIMITED: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['RATE_LIMITED'])
const FORBIDDEN: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['FORBIDDEN'])
const UNREADABLE: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['UPSTREAM_INVALID'])
const ABSENCES: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['FORBIDDEN', 'NOT_FOUND'])
const SERVED_STALE: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'RATE_LIMITED',
  'UPSTREAM_ERROR',
  'UPSTREAM_TIMEOUT',
  'UPSTREAM_UNAVAILABLE',
  'UPSTREAM_INVALID',
])
