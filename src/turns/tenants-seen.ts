// Whether requests of several tenants come: only then something is kept free of each one for the others, and tenants take turns.
import type { Clock } from '../clock.ts'

export interface TenantsSeen {
  /** An empty name is not counted, because it was not proven. */
  note(tenant: string): void
  areSeveral(): boolean
  /** The name by which its callers take turns. Where there is one tenant, all callers are equal: those of no tenant, too. */
  turnOf(tenant: string): string
}

/** A tenant whose key was replaced looks like two. */
const REMEMBERED_MS = 24 * 60 * 60 * 1000

/** A sole tenant gets everything, even if it has hundreds of callers. */
export function createTenantsSeen(clock: Pick<Clock, 'monotonicMs'>): TenantsSeen {
  let last: string | null = null
  /** When a request came whose tenant differed from that of the request before. */
  let otherAtMs = -Infinity
  const areSeveral = (): boolean => clock.monotonicMs() < otherAtMs + REMEMBERED_MS
  return {
    areSeveral,
    turnOf: (tenant) => (areSeveral() ? tenant : ''),
    note(tenant) {
      if (tenant === '' || tenant === last) return
      if (last !== null) otherAtMs = clock.monotonicMs()
      last = tenant
    },
  }
}
