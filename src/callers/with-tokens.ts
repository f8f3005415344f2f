// Tokens of the company's identity provider (RFC 7519, RFC 9068), checked against the keys that it publishes.
import { errors } from 'jose'
import type { JWTPayload } from 'jose'
import type { Clock } from '../clock.ts'
import type { TokenConfig } from '../config/config.ts'
import { NO_PROXIES } from '../network/proxies.ts'
import type { Proxies } from '../network/proxies.ts'
import type { Emit } from '../telemetry/events.ts'
import { bearerOf, CallerOutdated, CallerUnchecked } from './caller.ts'
import type { Authenticate, Caller } from './caller.ts'
import { decideReadOnly, readClaim } from './claims.ts'
import { createPublishedKeys } from './published-keys.ts'
import type { Tenant, Tenants } from './tenants.ts'
import { createVerifiedTokens } from './verified-tokens.ts'
import { CLOCK_TOLERANCE_S, createVerify, isOfClaims } from './verify-token.ts'

export interface TokenOptions {
  readonly tenants: Tenants
  readonly clock: Clock
  readonly emit: Emit
  /** Left out: no proxy is used. */
  readonly proxies?: Proxies
  /** After a key was not found, how long unknown keys cause no new fetch. */
  readonly unknownKeyPauseMs?: number
}

/** A token may name any key: unknown keys cause one fetch from the provider in this time. */
const UNKNOWN_KEY_PAUSE_MS = 30 * 1000

/**
 * A signature is checked once for the same bytes, as long as the published keys are the same and the token is in time.
 */
export function withTokens(config: TokenConfig, options: TokenOptions): Authenticate {
  const { tenants, emit, clock, proxies = NO_PROXIES, unknownKeyPauseMs = UNKNOWN_KEY_PAUSE_MS } = options
  const published = createPublishedKeys({ url: config.jwksUrl, clock, proxies, unknownKeyPauseMs })
  const verifySigned = createVerify(config, { clock, published })
  const verified = createVerifiedTokens({ clock, keySet: published.current })
  const toCaller = createToCaller(config, tenants)

  async function verify(token: string): Promise<JWTPayload | null> {
    const keySet = published.current()
    try {
      const claims = await verifySigned(token)
      // Not kept if the keys were fetched again meanwhile, because they may differ.
      if (keySet !== null && keySet === published.current()) verified.keep(token, claims, keySet)
      return claims
    } catch (error) {
      if (isOfToken(error)) emit('tokenRefused', refusalOf(error))
      if (isOfClaims(error)) throw new CallerOutdated()
      if (isOfToken(error)) return null
      emit('identityProviderFailed', { fault: error instanceof Error ? error.name : 'unknown' })
      throw new CallerUnchecked()
    }
  }

  async function authenticateNew(token: string): Promise<Caller | null> {
    const claims = await verify(token)
    if (claims === null) return null
    const caller = toCaller(claims)
    if (caller) return caller
    emit('tokenRefused', { code: 'CALLER_NOT_SERVED', claim: claims.sub ? config.tenantClaim : 'sub' })
    throw new CallerOutdated()
  }

  return (headers) => {
    const token = bearerOf(headers)
    if (token === null) return null
    const claims = verified.find(token)
    return (claims && toCaller(claims)) ?? authenticateNew(token)
  }
}

/** Null if the claims name no served tenant or no caller. The same claims and tenants always give the same object. */
function createToCaller(config: TokenConfig, tenants: Tenants): (claims: JWTPayload) => Caller | null {
  const known = new WeakMap<JWTPayload, { readonly caller: Caller; readonly tenant: Tenant }>()
  return (claims) => {
    const tenantName = readClaim(claims, config.tenantClaim)
    const tenant = typeof tenantName === 'string' ? tenants.find(tenantName) : undefined
    if (!tenant || !claims.sub) return null
    const made = known.get(claims)
    if (made?.tenant === tenant) return made.caller
    const caller = {
      name: `${tenant.name}/${claims.sub}`,
      scope: tenant.scope,
      isReadOnly: decideReadOnly(readClaim(claims, config.roleClaim), config.isRoleRequired),
      ...(claims.exp !== undefined && { expiresAtMs: (claims.exp + CLOCK_TOLERANCE_S) * 1000 }),
    }
    known.set(claims, { caller, tenant })
    return caller
  }
}

/** Whether the token is at fault. Any other error means that the keys could not be fetched, so the token is unchecked. */
const isOfToken = (error: unknown): error is errors.JOSEError =>
  error instanceof errors.JOSEError &&
  !(error instanceof errors.JWKSTimeout) &&
  !(error instanceof errors.JWKSInvalid) &&
  error.code !== 'ERR_JOSE_GENERIC'

const refusalOf = (error: errors.JOSEError): { readonly code: string; readonly claim?: string } => ({
  code: error.code,
  ...((error instanceof errors.JWTClaimValidationFailed || error instanceof errors.JWTExpired) && {
    claim: error.claim,
  }),
})
