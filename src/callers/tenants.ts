// The tenants that are served, each with its scope and the keys of its callers. A reload replaces all of them together.
import type { Clock } from '../clock.ts'
import type { AuroraConfig, GatewayKey, TenantConfig } from '../config/config.ts'
import { createBearerAuthentication, createHmacAuthentication } from '../rest/authentication.ts'
import { createScope } from '../rest/scope.ts'
import type { BudgetKey, Scope } from '../rest/scope.ts'

export interface Tenant {
  readonly name: string
  readonly scope: Scope
  readonly keys: readonly GatewayKey[]
  /** The keys of routers; left out: none. */
  readonly routerKeys?: readonly GatewayKey[] | undefined
  /** Secrets of the webhooks about this tenant; left out or empty: its webhooks are not received. */
  readonly webhookKeys?: readonly string[] | undefined
  /** Calls that its Aurora key may make in one window; null: it sets no limit. */
  readonly rateLimit: number | null
}

/** Tenants that share one API key but have different limits. */
export interface UnequalLimits {
  readonly tenants: readonly string[]
  /** The lowest of their limits, which counts. */
  readonly limit: number
}

export interface Tenants {
  all(): readonly Tenant[]
  /** Finds a tenant by the name that callers use for it. */
  find(name: string): Tenant | undefined
  /** The lowest limit of the tenants that use the key: Aurora counts the calls of all of them together. */
  rateLimitOf(key: BudgetKey): number | undefined
  unequalLimits(): readonly UnequalLimits[]
  /** A tenant that is already served with the same credential keeps its budget and its cached replies. */
  replace(tenants: readonly Tenant[]): void
}

export function createTenants(first: readonly Tenant[]): Tenants {
  let served = first
  let byName = namesOf(first)
  let limits = limitsOf(first)
  /** Requests of tenants that were removed may be under way: their keys keep their limits until the next reload. */
  let limitsBefore: ReadonlyMap<BudgetKey, number> = new Map()
  return {
    all: () => served,
    find: (name) => byName.get(name),
    rateLimitOf: (key) => limits.get(key) ?? limitsBefore.get(key),
    unequalLimits: () => findUnequalLimits(served),
    replace(tenants) {
      served = tenants
      byName = namesOf(tenants)
      limitsBefore = limits
      limits = limitsOf(tenants)
    },
  }
}

/** Names are unique, because the settings are refused otherwise. */
const namesOf = (tenants: readonly Tenant[]): ReadonlyMap<string, Tenant> =>
  new Map(tenants.map((tenant) => [tenant.name, tenant]))

function limitsOf(tenants: readonly Tenant[]): ReadonlyMap<BudgetKey, number> {
  const limits = new Map<BudgetKey, number>()
  for (const { scope, rateLimit } of tenants)
    if (rateLimit !== null)
      limits.set(scope.budgetKey, Math.min(rateLimit, limits.get(scope.budgetKey) ?? Infinity))
  return limits
}

function findUnequalLimits(tenants: readonly Tenant[]): readonly UnequalLimits[] {
  const byKey = new Map<BudgetKey, { readonly names: string[]; readonly limits: Set<number> }>()
  for (const { name, scope, rateLimit } of tenants) {
    if (rateLimit === null) continue
    const { names, limits } = byKey.get(scope.budgetKey) ?? { names: [], limits: new Set() }
    names.push(name)
    byKey.set(scope.budgetKey, { names, limits: limits.add(rateLimit) })
  }
  return [...byKey.values()]
    .filter(({ limits }) => limits.size > 1)
    .map(({ names, limits }) => ({ tenants: names, limit: Math.min(...limits) }))
}

/** The built-in simulator has another address at each start, but its tenant is always the same one. */
export const toTenant = (
  { name, aurora, keys, routerKeys, webhookKeys, rateLimit }: TenantConfig,
  { clock, isSimulated }: { readonly clock: Clock; readonly isSimulated: boolean },
): Tenant => ({
  name,
  keys,
  routerKeys,
  webhookKeys,
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
