// Aurora's status codes as typed errors: the table of docs/errors.md, row by row.
import { OUTCOME_WORDS } from './errors.ts'
import type { ErrorCode } from './codes.ts'
import type { ErrorDetails, WriteOutcome } from './errors.ts'

/** An answer that is not a success, with Aurora's own messages. */
export interface FailedAnswer {
  readonly method: string
  readonly route: string
  readonly status: number
  readonly messages: readonly string[]
  /** Whether Aurora has accepted the credential before, so that it is not at fault. */
  readonly isProven?: boolean
}

export interface Described {
  readonly code: ErrorCode
  readonly message: string
  readonly details: ErrorDetails
}

interface Row {
  readonly code: ErrorCode
  /** The same words for each cause, because `upstream` names the call and a screen shows a message once. */
  readonly says: string
}

const ROWS: ReadonlyMap<number, Row> = new Map<number, Row>([
  [401, { code: 'UNAUTHORIZED', says: "Aurora does not accept the gateway's credential" }],
  [403, { code: 'FORBIDDEN', says: "Aurora does not allow this to the gateway's credential" }],
  [404, { code: 'NOT_FOUND', says: 'There is no such object, or not for this credential' }],
  // RFC 9110, 15.5.9: the request did not arrive in time. Some proxies answer so if the service behind them was slow.
  [408, { code: 'UPSTREAM_TIMEOUT', says: 'Aurora did not answer in time' }],
  [409, { code: 'CONFLICT', says: 'Another operation is using the object' }],
  // RFC 9110, 15.5.20: the connection led to a server that does not answer for Aurora.
  [421, { code: 'UPSTREAM_UNAVAILABLE', says: 'The call did not reach a server that answers for Aurora' }],
  [422, { code: 'UNPROCESSABLE', says: 'Aurora refused this' }],
  // RFC 8470, 5.2: the server does not process the request so early.
  [425, { code: 'UPSTREAM_UNAVAILABLE', says: 'Aurora refused the call as too early' }],
  // RFC 4918, 11.3: the object is locked.
  [423, { code: 'CONFLICT', says: 'Another operation is using the object' }],
  // RFC 9110, 15.5.8: the proxy on the way wants a credential of its own.
  [407, { code: 'UPSTREAM_UNAVAILABLE', says: 'A proxy on the way to Aurora asks for a credential' }],
  // Not registered: AWS' balancer answers so where 499 is meant.
  [460, { code: 'UPSTREAM_UNAVAILABLE', says: 'A server on the way to Aurora has given the call up' }],
  // No registered status: nginx notes it if the caller before it has left, and some proxies answer with it.
  [499, { code: 'UPSTREAM_UNAVAILABLE', says: 'A server on the way to Aurora has given the call up' }],
  // The budget replaces it by an error with the time of the next call, which only the budget can compute.
  [429, { code: 'RATE_LIMITED', says: 'Aurora refused the call for the number of calls' }],
])

const OTHER_CLIENT_ERROR: Row = { code: 'BAD_REQUEST', says: 'Aurora calls the request malformed' }
const SERVER_ERROR: Row = { code: 'UPSTREAM_ERROR', says: 'Aurora failed' }
/** 1xx to 3xx: no redirects are followed, so the contract has no such answer. */
const NO_ANSWER: Row = { code: 'UPSTREAM_INVALID', says: 'Aurora answered with something other than data' }

export const fromStatus = (answer: FailedAnswer): Described =>
  describe(
    ROWS.get(answer.status) ?? decideRow(answer.status),
    answer,
    answer.status === 422 ? unprocessable(answer) : {},
  )

/** A server on the way has answered with its own page, which says nothing of what was asked for. */
export const fromTheWay = (answer: Omit<FailedAnswer, 'messages' | 'isProven'>): Described =>
  describe(FOREIGN, answer, {})

const FOREIGN: Row = { code: 'UPSTREAM_ERROR', says: "A server on the way answered in Aurora's place" }

function describe(
  row: Row,
  { method, route, status }: Omit<FailedAnswer, 'messages' | 'isProven'>,
  more: ErrorDetails,
): Described {
  const outcome = decideOutcome({ method, status })
  const message = `${row.says} (HTTP ${status}).`
  return {
    code: row.code,
    message: outcome ? `${message} ${OUTCOME_WORDS[outcome]}` : message,
    details: {
      status,
      upstream: { method, route, status },
      ...more,
      ...(outcome && { outcome }),
    },
  }
}

/** The 4xx of the registry of HTTP (RFC 9110, 16.2.1) except 408: the request was refused, 421 and 425 included. */
const REFUSALS: ReadonlySet<number> = new Set([
  400, 401, 402, 403, 404, 405, 406, 407, 409, 410, 411, 412, 413, 414, 415, 416, 417, 418, 421, 422, 423,
  424, 425, 426, 428, 429, 431, 451,
])

/**
 * A write that fails with 5xx may have failed half-way; an answer of 1xx or 3xx may come from anywhere; a 408 or a 4xx that is
 * not registered, such as 499, may come from a proxy that has passed the write on. With every other 4xx it was not carried out.
 */
const decideOutcome = ({ method, status }: Pick<FailedAnswer, 'method' | 'status'>): WriteOutcome | null =>
  method === 'GET' || REFUSALS.has(status) ? null : 'UNKNOWN'

function decideRow(status: number): Row {
  if (status >= 500) return SERVER_ERROR
  return status >= 400 ? OTHER_CLIENT_ERROR : NO_ANSWER
}

/**
 * A read contains no input of the user. So if Aurora has never accepted the credential, and its message is not about
 * something else, the credential is at fault: the message is then for the operator, and is not shown.
 */
function unprocessable({ method, messages, isProven = false }: FailedAnswer): ErrorDetails {
  const isOfCredential = messages.length === 0 || nameCredential(messages)
  return method === 'GET' && !isProven && isOfCredential
    ? { reason: 'AUTHENTICATION' }
    : { reason: 'VALIDATION', messages }
}

/** Whether messages of Aurora may be about the credential. */
export const nameCredential = (messages: readonly string[]): boolean =>
  messages.some((words) => OF_CREDENTIAL.test(words))

const OF_CREDENTIAL =
  /authenticat|authori[sz]|credential|\bsign(?:ature|ed)\b|token|hmac|\bkeys?\b|aurorakey|secret|timestamp|tenant|permission|log ?in\b/i
