// The view of one replica on a shared key: its own slots, and the slots of the others at the last answer. Pure.
import { learn, limitAt } from '../budget/learned-limit.ts'
import type { LearnedLimit } from '../budget/learned-limit.ts'
import { NOTHING_CARRIED } from '../budget/slot-record.ts'
import type { Carried } from '../budget/slot-record.ts'
import { NEVER } from '../clock.ts'
import type { Moment } from '../clock.ts'
import { createWindow, pauseWindow, resumeWindow } from '../budget/window.ts'
import type { Window } from '../budget/window.ts'
import { allowanceAt, growsAtMs } from './allowance.ts'
import type { AllowanceRule, LastContact } from './allowance.ts'
import { keptMsOf, LOST_MS } from './pool-protocol.ts'
import type { FormerPool, PoolAnswer } from './pool-protocol.ts'

export interface ReplicaRule extends AllowanceRule {
  /** The limit by the settings of this replica; other replicas may have a lower one. */
  readonly limit: number
  readonly windowMs: number
  /** The longest that a call can be under way, and what clocks may differ by. */
  readonly flightMs: number
}

export interface ReplicaView {
  /** The window for forecasts: `refreshWindow` fills it from the members below. */
  readonly window: Window
  readonly own: Map<string, OwnSlot>
  /** The pool's time at the last answer; null before the first. */
  pool: { readonly generation: string; readonly at: number; readonly receivedAtMs: number } | null
  /** The state at the last answer of an open pool; null before the first. */
  last: LastContact | null
  /** When the last message was sent that the pool may have received. */
  contactAtMs: number
  /**
   * When the last message was sent that an open pool has answered. From then on at least, the pool counts each slot
   * that `isPooled`.
   */
  countedAt: Moment
  /**
   * The number of the last message that the pool has answered since it opened, and when it was sent, by the pool's
   * time; -1 for none.
   */
  knownSeq: number
  knownAt: number
  /** The slots of the others at the last answer; null while this replica works without the pool. */
  others: { readonly flying: number; readonly freesAtMs: readonly number[]; readonly lost: number } | null
  /** The lowest limit of the replicas at the last answer; null before the first. */
  poolLimit: number | null
  /** The last pool that was open. */
  former: KnownPool | null
  learned: LearnedLimit | null
  /** What happened here since the last message that the pool has answered. */
  unreported: Report
}

export interface KnownPool extends FormerPool {
  readonly generation: string
  readonly orphansUntilMs: number
  readonly answeredAtMs: number
}

export interface OwnSlot {
  /** Null while its call is not answered. */
  freesAtMs: number | null
  /** Whether the pool had it at the last answer. */
  isPooled: boolean
}

/** What a 429, or an answer after it, has changed here. */
export interface Report {
  readonly pausedUntilMs: number | null
  readonly learned: LearnedLimit | null
  /** When the call was sent whose answer shows that the key is open again. */
  readonly resumedBySentAtMs: number | null
}

/** More than the limit of any key: a list of that many times is made for each call. */
const MAX_MISSING = 1000

export const NOTHING_TO_REPORT: Report = { pausedUntilMs: null, learned: null, resumedBySentAtMs: null }

/**
 * Slots that the process before this one has left keep their ids, so that the pool, which may have them too, counts none twice.
 * A pause and a lower limit that were left are sent to the pool: Redis may have lost its data in the meantime.
 */
export function createView(
  rule: Pick<ReplicaRule, 'limit' | 'windowMs'>,
  nowMs: number,
  carried: Carried = NOTHING_CARRIED,
): ReplicaView {
  const window = createWindow(rule.limit, rule.windowMs)
  const learned = carried.learned && { limit: limitAt(rule, carried.learned, nowMs), atMs: nowMs }
  const pausedUntilMs = carried.isUnproven && carried.pausedUntilMs > nowMs ? carried.pausedUntilMs : null
  window.pausedUntilMs = carried.pausedUntilMs
  window.isUnproven = carried.isUnproven
  return {
    window,
    own: new Map(carried.slots.map(({ id, freesAtMs }) => [id, { freesAtMs, isPooled: false }])),
    pool: null,
    last: null,
    contactAtMs: 0,
    countedAt: NEVER,
    knownSeq: -1,
    knownAt: -1,
    others: null,
    poolLimit: null,
    former: null,
    learned,
    unreported:
      learned || pausedUntilMs !== null
        ? { pausedUntilMs, learned, resumedBySentAtMs: null }
        : NOTHING_TO_REPORT,
  }
}

/** Fills the window: with the slots of all replicas while the pool answers, else with the allowance of this one. */
export function refreshWindow(view: ReplicaView, rule: ReplicaRule, nowMs: number): void {
  const { window, others } = view
  window.limit = Math.min(rule.limit, (others && view.poolLimit) ?? rule.limit)
  forgetFreed(view, nowMs)
  const ours = [...view.own.values()].filter(({ isPooled }) => others !== null || !isPooled)
  const answered = ours.flatMap(({ freesAtMs }) => freesAtMs ?? [])
  const ownFlying = ours.length - answered.length
  if (others) {
    window.inFlight = ownFlying + others.flying
    // Slots of replicas that may be working without the pool become free when those replicas are forgotten.
    const lost = Array.from(
      { length: Math.min(others.lost, rule.limit) },
      () => nowMs + keptMsOf(rule.windowMs),
    )
    window.freesAtMs = ascending([...answered, ...others.freesAtMs, ...lost])
    window.learned = view.learned
    return
  }
  const allowance = allowanceNow(view, rule, nowMs)
  // A window without slots gives no forecasts, so it gets one slot, which is held until the allowance grows.
  const missing = Math.min(Math.max(1, greatestNow(view, rule, nowMs)) - allowance, MAX_MISSING)
  const growsMs = growsAtMs(rule, view.last, view.contactAtMs, { nowMs, count: missing })
  window.inFlight = ownFlying
  // What the allowance lacks of its greatest value counts as held until then. If the present allowance were the limit, a
  // forecast would count one window for each call that it lacks, and name a time many minutes away.
  window.freesAtMs = ascending([...answered, ...growsMs])
  window.learned = { limit: allowance + missing, atMs: nowMs }
}

