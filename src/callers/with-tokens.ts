// Tokens of the company's own identity provider (RFC 7519, RFC 9068), checked against the keys that it publishes.
import { createRemoteJWKSet, customFetch, errors, jwtVerify } from 'jose'
import type { JWTPayload } from 'jose'
import type { Clock } from '../clock.ts'
import type { TokenConfig } from '../config/config.ts'
import type { Emit } from '../telemetry/events.ts'
import { bearerOf, CallerUnchecked } from './caller.ts'
import type { Authenticate } from './caller.ts'
import { fetchBounded } from './fetch-bounded.ts'
import type { Tenants } from './tenants.ts'

export interface TokenOptions {
  readonly tenants: Tenants
  readonly clock: Clock
  readonly emit: Emit
  /** How long nobody looks for a key that was not there. */
  readonly unknownKeyPauseMs?: number
}

/** Signatures that only the provider can make. With a shared secret (HS256) whoever checks could also sign. */
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA']
/** Two machines' clocks agree within seconds. */
const CLOCK_TOLERANCE_S = 5
/** Keys that were withdrawn are believed no longer than this, nor are keys of a provider that is down. */
const KEYS_KEPT_MS = 10 * 60 * 1000
/** A token may name any key; those that nobody has heard of cause one look at the provider in this time. */
const UNKNOWN_KEY_PAUSE_MS = 30 * 1000
/** Callers wait for it. */
const KEYS_TIMEOUT_MS = 3000
/** A provider that is down is asked again after as long. */
const FAILURE_PAUSE_MS = 2000

const READ_ONLY = 'read-only'

export function withTokens(config: TokenConfig, options: TokenOptions): Authenticate {
  const { tenants, clock, emit, unknownKeyPauseMs = UNKNOWN_KEY_PAUSE_MS } = options
  const published = createRemoteJWKSet(config.jwksUrl, {
    cacheMaxAge: KEYS_KEPT_MS,
    cooldownDuration: unknownKeyPauseMs,
    timeoutDuration: KEYS_TIMEOUT_MS,
    [customFetch]: fetchKeys,
  })
  let failedAtMs = -Infinity

  /** Only what needs keys that are not known asks for them: a provider that is down fails no token that can be checked. */
  async function fetchKeys(url: string, request: RequestInit): Promise<Response> {
    if (clock.monotonicMs() - failedAtMs < FAILURE_PAUSE_MS) throw new Error('it has failed just now')
    const response = await fetchBounded(url, request).catch((error: unknown) => {
      failedAtMs = clock.monotonicMs()
      throw error
    })
    if (!response.ok) failedAtMs = clock.monotonicMs()
    return response
  }

  async function verify(token: string): Promise<JWTPayload | null> {
    try {
      const { payload } = await jwtVerify(token, published, {
        issuer: config.issuer,
        audience: config.audience,
        algorithms: ALGORITHMS,
        clockTolerance: CLOCK_TOLERANCE_S,
        requiredClaims: ['exp', 'sub', config.tenantClaim],
        currentDate: new Date(clock.wallMs()),
      })
      return payload
    } catch (error) {
      if (isOfToken(error)) return null
      emit('identityProviderFailed', { fault: error instanceof Error ? error.name : 'unknown' })
      throw new CallerUnchecked()
    }
  }

  return async (headers) => {
    const token = bearerOf(headers)
    const claims = token === null ? null : await verify(token)
    if (claims === null) return null
    const tenant = tenants.all().find(({ name }) => name === claims[config.tenantClaim])
    if (!tenant || !claims.sub) return null
    return {
      name: `${tenant.name}/${claims.sub}`,
      scope: tenant.scope,
      isReadOnly: [claims[config.roleClaim]].flat().includes(READ_ONLY),
    }
  }
}

/** Anything else means that the keys could not be had, and that nothing is known of the token. */
const isOfToken = (error: unknown): boolean =>
  error instanceof errors.JOSEError &&
  !(error instanceof errors.JWKSTimeout) &&
  !(error instanceof errors.JWKSInvalid) &&
  error.code !== 'ERR_JOSE_GENERIC'
