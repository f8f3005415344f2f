// Permission to call Aurora, now or at a known time: one exact window per key, and a bounded room to wait in.
import type { Clock } from '../clock.ts'
import type { ScopeKey } from '../rest/call.ts'
import {
  closeWindow,
  countFree,
  createWindow,
  forecastMs,
  holdSlot,
  reopenWindow,
  resetsAtMs,
  returnSlot,
  takeSlot,
} from './window.ts'
import type { Window } from './window.ts'
import { createWaitingRoom } from './waiting-room.ts'
import type { Permission, Slot, WaitingRoom } from './waiting-room.ts'

export interface BudgetOptions {
  /** Calls that Aurora allows one key in one window. */
  readonly limit: number
  readonly windowMs: number
  readonly clock: Clock
}

export interface BudgetState {
  readonly limit: number
  /** Calls that could go at this moment. */
  readonly remaining: number
  /** Monotonic time at which every slot held now is free; null when none is. */
  readonly resetAtMs: number | null
}

export interface Budget {
  /**
   * Grants in order of arrival within a key. Refuses at once, with the true time, what can't be granted by
   * `latestMs`; refuses at `latestMs` what was expected to be. Rejects with the signal's reason when it aborts,
   * and the place in the queue goes to the next.
   */
  spend(key: ScopeKey, wait: { latestMs: number; signal: AbortSignal }): Promise<Permission>
  /** Aurora answered 429: nobody calls with this key before `untilMs`, and then one call alone until `resume`. */
  pause(key: ScopeKey, untilMs: number): void
  /** Aurora answered a call that was sent after the pause with something other than 429. */
  resume(key: ScopeKey): void
  /** When `count` further calls could all have been sent, behind those that wait already. */
  forecast(key: ScopeKey, count: number): number
  state(key: ScopeKey): BudgetState
}

interface Ledger {
  readonly window: Window
  readonly room: WaitingRoom
}

/** Fewer ledgers than this are not worth looking through. */
const MIN_SWEPT = 64

export function createBudget({ limit, windowMs, clock }: BudgetOptions): Budget {
  const ledgers = new Map<ScopeKey, Ledger>()
  let sweepAtSize = MIN_SWEPT

  function ledgerOf(key: ScopeKey): Ledger {
    const known = ledgers.get(key)
    if (known) return known
    if (ledgers.size >= sweepAtSize) forgetIdle()
    const window = createWindow(limit, windowMs)
    const ledger: Ledger = {
      window,
      room: createWaitingRoom({ window, clock, grant: () => takeSlotOf(ledger) }),
    }
    ledgers.set(key, ledger)
    return ledger
  }

  /** A key at rest is as good as a new one. Callers who bring keys of their own would fill the memory otherwise. */
  function forgetIdle(): void {
    const nowMs = clock.monotonicMs()
    for (const [key, { window, room }] of ledgers) {
      if (room.size() === 0 && resetsAtMs(window, nowMs) === null) ledgers.delete(key)
    }
    // Twice what is in use, so that the sweeps stay a small share of the work.
    sweepAtSize = Math.max(MIN_SWEPT, ledgers.size * 2)
  }

  function takeSlotOf({ window, room }: Ledger): Slot {
    takeSlot(window)
    return {
      answered: () => {
        holdSlot(window, clock.monotonicMs())
        room.admit()
      },
      neverSent: () => {
        returnSlot(window)
        room.admit()
      },
    }
  }

  return {
    async spend(key, { latestMs, signal }) {
      signal.throwIfAborted()
      const ledger = ledgerOf(key)
      const { window, room } = ledger
      const nowMs = clock.monotonicMs()
      if (room.size() === 0 && countFree(window, nowMs) > 0) return { slot: takeSlotOf(ledger) }
      const retryAtMs = forecastMs(window, room.size() + 1, nowMs)
      return retryAtMs > latestMs || room.isFull() ? { retryAtMs } : room.wait({ latestMs, signal })
    },
    pause(key, untilMs) {
      const { window, room } = ledgerOf(key)
      closeWindow(window, untilMs)
      room.admit()
    },
    resume(key) {
      const { window, room } = ledgerOf(key)
      reopenWindow(window)
      room.admit()
    },
    forecast(key, count) {
      const { window, room } = ledgerOf(key)
      return forecastMs(window, room.size() + Math.max(1, count), clock.monotonicMs())
    },
    state(key) {
      const { window } = ledgerOf(key)
      const nowMs = clock.monotonicMs()
      return { limit, remaining: countFree(window, nowMs), resetAtMs: resetsAtMs(window, nowMs) }
    },
  }
}
