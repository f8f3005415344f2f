// What a refusal of the http room has: its status, its code, and its text.

import type { ErrorCode } from '../errors/codes.ts'

export interface Refusal {
  readonly status: number
  readonly code: ErrorCode
  readonly message: string
  readonly headers?: Readonly<Record<string, string>>
  readonly extensions?: Readonly<Record<string, string | number>>
  /** The request came through a router whose own key is right. */
  readonly isToRouter?: true
}

/** Marks a refusal of a request that came through a router whose own key is right. */
export const toRouter = (refusal: Refusal): Refusal => ({ ...refusal, isToRouter: true })

/** The form of the request is wrong. Only the router can have chosen that form. */
const OF_FORM: ReadonlySet<number> = new Set([405, 406, 415])

/**
 * Routers show their users the status of a subgraph instead of its errors: of a 401, 403, 413 or 429 neither the code
 * nor the time to come again gets through, so these become errors. A 5xx stays as it is, because balancers and routers
 * have to see that the gateway itself is at fault or full.
 */
export const isShownAsErrors = ({ status, isToRouter }: Refusal): boolean =>
  isToRouter === true && status >= 400 && status < 500 && !OF_FORM.has(status)

/** A JSON array with the one error. */
export const errorsOf = ({ code, message, extensions }: Refusal): string =>
  JSON.stringify([{ message, extensions: { code, ...extensions } }])

/** A refusal whose reason passes: it contains the time at which the request may be sent again. */
export function refuseFor(
  waitMs: number,
  wallMs: number,
  { status, message }: Pick<Refusal, 'status' | 'message'>,
): Refusal {
  const retryAfter = Math.max(1, Math.ceil(waitMs / 1000))
  return {
    status,
    code: 'RATE_LIMITED',
    message,
    headers: { 'retry-after': String(retryAfter) },
    extensions: { retryAfter, retryAt: new Date(Math.ceil(wallMs + waitMs)).toISOString() },
  }
}

export function unexpected(errorId: string): Refusal {
  return {
    status: 500,
    code: 'INTERNAL_SERVER_ERROR',
    message: 'Unexpected error.',
    extensions: { errorId },
  }
}
