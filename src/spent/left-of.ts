// How long the recorded slots of a quota still count. Pure except for the clock.
import { RECOVERY_SHARE } from '../budget/learned-limit.ts'
import { DRIFT_MARGIN_MS } from '../budget/window.ts'
import type { BootClock } from '../clock.ts'
import { leastElapsedMs } from './least-elapsed.ts'
import type { Stamp } from './least-elapsed.ts'
import type { SpentQuota, SpentSlot } from './spent-lines.ts'

export interface HeldTimes {
  readonly windowMs: number
  /** The longest that a call can be under way. */
  readonly maxFlightMs: number
  readonly bootClock: BootClock
}

/** A named time counts for at most an hour, so a longer pause is a damaged line. */
const MAX_PAUSE_MS = 3_600_000

/**
 * How much longer the slot is held. Aurora counted the call between its sending and its answer. If no answer was
 * recorded, it may have come as late as the time limit of an attempt allows, even if the process did not live that
 * long.
 */
export function slotLeftMs({ at, isAnswered }: SpentSlot, bootId: string | null, times: HeldTimes): number {
  const flightMs = isAnswered ? 0 : times.maxFlightMs
  return times.windowMs + DRIFT_MARGIN_MS + flightMs - elapsedMs(at, bootId, times)
}

export const pauseLeftMs = (
  { pause }: SpentQuota,
  bootId: string | null,
  times: Pick<HeldTimes, 'bootClock'>,
): number => (pause === null ? 0 : Math.min(pause.forMs, MAX_PAUSE_MS) - elapsedMs(pause.at, bootId, times))

/** Whether nothing of it counts any more. */
export const isOver = (quota: SpentQuota, bootId: string | null, times: HeldTimes): boolean =>
  pauseLeftMs(quota, bootId, times) <= 0 &&
  !holdsAny(quota, bootId, times) &&
  (quota.learned === null || elapsedMs(quota.learned.at, bootId, times) >= times.windowMs / RECOVERY_SHARE)

function holdsAny({ slots }: SpentQuota, bootId: string | null, times: HeldTimes): boolean {
  for (const slot of slots.values()) if (slotLeftMs(slot, bootId, times) > 0) return true
  return false
}

/** The least time that has passed. */
export const elapsedMs = (
  at: Stamp,
  bootId: string | null,
  { bootClock }: Pick<HeldTimes, 'bootClock'>,
): number => leastElapsedMs({ ...at, bootId }, bootClock)
