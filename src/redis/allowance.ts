// How many calls a replica may make without the pool: never so many that all replicas together exceed the limit. Pure.
import { LOST_MS } from './pool-protocol.ts'

/** The state at the last contact with the pool. Monotonic times. */
export interface LastContact {
  readonly lease: number
  /** The times at which the slots free that the pool held then, including this replica's own, ascending. */
  readonly freesAtMs: readonly number[]
}

export interface AllowanceRule {
  readonly share: number
  readonly maxReplicas: number
  /** The longest that a slot can be held, its flight included. */
  readonly heldMs: number
}

/**
 * The pool keeps the lease for a replica that sends nothing, and the whole share once `LOST_MS` have passed. The half
 * second is added for the time between the sending of the last message and its arrival.
 */
const GRACE_MS = LOST_MS + 500

/**
 * The allowance is the lease until the pool keeps the whole share. From then on each slot that frees is kept for the
 * share before any replica takes it; because other replicas may count the same slots, each counts one of `maxReplicas`.
 * When every slot of that time has freed, the allowance is the share. `contactAtMs` is when the last message was sent
 * that the pool may have received.
 */
export function allowanceAt(
  rule: AllowanceRule,
  last: LastContact | null,
  contactAtMs: number,
  nowMs: number,
): number {
  // For a replica without any contact the pool keeps nothing, and its share is right if all replicas have lost Redis.
  if (last === null || nowMs >= contactAtMs + GRACE_MS + rule.heldMs) return rule.share
  const freed = last.freesAtMs.filter((atMs) => atMs > contactAtMs + GRACE_MS && atMs <= nowMs).length
  return Math.min(rule.share, last.lease + Math.floor(freed / rule.maxReplicas))
}

/** The latest times at which the allowance grows by one, ascending: so many of them. */
export function growsAtMs(
  rule: AllowanceRule,
  last: LastContact | null,
  contactAtMs: number,
  { nowMs, count }: { readonly nowMs: number; readonly count: number },
): readonly number[] {
  const fromMs = contactAtMs + GRACE_MS
  const counted = (last?.freesAtMs ?? []).filter((atMs) => atMs > fromMs)
  const freed = counted.filter((atMs) => atMs <= nowMs).length
  const steps = Math.floor(freed / rule.maxReplicas)
  return Array.from({ length: count }, (_each, index) => {
    const wanted = (steps + index + 1) * rule.maxReplicas
    return Math.max(nowMs, Math.min(counted[wanted - 1] ?? Infinity, fromMs + rule.heldMs))
  })
}
