// The evidence that webhooks about one kind of one tenant arrive, collected since the last doubt.
import type { EventName } from '../../aurora/events.ts'
import { neededFor, provenKindRow } from '../../aurora/proven-kinds.ts'
import type { ProvenKind } from '../../aurora/proven-kinds.ts'
import type { DoubtReason } from '../../cache/proof-facts.ts'
import type { Clock } from '../../clock.ts'
import { createGaps, isApart } from './gaps.ts'

export interface Evidence {
  received(event: EventName, atMs: number): void
  /** Notes the events with a subscription that is switched on. False if one is missing that was there before. */
  subscribed(events: readonly EventName[], atMs: number): boolean
  /** Notes that a reply beyond its ordinary fresh time was equal to Aurora's answer to a call of this moment. */
  agreed(atMs: number): void
  /** Begins to collect evidence again. */
  doubt(reason: DoubtReason, atMs: number): void
  isEnough(): boolean
  /** Monotonic time until which neither a webhook nor a look at the subscriptions is needed. */
  untilMs(): number
  isSilent(): boolean
  /** Whether the subscriptions matter, because an event has come. */
  hasReceived(): boolean
  /** Whether a look at the subscriptions is still missing, and the last one has found no fault. */
  waitsForStatus(): boolean
}

/** More often than chance would explain. */
const MIN_RECEIVED = 3
const MIN_AGREED = 5
/** The ordinary fresh time: replies that were stale at the doubt were read again by then, if a client uses them. */
const MIN_PAUSE_MS = 5 * 60_000
/**
 * Each doubt of a day doubles how often audits have to agree, up to this many times, so that frequent losses make trust
 * rare.
 */
const MAX_DOUBLINGS = 4
const REMEMBERED_MS = 24 * 60 * 60_000
/** A look at the subscriptions may fail once, for want of a slot. */
const STATUS_VALID_MS = 70 * 60_000

/** Reasons that show lost webhooks; a silence or a restart does not. */
const SERIOUS: ReadonlySet<DoubtReason> = new Set<DoubtReason>(['audit', 'refused', 'subscription'])

export function createEvidence(kind: ProvenKind, maxSilenceMs: number, clock: Clock): Evidence {
  const usual: readonly EventName[] = provenKindRow(kind).usual
  const gaps = createGaps(maxSilenceMs)
  const serious = createSerious(clock)
  // The evidence for which this is made counts already.
  let doubtedAtMs = clock.monotonicMs() - 1
  let received = 0
  let agreed = 0
  let subscribedAtMs = -Infinity
  /** By the last look at the subscriptions. */
  let isIncomplete = false

  const isSubscribed = (): boolean => subscribedAtMs > doubtedAtMs
  const untilMs = (): number => Math.min(gaps.silentUntilMs(), subscribedAtMs + STATUS_VALID_MS)

  return {
    received(event, atMs) {
      if (!usual.includes(event)) return
      if (atMs > doubtedAtMs && (received === 0 || isApart(gaps.lastAtMs(), atMs))) received += 1
      gaps.note(atMs)
    },
    subscribed(events, atMs) {
      if (atMs <= doubtedAtMs) return true
      isIncomplete = neededFor(kind).some((event) => !events.includes(event))
      if (isIncomplete) return !isSubscribed()
      subscribedAtMs = Math.max(subscribedAtMs, atMs)
      return true
    },
    agreed(atMs) {
      if (atMs > doubtedAtMs && isSubscribed()) agreed += 1
    },
    doubt(reason, atMs) {
      received = 0
      agreed = 0
      doubtedAtMs = Math.max(doubtedAtMs, atMs)
      if (SERIOUS.has(reason)) serious.note(atMs)
    },
    isEnough: () =>
      isSubscribed() &&
      received >= MIN_RECEIVED &&
      agreed >= MIN_AGREED * 2 ** Math.min(serious.count(), MAX_DOUBLINGS) &&
      clock.monotonicMs() - doubtedAtMs >= MIN_PAUSE_MS &&
      clock.monotonicMs() < untilMs(),
    untilMs,
    isSilent: () => clock.monotonicMs() >= gaps.silentUntilMs(),
    hasReceived: () => received > 0,
    waitsForStatus: () => received > 0 && !isSubscribed() && !isIncomplete,
  }
}

/** The serious doubts of the last day. */
function createSerious(clock: Clock) {
  let times: readonly number[] = []
  return {
    note: (atMs: number): void => void (times = [...times, atMs].slice(-MAX_DOUBLINGS)),
    count(): number {
      const sinceMs = clock.monotonicMs() - REMEMBERED_MS
      return times.filter((atMs) => atMs > sinceMs).length
    },
  }
}
