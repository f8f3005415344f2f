// The failure of an attempt: Aurora's refusal or a fault of the transport, and whether a repeat can succeed.
import { GatewayError } from '../errors/errors.ts'
import type { ErrorCode } from '../errors/codes.ts'
import type { ErrorDetails } from '../errors/errors.ts'

/** A whole answer of Aurora with a status that is not a success. */
export interface Refusal {
  readonly status: number
  /** Monotonic time. */
  readonly answeredAtMs: number
  /** Monotonic time before the attempt began; absent if another process has made it. */
  readonly sentAtMs?: number
  /** How long the attempt took, if another process has made it. */
  readonly tookMs?: number
  /** The named time, from `answeredAtMs` on; null if Aurora names none. */
  readonly retryAfterMs: number | null
}

export interface AttemptFacts {
  /** False only if it is certain that Aurora never received, and so never counted, the call. */
  readonly wasSent: boolean
  /** Whether the same read may succeed if it is sent again. */
  readonly isPassing: boolean
  /** Null if no whole answer came. */
  readonly refusal: Refusal | null
  /** Whether the words of the refusal may be about the credential. Left out: they are not. */
  readonly namesCredential?: boolean
}

export class AttemptError extends GatewayError implements AttemptFacts {
  readonly wasSent: boolean
  readonly isPassing: boolean
  readonly refusal: Refusal | null
  readonly namesCredential: boolean

  constructor(
    code: ErrorCode,
    message: string,
    {
      wasSent,
      isPassing,
      refusal,
      namesCredential = false,
      details,
      cause,
    }: AttemptFacts & { details: ErrorDetails; cause?: unknown },
  ) {
    super(code, message, details, cause)
    this.wasSent = wasSent
    this.isPassing = isPassing
    this.refusal = refusal
    this.namesCredential = namesCredential
  }
}

/** The same failure with some other details. */
export function withDetails(error: AttemptError, changed: Partial<ErrorDetails>): AttemptError {
  const { code, message, wasSent, isPassing, refusal, namesCredential, details, cause } = error
  return new AttemptError(code, message, {
    wasSent,
    isPassing,
    refusal,
    namesCredential,
    details: { ...details, ...changed },
    cause,
  })
}

/**
 * The client of a call left before any part of it was sent. The budget gives the slot back and rejects with the reason.
 */
export class LeftUnsent extends Error {
  override readonly name = 'LeftUnsent'
  readonly reason: unknown

  constructor(reason: unknown) {
    super('the client left before anything was sent')
    this.reason = reason
  }
}

/** Whether Aurora certainly never received the call. */
export const wasNeverSent = (error: unknown): boolean =>
  error instanceof LeftUnsent || (isAttemptError(error) && !error.wasSent)

export const isAttemptError = (error: unknown): error is AttemptError => error instanceof AttemptError

/** Aurora's whole answer, if the failure is one; null for every other failure. */
export const refusalOf = (error: unknown): Refusal | null => (isAttemptError(error) ? error.refusal : null)

export const statusOf = (error: unknown): number | null => refusalOf(error)?.status ?? null