/** Slots that this replica may hold without the pool. */
export function allowanceNow(view: ReplicaView, rule: ReplicaRule, nowMs: number): number {
  const allowed = allowanceAt(rule, view.last, view.contactAtMs, nowMs)
  return Math.min(allowed, greatestNow(view, rule, nowMs))
}

/** The most that it may be without the pool: the share of the limit, or of the lower one that a 429 has left. */
const greatestNow = ({ learned }: ReplicaView, rule: ReplicaRule, nowMs: number): number =>
  Math.min(rule.share, Math.floor(limitAt(rule, learned, nowMs) / rule.maxReplicas))

export function forgetFreed({ own }: ReplicaView, nowMs: number): void {
  for (const [id, { freesAtMs }] of own) if (freesAtMs !== null && freesAtMs <= nowMs) own.delete(id)
}

/** Takes over the answer of the pool. Changes that are not reported yet are newer than the answer. */
export function applyAnswer(view: ReplicaView, rule: ReplicaRule, answer: PoolAnswer, nowMs: number): void {
  const { window, own } = view
  const isAnother = view.pool !== null && view.pool.generation !== answer.generation
  if (isAnother) leaveFormer(view, rule, nowMs)
  view.poolLimit = answer.limit
  view.pool = { generation: answer.generation, at: answer.at, receivedAtMs: nowMs }
  if (view.unreported === NOTHING_TO_REPORT) {
    window.pausedUntilMs = answer.pausedForMs > 0 ? nowMs + answer.pausedForMs : 0
    window.isUnproven = answer.isUnproven
    view.learned =
      answer.learnedLimit < 0 ? null : { limit: answer.learnedLimit, atMs: nowMs - answer.learnedForMs }
  }
  if (answer.opensInMs > 0) {
    view.others = null
    if (view.former === null) beginWithout(view, rule, answer, nowMs)
    return
  }
  view.former = {
    generation: answer.generation,
    isWhole: answer.lost === 0,
    peers: answer.peers,
    orphansUntilMs: nowMs + answer.orphansForMs,
    answeredAtMs: nowMs,
  }
  const freesAtMs = answer.frees.map((inMs) => nowMs + inMs)
  view.others = { flying: answer.flying, freesAtMs, lost: answer.lost }
  const ours = [...own.values()].map((slot) => slot.freesAtMs ?? nowMs + rule.heldMs)
  const flying = Array.from({ length: answer.flying }, () => nowMs + rule.heldMs)
  view.last = { lease: answer.lease, freesAtMs: ascending([...freesAtMs, ...ours, ...flying]) }
  for (const slot of own.values()) slot.isPooled = true
}

/**
 * Without any contact with an open pool each replica has its share until this one opens. Other replicas may have had
 * such a contact, and the whole limit from it: this replica then has only what they have left.
 */
function beginWithout(view: ReplicaView, rule: ReplicaRule, answer: PoolAnswer, nowMs: number): void {
  const left = Math.min(rule.limit, answer.limit) - answer.flying - answer.frees.length
  view.last = left < rule.share ? { lease: Math.max(0, left), freesAtMs: [] } : null
  if (view.last) view.contactAtMs = nowMs
}

/**
 * Redis has lost its data. The replicas report a pause and a lower limit to the new pool. What this one knows of the
 * former pool is complete only if it was in contact with it until now, and if no other pool was in between.
 */
function leaveFormer(view: ReplicaView, rule: ReplicaRule, nowMs: number): void {
  const { window, former, pool, learned, unreported } = view
  if (former) {
    const isContinuous = former.generation === pool?.generation && nowMs - former.answeredAtMs <= LOST_MS
    view.former = { ...former, isWhole: former.isWhole && isContinuous }
  }
  const pausedUntilMs = window.pausedUntilMs > nowMs ? window.pausedUntilMs : null
  if (unreported !== NOTHING_TO_REPORT || (pausedUntilMs === null && learned === null)) return
  view.learned = learned && { limit: limitAt(rule, learned, nowMs), atMs: nowMs }
  view.unreported = { pausedUntilMs, learned: view.learned, resumedBySentAtMs: null }
}

export function pauseView(
  view: ReplicaView,
  rule: ReplicaRule,
  { untilMs, isFirstInARow, nowMs }: { untilMs: number; isFirstInARow: boolean; nowMs: number },
): void {
  if (isFirstInARow) view.learned = learn(rule, view.learned, nowMs)
  pauseWindow(view.window, untilMs)
  view.unreported = {
    pausedUntilMs: view.window.pausedUntilMs,
    learned: isFirstInARow ? view.learned : view.unreported.learned,
    resumedBySentAtMs: null,
  }
}

export function resumeView(view: ReplicaView, sentAtMs: number): void {
  resumeWindow(view.window)
  view.unreported = { ...view.unreported, resumedBySentAtMs: sentAtMs }
}

const ascending = (times: readonly number[]): number[] => [...times].sort((left, right) => left - right)
