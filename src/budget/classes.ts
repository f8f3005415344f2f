// Which calls go first, and how many slots each class must leave free for those before it. Pure arithmetic over a window.
import type { CallClass } from '../telemetry/events.ts'
import { countFree, forecastMs } from './window.ts'
import type { Window } from './window.ts'

/** In the order in which slots are given. */
export const CLASSES = ['mutation', 'interactive', 'revalidation', 'warmUp'] as const satisfies CallClass[]

/**
 * Slots kept for mutations: a person who presses "save" must not wait for the end of a window that a screen has used
 * up. Two of 90 are enough, because they come back; below 20 calls a window one slot would be too large a share.
 */
const MAX_FLOOR = 2
const FLOOR_SHARE = 1 / 20
/** No client waits for a refresh, so it leaves a sixth of the window to later reads. */
const REVALIDATION_RESERVE = 1 / 6
/** A warm-up reads what may be needed later: it leaves a third. */
const WARM_UP_RESERVE = 1 / 3
/**
 * The slots kept for mutations are lent to reads when the next slot frees within this share of a window, 2 s of 60: then a
 * mutation waits no longer than that, and no slot stays unused for good while a call waits.
 */
const LEND_SHARE = 1 / 30

/** Slots that a call of this class leaves free. */
export function countKept(callClass: CallClass, limit: number): number {
  const floor = Math.min(MAX_FLOOR, Math.floor(limit * FLOOR_SHARE))
  switch (callClass) {
    case 'mutation':
      return 0
    case 'interactive':
      return floor
    case 'revalidation':
      return floor + Math.floor(limit * REVALIDATION_RESERVE)
    case 'warmUp':
      return floor + Math.floor(limit * WARM_UP_RESERVE)
  }
}

export const lendMs = ({ windowMs }: Pick<Window, 'windowMs'>): number => windowMs * LEND_SHARE

/** Whether a call of this class may go at this moment, if no call is before it. */
export function mayGo(window: Window, callClass: CallClass, nowMs: number): boolean {
  const free = countFree(window, nowMs)
  if (free > countKept(callClass, window.limit)) return true
  return (
    free > 0 && callClass === 'interactive' && forecastMs(window, free + 1, nowMs) <= nowMs + lendMs(window)
  )
}

/** When the n-th further call, counting from 1, may go, if all before it are of classes that go first, or of its own. */
export function forecastGoMs(window: Window, callClass: CallClass, nth: number, nowMs: number): number {
  const keptMs = forecastMs(window, nth + countKept(callClass, window.limit), nowMs)
  if (callClass !== 'interactive') return keptMs
  const ownMs = forecastMs(window, nth, nowMs)
  const nextMs = forecastMs(window, Math.max(nth, countFree(window, nowMs)) + 1, nowMs)
  return Math.min(keptMs, Math.max(ownMs, nextMs - lendMs(window)))
}
