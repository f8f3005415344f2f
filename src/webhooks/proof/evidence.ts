// What shows that webhooks about one kind of one tenant arrive, since the last doubt of it.
import type { EventName } from '../../aurora/events.ts'
import { neededFor, provenKindRow } from '../../aurora/proven-kinds.ts'
import type { ProvenKind } from '../../aurora/proven-kinds.ts'
import type { DoubtReason } from '../../cache/proof-facts.ts'
import type { Clock } from '../../clock.ts'
import { createGaps, isApart } from './gaps.ts'

export interface Evidence {
  received(event: EventName, atMs: number): void
  /** The events to which a subscription is there and switched on. False where one is missing that was there. */
  subscribed(events: readonly EventName[], atMs: number): boolean
  /** A reply that is older than its ordinary fresh time is what Aurora said when it was asked at this moment. */
  agreed(atMs: number): void
  /** It is collected anew. */
  doubt(reason: DoubtReason, atMs: number): void
  isEnough(): boolean
  /** Monotonic: until then no webhook and no look at the subscriptions has to come. */
  untilMs(): number
  isSilent(): boolean
  /** Whether it matters what subscriptions there are: an event has come. */
  hasReceived(): boolean
  /** Whether there is no look at the subscriptions yet, which were not found to be wrong. */
  waitsForStatus(): boolean
}

/** As many times as nobody would call chance. */
const MIN_RECEIVED = 3
const MIN_AGREED = 5
/** The ordinary fresh time: what was stale at the doubt has been read again, if anybody looks at it. */
const MIN_PAUSE_MS = 5 * 60_000
/** Each doubt of a day doubles how often audits have to agree, up to this many times: who loses webhooks often is trusted seldom. */
const MAX_DOUBLINGS = 4
const REMEMBERED_MS = 24 * 60 * 60_000
/** A look at the subscriptions may fail once, for want of a slot. */
const STATUS_VALID_MS = 70 * 60_000

/** They show that webhooks were lost; a silence or a restart does not. */
const SERIOUS: ReadonlySet<DoubtReason> = new Set<DoubtReason>(['audit', 'refused', 'subscription'])

export function createEvidence(kind: ProvenKind, maxSilenceMs: number, clock: Clock): Evidence {
  const usual: readonly EventName[] = provenKindRow(kind).usual
  const gaps = createGaps(maxSilenceMs)
  const serious = createSerious(clock)
  // What is the reason that this is made counts already.
  let doubtedAtMs = clock.monotonicMs() - 1
  let received = 0
  let agreed = 0
  let subscribedAtMs = -Infinity
  /** By the last look. */
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

/** The doubts of the last day. */
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
