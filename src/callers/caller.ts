// Who is calling, and in whose name its calls to Aurora are made: the first question to every request with an operation.
import type { Scope } from '../rest/scope.ts'

export interface Caller {
  /** Among all callers of all tenants: slots are shared out fairly by it. Not for other callers' eyes. */
  readonly name: string
  readonly scope: Scope
  /** Whether it may only read: its mutations are FORBIDDEN, and spend nothing. */
  readonly isReadOnly: boolean
}

/** null: not known, and so not let in. Never says why, neither to the caller nor by the time it takes. */
export type Authenticate = (headers: Headers) => Promise<Caller | null>

/** What a caller shows as itself. The scheme is case-insensitive (RFC 9110, 11.1). */
export const bearerOf = (headers: Headers): string | null =>
  /^bearer +(\S+)$/i.exec(headers.get('authorization') ?? '')?.[1] ?? null

/** For clients that keep `Authorization` for something else. */
export const API_KEY_HEADER = 'x-api-key'

/** Whoever could tell who is calling does not answer: thrown by `Authenticate`, and no fault of the caller's. */
export class CallerUnchecked extends Error {
  override readonly name = 'CallerUnchecked'
}
