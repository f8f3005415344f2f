// Tokens of the company's identity provider (RFC 7519, RFC 9068), checked against the keys that it publishes.
import { errors } from 'jose'
import type { JWTPayload } from 'jose'
import type { Clock } from '../clock.ts'
import type { TokenConfig } from '../config/config.ts'
import type { Proxies } from '../network/proxies.ts'
import type { Emit } from '../telemetry/events.ts'
import { bearerOf, CallerOutdated, CallerUnchecked } from './caller.ts'
import type { Authenticate } from './caller.ts'
import { decideReadOnly, readClaim } from './claims.ts'
import type { Tenants } from './tenants.ts'
import { createVerify, isOfClaims } from './verify-token.ts'

export interface TokenOptions {
  readonly tenants: Tenants
  readonly clock: Clock
  readonly emit: Emit
  /** Left out: none. */
  readonly proxies?: Proxies
  /** After a key was not found, how long unknown keys cause no new fetch. */
  readonly unknownKeyPauseMs?: number
}

export function withTokens(config: TokenConfig, options: TokenOptions): Authenticate {
  const { tenants, emit } = options
  const verifySigned = createVerify(config, options)

  async function verify(token: string): Promise<JWTPayload | null> {
    try {
      return await verifySigned(token)
    } catch (error) {
      if (isOfClaims(error)) throw new CallerOutdated()
      if (isOfToken(error)) return null
      emit('identityProviderFailed', { fault: error instanceof Error ? error.name : 'unknown' })
      throw new CallerUnchecked()
    }
  }

  return async (headers) => {
    const token = bearerOf(headers)
    const claims = token === null ? null : await verify(token)
    if (claims === null) return null
    const tenantName = readClaim(claims, config.tenantClaim)
    const tenant = typeof tenantName === 'string' ? tenants.find(tenantName) : undefined
    if (!tenant || !claims.sub) throw new CallerOutdated()
    return {
      name: `${tenant.name}/${claims.sub}`,
      scope: tenant.scope,
      isReadOnly: decideReadOnly(readClaim(claims, config.roleClaim), config.isRoleRequired),
    }
  }
}

/** Whether the token is at fault. Any other error means that the keys could not be fetched, so the token is unchecked. */
const isOfToken = (error: unknown): boolean =>
  error instanceof errors.JOSEError &&
  !(error instanceof errors.JWKSTimeout) &&
  !(error instanceof errors.JWKSInvalid) &&
  error.code !== 'ERR_JOSE_GENERIC'
