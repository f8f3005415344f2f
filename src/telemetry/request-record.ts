// One request as logs and traces know it: made at the door, filled in by the stations that learn more of it.
import type { Tally } from './tally.ts'

export interface RequestRecord {
  /** What the client sent as X-Request-Id, where it is of a harmless shape; else made at the door. */
  readonly id: string
  /** Who asks, once that is known. */
  caller: string | null
  /** In whose name, as the first digits of the scope's key: names a credential without giving it away. */
  scope: string | null
  /** What is executed, once that is known. */
  operation: { readonly type: string; readonly name: string | null } | null
  /** What it has spent and saved, once it is let in. */
  tally: Tally | null
}

export const createRequestRecord = (id: string): RequestRecord => ({
  id,
  caller: null,
  scope: null,
  operation: null,
  tally: null,
})

/** As the access log gets it: one exchange, whole or broken off. */
export interface Served {
  readonly record: RequestRecord
  readonly method: string
  /** Without the query, which may hold what is nobody's business; null where the address could not be read. */
  readonly path: string | null
  /** null: the client had left before there was an answer. */
  readonly status: number | null
  /** Of the answer's body, as far as it was sent. */
  readonly bytes: number
  readonly durationMs: number
  /** The client left before all of the answer was with it. */
  readonly isCutShort: boolean
}
