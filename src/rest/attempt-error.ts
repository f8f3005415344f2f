// The failure of an attempt: what Aurora answered, or what went wrong on the way, and what follows for whoever sent it.
import { GatewayError } from '../errors/errors.ts'
import type { ErrorCode } from '../errors/codes.ts'
import type { ErrorDetails } from '../errors/errors.ts'

/** A whole answer of Aurora whose status is not one of success. */
export interface Refusal {
  readonly status: number
  /** Monotonic. */
  readonly answeredAtMs: number
  /** The header as it came. */
  readonly retryAfter: string | null
}

export interface AttemptFacts {
  /** False only where it is certain that Aurora never received, and so never counted, the call. */
  readonly wasSent: boolean
  /** The same read may succeed if it is sent again. */
  readonly isPassing: boolean
  /** Null where no whole answer came. */
  readonly refusal: Refusal | null
}

export class AttemptError extends GatewayError implements AttemptFacts {
  readonly wasSent: boolean
  readonly isPassing: boolean
  readonly refusal: Refusal | null

  constructor(
    code: ErrorCode,
    message: string,
    {
      wasSent,
      isPassing,
      refusal,
      details,
      cause,
    }: AttemptFacts & { details: ErrorDetails; cause?: unknown },
  ) {
    super(code, message, details, cause)
    this.wasSent = wasSent
    this.isPassing = isPassing
    this.refusal = refusal
  }
}

export const isAttemptError = (error: unknown): error is AttemptError => error instanceof AttemptError

/** The status that Aurora answered with; null where the failure is none of Aurora's answers. */
export const statusOf = (error: unknown): number | null =>
  isAttemptError(error) ? (error.refusal?.status ?? null) : null
