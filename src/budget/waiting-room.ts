// Where calls wait for a slot: in order of class and in turn of caller, bounded, each with a deadline, each free to leave.
import type { Clock } from '../clock.ts'
import type { LeaveSignal } from '../leaving.ts'
import type { CallClass } from '../telemetry/events.ts'
import type { Wait } from '../rest/wait.ts'
import type { Ledger, Permission, Slot, Waiting } from './ledger.ts'
import { CLASSES } from './classes.ts'
import { countPlaces, countWindowful } from './places.ts'
import {
  createQueue,
  dueUntil,
  EARLY_SHARE,
  findReady,
  forecastCalls,
  forgetBusy,
  isLateAtItsPlace,
  removeCall,
  removeCrowding,
  reserve,
} from './queue.ts'
import type { Queue } from './queue.ts'
import type { Asker } from './reservations.ts'
import { createSlotServer } from './slot-server.ts'
import type { SlotServer, WaitingCall } from './slot-server.ts'
import { countWaiting } from './tickets.ts'
import { countFree } from './window.ts'

export interface SlotRequest extends Asker {
  readonly callClass: CallClass
  /** The same name for the same call, so that a refused call is recognized when it comes back. */
  readonly name: string
  /** How long the call may wait. Its owner may extend the wait meanwhile; the room sets the expected time in it. */
  readonly wait: Wait
  /** Aurora answered the call with 429, so it waits once more. */
  readonly isSentBack?: boolean
  readonly signal: LeaveSignal
}

export interface WaitingRoom {
  /**
   * Resolves with a slot, or with the true time: at once for a call that cannot be served in time, at the latest when
   * its wait is over. Rejects with the signal's reason when it aborts, and its place goes to the next call.
   */
  enter(request: SlotRequest): Promise<Permission>
  /**
   * A slot at once, or null if `enter` has to decide. A slot is given only if no call waits and so many slots are free
   * that their order does not matter.
   */
  takeAtOnce(request: Pick<SlotRequest, 'callClass' | 'name'>): Slot | null
  /** Slots may have become free: grants them to the calls that can go now, and refuses those that can't go in time. */
  serveWaiting(): void
  /** When `count` further reads of this asker could all have gone. */
  forecast(asker: Asker, count: number): number
  /** When the asker should repeat its request, which needs `count` reads. The repeat is then expected at that time. */
  comeBackAt(asker: ReturningAsker, count: number): number
  /** Reads of this request that have a reservation. */
  countReserved(asker: Asker): number
  /** The client of this request has left, so it is not expected back. */
  forget(asker: Asker): void
  waiting(): Waiting
  isEmpty(): boolean
  /** From now on no call waits beyond `untilMs`, and a call that can't be served by then is refused at once. */
  drain(untilMs: number): void
}

export interface ReturningAsker extends Asker {
  /** How long its repeat will wait for slots. */
  readonly waitMs: number
}

/** Ten windows' worth of calls at 90 a minute. No client waits that long, so a longer queue would only cost memory. */
const MAX_WAITING_PER_CLASS = 1000

export function createWaitingRoom({ ledger, clock }: { ledger: Ledger; clock: Clock }): WaitingRoom {
  const queue = createQueue<WaitingCall>(ledger.window)
  const server = createSlotServer({ queue, ledger, clock })
  return {
    enter: (request) => enterQueue({ queue, server, clock }, request),
    takeAtOnce: (request) => takeAtOnce({ queue, server, clock, ledger }, request),
    serveWaiting() {
      // A slot that was given back or a key that was resumed here is newer than the last answer of a shared ledger.
      forgetBusy(queue)
      server.serve()
    },
    drain(untilMs) {
      queue.drainedAtMs = untilMs
      server.serve()
    },
    waiting: () => countWaiting(queue.calls),
    isEmpty() {
      const nowMs = clock.monotonicMs()
      return queue.calls.length === 0 && CLASSES.every((each) => queue.reservations[each].isEmpty(nowMs))
    },
    forecast: (asker, count) =>
      forecastCalls(queue, { callClass: 'interactive', ...asker }, { count, nowMs: clock.monotonicMs() }),
    comeBackAt: (asker, count) => decideReturn(queue, asker, { count, nowMs: clock.monotonicMs() }),
    countReserved: (asker) => queue.reservations.interactive.countOf(asker, clock.monotonicMs()),
    forget: (asker) => CLASSES.forEach((each) => queue.reservations[each].forget(asker)),
  }
}

