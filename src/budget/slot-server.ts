// Grants slots to the calls of a queue as they become free, and refuses the calls that can't be served in time any more.
import type { Clock } from '../clock.ts'
import type { Ledger, Permission, Slot } from './ledger.ts'
import { findReady, nextEventAtMs, noteBusy, removeGranted, removeLate, reserve } from './queue.ts'
import type { Queue, QueuedCall } from './queue.ts'

export interface WaitingCall extends QueuedCall {
  settle(permission: Permission): void
}

export interface SlotServer {
  isServing(): boolean
  /** Grants and refuses now, and from then on at each next event of the queue. */
  serve(): void
  /** Sets the timer for the next event of the queue. */
  schedule(nowMs: number): void
}

interface SlotServerOptions {
  readonly queue: Queue<WaitingCall>
  readonly ledger: Ledger
  readonly clock: Clock
}

export function createSlotServer({ queue, ledger, clock }: SlotServerOptions): SlotServer {
  let cancelTimer = (): void => {}
  let isServing = false
  let isServedAgain = false

  const findFirstReady = (): WaitingCall | undefined => findReady(queue, clock.monotonicMs())

  /** Calls the ledger once for each slot. */
  async function serveUntilDone(): Promise<void> {
    do {
      isServedAgain = false
      for (let call = findFirstReady(); call !== undefined; call = findFirstReady()) {
        const taken = await ledger.take(call.callClass)
        if ('retryAtMs' in taken) {
          noteBusy(queue, call.callClass, taken.retryAtMs)
          break
        }
        grant(queue, call, { slot: taken, nowMs: clock.monotonicMs() })
      }
      refuseLate(queue, clock.monotonicMs())
    } while (isServedAgain)
    isServing = false
    schedule(clock.monotonicMs())
  }

  /** One pass runs at a time, because it waits for the ledger. A request during a pass makes it begin again. */
  function serve(): void {
    if (isServing) {
      isServedAgain = true
      return
    }
    if (queue.calls.length === 0) return cancelTimer()
    isServing = true
    void serveUntilDone()
  }

  function schedule(nowMs: number): void {
    cancelTimer()
    const wakeAtMs = nextEventAtMs(queue, nowMs)
    if (wakeAtMs === null) return
    // A timer may fire a fraction early, when nothing is free yet: a millisecond later it is.
    cancelTimer = clock.after(Math.max(1, Math.ceil(wakeAtMs - nowMs)), serve)
  }

  return { isServing: () => isServing, serve, schedule }
}

function grant(
  queue: Queue<WaitingCall>,
  asked: WaitingCall,
  { slot, nowMs }: { readonly slot: Slot; readonly nowMs: number },
): void {
  const granted = removeGranted(queue, asked, nowMs)
  if (granted) granted.settle({ slot })
  else slot.neverSent()
}

function refuseLate(queue: Queue<WaitingCall>, nowMs: number): void {
  for (const call of removeLate(queue, nowMs)) call.settle({ retryAtMs: reserve(queue, call, nowMs) })
}
