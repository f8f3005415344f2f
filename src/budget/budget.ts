// Permission to call Aurora, now or at a known time: one exact window per key, and a bounded room to wait in.
import type { Clock } from '../clock.ts'
import type { CallClass } from '../rest/terms.ts'
import type { ScopeKey } from '../rest/scope.ts'
import { countKept } from './classes.ts'
import type { Ledger, OpenLedger, Waiting } from './ledger.ts'
import { createWaitingRoom } from './waiting-room.ts'
import type { Permission, SlotRequest, WaitingRoom } from './waiting-room.ts'
import { countFree, limitNow, resetsAtMs } from './window.ts'

export interface BudgetOptions {
  /** Calls that Aurora allows one key in one window. */
  readonly limit: number
  /** Of keys that have another; asked when a key that was at rest is used. */
  readonly limitOf?: (key: ScopeKey) => number | undefined
  readonly windowMs: number
  /** Of operations that Aurora allows less of: their own limits in the same window, by operationId. */
  readonly operationLimits?: Readonly<Record<string, number>>
  readonly clock: Clock
  readonly openLedger: OpenLedger
}

export interface BudgetState {
  /** Calls that one window may hold now: lower than what was set while others use the key. */
  readonly limit: number
  /** Calls that could go at this moment. */
  readonly remaining: number
  /** Monotonic time at which every slot held now is free; null when none is. */
  readonly resetAtMs: number | null
}

export interface BudgetTotals extends Pick<BudgetState, 'limit' | 'remaining'> {
  /** Of all keys, added up. */
  readonly waiting: Waiting
  /** How many keys are counted. */
  readonly keys: number
}

export interface Budget {
  /**
   * Grants by class, then by turn of caller, then by arrival. Refuses at once, with the true time, what can't be granted
   * within its wait; refuses at its end what was expected to be. Rejects with the signal's reason when it aborts,
   * and the place in the queue goes to the next.
   */
  spend(key: ScopeKey, request: SlotRequest & { readonly operation: string }): Promise<Permission>
  /** Aurora answered 429: nobody calls with this key before `untilMs`, and then one call alone until `resume`. */
  pause(key: ScopeKey, untilMs: number, news: { readonly isFirstInARow: boolean }): void
  /** Aurora answered a call that was sent after the pause with something other than 429. */
  resume(key: ScopeKey): void
  /**
   * When `count` further reads could all have been sent, behind those that wait already and those that were promised a
   * slot; `promised` of them are the very ones that were.
   */
  forecast(key: ScopeKey, count: number, promised?: number): number
  /**
   * When it is best to ask again for `count` reads, `promised` of which were refused: when all can go, or, as slots are
   * not saved up, when a first windowful of them can.
   */
  comeBackAt(key: ScopeKey, count: number, promised: number): number
  state(key: ScopeKey): BudgetState
  /** Of the keys in use: the lowest limit, and the least that remains to one of them. */
  totals(): BudgetTotals
  /** Before the end: nobody waits beyond `untilMs`, and who can't be served by then is refused at once. */
  drain(untilMs: number): void
  close(): void
}

/** Fewer pools than this are not worth looking through. */
const MIN_SWEPT = 64

/** What one limit is counted in: a key's, or that of one operation of it. */
interface Pool {
  readonly ledger: Ledger
  readonly room: WaitingRoom
}

export function createBudget(options: BudgetOptions): Budget {
  const { limit, limitOf, windowMs, operationLimits = {}, clock, openLedger } = options
  const pools = new Map<string, Pool>()
  let sweepAtSize = MIN_SWEPT
  let drainedAtMs = Infinity

  function poolOf(name: string, poolLimit = limitOf?.(name as ScopeKey) ?? limit): Pool {
    const known = pools.get(name)
    if (known) return known
    if (pools.size >= sweepAtSize) forgetIdle()
    const ledger = openLedger({
      name,
      limit: poolLimit,
      windowMs,
      onFreed: () => room.admit(),
      waiting: () => room.waiting(),
    })
    const room = createWaitingRoom({ ledger, clock })
    if (drainedAtMs !== Infinity) room.closeBy(drainedAtMs)
    const pool = { ledger, room }
    pools.set(name, pool)
    return pool
  }

  /** A key at rest is as good as a new one. Callers who bring keys of their own would fill the memory otherwise. */
  function forgetIdle(): void {
    const nowMs = clock.monotonicMs()
    for (const [name, { ledger, room }] of pools)
      if (room.isEmpty() && resetsAtMs(ledger.window, nowMs) === null) {
        ledger.end()
        pools.delete(name)
      }
    // Twice what is in use, so that the sweeps stay a small share of the work.
    sweepAtSize = Math.max(MIN_SWEPT, pools.size * 2)
  }

  /** Where an operation has a limit of its own, its slot is taken first: it is the scarcer one. */
  async function spendBoth(key: ScopeKey, operation: string, request: SlotRequest): Promise<Permission> {
    const own = await poolOf(`${key} ${operation}`, operationLimits[operation]).room.enter(request)
    if (!('slot' in own)) return own
    const permission = await poolOf(key)
      .room.enter(request)
      .catch((error: unknown) => {
        own.slot.neverSent()
        throw error
      })
    if (!('slot' in permission)) {
      own.slot.neverSent()
      return permission
    }
    const both = [own.slot, permission.slot]
    return {
      slot: {
        answered: (isHeard) => both.forEach((slot) => slot.answered(isHeard)),
        neverSent: () => both.forEach((slot) => slot.neverSent()),
      },
    }
  }

  const stateOf = ({ ledger: { window } }: Pool): BudgetState => {
    const nowMs = clock.monotonicMs()
    return {
      limit: limitNow(window, nowMs),
      remaining: countFree(window, nowMs),
      resetAtMs: resetsAtMs(window, nowMs),
    }
  }

  return {
    async spend(key, { operation, ...request }) {
      request.signal.throwIfAborted()
      return Object.hasOwn(operationLimits, operation)
        ? spendBoth(key, operation, request)
        : poolOf(key).room.enter(request)
    },
    pause: (key, untilMs, news) => poolOf(key).ledger.close(untilMs, news),
    resume: (key) => poolOf(key).ledger.reopen(),
    forecast: (key, count, promised = 0) => poolOf(key).room.forecast(count, promised),
    comeBackAt(key, count, promised) {
      const { ledger, room } = poolOf(key)
      const { window } = ledger
      const windowful = limitNow(window, clock.monotonicMs()) - countKept('interactive', window.limit)
      return room.forecast(Math.min(count, Math.max(1, windowful)), promised)
    },
    state: (key) => stateOf(poolOf(key)),
    totals() {
      const ofKeys = [...pools].filter(([name]) => !name.includes(' ')).map(([, pool]) => pool)
      const waiting: Record<CallClass, number> = { mutation: 0, interactive: 0, revalidation: 0, warmUp: 0 }
      for (const { room } of ofKeys)
        for (const [callClass, count] of Object.entries(room.waiting()))
          waiting[callClass as CallClass] += count
      return {
        limit: Math.min(limit, ...ofKeys.map((pool) => stateOf(pool).limit)),
        remaining: Math.min(limit, ...ofKeys.map((pool) => stateOf(pool).remaining)),
        waiting,
        keys: ofKeys.length,
      }
    },
    drain(untilMs) {
      drainedAtMs = untilMs
      for (const { room } of pools.values()) room.closeBy(untilMs)
    },
    close() {
      for (const { ledger } of pools.values()) ledger.end()
    },
  }
}
