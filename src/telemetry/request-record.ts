// One request as logs and traces show it: the http room makes it, and later rooms fill in what they find out.
import type { Tally } from './tally.ts'

export interface RequestRecord {
  /** The X-Request-Id of the client, where its characters are harmless; else an id that the http room made. */
  readonly id: string
  /** The name of the caller, once it is known. */
  caller: string | null
  /** The first digits of the scope's key: they identify a credential without revealing it. */
  scope: string | null
  /** The operation that is executed, once it is known. */
  operation: { readonly type: string; readonly name: string | null } | null
  /** What the request has spent and saved, once it is accepted. */
  tally: Tally | null
}

export const createRequestRecord = (id: string): RequestRecord => ({
  id,
  caller: null,
  scope: null,
  operation: null,
  tally: null,
})

/** One finished exchange, whole or cut short, for the access log. */
export interface Served {
  readonly record: RequestRecord
  readonly method: string
  /** Without the query, which may hold private data; null where the address could not be read. */
  readonly path: string | null
  /** null: the client left before there was an answer. */
  readonly status: number | null
  /** How many bytes of the answer's body were sent. */
  readonly bytes: number
  readonly durationMs: number
  /** The client left before it had the whole answer. */
  readonly isCutShort: boolean
}
