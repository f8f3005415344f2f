// The caller of a request, and the scope in which the gateway makes calls to Aurora for it.
import type { Scope } from '../rest/scope.ts'
import type { Standing } from '../rest/standings.ts'

export interface Caller {
  /** Unique among all callers of all tenants: slots are shared fairly by this name. Other callers must not see it. */
  readonly name: string
  readonly scope: Scope
  /** Whether it may only read: its mutations are FORBIDDEN, and spend no call. */
  readonly isReadOnly: boolean
  /** Set if all callers are this one: each address then holds places and takes turns as a caller of its own. */
  readonly isEverybody?: true
  /**
   * Under which name its requests hold places and memory and take turns; left out: its own. All credentials of an
   * address that Aurora has not accepted share one name: otherwise each made-up credential would have places of its
   * own.
   */
  readonly holder?: string
  /** Wall time from which requests with its token are refused; left out if the token has no end. */
  readonly expiresAtMs?: number
  /** Set if a router sends the request for a user: docs/routers.md. */
  readonly router?: ThroughRouter
  /** Left out if the credential is one of the settings. */
  readonly credential?: BroughtCredential
}

/** A request through a router, and its user if a header names one. */
export interface ThroughRouter {
  /** The header that names the user, in lower case; null: there is none. */
  readonly header: string | null
  readonly user: string | null
}

/** A credential that a caller has brought, which may be made up. */
export interface BroughtCredential {
  standing(): Standing
  /** Whether it was tried within a minute, and not accepted. */
  isDoubtful(): boolean
  /** Checks whether another replica has seen Aurora accept it; if so, its standing becomes accepted. */
  recall(): Promise<void>
}

/**
 * null: the caller is unknown and is refused; its key or token may be a guess. Neither the result nor the time that it
 * takes reveals the reason.
 */
export type Authenticate = (headers: FieldReader) => Promise<Caller | null> | Caller | null

/** The headers of a request, read by names in lower case. A web Headers has the same functions. */
export type FieldReader = Pick<Headers, 'get' | 'has'>

/** The key or token of a caller. The scheme is case-insensitive (RFC 9110, 11.1). */
export const bearerOf = (headers: FieldReader): string | null =>
  /^bearer +(\S+)$/i.exec(headers.get('authorization') ?? '')?.[1] ?? null

/** For clients that need `Authorization` for another purpose. */
export const API_KEY_HEADER = 'x-api-key'

/** Whether a request brings anything that could be a key or token, right or wrong. */
export const hasCredential = (headers: FieldReader): boolean =>
  Boolean(headers.get('authorization') || headers.get(API_KEY_HEADER))

/** Thrown by `Authenticate` if the identity provider does not answer: the caller is not at fault. */
export class CallerUnchecked extends Error {
  override readonly name = 'CallerUnchecked'
}

/**
 * Thrown by `Authenticate` for a token that the identity provider has signed and that is not valid here, for example because
 * it has expired. Nobody can guess a signature, so the sender is no attacker: it has to get a new token.
 */
export class CallerOutdated extends Error {
  override readonly name = 'CallerOutdated'
}

/**
 * Thrown by `Authenticate` if the key of a router is right, but its user is unknown, or may not be served through a
 * router.
 */
export class UserRefused extends CallerOutdated {}
