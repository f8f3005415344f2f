// Whether requests of several tenants come: only then something is kept free of each one for the others, and tenants take turns.
import type { Clock } from '../clock.ts'

export interface TenantsSeen {
  /** Empty: nobody has proven a name. */
  note(tenant: string): void
  areSeveral(): boolean
  /** The name by which its callers take turns. Where there is one tenant, all callers are equal: those of no tenant, too. */
  turnOf(tenant: string): string
}

/** A tenant whose key was replaced looks like two. */
const REMEMBERED_MS = 24 * 60 * 60 * 1000

/** A gateway whose only tenant has hundreds of callers gives it everything. */
export function createTenantsSeen(clock: Pick<Clock, 'monotonicMs'>): TenantsSeen {
  let last: string | null = null
  /** When a request came that was of another tenant than the one before it. */
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
