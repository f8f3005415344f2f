// The caller of a request, and the scope in which the gateway makes calls to Aurora for it.
import type { Scope } from '../rest/scope.ts'
import type { Standing } from '../rest/standings.ts'

export interface Caller {
  /** Unique among all callers of all tenants: slots are shared fairly by this name. Other callers must not see it. */
  readonly name: string
  readonly scope: Scope
  /** Whether it may only read: its mutations are FORBIDDEN, and spend no call. */
  readonly isReadOnly: boolean
  /** Everybody is this caller, so each address holds places and takes turns as a caller of its own. */
  readonly isEverybody?: true
  /**
   * In whose name its requests hold places and memory and take turns; left out, its own. All credentials of an address that are
   * not accepted share one: each that is made up would have places of its own otherwise.
   */
  readonly holder?: string
  /** Wall time from which requests with its token are refused; left out where nothing names one. */
  readonly expiresAtMs?: number
  /** Set where a router sends the request for somebody: docs/routers.md. */
  readonly router?: ThroughRouter
  /** Left out where the credential is one of the settings. */
  readonly credential?: BroughtCredential
}

/** Who asks through a router, where a header shows it. */
export interface ThroughRouter {
  /** The header that names the user, in small letters; null: there is none. */
  readonly header: string | null
  readonly user: string | null
}

/** What is known of a credential that a caller has brought, and that may be made up. */
export interface BroughtCredential {
  standing(): Standing
  /** Whether it was tried within a minute, and not accepted. */
  isDoubtful(): boolean
  /** Asks whether another replica has seen it accepted; changes the standing then. */
  recall(): Promise<void>
}

/**
 * null: the caller is unknown, and so refused; the key or token may have been guessed. Neither the result nor the time that it
 * takes reveals the reason.
 */
export type Authenticate = (headers: FieldReader) => Promise<Caller | null> | Caller | null

/** The headers of a request, asked by names in small letters. A web Headers can be asked the same. */
export type FieldReader = Pick<Headers, 'get' | 'has'>

/** The key or token of a caller. The scheme is case-insensitive (RFC 9110, 11.1). */
export const bearerOf = (headers: FieldReader): string | null =>
  /^bearer +(\S+)$/i.exec(headers.get('authorization') ?? '')?.[1] ?? null

/** For clients that use `Authorization` for something else. */
export const API_KEY_HEADER = 'x-api-key'

/** Whether a request brings anything that could be a key or token, right or wrong. */
export const hasCredential = (headers: FieldReader): boolean =>
  Boolean(headers.get('authorization') || headers.get(API_KEY_HEADER))

/** Thrown by `Authenticate` where the identity provider does not answer: the caller is not at fault. */
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

/** Thrown by `Authenticate` where the key of a router is right, and the user for whom it asks is unknown, or may not be served through it. */
export class UserRefused extends CallerOutdated {}
