// The proofs of all tenants that are served and have a secret.
import { isProvenKind, PROVEN_KIND_NAMES } from '../../aurora/proven-kinds.ts'
import type { ProvenKind } from '../../aurora/proven-kinds.ts'
import type { DoubtReason, ProofFacts } from '../../cache/proof-facts.ts'
import type { TrustOf } from '../../cache/proven.ts'
import { tenantOf } from '../../rest/scope.ts'
import type { TenantKey } from '../../rest/scope.ts'
import type { OpenTrust } from './open-trust.ts'
import { createTenantProofs } from './tenant-proofs.ts'
import type { TenantProofs, TenantProofsOptions } from './tenant-proofs.ts'

export interface Proofs {
  readonly trustOf: TrustOf
  /** Takes the facts that this or another replica has found, and their monotonic time. */
  take(tenant: TenantKey, facts: ProofFacts, atMs?: number): void
  /** To be called after something unknown has happened. */
  doubtAll(reason: DoubtReason): void
  /** As `doubt` of its proofs. */
  doubt(tenant: TenantKey, kinds: readonly ProvenKind[], reason: DoubtReason): Promise<void>
  agreed(tenant: TenantKey, kind: ProvenKind, askedAtMs?: number): void
  /** Looks at each of them. */
  look(): void
  /** The tenants whose subscriptions matter. */
  needStatus(): readonly StatusNeed[]
  trusts(): readonly OpenTrust[]
  /** For how many tenants each kind is proven now. */
  counts(): Readonly<Record<ProvenKind, number>>
}

export interface StatusNeed {
  readonly tenant: TenantKey
  /** Whether a kind is not proven only because this look is missing. */
  readonly isUrgent: boolean
}

export interface ProofsOptions extends Omit<TenantProofsOptions, 'publish'> {
  /** Whether the tenant is served and has a secret. */
  readonly isServed: (tenant: TenantKey) => boolean
  readonly publish: (tenant: TenantKey, facts: ProofFacts) => Promise<unknown>
}

export function createProofs(options: ProofsOptions): Proofs {
  const { clock, isServed, publish } = options
  /** Limited by the number of served tenants. */
  const tenants = new Map<TenantKey, TenantProofs>()
  const all = (): readonly TenantProofs[] => [...tenants.values()]

  function open(tenant: TenantKey): TenantProofs | null {
    const known = tenants.get(tenant)
    if (known || !isServed(tenant)) return known ?? null
    const opened = createTenantProofs({ ...options, publish: (facts) => publish(tenant, facts) })
    tenants.set(tenant, opened)
    return opened
  }

  return {
    trustOf(scope, kind, askedAtMs) {
      if (!isProvenKind(kind)) return null
      const trust = tenants.get(tenantOf(scope))?.of(kind).trust() ?? null
      return trust && trust.sinceMs <= askedAtMs ? trust : null
    },
    take: (tenant, facts, atMs = clock.monotonicMs()) => open(tenant)?.take(facts, atMs),
    doubtAll(reason) {
      for (const proofs of all()) proofs.endAll(reason)
    },
    doubt: async (tenant, kinds, reason) => open(tenant)?.doubt(kinds, reason),
    agreed: (tenant, kind, askedAtMs = clock.monotonicMs()) =>
      tenants.get(tenant)?.of(kind).agreed(askedAtMs),
    look() {
      for (const [tenant, proofs] of tenants) {
        if (isServed(tenant)) proofs.look()
        else if (tenants.delete(tenant)) proofs.endAll('removed')
      }
    },
    needStatus: () =>
      [...tenants].flatMap(([tenant, proofs]) => {
        const isNeeded = proofs.all.some((proof) => proof.hasReceived() || proof.trust() !== null)
        return isNeeded ? [{ tenant, isUrgent: proofs.all.some((proof) => proof.waitsForStatus()) }] : []
      }),
    trusts: () => all().flatMap((proofs) => proofs.all.flatMap((proof) => proof.trust() ?? [])),
    counts() {
      const counts = PROVEN_KIND_NAMES.map((kind): [ProvenKind, number] => [
        kind,
        all().filter((proofs) => proofs.of(kind).trust()?.holds()).length,
      ])
      return Object.fromEntries(counts) as Record<ProvenKind, number>
    },
  }
}
