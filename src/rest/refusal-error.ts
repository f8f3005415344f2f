// Makes the error for an answer of Aurora that is not a success.
import type { Endpoint } from '../aurora/endpoint.ts'
import { fromStatus, fromTheWay } from '../errors/from-status.ts'
import { AttemptError } from './attempt-error.ts'
import type { Refusal } from './attempt-error.ts'
import { isOfTheWay } from '../errors/of-the-way.ts'

export interface RefusalFacts {
  /** Aurora's own messages, which only some errors show. */
  readonly messages?: readonly string[]
  /** Whether Aurora's words, with those that are not shown, may be about the credential. */
  readonly namesCredential?: boolean
  /** The object that prevents a write. */
  readonly designRequestId?: string | undefined
  /** Whether Aurora has accepted the credential before. */
  readonly isProven?: boolean
  /** A server on the way has answered with this status in Aurora's place; that of the refusal is what it is taken for. */
  readonly foreignStatus?: number | undefined
}

export function toRefusalError(
  { method, route }: Pick<Endpoint, 'method' | 'route'>,
  refusal: Refusal,
  { messages = [], namesCredential, designRequestId, isProven = false, foreignStatus }: RefusalFacts = {},
): AttemptError {
  const { status } = refusal
  const { code, message, details } =
    foreignStatus === undefined
      ? fromStatus({ method, route, status, messages, isProven })
      : fromTheWay({ method, route, status: foreignStatus })
  const retryAtMs = namedTime(refusal)
  return new AttemptError(code, message, {
    wasSent: true,
    isPassing: isOfTheWay(status),
    refusal,
    ...(namesCredential !== undefined && { namesCredential }),
    details: {
      ...details,
      ...(designRequestId !== undefined && { designRequestId }),
      ...(retryAtMs !== null && { retryAtMs }),
    },
  })
}

/** A 404, for example, is a lasting answer, even if it names a time; the time of a 429 is for the budget. */
function namedTime({ status, answeredAtMs, retryAfterMs }: Refusal): number | null {
  if (retryAfterMs === null || retryAfterMs === 0) return null
  return status >= 500 || isOfTheWay(status) ? answeredAtMs + retryAfterMs : null
}
