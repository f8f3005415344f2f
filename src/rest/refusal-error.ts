// Makes the error for an answer of Aurora that is not a success.
import type { Endpoint } from '../aurora/endpoint.ts'
import { fromStatus } from '../errors/from-status.ts'
import { AttemptError } from './attempt-error.ts'
import type { Refusal } from './attempt-error.ts'

/**
 * Proxies before a service answer with 502, 503 and 504 while it restarts; 408, 421 and 425 are about the way or the moment
 * and not about the call. A plain 500 is the service's own answer.
 */
const PASSING_STATUS: ReadonlySet<number> = new Set([408, 421, 425, 502, 503, 504])

export interface RefusalFacts {
  /** Aurora's own messages, which only some errors show. */
  readonly messages?: readonly string[]
  /** The object that stands in the way of a write. */
  readonly designRequestId?: string | undefined
  /** Aurora has accepted the credential before. */
  readonly isProven?: boolean
}

export function toRefusalError(
  { method, route }: Pick<Endpoint, 'method' | 'route'>,
  refusal: Refusal,
  { messages = [], designRequestId, isProven = false }: RefusalFacts = {},
): AttemptError {
  const { status } = refusal
  const { code, message, details } = fromStatus({ method, route, status, messages, isProven })
  const retryAtMs = namedTime(refusal)
  return new AttemptError(code, message, {
    wasSent: true,
    isPassing: PASSING_STATUS.has(status),
    refusal,
    details: {
      ...details,
      ...(designRequestId !== undefined && { designRequestId }),
      ...(retryAtMs !== null && { retryAtMs }),
    },
  })
}

/** A 404, for example, is a lasting answer, whatever time stands beside it; the time of a 429 is for the budget. */
function namedTime({ status, answeredAtMs, retryAfterMs }: Refusal): number | null {
  if (retryAfterMs === null || retryAfterMs === 0) return null
  return status >= 500 || PASSING_STATUS.has(status) ? answeredAtMs + retryAfterMs : null
}
