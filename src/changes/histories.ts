// The histories of lists that clients have asked for changes of: one for each list and credential, in bounded memory that tenants share.
import { randomUUID } from 'node:crypto'
import { createFairRoom } from '../answers/fair-room.ts'
import { carriedMembers } from '../aurora/members.ts'
import type { Clock } from '../clock.ts'
import { tenantOf } from '../rest/scope.ts'
import type { ScopeKey, TenantKey } from '../rest/scope.ts'
import { createDigests } from './digests.ts'
import type { Digests } from './digests.ts'
import { createHistory } from './history.ts'
import type { History } from './history.ts'

export interface Histories {
  /** The digests of the list of projects. */
  readonly digests: Digests
  /** Null: no client has read changes with this credential yet, or only long ago. Does not count as a use. */
  known(scope: ScopeKey): History | null
  /**
   * The same; makes a new one if there is none. To be called when the list is there: a history takes memory without
   * rows, too.
   */
  open(scope: ScopeKey): History
  /** To be called after each use: if all together are too large, others leave, first those of the tenant that holds most. */
  keep(scope: ScopeKey, history: History): void
  /** Those of all scopes of a tenant. */
  of(tenant: TenantKey): readonly History[]
}

export interface HistoriesOptions {
  readonly cacheMaxBytes: number
  readonly clock: Pick<Clock, 'monotonicMs'>
  readonly maxLogged?: number
}

/** The memory of histories is this part of the cache's memory, in addition to it. */
const HISTORY_PARTS = 16
/**
 * A history counts with this part at the most. The one that was used last stays at any size, and the rest is for the histories of
 * others: a client whose history leaves has to read its list again, which costs calls.
 */
const MAX_SHARE = 3 / 4

interface Kept {
  readonly scope: ScopeKey
  readonly history: History
}

export function createHistories(options: HistoriesOptions): Histories {
  const { clock, cacheMaxBytes, maxLogged } = options
  const maxSize = Math.max(1, Math.floor(cacheMaxBytes / HISTORY_PARTS))
  const scopes = createScopesOfTenants()
  const room = createFairRoom<Kept>({ maxBytes: maxSize, onGone: ({ scope }) => scopes.delete(scope) })
  const digests = createDigests(carriedMembers('listProjects'))

  function keep(scope: ScopeKey, history: History): void {
    const bytes = Math.min(maxSize * MAX_SHARE, history.bytes())
    room.set(scope, { scope, history }, { tenant: tenantOf(scope), holder: scope, bytes })
    scopes.add(scope)
  }

  return {
    digests,
    known: (scope) => room.peek(scope)?.history ?? null,
    open(scope) {
      const known = room.get(scope)
      if (known) return known.history
      const history = createHistory({ name: randomUUID(), clock, digests, maxLogged })
      keep(scope, history)
      return history
    },
    keep,
    of: (tenant) => scopes.of(tenant).flatMap((scope) => room.peek(scope)?.history ?? []),
  }
}

/** A webhook needs the histories of its tenant; without this index, each webhook would look at those of all tenants. */
function createScopesOfTenants() {
  const byTenant = new Map<TenantKey, Set<ScopeKey>>()
  return {
    of: (tenant: TenantKey): readonly ScopeKey[] => [...(byTenant.get(tenant) ?? [])],
    add(scope: ScopeKey): void {
      const tenant = tenantOf(scope)
      const known = byTenant.get(tenant)
      if (known) known.add(scope)
      else byTenant.set(tenant, new Set([scope]))
    },
    delete(scope: ScopeKey): void {
      const tenant = tenantOf(scope)
      const known = byTenant.get(tenant)
      if (known?.delete(scope) && known.size === 0) byTenant.delete(tenant)
    },
  }
}
