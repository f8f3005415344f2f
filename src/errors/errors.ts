// The one error of the domain: a permanent code, words safe to show, and what a client may know besides.
import type { ErrorCode } from './codes.ts'

export interface UpstreamFacts {
  readonly method: string
  /** The path template, never the filled path: ids and tenants stay inside. */
  readonly route: string
  readonly status?: number
}

/** DONE: carried out, only the answer is missing. UNKNOWN: it may or may not have been. */
export type WriteOutcome = 'DONE' | 'UNKNOWN'

export const OUTCOME_WORDS: Readonly<Record<WriteOutcome, string>> = {
  DONE: 'It was carried out.',
  UNKNOWN: 'Whether it was carried out is not known: look before it is sent again.',
}

export interface ErrorDetails {
  /** Aurora's HTTP status. */
  readonly status?: number
  /** Monotonic milliseconds at which a repeat can succeed; shown as `retryAt` and `retryAfter`. */
  readonly retryAtMs?: number
  readonly upstream?: UpstreamFacts
  /** UNPROCESSABLE: whether the credential or the input is at fault. */
  readonly reason?: 'AUTHENTICATION' | 'VALIDATION'
  /** UNPROCESSABLE on a write: Aurora's own messages, which are meant for the user. */
  readonly messages?: readonly string[]
  /** Of a write that failed after it was sent; left out where it is certain that nothing was done. */
  readonly outcome?: WriteOutcome
  /** QUERY_REJECTED: the limit and the figure that broke it. */
  readonly limit?: number
  readonly actual?: number
  /** QUERY_REJECTED for its calls: where they would be spent. */
  readonly plan?: object
}

export class GatewayError extends Error {
  override readonly name = 'GatewayError'
  readonly code: ErrorCode
  readonly details: ErrorDetails

  /** `message` is shown to clients: no secret, no address, no text of Aurora's in it. `cause` never leaves the process. */
  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.code = code
    this.details = details
  }
}

export const isGatewayError = (error: unknown): error is GatewayError => error instanceof GatewayError
