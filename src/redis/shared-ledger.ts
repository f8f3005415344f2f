// The ledger of a key that replicas share. It requests each slot from the pool in Redis, and counts without the pool while Redis is away.
import { forecastGoMs, mayGo } from '../budget/classes.ts'
import { FLIGHT_MARGIN_MS } from '../budget/ledger.ts'
import type { Busy, Ledger, LedgerOptions, OpenLedger, Slot } from '../budget/ledger.ts'
import { NO_RECORD } from '../budget/slot-record.ts'
import type { SlotRecord } from '../budget/slot-record.ts'
import { DRIFT_MARGIN_MS } from '../budget/window.ts'
import { elapsedMs, momentOf, NEVER } from '../clock.ts'
import type { Clock } from '../clock.ts'
import type { CallClass } from '../telemetry/events.ts'
import type { Exchange } from './pool-exchange.ts'
import { BEAT_MS, createPoolLink } from './pool-link.ts'
import type { PoolLink } from './pool-link.ts'
import { keptMsOf } from './pool-protocol.ts'
import {
  allowanceNow,
  createView,
  forgetFreed,
  pauseView,
  refreshWindow,
  resumeView,
} from './replica-view.ts'
import type { ReplicaRule, ReplicaView } from './replica-view.ts'

export interface SharedLedgerOptions {
  readonly exchange: Exchange
  readonly clock: Clock
  readonly replicaId: string
  readonly newToken: () => string
  readonly maxReplicas: number
  /** The longest that a call can be under way. */
  readonly maxFlightMs: number
  /**
   * Whether the slots of a key have to be counted in the pool. Called before each call until they are; until then the
   * replica keeps to its share, as if it had not reached the pool yet. Left out: always.
   */
  readonly isPooled?: (name: string) => Promise<Pooled>
}

/**
 * `seen`: Redis has just returned a pool of this key. `unseen`: the key is accepted here, and Redis has returned no
 * pool, or has not answered. `no`: the key is not accepted.
 */
export type Pooled = 'seen' | 'unseen' | 'no'

/** Slots that are leased to others, or kept for a higher class elsewhere, are free again soon, at a time that can't be forecast. */
const SOON_MS = 250

interface SharedKey {
  readonly view: ReplicaView
  readonly rule: ReplicaRule
  /** Null while the key is not counted in the pool. */
  link: PoolLink | null
  readonly clock: Clock
  readonly onFreed: () => void
  readonly record: SlotRecord
  /** How often the key was paused here. */
  pauses: number
}

export function openSharedLedger(options: SharedLedgerOptions): OpenLedger {
  // Shared by all ledgers of this replica: if a ledger that is opened again began with 1, its messages would be void.
  const counted = { messages: 0, slots: 0 }
  return (ledgerOptions) => createSharedLedger(ledgerOptions, options, counted)
}

function createSharedLedger(
  { name, limit, windowMs, onFreed, waiting, record = NO_RECORD }: LedgerOptions,
  { exchange, clock, replicaId, newToken, maxReplicas, maxFlightMs, isPooled }: SharedLedgerOptions,
  counted: { messages: number; slots: number },
): Ledger {
  const flightMs = maxFlightMs + DRIFT_MARGIN_MS
  const shareOf = (of: number): number => Math.floor(of / maxReplicas)
  const rule = { limit, windowMs, flightMs, share: shareOf(limit), maxReplicas, heldMs: windowMs + flightMs }
  const view = createView(rule, clock.monotonicMs(), record.carried)
  refreshWindow(view, rule, clock.monotonicMs())
  const nextSeq = (): number => (counted.messages += 1)
  const parts = { exchange, clock, replicaId, newToken, nextSeq, waiting, onFreed }
  const key: SharedKey = { view, rule, link: null, clock, onFreed, record, pauses: 0 }
  let hasEnded = false
  let usedAtMs = clock.monotonicMs()
  /** Callers may bring any number of keys. An unused key becomes like a new one, and sends no heartbeats. */
  function isUnused(): boolean {
    const isWaiting = Object.values(waiting()).some((count) => count > 0)
    const isNeeded = view.own.size > 0 || isWaiting || clock.monotonicMs() < usedAtMs + windowMs
    if (!isPooled || isNeeded) return false
    leavePool(key)
    return true
  }
  const join = (): PoolLink | null =>
    hasEnded ? null : (key.link ??= createPoolLink({ name, view, rule, isUnused, ...parts }))
  // With a share of 0 no call could be made, so that Aurora could never accept the key.
  const isAlwaysPooled = !isPooled || rule.share === 0
  if (isAlwaysPooled) join()

  return {
    window: view.window,
    async take(callClass) {
      counted.slots += 1
      usedAtMs = clock.monotonicMs()
      const id = `${replicaId}.${counted.slots}`
      const link = key.link ?? (isAlwaysPooled || mayJoin(key, await isPooled(name)) ? join() : null)
      if (!link) return takeAlone(key, id, callClass)
      const answer = await link.send({ id, callClass })
      if (answer?.isGranted) return createSlot(key, id)
      return answer && view.others ? busy(key, callClass, SOON_MS) : takeAlone(key, id, callClass)
    },
    pause: (untilMs, news) => pause(key, untilMs, news),
    resume: (sentAtMs) => resume(key, sentAtMs),
    setLimit(next) {
      rule.limit = next
      rule.share = shareOf(next)
      takeUpLimit(key)
    },
    isAsNew() {
      forgetFreed(view, clock.monotonicMs())
      // The pool keeps the lower limit after a 429, if there is a pool.
      return view.own.size === 0 && (key.link !== null || (view.learned === null && !view.window.isUnproven))
    },
    end() {
      hasEnded = true
      key.link?.end()
    },
  }
}

