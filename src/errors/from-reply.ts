// Aurora's status codes as typed errors: the table of docs/errors.md, row by row.
import { GatewayError, OUTCOME_WORDS } from './errors.ts'
import type { ErrorCode } from './codes.ts'
import type { WriteOutcome } from './errors.ts'

/** What is known of an answer that is not a success; `messages` are Aurora's own words. */
export interface FailedReply {
  readonly method: string
  readonly route: string
  readonly status: number
  readonly messages: readonly string[]
}

interface Row {
  readonly code: ErrorCode
  readonly says: string
}

const ROWS: ReadonlyMap<number, Row> = new Map<number, Row>([
  [401, { code: 'UNAUTHORIZED', says: "does not accept the gateway's credential" }],
  [403, { code: 'FORBIDDEN', says: "is not available to the gateway's credential" }],
  [404, { code: 'NOT_FOUND', says: 'does not exist, or not for this credential' }],
  [409, { code: 'CONFLICT', says: 'is in use by another operation' }],
  [422, { code: 'UNPROCESSABLE', says: 'was refused' }],
])

const OTHER_CLIENT_ERROR: Row = { code: 'BAD_REQUEST', says: 'was called malformed' }
const SERVER_ERROR: Row = { code: 'UPSTREAM_ERROR', says: 'failed at Aurora' }
/** 1xx to 3xx: the client follows no redirects, so what comes back is not an answer of the contract. */
const NO_ANSWER: Row = { code: 'UPSTREAM_INVALID', says: 'was answered with something other than data' }

/**
 * The error for an answer of Aurora that is not a success. 429 is not among its rows: the budget answers it,
 * since only the budget knows when the next call may go.
 */
export function fromReply(reply: FailedReply): GatewayError {
  const { method, route, status } = reply
  const row = ROWS.get(status) ?? decideRow(status)
  const outcome = decideOutcome(reply)
  const says = `${method} ${route} ${row.says} (HTTP ${status}).`
  return new GatewayError(row.code, outcome ? `${says} ${OUTCOME_WORDS[outcome]}` : says, {
    status,
    upstream: { method, route, status },
    ...(status === 422 && unprocessable(reply)),
    ...(outcome && { outcome }),
  })
}

/** What fails with 5xx may have failed half-way; an answer that is none (1xx, 3xx) may come from anywhere. */
const decideOutcome = ({ method, status }: FailedReply): WriteOutcome | null =>
  method === 'GET' || (status >= 400 && status < 500) ? null : 'UNKNOWN'

function decideRow(status: number): Row {
  if (status >= 500) return SERVER_ERROR
  return status >= 400 ? OTHER_CLIENT_ERROR : NO_ANSWER
}

/** A read has no input of the user's in it, so only the credential can be at fault, and the words are for the operator. */
function unprocessable({ method, messages }: FailedReply): GatewayError['details'] {
  return method === 'GET' ? { reason: 'AUTHENTICATION' } : { reason: 'VALIDATION', messages }
}
