// The calls that wait for slots of one key, without timers: which goes next, which cannot be served in time, and when.
import type { CallClass } from '../telemetry/events.ts'
import type { Wait } from '../rest/wait.ts'
import { CLASSES, forecastGoMs, mayGo } from './classes.ts'
import { countPlaces } from './places.ts'
import { createReservations } from './reservations.ts'
import type { Asker, Reservations } from './reservations.ts'
import { countCallers, findFirst, inOrder } from './tickets.ts'
import type { Ticket, Turns } from './tickets.ts'
import { isBeingTried } from './window.ts'
import type { Window } from './window.ts'

/** The owner of the calls and their class. */
export interface AskedCalls extends Asker {
  readonly callClass: CallClass
}

/** A call that may be refused with a time to repeat it. */
interface NamedCall extends AskedCalls {
  readonly name: string
  readonly reservedAtMs: number | null
}

export interface QueuedCall extends Ticket, NamedCall {
  readonly wait: Wait
  /** Whether Aurora answered it with 429, so that it waits again. */
  readonly isSentBack: boolean
}

export interface Queue<Queued extends QueuedCall> {
  readonly window: Window
  /** A call waits in the queue or has a reservation, never both. */
  readonly reservations: Readonly<Record<CallClass, Reservations>>
  /** In order of arrival. */
  calls: Queued[]
  /** When waiting callers had their last slot, counted in slots. */
  readonly turns: Map<string, number>
  slotsGranted: number
  /**
   * No call of the class gets a slot before this time: a shared ledger reports this when it is fuller than its window shows. A class
   * leaves slots free for those before it, so its time does not count for them.
   */
  busyUntilMs: Record<CallClass, number>
  /** No call waits beyond this time, because the process ends. */
  drainedAtMs: number
}

/** Clients come back a little late: their timers are in whole seconds, and their clocks differ. 10 s of 60. */
const GRACE_SHARE = 1 / 6

function createReservationsByClass(graceMs: number): Record<CallClass, Reservations> {
  const create = (): Reservations => createReservations(graceMs)
  return { mutation: create(), interactive: create(), revalidation: create(), warmUp: create() }
}

const NOT_BUSY = { mutation: 0, interactive: 0, revalidation: 0, warmUp: 0 } as const

export const createQueue = <Queued extends QueuedCall>(window: Window): Queue<Queued> => ({
  window,
  reservations: createReservationsByClass(window.windowMs * GRACE_SHARE),
  calls: [],
  turns: new Map(),
  slotsGranted: 0,
  busyUntilMs: NOT_BUSY,
  drainedAtMs: Infinity,
})

/** The ledger has refused a slot to a call of this class: then it has none for the classes after it either. */
export function noteBusy(queue: Queue<QueuedCall>, callClass: CallClass, untilMs: number): void {
  const busyUntilMs = { ...queue.busyUntilMs, [callClass]: untilMs }
  for (const later of CLASSES.slice(CLASSES.indexOf(callClass) + 1))
    busyUntilMs[later] = Math.max(busyUntilMs[later], untilMs)
  queue.busyUntilMs = busyUntilMs
}

/** What the ledger has refused before is out of date. */
export const forgetBusy = (queue: Queue<QueuedCall>): void => void (queue.busyUntilMs = NOT_BUSY)

/** The first call, if it may go now. */
export function findReady<Queued extends QueuedCall>(
  queue: Queue<Queued>,
  nowMs: number,
): Queued | undefined {
  const first = firstOf(queue, nowMs)
  return first && nowMs >= queue.busyUntilMs[first.callClass] && mayGo(queue.window, first.callClass, nowMs)
    ? first
    : undefined
}

/**
 * After a 429 one call tests the key. If there is another one of its class, it is not the call that got the 429: the
 * limit may be one of that operation or object, and then all calls would wait for it.
 */
function firstOf<Queued extends QueuedCall>(queue: Queue<Queued>, nowMs: number): Queued | undefined {
  const { calls, window } = queue
  const turns = turnsOf(queue, nowMs)
  const first = findFirst(calls, turns)
  if (!first?.isSentBack || !window.isUnproven) return first
  const others = calls.filter(({ isSentBack, callClass }) => !isSentBack && callClass === first.callClass)
  return findFirst(others, turns) ?? first
}

/** A client that comes back on time waits for its slot, so its time counts as come a little earlier: 1 s of 60. */
export const EARLY_SHARE = 1 / 60

export const dueUntil = ({ window }: Queue<QueuedCall>, nowMs: number): number =>
  nowMs + window.windowMs * EARLY_SHARE

const turnsOf = (queue: Queue<QueuedCall>, nowMs: number): Turns => ({
  turns: queue.turns,
  dueUntilMs: dueUntil(queue, nowMs),
})

export function removeCall<Queued extends QueuedCall>(queue: Queue<Queued>, call: Queued): void {
  queue.calls = queue.calls.filter((other) => other !== call)
}

/**
 * Removes the last call of the caller that has the most calls of this class, so that one more of `caller` can wait.
 * Removes none and returns undefined if `caller` itself would then have as many.
 */
