// Counts how much each party has of a limited amount that callers share. A quarter of it is kept for parties that have few.
import type { TenantsSeen } from './tenants-seen.ts'

/** Under whose name something is taken. */
export interface Party {
  readonly caller: string
  /** Names the key at Aurora for which the calls are counted; empty if the sender has proven no name. */
  readonly tenant: string
}

export interface Shares {
  inAll(): number
  ofCaller(caller: string): number
  /** Whether the caller has few. If there are several tenants, its tenant has to have few as well. */
  hasFew(party: Party): boolean
  /** How much all parties together may have when this party has what it asks for. */
  boundFor(party: Party): number
  /** Returns whose limit would be exceeded by `more` for the party; null: none. Counts nothing. */
  findFull(party: Party, more: number): 'caller' | 'all' | null
  change(party: Party, by: number): void
}

export interface SharesOptions {
  /**
   * One object for everything that the same requests take, so that a tenant leaves the others' part free before another
   * tenant asks for it.
   */
  readonly seen: TenantsSeen
  readonly max: number
  /** Left out: the callers of one tenant have no bounds among each other, and a sole tenant has everything. */
  readonly maxOfCaller?: number
}

/**
 * A part of what is shared is for those that have few: two cannot take everything. A quarter leaves the others most of it, and has room
 * for several that come anew.
 */
export const RESERVED_SHARE = 1 / 4
/** Few: so much of what is reserved. Four of them fit into it. */
export const FEW_SHARE = 1 / 4

export function createShares({ seen, max, maxOfCaller }: SharesOptions): Shares {
  const reserved = Math.floor(max * RESERVED_SHARE)
  const few = reserved * FEW_SHARE
  const ofCallers = createCounts()
  const ofTenants = createCounts()
  let inAll = 0

  /** A tenant may have any number of callers with few each, so its own sum counts, too. */
  const hasFew = ({ caller, tenant }: Party): boolean =>
    (maxOfCaller === undefined || ofCallers.of(caller) < few) &&
    (!seen.areSeveral() || ofTenants.of(tenant) < few)
  const boundFor = (party: Party): number => {
    seen.note(party.tenant)
    return hasFew(party) ? max : max - reserved
  }
  return {
    inAll: () => inAll,
    ofCaller: ofCallers.of,
    hasFew,
    boundFor,
    findFull(party, more) {
      const bound = boundFor(party)
      if (maxOfCaller !== undefined && ofCallers.of(party.caller) + more > maxOfCaller) return 'caller'
      return inAll + more > bound ? 'all' : null
    },
    change({ caller, tenant }, by) {
      ofCallers.change(caller, by)
      ofTenants.change(tenant, by)
      inAll += by
    },
  }
}

function createCounts() {
  const counts = new Map<string, number>()
  const of = (name: string): number => counts.get(name) ?? 0
  return {
    of,
    change(name: string, by: number): void {
      const count = of(name) + by
      if (count > 0) counts.set(name, count)
      else counts.delete(name)
    },
  }
}
