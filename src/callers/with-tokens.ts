// Tokens of the company's identity provider (RFC 7519, RFC 9068), checked against the keys that it publishes.
import { createRemoteJWKSet, customFetch, errors, jwtVerify } from 'jose'
import type { JWTPayload } from 'jose'
import type { Clock } from '../clock.ts'
import type { TokenConfig } from '../config/config.ts'
import { createDispatcher } from '../network/dispatcher.ts'
import { NO_PROXIES } from '../network/proxies.ts'
import type { Proxies } from '../network/proxies.ts'
import { USER_AGENT } from '../network/user-agent.ts'
import type { Emit } from '../telemetry/events.ts'
import { bearerOf, CallerUnchecked } from './caller.ts'
import type { Authenticate } from './caller.ts'
import { fetchBounded } from './fetch-bounded.ts'
import type { Tenants } from './tenants.ts'

export interface TokenOptions {
  readonly tenants: Tenants
  readonly clock: Clock
  readonly emit: Emit
  /** Left out: none. */
  readonly proxies?: Proxies
  /** After a key was not found, how long unknown keys cause no new fetch. */
  readonly unknownKeyPauseMs?: number
}

/** Signatures that only the provider can make. With a shared secret (HS256) the gateway could sign tokens, too. */
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA']
/** The clocks of two machines differ by some seconds. */
const CLOCK_TOLERANCE_S = 5
/** How long a withdrawn key, or a key of a provider that is down, is still accepted. */
const KEYS_KEPT_MS = 10 * 60 * 1000
/** A token may name any key: unknown keys cause one fetch from the provider in this time. */
const UNKNOWN_KEY_PAUSE_MS = 30 * 1000
/** Short, because callers wait for the fetch. */
const KEYS_TIMEOUT_MS = 3000
/** After a failed fetch, how long there is no new one. */
const FAILURE_PAUSE_MS = 2000

const READ_ONLY = 'read-only'

export function withTokens(config: TokenConfig, options: TokenOptions): Authenticate {
  const { tenants, clock, emit, proxies = NO_PROXIES, unknownKeyPauseMs = UNKNOWN_KEY_PAUSE_MS } = options
  const dispatcher = createDispatcher({
    proxies,
    connectTimeoutMs: KEYS_TIMEOUT_MS,
    answerTimeoutMs: KEYS_TIMEOUT_MS,
  })
  const published = createRemoteJWKSet(config.jwksUrl, {
    cacheMaxAge: KEYS_KEPT_MS,
    cooldownDuration: unknownKeyPauseMs,
    timeoutDuration: KEYS_TIMEOUT_MS,
    headers: { 'user-agent': USER_AGENT },
    [customFetch]: fetchKeys,
  })
  let failedAtMs = -Infinity

  /** jose fetches only for a key it does not have: a provider that is down fails no token that can still be checked. */
  async function fetchKeys(url: string, request: RequestInit): Promise<Response> {
    if (clock.monotonicMs() - failedAtMs < FAILURE_PAUSE_MS) throw new Error('it has failed just now')
    const response = await fetchBounded(url, request, dispatcher).catch((error: unknown) => {
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

/** Whether the token is at fault. Any other error means that the keys could not be fetched, so the token is unchecked. */
const isOfToken = (error: unknown): boolean =>
  error instanceof errors.JOSEError &&
  !(error instanceof errors.JWKSTimeout) &&
  !(error instanceof errors.JWKSInvalid) &&
  error.code !== 'ERR_JOSE_GENERIC'
