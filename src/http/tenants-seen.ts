// Whether requests of several tenants have come: only then something is kept free of each one for the others.

export interface TenantsSeen {
  note(tenant: string): void
  areSeveral(): boolean
}

/** A gateway whose only tenant has hundreds of callers gives it everything. */
export function createTenantsSeen(): TenantsSeen {
  let first: string | null = null
  let areSeveral = false
  return {
    note(tenant) {
      first ??= tenant
      areSeveral ||= tenant !== first
    },
    areSeveral: () => areSeveral,
  }
}