export function removeCrowding<Queued extends QueuedCall>(
  queue: Queue<Queued>,
  { callClass, caller }: AskedCalls,
): Queued | undefined {
  const sizes = countCallers(queue.calls, callClass)
  const [most, size] = [...sizes].reduce((left, right) => (right[1] > left[1] ? right : left))
  if ((sizes.get(caller) ?? 0) + 1 >= size) return undefined
  const last = queue.calls.findLast((call) => call.callClass === callClass && call.caller === most)
  if (last) removeCall(queue, last)
  return last
}

/**
 * Removes the call that gets the slot: `asked`, for which it was taken, or the first one if `asked` has left meanwhile.
 * Undefined if none is left.
 */
export function removeGranted<Queued extends QueuedCall>(
  queue: Queue<Queued>,
  asked: Queued,
  nowMs: number,
): Queued | undefined {
  const call = queue.calls.includes(asked) ? asked : firstOf(queue, nowMs)
  if (!call) return undefined
  removeCall(queue, call)
  queue.slotsGranted += 1
  if (queue.calls.length === 0) queue.turns.clear()
  else queue.turns.set(call.caller, queue.slotsGranted)
  return call
}

/**
 * Removes the calls that can't be served in time any more. A place counts from the front, and each call that is removed
 * moves the others up, so one pass in order is exact.
 */
export function removeLate<Queued extends QueuedCall>(
  queue: Queue<Queued>,
  nowMs: number,
): ReadonlySet<Queued> {
  const late = new Set<Queued>()
  let nth = 1
  for (const call of inOrder(queue.calls, turnsOf(queue, nowMs))) {
    if (isLate(queue, call, nth, nowMs)) late.add(call)
    else nth += 1
  }
  if (late.size > 0) queue.calls = queue.calls.filter((call) => !late.has(call))
  return late
}

/** The same for one call that has just arrived. */
export function isLateAtItsPlace<Queued extends QueuedCall>(
  queue: Queue<Queued>,
  call: Queued,
  nowMs: number,
): boolean {
  return isLate(queue, call, inOrder(queue.calls, turnsOf(queue, nowMs)).indexOf(call) + 1, nowMs)
}

/** Also sets the expected time in the wait of the call. */
function isLate(
  queue: Queue<QueuedCall>,
  { callClass, wait }: QueuedCall,
  nth: number,
  nowMs: number,
): boolean {
  const goesAtMs = Math.max(queue.busyUntilMs[callClass], forecastGoMs(queue.window, callClass, nth, nowMs))
  wait.retryAtMs = goesAtMs
  const latestMs = Math.min(wait.latestMs, queue.drainedAtMs)
  return latestMs <= nowMs || goesAtMs > latestMs
}

/**
 * When `count` further calls could all have gone, if callers take turns: after the calls that wait and those that will
 * come back, but after no more calls of another caller than the asker has itself. The reservations of the asker's
 * request are among the `count`.
 */
export function forecastCalls(
  queue: Queue<QueuedCall>,
  asked: AskedCalls,
  further: { readonly count: number; readonly isOverdue?: boolean; readonly nowMs: number },
): number {
  const { nth } = countPlaces(queue, asked, { ...further, count: Math.max(1, further.count) })
  const goesAtMs = forecastGoMs(queue.window, asked.callClass, nth, further.nowMs)
  return Math.max(queue.busyUntilMs[asked.callClass], goesAtMs)
}

/**
 * The time that a refused call gets. A call that comes back before its time gets the same time again, or an earlier one
 * if others have left. A call that was refused at its time goes before all that were given a later one.
 */
export function reserve(queue: Queue<QueuedCall>, call: NamedCall, nowMs: number): number {
  const { window } = queue
  const { name, callClass } = call
  const reservations = queue.reservations[callClass]
  const firstAtMs = reservations.takeUp(name, nowMs)?.firstAtMs ?? call.reservedAtMs ?? Infinity
  const isOverdue = firstAtMs <= dueUntil(queue, nowMs)
  const newMs = forecastCalls(queue, call, { count: reservations.countOf(call, nowMs) + 1, isOverdue, nowMs })
  const atMs = isOverdue
    ? newMs
    : Math.max(Math.min(firstAtMs, newMs), forecastGoMs(window, callClass, 1, nowMs))
  reservations.add(name, call, { atMs, firstAtMs: Math.min(firstAtMs, atMs), nowMs })
  return atMs
}

/** When the first call can go or the first deadline passes, whichever is earlier; null if no call waits. */
export function nextEventAtMs(queue: Queue<QueuedCall>, nowMs: number): number | null {
  const { window, calls, busyUntilMs, drainedAtMs } = queue
  const first = firstOf(queue, nowMs)
  if (!first) return null
  // While one call tests the key, its answer is the next event.
  const goesAtMs = isBeingTried(window)
    ? Infinity
    : Math.max(busyUntilMs[first.callClass], forecastGoMs(window, first.callClass, 1, nowMs))
  return calls.reduce(
    (earliestMs, { wait }) => Math.min(earliestMs, wait.latestMs),
    Math.min(goesAtMs, drainedAtMs),
  )
}
