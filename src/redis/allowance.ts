// How many calls a replica may make by itself while it does not hear of the others: never so many that all are too many.
import { LOST_MS } from './pool.ts'

/** What was known at the last contact with the pool. Monotonic times. */
export interface LastContact {
  readonly lease: number
  /** When each slot frees that the pool held then, ours among them, ascending. */
  readonly freesAtMs: readonly number[]
}

export interface AllowanceRule {
  readonly share: number
  readonly maxReplicas: number
  /** The longest that a slot can be held, its flight included. */
  readonly heldMs: number
}

/**
 * The pool keeps the lease for a replica that it does not hear of, and the whole share once `LOST_MS` have passed. The
 * rest is for what differs between the sending of the last message and its arrival.
 */
const GRACE_MS = LOST_MS + 500

/**
 * Until the pool keeps the whole share: the lease. From then on what frees goes to the share before anybody takes it; as
 * others may count the same slots, each takes one of `maxReplicas`. When every slot of that time has freed: the share.
 * `heardAtMs` is when the last message was sent that the pool may have heard.
 */
export function allowanceAt(
  rule: AllowanceRule,
  last: LastContact | null,
  heardAtMs: number,
  nowMs: number,
): number {
  // Nothing is kept for who has never been in contact, and nothing is known: the share is right if everybody has lost Redis.
  if (last === null || nowMs >= heardAtMs + GRACE_MS + rule.heldMs) return rule.share
  const freed = last.freesAtMs.filter((atMs) => atMs > heardAtMs + GRACE_MS && atMs <= nowMs).length
  return Math.min(rule.share, last.lease + Math.floor(freed / rule.maxReplicas))
}

/** When it is more than now, at the latest. */
export function growsAtMs(
  rule: AllowanceRule,
  last: LastContact | null,
  heardAtMs: number,
  nowMs: number,
): number {
  const fromMs = heardAtMs + GRACE_MS
  const counted = (last?.freesAtMs ?? []).filter((atMs) => atMs > fromMs)
  const freed = counted.filter((atMs) => atMs <= nowMs).length
  const wanted = (Math.floor(freed / rule.maxReplicas) + 1) * rule.maxReplicas
  return Math.max(nowMs, Math.min(counted[wanted - 1] ?? Infinity, fromMs + rule.heldMs))
}
