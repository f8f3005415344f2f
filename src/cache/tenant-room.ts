// Decides which entries of the cache are spared when others need their room: those of tenants with few entries.
import type { LRUCache } from 'lru-cache'
import { tenantOf } from '../rest/scope.ts'
import type { ScopeKey, TenantKey } from '../rest/scope.ts'
import { FEW_SHARE, RESERVED_SHARE } from '../turns/shares.ts'
import type { Held } from './held.ts'

export interface TenantRoom {
  enter(scope: ScopeKey, bytes: number): void
  leave(scope: ScopeKey, bytes: number): void
  isSpared(scope: ScopeKey): boolean
}

interface OfTenant {
  bytes: number
}

/** Entries that nobody reads any more, such as those of a tenant that was removed, take no more than what is reserved. */
export function createTenantRoom(maxBytes: number): TenantRoom {
  const reserved = maxBytes * RESERVED_SHARE
  const few = reserved * FEW_SHARE
  const ofTenants = new Map<TenantKey, OfTenant>()
  /** Remembered, because a list comes with an entry for each of its objects. */
  let last: { readonly scope: ScopeKey; readonly held: OfTenant } | null = null
  /** The bytes of all tenants with few entries. */
  let inSmall = 0

  const heldBy = (scope: ScopeKey): OfTenant => {
    if (last?.scope === scope) return last.held
    const tenant = tenantOf(scope)
    const held = ofTenants.get(tenant) ?? { bytes: 0 }
    if (held.bytes === 0) ofTenants.set(tenant, held)
    last = { scope, held }
    return held
  }
  const forget = (scope: ScopeKey): void => {
    ofTenants.delete(tenantOf(scope))
    last = null
  }
  const change = (scope: ScopeKey, by: number): void => {
    const held = heldBy(scope)
    const before = held.bytes
    held.bytes += by
    inSmall += (held.bytes < few ? held.bytes : 0) - (before < few ? before : 0)
    if (held.bytes === 0) forget(scope)
  }
  return {
    enter: change,
    leave: (scope, bytes) => change(scope, -bytes),
    isSpared: (scope) => inSmall <= reserved && heldBy(scope).bytes < few,
  }
}

interface Needed {
  readonly room: Pick<TenantRoom, 'isSpared'>
  readonly maxBytes: number
  /** The key of the new entry, for which room is made. */
  readonly newest: string
}

/**
 * Evicts the least recently used entries. A spared entry counts as used, so it is looked at again only when all others
 * were evicted or used since. Looking at 10,000 entries takes some milliseconds; evicting them would take longer.
 */
export function makeRoom(entries: LRUCache<string, Held>, { room, maxBytes, newest }: Needed): void {
  let isSparing = true
  while (entries.calculatedSize > maxBytes) {
    const key = entries.rkeys().next().value ?? ''
    const oldest = entries.peek(key)
    // All other entries were looked at, and with the spared ones there is no room for the newest.
    if (key === newest) isSparing = false
    if (key === newest || (isSparing && oldest && room.isSpared(oldest.scope))) entries.get(key)
    else entries.pop()
  }
}
