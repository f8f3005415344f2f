// The tenants that are served and have a secret, found by their keys: collected again only when tenants or secrets are replaced.
import type { Tenant, Tenants } from '../../callers/tenants.ts'
import { tenantOf } from '../../rest/scope.ts'
import type { ScopeKey, TenantKey } from '../../rest/scope.ts'

export interface Served {
  /** Two tenants of the settings may be one at Aurora; this returns the first of them. */
  ofTenant(key: TenantKey): Tenant | undefined
  ofScope(key: ScopeKey): Tenant | undefined
}

export interface ServedOptions {
  readonly tenants: Pick<Tenants, 'all'>
  /** The tenants that have a secret: another set only when these are replaced. */
  readonly received: () => ReadonlySet<TenantKey>
}

interface Found {
  readonly from: readonly [all: readonly Tenant[], received: ReadonlySet<TenantKey>]
  readonly byTenant: ReadonlyMap<TenantKey, Tenant>
  readonly byScope: ReadonlyMap<ScopeKey, Tenant>
}

export function createServed({ tenants, received }: ServedOptions): Served {
  let found: Found | null = null
  function find(): Found {
    const from = [tenants.all(), received()] as const
    if (found?.from[0] !== from[0] || found.from[1] !== from[1]) found = collect(from)
    return found
  }
  return {
    ofTenant: (key) => find().byTenant.get(key),
    ofScope: (key) => find().byScope.get(key),
  }
}

function collect(from: Found['from']): Found {
  const [all, received] = from
  const byTenant = new Map<TenantKey, Tenant>()
  const byScope = new Map<ScopeKey, Tenant>()
  for (const tenant of all) {
    const { key } = tenant.scope
    const owner = tenantOf(key)
    if (!received.has(owner)) continue
    if (!byTenant.has(owner)) byTenant.set(owner, tenant)
    if (!byScope.has(key)) byScope.set(key, tenant)
  }
  return { from, byTenant, byScope }
}
