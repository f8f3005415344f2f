// Checks the signature and the claims of one token against the published keys, even while the provider replaces them.
import { decodeProtectedHeader, errors, jwtVerify } from 'jose'
import type { JWTPayload, JWTVerifyOptions } from 'jose'
import type { Clock } from '../clock.ts'
import type { TokenConfig } from '../config/config.ts'
import type { PublishedKeys } from './published-keys.ts'

export interface VerifyOptions {
  readonly clock: Clock
  readonly published: PublishedKeys
}

/** Rejects with jose's errors; an error that is not about the token means that the keys could not be fetched. */
export type Verify = (token: string) => Promise<JWTPayload>

/** Signatures that only the provider can make. With a shared secret (HS256) the gateway could sign tokens, too. */
const ALGORITHMS = 'RS256 RS384 RS512 PS256 PS384 PS512 ES256 ES384 ES512 EdDSA Ed25519'.split(' ')
/** The clocks of two machines differ by some seconds. */
export const CLOCK_TOLERANCE_S = 5

export function createVerify(config: TokenConfig, { clock, published }: VerifyOptions): Verify {
  return async (token) => {
    const checks: JWTVerifyOptions = {
      issuer: config.issuer,
      audience: config.audience,
      algorithms: ALGORITHMS,
      clockTolerance: CLOCK_TOLERANCE_S,
      requiredClaims: ['exp', 'sub'],
      currentDate: new Date(clock.wallMs()),
    }
    try {
      return await verifyWithAny(token, published, checks)
    } catch (error) {
      if (!(error instanceof errors.JWSSignatureVerificationFailed) || namesKey(token)) throw error
      // A token that names its key makes jose look for new keys. For a token without a key name, jose has tried a key
      // of the right kind, and the right key may have been published since.
      if (published.isCoolingDown()) throw error
      await published.fetch()
      return verifyWithAny(token, published, checks)
    }
  }
}

/** jose checks the claims after the signature, so a token that fails here was made by the provider. */
export const isOfClaims = (error: unknown): boolean =>
  error instanceof errors.JWTExpired ||
  error instanceof errors.JWTClaimValidationFailed ||
  error instanceof errors.JWTInvalid

const namesKey = (token: string): boolean => decodeProtectedHeader(token).kid !== undefined

/** If several keys fit, each is tried. Their number is limited, because the size of their document is. */
async function verifyWithAny(
  token: string,
  published: PublishedKeys,
  checks: JWTVerifyOptions,
): Promise<JWTPayload> {
  try {
    return (await jwtVerify(token, published.find, checks)).payload
  } catch (error) {
    if (!(error instanceof errors.JWKSMultipleMatchingKeys)) throw error
    for await (const key of error) {
      try {
        return (await jwtVerify(token, key, checks)).payload
      } catch (fault) {
        // Any other error is the fault of this key alone, for example because the key is too short.
        if (isOfClaims(fault)) throw fault
      }
    }
    throw new errors.JWSSignatureVerificationFailed()
  }
}
