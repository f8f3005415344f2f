// The tenants that are served, each with its scope and the keys of its callers. A reload replaces all of them together.
import type { Clock } from '../clock.ts'
import type { AuroraConfig, GatewayKey, TenantConfig } from '../config/config.ts'
import { createBearerAuthentication, createHmacAuthentication } from '../rest/authentication.ts'
import { createScope } from '../rest/scope.ts'
import type { Scope, ScopeKey } from '../rest/scope.ts'

export interface Tenant {
  readonly name: string
  readonly scope: Scope
  readonly keys: readonly GatewayKey[]
  /** Calls that its Aurora key may make in one window; null: the limit of the settings. */
  readonly rateLimit: number | null
}

export interface Tenants {
  all(): readonly Tenant[]
  /** The limit of a tenant that has one of its own. Two names of one scope share the lower limit. */
  rateLimitOf(key: ScopeKey): number | undefined
  /** A tenant that is already served with the same credential keeps its budget and its cached replies. */
  replace(tenants: readonly Tenant[]): void
}

export function createTenants(first: readonly Tenant[]): Tenants {
  let served = first
  let limits = limitsOf(first)
  return {
    all: () => served,
    rateLimitOf: (key) => limits.get(key),
    replace(tenants) {
      served = tenants
      limits = limitsOf(tenants)
    },
  }
}

function limitsOf(tenants: readonly Tenant[]): ReadonlyMap<ScopeKey, number> {
  const limits = new Map<ScopeKey, number>()
  for (const { scope, rateLimit } of tenants)
    if (rateLimit !== null) limits.set(scope.key, Math.min(rateLimit, limits.get(scope.key) ?? Infinity))
  return limits
}

/** The built-in simulator has another address at each start, but its tenant is always the same one. */
export const toTenant = (
  { name, aurora, keys, rateLimit }: TenantConfig,
  { clock, isSimulated }: { readonly clock: Clock; readonly isSimulated: boolean },
): Tenant => ({
  name,
  keys,
  rateLimit,
  scope: createScope({
    tenantId: aurora.tenantId,
    baseUrl: aurora.baseUrl,
    authentication: authenticationOf(aurora, clock),
    ...(isSimulated && { aurora: 'simulator' }),
  }),
})

function authenticationOf({ credential }: AuroraConfig, clock: Clock) {
  switch (credential.kind) {
    case 'bearer':
      return createBearerAuthentication(credential.token)
    case 'hmac':
      return createHmacAuthentication(credential.key, credential.secret, clock)
  }
}
