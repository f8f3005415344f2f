// Counts the slots of one key: here in the memory of one process; for replicas that share a key, in Redis.
import type { Clock } from '../clock.ts'
import type { CallClass } from '../telemetry/events.ts'
import { forecastGoMs, mayGo } from './classes.ts'
import { NO_RECORD } from './slot-record.ts'
import type { SlotRecord } from './slot-record.ts'
import {
  carryOver,
  pauseWindow,
  createWindow,
  holdSlot,
  limitNow,
  lowerLimit,
  resumeWindow,
  returnSlot,
  takeSlot,
} from './window.ts'
import type { Window } from './window.ts'

/** Exactly one of the two functions must be called, once, when the attempt has ended. */
export interface Slot {
  /** The call must not leave before it resolves, so that the next process finds the slot even if this one crashes. */
  readonly recorded?: Promise<void> | null | undefined
  /**
   * Called when the call is about to be sent. False: other replicas that count the same key may no longer count the
   * slot, because this process was stopped for a while after it was granted. Left out: always.
   */
  mayBeUsed?(): boolean
  /**
   * Aurora may have counted the call: the slot is held for a window from now. `isWhole` is false if no whole answer
   * came: then it does not show whether the key may be used again.
   */
  answered(isWhole?: boolean): void
  /** The call certainly never left: the slot is free at once. */
  neverSent(): void
}

/** Calls that wait here, by class: replicas that share the ledger let higher classes go first. */
export type Waiting = Readonly<Record<CallClass, number>>

export interface Ledger {
  /**
   * The window as this process knows it, for forecasts. In a shared ledger it shows the last answer of the pool, and
   * the pool may be fuller, so only `take` decides.
   */
  readonly window: Window
  /**
   * Takes a slot for a call of this class if there is one at this moment, and never waits for one to free. Without one,
   * returns when it is worth asking again. Never rejects.
   */
  take(callClass: CallClass): Promise<Slot | Busy>
  /** The same without waiting for another process; left out if the slots are counted elsewhere. */
  takeAtOnce?(callClass: CallClass): Slot | null
  /** Aurora answered 429: no call goes before `untilMs`, and then one at a time until `resume`. */
  pause(untilMs: number, news: { readonly isFirstInARow: boolean }): void
  /**
   * Aurora answered a call that was sent at `sentAtMs` with something other than 429. It was sent after every pause that this
   * process began; a replica that shares the ledger may have begun a later one, which goes on then.
   */
  resume(sentAtMs: number): void
  /** The settings were read again: counts from now on. Slots that are held stay held. */
  setLimit(limit: number): void
  /** Whether a new ledger would contain as much as this one: no slot is held, and no time is waited for. */
  isAsNew(): boolean
  /** Stops its timers and messages; slots held stay held. */
  end(): void
}

export interface Busy {
  readonly retryAtMs: number
}

/** The answer to a request for a slot: a slot, or the time at which it is worth asking again. */
export type Permission = { readonly slot: Slot } | Busy

/**
 * The time from the granting of a slot to the sending of its call, and from the end of an attempt to the report of it. With
 * the time limit of an attempt it is the longest that a call can be under way.
 */
export const FLIGHT_MARGIN_MS = 2000

export interface LedgerOptions {
  /** Names what is counted: a key, or one operation of a key. Contains no credential. */
  readonly name: string
  readonly limit: number
  readonly windowMs: number
  /** Called when slots may have become free for another reason than time: one was given back, or the key was resumed. */
  readonly onFreed: () => void
  /** Calls that wait here at the moment of this call. */
  readonly waiting: () => Waiting
  /** Left out, nothing is kept for the next process. */
  readonly record?: SlotRecord | undefined
}

export type OpenLedger = (options: LedgerOptions) => Ledger

export const openMemoryLedger =
  (clock: Clock): OpenLedger =>
  ({ limit, windowMs, onFreed, record = NO_RECORD }) => {
    const window = createWindow(limit, windowMs)
    carryOver(window, record.carried)
    const key: MemoryKey = { window, record, clock, onFreed, slots: 0, pauses: 0 }
    return {
      window,
      async take(callClass) {
        const nowMs = clock.monotonicMs()
        if (!mayGo(window, callClass, nowMs)) return { retryAtMs: forecastGoMs(window, callClass, 1, nowMs) }
        return createSlot(key)
      },
      takeAtOnce: (callClass) => (mayGo(window, callClass, clock.monotonicMs()) ? createSlot(key) : null),
      pause(untilMs, { isFirstInARow }) {
        key.pauses += 1
        // The 429s that follow are answers to single calls that test the key, so they do not show how many calls it
        // allows.
        if (isFirstInARow) lowerLimit(window, clock.monotonicMs())
        pauseWindow(window, untilMs)
        record.paused(window.pausedUntilMs, window.learned)
        onFreed()
      },
      resume() {
        resume(key)
        onFreed()
      },
      setLimit(next) {
        window.limit = next
        onFreed()
      },
      isAsNew: () => !window.isUnproven && limitNow(window, clock.monotonicMs()) === window.limit,
      end: () => {},
    }
  }

interface MemoryKey {
  readonly window: Window
  readonly record: SlotRecord
  readonly clock: Clock
  readonly onFreed: () => void
  /** How many were taken. */
  slots: number
  /** How often the key was paused. */
  pauses: number
}

function createSlot(key: MemoryKey): Slot {
  const { window, record, clock, onFreed } = key
  const id = String((key.slots += 1))
  const isTrial = window.isUnproven
  const pausesBefore = key.pauses
  takeSlot(window)
  return {
    recorded: record.taken(id),
    answered(isWhole = true) {
      record.answered(id)
      holdSlot(window, clock.monotonicMs())
      // Ends a pause that the previous process has left, because no 429 of this process began it.
      if (isWhole && isTrial && key.pauses === pausesBefore) resume(key)
      onFreed()
    },
    neverSent() {
      record.neverSent(id)
      returnSlot(window)
      onFreed()
    },
  }
}

function resume({ window, record }: MemoryKey): void {
  if (window.isUnproven) record.resumed()
  resumeWindow(window)
}