/**
 * Slots are not saved up: a request that needs more than a window has gets the time at which a first windowful of its
 * calls can go. If other callers need the same slots, a client that can wait gets a time a little before the slots
 * free: the calls in the queue get them then, and a call that comes a moment later finds none.
 */
function decideReturn(
  queue: Queue<WaitingCall>,
  { waitMs, ...asker }: ReturningAsker,
  { count, nowMs }: { readonly count: number; readonly nowMs: number },
): number {
  const { window } = queue
  const asked = { callClass: 'interactive', ...asker } as const
  const { interactive: reservations } = queue.reservations
  const first = Math.min(Math.max(1, count), countWindowful(window, 'interactive', nowMs))
  const isOverdue = reservations.countDue(asker, dueUntil(queue, nowMs)) >= first
  const goesAtMs = forecastCalls(queue, asked, { count: first, isOverdue, nowMs })
  const isContended = countPlaces(queue, asked, { count: first, nowMs }).ofOthers > 0
  const earlyMs = isContended ? Math.min(window.windowMs * EARLY_SHARE, waitMs / 2) : 0
  const atMs = Math.max(nowMs, goesAtMs - earlyMs)
  reservations.promise(asker, atMs)
  return atMs
}

interface Room {
  readonly queue: Queue<WaitingCall>
  readonly server: SlotServer
  readonly clock: Clock
}

function enterQueue(
  { queue, server, clock }: Room,
  { callClass, caller, request, name, wait, isSentBack = false, signal }: SlotRequest,
): Promise<Permission> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason)
    const nowMs = clock.monotonicMs()
    if (countWaiting(queue.calls)[callClass] >= MAX_WAITING_PER_CLASS) {
      const crowding = removeCrowding(queue, { callClass, caller })
      if (!crowding)
        return resolve({
          retryAtMs: forecastCalls(queue, { callClass, caller, request }, { count: 1, nowMs }),
        })
      crowding.settle({ retryAtMs: reserve(queue, crowding, nowMs) })
    }
    const leave = (): void => {
      removeCall(queue, call)
      reject(signal.reason)
      server.serve()
    }
    const call: WaitingCall = {
      callClass,
      caller,
      request,
      name,
      wait,
      isSentBack,
      reservedAtMs: queue.reservations[callClass].takeUp(name, nowMs)?.firstAtMs ?? null,
      settle(permission) {
        signal.removeEventListener('abort', leave)
        wait.retryAtMs = null
        resolve(permission)
      },
    }
    signal.addEventListener('abort', leave, { once: true })
    place({ queue, server, clock }, call, nowMs)
    if (wait.retryAtMs !== null) wait.begun?.()
  })
}

/** Usually more than all callers need in one tick; with fewer, the queue decides who gets the last ones. */
const AMPLE_SLOTS = 200

function takeAtOnce(
  { queue, server, clock, ledger }: Room & { readonly ledger: Ledger },
  { callClass, name }: Pick<SlotRequest, 'callClass' | 'name'>,
): Slot | null {
  if (!ledger.takeAtOnce || queue.calls.length > 0 || server.isServing()) return null
  const nowMs = clock.monotonicMs()
  if (nowMs < queue.busyUntilMs[callClass] || countFree(queue.window, nowMs) < AMPLE_SLOTS) return null
  const slot = ledger.takeAtOnce(callClass)
  if (slot) queue.reservations[callClass].takeUp(name, nowMs)
  return slot
}

/** Grants or refuses the call at once if that is possible; otherwise it waits in the queue. */
function place({ queue, server, clock }: Room, call: WaitingCall, nowMs: number): void {
  queue.calls.push(call)
  // A new timer alone is not enough: if many calls arrive between the freeing of a slot and the timer, each would
  // postpone it.
  if (server.isServing() || findReady(queue, clock.monotonicMs())) return server.serve()
  // Only this call is judged. The others are judged when something changes for them, because otherwise each arrival
  // would judge all.
  if (!isLateAtItsPlace(queue, call, nowMs)) return server.schedule(nowMs)
  removeCall(queue, call)
  call.settle({ retryAtMs: reserve(queue, call, nowMs) })
}
