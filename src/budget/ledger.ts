// Where the slots of one key are counted: here in the memory of one process; for replicas that share a key, in Redis.
import type { Clock } from '../clock.ts'
import type { CallClass } from '../telemetry/events.ts'
import { forecastGoMs, mayGo } from './classes.ts'
import {
  pauseWindow,
  createWindow,
  holdSlot,
  lowerLimit,
  resumeWindow,
  returnSlot,
  takeSlot,
} from './window.ts'
import type { Window } from './window.ts'

/** Exactly one of the two must be called, once, when the attempt has ended. */
export interface Slot {
  /**
   * Aurora may have counted the call: the slot is held for a window from now. `isWhole` is false where no whole answer came,
   * which then does not show whether the key may be used again.
   */
  answered(isWhole?: boolean): void
  /** The call certainly never left: the slot is free at once. */
  neverSent(): void
}

/** Calls that wait here, by class: replicas that share the ledger let higher classes go first. */
export type Waiting = Readonly<Record<CallClass, number>>

export interface Ledger {
  /**
   * What is known of the window: forecasts are made from it. In a shared ledger it shows the last answer of the pool, and the
   * pool may be fuller, so only `take` decides.
   */
  readonly window: Window
  /**
   * Takes a slot for a call of this class if there is one at this moment, and never waits for one to free. Without one,
   * returns when it is worth asking again. Never rejects.
   */
  take(callClass: CallClass): Promise<Slot | Busy>
  /** Aurora answered 429: no call goes before `untilMs`, and then one at a time until `resume`. */
  pause(untilMs: number, news: { readonly isFirstInARow: boolean }): void
  /** Aurora answered a call that was sent after the pause with something other than 429. */
  resume(): void
  /** Stops its timers and messages; slots held stay held. */
  end(): void
}

export interface Busy {
  readonly retryAtMs: number
}

/** The answer to a request for a slot: a slot, or the time at which it is worth asking again. */
export type Permission = { readonly slot: Slot } | Busy

export interface LedgerOptions {
  /** Names what is counted: a key, or one operation of a key. Contains no credential. */
  readonly name: string
  readonly limit: number
  readonly windowMs: number
  /** Called when slots may have become free for another reason than time: one was given back, or the key was resumed. */
  readonly onFreed: () => void
  /** Calls that wait here at the moment of this call. */
  readonly waiting: () => Waiting
}

export type OpenLedger = (options: LedgerOptions) => Ledger

export const openMemoryLedger =
  (clock: Clock): OpenLedger =>
  ({ limit, windowMs, onFreed }) => {
    const window = createWindow(limit, windowMs)
    const slot: Slot = {
      answered() {
        holdSlot(window, clock.monotonicMs())
        onFreed()
      },
      neverSent() {
        returnSlot(window)
        onFreed()
      },
    }
    return {
      window,
      async take(callClass) {
        const nowMs = clock.monotonicMs()
        if (!mayGo(window, callClass, nowMs)) return { retryAtMs: forecastGoMs(window, callClass, 1, nowMs) }
        takeSlot(window)
        return slot
      },
      pause(untilMs, { isFirstInARow }) {
        // The 429s that follow are answers to one call at a time that tries the key: they don't show how many calls it allows.
        if (isFirstInARow) lowerLimit(window, clock.monotonicMs())
        pauseWindow(window, untilMs)
        onFreed()
      },
      resume() {
        resumeWindow(window)
        onFreed()
      },
      end: () => {},
    }
  }