/**
 * If others use the pool, they may have all of its slots: if the first message gets no answer then, this replica has
 * none until those that the pool may hold now have freed.
 */
function mayJoin({ view, link, clock }: SharedKey, pooled: Pooled): boolean {
  if (pooled === 'seen' && !link) expectNothing(view, clock)
  return pooled !== 'no'
}

function expectNothing(view: ReplicaView, clock: Clock): void {
  view.last = { lease: 0, freesAtMs: [] }
  view.contactAtMs = clock.monotonicMs()
}

/**
 * To be called when the machine slept, or was suspended, for longer than the pool keeps anything for a replica. The
 * others may have the whole limit, as if this replica were new.
 */
function noteSleep({ view, rule, clock }: SharedKey): void {
  const { countedAt } = view
  const keptMs = keptMsOf(rule.windowMs)
  const awakeMs = clock.monotonicMs() - countedAt.monotonicMs
  if (awakeMs >= keptMs || elapsedMs(countedAt, clock) < keptMs) return
  expectNothing(view, clock)
  view.countedAt = NEVER
}

/** Leaves the pool. Its last state is of no use when the key is used again. */
function leavePool(key: SharedKey): void {
  const { view, rule, clock } = key
  key.link = null
  view.last = null
  view.former = null
  view.others = null
  view.knownSeq = -1
  refreshWindow(view, rule, clock.monotonicMs())
}

function takeUpLimit({ view, rule, clock, link, onFreed }: SharedKey): void {
  refreshWindow(view, rule, clock.monotonicMs())
  onFreed()
  // The pool counts by the lowest limit that a replica has reported.
  void link?.send(null).then(onFreed)
}

/** Takes a slot without the pool. */
function takeAlone(key: SharedKey, id: string, callClass: CallClass): Slot | Busy {
  const { view, rule, clock } = key
  noteSleep(key)
  const nowMs = clock.monotonicMs()
  refreshWindow(view, rule, nowMs)
  if (allowanceNow(view, rule, nowMs) === 0 || !mayGo(view.window, callClass, nowMs))
    return busy(key, callClass, BEAT_MS)
  view.own.set(id, { freesAtMs: null, isPooled: false })
  const slot = createSlot(key, id)
  refreshWindow(view, rule, nowMs)
  return slot
}

function busy({ view, clock }: SharedKey, callClass: CallClass, otherwiseMs: number): Busy {
  const nowMs = clock.monotonicMs()
  const retryAtMs = forecastGoMs(view.window, callClass, 1, nowMs)
  return { retryAtMs: retryAtMs > nowMs ? retryAtMs : nowMs + otherwiseMs }
}

function createSlot(key: SharedKey, id: string): Slot {
  const { view, rule, clock, onFreed, record } = key
  const recorded = record.taken(id)
  const pausesBefore = key.pauses
  const isTrial = view.window.isUnproven
  const takenAt = momentOf(clock)
  const refresh = (): void => refreshWindow(view, rule, clock.monotonicMs())
  return {
    recorded,
    // From the last answered message on, the pool counts the call as under way for this long. A slot that was taken
    // without the pool belongs to the part that the pool keeps for this replica.
    mayBeUsed() {
      const countedAt = view.own.get(id)?.isPooled === true ? view.countedAt : takenAt
      return elapsedMs(countedAt, clock) < FLIGHT_MARGIN_MS
    },
    answered(isWhole = true) {
      record.answered(id)
      const slot = view.own.get(id)
      if (slot) slot.freesAtMs = clock.monotonicMs() + rule.windowMs + DRIFT_MARGIN_MS
      // The replica that tests the key may be another one than the replica that got the 429.
      if (isWhole && isTrial && key.pauses === pausesBefore) resume(key, takenAt.monotonicMs)
      // While a call is under way, no replica tests the key.
      if (view.window.isUnproven) void key.link?.send(null)
      refresh()
      onFreed()
    },
    neverSent() {
      record.neverSent(id)
      view.own.delete(id)
      refresh()
      onFreed()
      void key.link?.send(null).then(onFreed)
    },
  }
}

function pause(
  key: SharedKey,
  untilMs: number,
  { isFirstInARow }: { readonly isFirstInARow: boolean },
): void {
  const { view, rule, clock, onFreed, record } = key
  const nowMs = clock.monotonicMs()
  key.pauses += 1
  pauseView(view, rule, { untilMs, isFirstInARow, nowMs })
  record.paused(view.window.pausedUntilMs, view.learned)
  refreshWindow(view, rule, nowMs)
  onFreed()
  void key.link?.send(null)
}

/** A call from before a pause that another replica has reported does not end that pause. */
function resume({ view, link, onFreed, record }: SharedKey, sentAtMs: number): void {
  if (sentAtMs < view.window.pausedUntilMs) return
  record.resumed()
  resumeView(view, sentAtMs)
  if (link) void link.send(null).then(onFreed)
  else onFreed()
}
