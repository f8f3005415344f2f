// The record of one request for logs and traces: the http room makes it, and later rooms add their facts.
import type { Tally } from './tally.ts'

export interface RequestRecord {
  /** The X-Request-Id of the client, if its characters are harmless, otherwise an id that the http room made. */
  readonly id: string
  /** The name of the caller, once it is known. */
  caller: string | null
  /** As `shortScope` returns it, once it is known. */
  scope: string | null
  /** Whether a router has sent it for a user: docs/routers.md. */
  isOfRouter?: boolean
  /** Whether its caller has brought a credential that Aurora has not accepted: it may be made up. */
  isOfNewcomer?: boolean
  /** The operation that is executed, once it is known. */
  operation: { readonly type: string; readonly name: string | null } | null
  /** The status of a refusal, which may be sent as a stream with another; null: it was not refused by the http room. */
  refusedWith: number | null
  /** What the request has spent and saved, once it is accepted. */
  tally: Tally | null
}

/** The first digits of a scope's key: enough to distinguish credentials, and they reveal none. */
export const shortScope = (key: string): string => key.slice(0, SCOPE_DIGITS)

const SCOPE_DIGITS = 12

export const createRequestRecord = (id: string): RequestRecord => ({
  id,
  caller: null,
  scope: null,
  isOfRouter: false,
  isOfNewcomer: false,
  operation: null,
  refusedWith: null,
  tally: null,
})

/**
 * - `complete`: the operation ended
 * - `life`: it was open as long as a stream may be
 * - `shutdown`: the server ends
 * - `room`: there is no memory for its answers
 * - `caller`: its caller is no longer known, or is somebody else
 * - `left`: the client closed the connection
 * - `slow`: the client did not take its answers
 * - `fault`: an error inside the gateway
 */
export const STREAM_ENDS = [
  'complete',
  'life',
  'shutdown',
  'caller',
  'room',
  'left',
  'slow',
  'fault',
] as const
export type StreamEnd = (typeof STREAM_ENDS)[number]

/** One finished exchange, whole or cut short, for the access log. */
export interface Served {
  readonly record: RequestRecord
  readonly method: string
  /** Without the query, which may hold private data; null if the address could not be read. */
  readonly path: string | null
  /** null: the client left before there was an answer. */
  readonly status: number | null
  /** How many bytes of the answer's body were sent. */
  readonly bytes: number
  readonly durationMs: number
  /** Whether the client left before it had the whole answer. */
  readonly isCutShort: boolean
  /** Left out if the answer was no stream. */
  readonly stream?: { readonly events: number; readonly end: StreamEnd }
}
