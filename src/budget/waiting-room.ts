// Where calls wait for a slot: in order of class and in turn of caller, bounded, each with a deadline, each free to leave.
import type { Clock } from '../clock.ts'
import type { CallClass } from '../telemetry/events.ts'
import type { Wait } from '../rest/wait.ts'
import type { Ledger, Permission, Waiting } from './ledger.ts'
import { createQueue, findReady, forecastCalls, isLateAtItsPlace, removeCall, reserve } from './queue.ts'
import type { Queue } from './queue.ts'
import { createSlotServer } from './slot-server.ts'
import type { SlotServer, WaitingCall } from './slot-server.ts'
import { countWaiting } from './tickets.ts'

export interface SlotRequest {
  readonly callClass: CallClass
  readonly caller: string
  /** The same for the same call, so that a refused call is recognized when it comes back. */
  readonly name: string
  /** How long it is worth waiting. Its owner may put the end off meanwhile; the room writes the expected time into it. */
  readonly wait: Wait
  /** Aurora answered the call with 429, so it waits once more. */
  readonly isSentBack?: boolean
  readonly signal: AbortSignal
}

export interface WaitingRoom {
  /**
   * Resolves with a slot, or with the true time: at once for what can't be served in time, at the latest when its wait is
   * over. Rejects with the signal's reason when it aborts, and its place goes to the next call.
   */
  enter(request: SlotRequest): Promise<Permission>
  /** Slots may have become free: grants them to the calls that can go now, and refuses those that can't go in time. */
  serveWaiting(): void
  /** When `count` further reads could all have gone, where `reserved` of them have a reservation already. */
  forecast(count: number, reserved: number): number
  waiting(): Waiting
  isEmpty(): boolean
  /** From now on no call waits beyond `untilMs`, and a call that can't be served by then is refused at once. */
  drain(untilMs: number): void
}

/** Ten windows' worth of calls at 90 a minute: nobody waits that long, so a longer queue only costs memory. */
const MAX_WAITING_PER_CLASS = 1000

export function createWaitingRoom({ ledger, clock }: { ledger: Ledger; clock: Clock }): WaitingRoom {
  const queue = createQueue<WaitingCall>(ledger.window)
  const server = createSlotServer({ queue, ledger, clock })
  return {
    enter: (request) => enterQueue({ queue, server, clock }, request),
    serveWaiting() {
      // What was given back or resumed here is newer than the last answer of a shared ledger.
      queue.busyUntilMs = 0
      server.serve()
    },
    drain(untilMs) {
      queue.drainedAtMs = untilMs
      server.serve()
    },
    waiting: () => countWaiting(queue.calls),
    isEmpty: () => queue.calls.length === 0 && queue.reservations.count(clock.monotonicMs()) === 0,
    forecast: (count, reserved) =>
      forecastCalls(queue, 'interactive', Math.max(1, count) - reserved, clock.monotonicMs()),
  }
}

interface Room {
  readonly queue: Queue<WaitingCall>
  readonly server: SlotServer
  readonly clock: Clock
}

function enterQueue(
  { queue, server, clock }: Room,
  { callClass, caller, name, wait, isSentBack = false, signal }: SlotRequest,
): Promise<Permission> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason)
    const nowMs = clock.monotonicMs()
    if (countWaiting(queue.calls)[callClass] >= MAX_WAITING_PER_CLASS)
      return resolve({ retryAtMs: forecastCalls(queue, callClass, 1, nowMs) })
    const leave = (): void => {
      removeCall(queue, call)
      reject(signal.reason)
      server.serve()
    }
    const call: WaitingCall = {
      callClass,
      caller,
      name,
      wait,
      isSentBack,
      reservedAtMs: queue.reservations.reservedAt(name, nowMs),
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

/** Grants or refuses the call at once where that is possible; else it waits in the queue. */
function place({ queue, server, clock }: Room, call: WaitingCall, nowMs: number): void {
  queue.calls.push(call)
  // Not just a new timer: where many calls arrive between a slot's freeing and the timer's firing, each would put it off.
  if (server.isServing() || findReady(queue, clock.monotonicMs())) return server.serve()
  // Only this call is judged. The others are judged when something changes for them: else each arrival would judge all.
  if (!isLateAtItsPlace(queue, call, nowMs)) return server.schedule(nowMs)
  removeCall(queue, call)
  call.settle({ retryAtMs: reserve(queue, call, nowMs) })
}
