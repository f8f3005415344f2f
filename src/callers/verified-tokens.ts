// Tokens that were verified: their claims are kept as long as a new check of the signature would have the same result.
import { hash } from 'node:crypto'
import type { JWTPayload } from 'jose'
import { LRUCache } from 'lru-cache'
import type { Clock } from '../clock.ts'
import { CLOCK_TOLERANCE_S } from './verify-token.ts'

export interface VerifiedTokens {
  /** Null if the token was not verified before, or has to be verified again. Returns the same object each time. */
  find(token: string): JWTPayload | null
  /** `keySet`: the keys by which the token was verified. */
  keep(token: string, claims: JWTPayload, keySet: object): void
}

export interface VerifiedTokensOptions {
  readonly clock: Clock
  /** The keys that would verify a token now; null if they would have to be fetched first. */
  readonly keySet: () => object | null
}

interface Verified {
  readonly claims: JWTPayload
  readonly keySet: object
}

/** Some thousand tokens of the usual size. */
const MAX_CHARS = 4 * 1024 * 1024
const ENTRY_CHARS = 500

/** A token is a secret, so only its digest is kept. */
export function createVerifiedTokens({ clock, keySet }: VerifiedTokensOptions): VerifiedTokens {
  const verified = new LRUCache<string, Verified>({ maxSize: MAX_CHARS })
  return {
    find(token) {
      const name = nameOf(token)
      const known = verified.get(name)
      if (!known) return null
      if (known.keySet === keySet() && isInTime(known.claims, clock)) return known.claims
      verified.delete(name)
      return null
    },
    keep(token, claims, of) {
      verified.set(nameOf(token), { claims, keySet: of }, { size: token.length + ENTRY_CHARS })
    },
  }
}

const nameOf = (token: string): string => hash('sha256', token, 'base64')

/** Compares in whole seconds, as jose does. A clock that is set back makes a token too early again. */
function isInTime({ exp, nbf }: JWTPayload, clock: Clock): boolean {
  const nowS = Math.floor(clock.wallMs() / 1000)
  return (
    exp !== undefined &&
    nowS - CLOCK_TOLERANCE_S < exp &&
    (nbf === undefined || nbf <= nowS + CLOCK_TOLERANCE_S)
  )
}
