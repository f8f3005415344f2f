// The calls that wait for slots of one key, without timers: which goes next, which can't be served in time, and when.
import type { CallClass } from '../telemetry/events.ts'
import type { Wait } from '../rest/wait.ts'
import { CLASSES, forecastGoMs, mayGo } from './classes.ts'
import { createReservations } from './reservations.ts'
import type { Reservations } from './reservations.ts'
import { findFirst, inOrder } from './tickets.ts'
import type { Ticket } from './tickets.ts'
import { isBeingTried } from './window.ts'
import type { Window } from './window.ts'

/** A call that may be refused, and then gets a time. */
interface NamedCall {
  readonly callClass: CallClass
  readonly name: string
}

export interface QueuedCall extends Ticket, NamedCall {
  readonly wait: Wait
  /** Aurora answered it with 429, so it waits once more. */
  readonly isSentBack: boolean
}

export interface Queue<Queued extends QueuedCall> {
  readonly window: Window
  readonly reservations: Reservations
  /** In order of arrival. */
  calls: Queued[]
  /** When callers that wait had their last slot, counted in slots. */
  readonly turns: Map<string, number>
  slotsGranted: number
  /** No slot can be taken before: a shared ledger reports this when it is fuller than its window shows. */
  busyUntilMs: number
  /** No call waits beyond: the process ends. */
  drainedAtMs: number
}

export const createQueue = <Queued extends QueuedCall>(window: Window): Queue<Queued> => ({
  window,
  // A reservation outlives its time by a window: a caller that needs many slots comes back when the last of them frees.
  reservations: createReservations(window.windowMs),
  calls: [],
  turns: new Map(),
  slotsGranted: 0,
  busyUntilMs: 0,
  drainedAtMs: Infinity,
})

/** The first call, if it may go now. */
export function findReady<Queued extends QueuedCall>(
  queue: Queue<Queued>,
  nowMs: number,
): Queued | undefined {
  const first = firstOf(queue)
  return first && nowMs >= queue.busyUntilMs && mayGo(queue.window, first.callClass, nowMs)
    ? first
    : undefined
}

/**
 * After a 429 one call tries the key. It is another call than the one that got the 429, if there is another of its class: the
 * operation or the object of that one may be what is limited, and then all would wait for it.
 */
function firstOf<Queued extends QueuedCall>({ calls, turns, window }: Queue<Queued>): Queued | undefined {
  const first = findFirst(calls, turns)
  if (!first?.isSentBack || !window.isUnproven) return first
  const others = calls.filter(({ isSentBack, callClass }) => !isSentBack && callClass === first.callClass)
  return findFirst(others, turns) ?? first
}

export function removeCall<Queued extends QueuedCall>(queue: Queue<Queued>, call: Queued): void {
  queue.calls = queue.calls.filter((other) => other !== call)
}

/**
 * Removes the call that gets the slot: `asked`, for which it was taken, or the first one where `asked` has left meanwhile.
 * Undefined where none is left.
 */
export function removeGranted<Queued extends QueuedCall>(
  queue: Queue<Queued>,
  asked: Queued,
): Queued | undefined {
  const call = queue.calls.includes(asked) ? asked : firstOf(queue)
  if (!call) return undefined
  removeCall(queue, call)
  queue.slotsGranted += 1
  if (queue.calls.length === 0) queue.turns.clear()
  else queue.turns.set(call.caller, queue.slotsGranted)
  queue.reservations.remove(call.name)
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
  for (const call of inOrder(queue.calls, queue.turns)) {
    if (isLate(queue, call, nth, nowMs)) late.add(call)
    else nth += 1
  }
  if (late.size > 0) queue.calls = queue.calls.filter((call) => !late.has(call))
  return late
}

/** The same for one call, which has just arrived. */
export function isLateAtItsPlace<Queued extends QueuedCall>(
  queue: Queue<Queued>,
  call: Queued,
  nowMs: number,
): boolean {
  return isLate(queue, call, inOrder(queue.calls, queue.turns).indexOf(call) + 1, nowMs)
}

/** Also writes when the call is expected to go into its wait. */
function isLate(
  queue: Queue<QueuedCall>,
  { callClass, wait }: QueuedCall,
  nth: number,
  nowMs: number,
): boolean {
  const goesAtMs = Math.max(queue.busyUntilMs, forecastGoMs(queue.window, callClass, nth, nowMs))
  wait.retryAtMs = goesAtMs
  const latestMs = Math.min(wait.latestMs, queue.drainedAtMs)
  return latestMs <= nowMs || goesAtMs > latestMs
}

/** When `count` further calls of this class could all have gone, behind those that wait and those that will come back. */
export function forecastCalls(
  queue: Queue<QueuedCall>,
  callClass: CallClass,
  count: number,
  nowMs: number,
): number {
  const { window, reservations, calls, busyUntilMs } = queue
  const returned = calls.filter(({ reservedAtMs }) => reservedAtMs !== null).length
  const before = calls.filter((call) => isBefore(call.callClass, callClass)).length
  const nth = Math.max(1, before + reservations.count(nowMs) - returned + count)
  return Math.max(busyUntilMs, forecastGoMs(window, callClass, nth, nowMs))
}

/** The time that a refused call gets. A call that comes back before its time gets the same time again. */
export function reserve(queue: Queue<QueuedCall>, { callClass, name }: NamedCall, nowMs: number): number {
  const { window, reservations } = queue
  const reservedMs = reservations.reservedAt(name, nowMs)
  if (reservedMs !== null && reservedMs > nowMs)
    return Math.max(reservedMs, forecastGoMs(window, callClass, 1, nowMs))
  reservations.remove(name)
  const atMs = forecastCalls(queue, callClass, 1, nowMs)
  reservations.add(name, atMs, nowMs)
  return atMs
}

/** When the first call can go or the first deadline passes, whichever is earlier; null where no call waits. */
export function nextEventAtMs(queue: Queue<QueuedCall>, nowMs: number): number | null {
  const { window, calls, busyUntilMs, drainedAtMs } = queue
  const first = firstOf(queue)
  if (!first) return null
  // While one call tries the key, its answer is the next event.
  const goesAtMs = isBeingTried(window)
    ? Infinity
    : Math.max(busyUntilMs, forecastGoMs(window, first.callClass, 1, nowMs))
  return calls.reduce(
    (earliestMs, { wait }) => Math.min(earliestMs, wait.latestMs),
    Math.min(goesAtMs, drainedAtMs),
  )
}

const isBefore = (other: CallClass, callClass: CallClass): boolean =>
  CLASSES.indexOf(other) <= CLASSES.indexOf(callClass)
