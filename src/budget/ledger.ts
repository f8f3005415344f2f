// Where the slots of one key are counted: here in the memory of one process; for replicas that share a key, in Redis.
import type { Clock } from '../clock.ts'
import type { CallClass } from '../rest/terms.ts'
import { forecastGoMs, mayGo } from './classes.ts'
import {
  closeWindow,
  createWindow,
  holdSlot,
  lowerLimit,
  reopenWindow,
  returnSlot,
  takeSlot,
} from './window.ts'
import type { Window } from './window.ts'

/** Exactly one of the two must be called, once, when the attempt has ended. */
export interface Slot {
  /**
   * Aurora may have counted the call: held for a window from now. False where no whole answer was heard, which then shows
   * nothing of whether the key is open.
   */
  answered(isHeard?: boolean): void
  /** The call certainly never left: the slot is free at once. */
  neverSent(): void
}

/** Calls that wait here, by class: others who share the ledger let higher classes go first. */
export type Waiting = Readonly<Record<CallClass, number>>

export interface Ledger {
  /**
   * What is known of the window: forecasts are made from it. Of a shared ledger it is what was heard last, and the truth
   * may be fuller, so only `take` decides.
   */
  readonly window: Window
  /**
   * Takes a slot for a call of this class if there is one at this moment, and never waits for one to free. Without one,
   * tells when it is worth asking again. Never rejects.
   */
  take(callClass: CallClass): Promise<Slot | Busy>
  /** Aurora answered 429: nobody calls before `untilMs`, and then one alone until `reopen`. */
  close(untilMs: number, news: { readonly isFirstInARow: boolean }): void
  reopen(): void
  /** Stops what it does by itself; slots held stay held. */
  end(): void
}

export interface Busy {
  readonly retryAtMs: number
}

export interface LedgerOptions {
  /** Names what is counted: a key, or one operation of a key. Holds no credential. */
  readonly name: string
  readonly limit: number
  readonly windowMs: number
  /** To be called when slots may have become free otherwise than by time: given back, or the key open again. */
  readonly onFreed: () => void
  /** Who waits here, at the moment it is asked. */
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
      close(untilMs, { isFirstInARow }) {
        // Those that follow are of one call at a time that tries the key: they say nothing of how much it bears.
        if (isFirstInARow) lowerLimit(window, clock.monotonicMs())
        closeWindow(window, untilMs)
        onFreed()
      },
      reopen() {
        reopenWindow(window)
        onFreed()
      },
      end: () => {},
    }
  }
