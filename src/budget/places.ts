// The place of further calls among those that wait and those that will come back, if callers take turns with one call each.
import type { CallClass } from '../telemetry/events.ts'
import { CLASSES, countKept } from './classes.ts'
import type { Asker, Reservations } from './reservations.ts'
import { countCallers } from './tickets.ts'
import type { Ticket } from './tickets.ts'
import { limitNow } from './window.ts'
import type { Window } from './window.ts'

interface Demand {
  readonly window: Window
  readonly calls: readonly Ticket[]
  readonly reservations: Readonly<Record<CallClass, Reservations>>
}

interface Asked extends Asker {
  readonly callClass: CallClass
}

export interface Places {
  /** The place of the last of the further calls, counting from 1. */
  readonly nth: number
  /** How many of the places before it belong to other callers. */
  readonly ofOthers: number
}

/** How many calls of this class fit into one window. */
export const countWindowful = (window: Window, callClass: CallClass, nowMs: number): number =>
  Math.max(1, limitNow(window, nowMs) - countKept(callClass, window.limit))

/**
 * This share of the calls that will probably come back is before a further one: about half of their callers come later,
 * and many of them find their data in the cache. With all of them, simulated hours leave slots unused and times come
 * too late; with half of them, small limits refuse too many clients twice.
 */
const SHARE_BEFORE = 0.6
const NO_LIMIT = Number.MAX_SAFE_INTEGER

interface Further {
  readonly count: number
  /** The time of these calls is over, so they go before all calls with a later time. */
  readonly isOverdue?: boolean
  readonly nowMs: number
}

/**
 * Counts before `count` further calls of one request: calls of higher classes; further calls of the same caller, of each request
 * no more than a window has, because it gets a new time for the rest; and for each other caller as many as for this one.
 */
export function countPlaces(
  { window, calls, reservations }: Demand,
  asked: Asked,
  { count, isOverdue = false, nowMs }: Further,
): Places {
  const { callClass, caller } = asked
  const rank = CLASSES.indexOf(callClass)
  const waiting = countCallers(calls, callClass)
  let higher = calls.filter((call) => CLASSES.indexOf(call.callClass) < rank).length
  for (const above of CLASSES.slice(0, rank)) {
    const before = reservations[above]
    higher += before.expected(caller, NO_LIMIT, nowMs) + before.expectedOfOthers(caller, NO_LIMIT, nowMs)
  }
  const own = reservations[callClass]
  const most = countWindowful(window, callClass, nowMs)
  const ours = count + (waiting.get(caller) ?? 0) + (isOverdue ? 0 : own.countBeside(asked, most, nowMs))
  const share = isOverdue ? 0 : SHARE_BEFORE
  let others = share * own.expectedOfOthers(caller, ours, nowMs)
  for (const [other, waits] of waiting) {
    if (other === caller) continue
    const expected = share * own.expected(other, ours, nowMs)
    others += Math.min(waits + expected, ours) - expected
  }
  const ofOthers = Math.round(higher + others)
  return { nth: ofOthers + Math.round(ours), ofOthers }
}
