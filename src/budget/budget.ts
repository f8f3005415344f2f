// Permission to call Aurora, now or at a known time: one exact window per key, and a bounded room to wait in.
import type { Clock } from '../clock.ts'
import type { CallClass } from '../telemetry/events.ts'
import type { BudgetKey } from '../rest/scope.ts'
import { CLASSES } from './classes.ts'
import type { OpenLedger, Permission, Slot, Waiting } from './ledger.ts'
import { createQuotas } from './quotas.ts'
import type { Quota } from './quotas.ts'
import type { Asker } from './reservations.ts'
import type { OpenRecord } from './slot-record.ts'
import type { ReturningAsker, SlotRequest } from './waiting-room.ts'
import { countFree, limitNow, resetsAtMs } from './window.ts'

export interface BudgetOptions {
  /** Calls that Aurora allows one key in one window. */
  readonly limit: number
  /** The limit of a key with a limit of its own; called when a key at rest is used, and at each `takeUpLimits`. */
  readonly limitOf?: (key: BudgetKey) => number | undefined
  readonly windowMs: number
  /** Operations that Aurora allows less often: their own limits in the same window, by operationId. */
  readonly operationLimits?: Readonly<Record<string, number>>
  readonly clock: Clock
  readonly openLedger: OpenLedger
  /** Left out, nothing is kept for the next process. */
  readonly openRecord?: OpenRecord | undefined
}

export interface BudgetState {
  /** Calls that one window may hold now: less than the limit that was set while others use the key. */
  readonly limit: number
  /** Calls that could go at this moment. */
  readonly remaining: number
  /** Monotonic time at which every slot held now is free; null when none is. */
  readonly resetAtMs: number | null
}

export interface BudgetTotals extends Pick<BudgetState, 'limit' | 'remaining'> {
  /** The sum over all keys. */
  readonly waiting: Waiting
  /** How many keys are in use. */
  readonly keys: number
}

export interface Budget {
  /**
   * Grants by class, then by turn of caller, then by arrival. Refuses at once, with the true time, a call that can't be
   * granted within its wait; refuses at the end of its wait a call that was expected to be granted and was not. Rejects
   * with the signal's reason when it aborts, and the place in the queue goes to the next call.
   */
  spend(key: BudgetKey, request: SlotRequest & { readonly operation: string }): Promise<Permission>
  /** A slot at once, if there are plenty; null if `spend` has to decide. */
  spendAtOnce(
    key: BudgetKey,
    request: Pick<SlotRequest, 'callClass' | 'name'> & { readonly operation: string },
  ): Slot | null
  /** Aurora answered 429: no call of this key goes before `untilMs`, and then one at a time until `resume`. */
  pause(key: BudgetKey, untilMs: number, news: { readonly isFirstInARow: boolean }): void
  /** Aurora answered a call that was sent at `sentAtMs`, after the pause, with something other than 429. */
  resume(key: BudgetKey, sentAtMs: number): void
  /**
   * When `count` further reads of this asker could all have been sent, if callers take turns: behind the calls of its caller that
   * wait or will come back, and behind no more of each other caller than it has itself.
   */
  forecast(key: BudgetKey, asker: Asker, count: number): number
  /**
   * When it is best to repeat a request that needs `count` reads, some of which were refused: when all can go, or when
   * a first windowful of them can, because slots are not saved up. If others need the same slots it is a little
   * earlier, so that the repeat waits for them.
   */
  comeBackAt(key: BudgetKey, asker: ReturningAsker, count: number): number
  /** The client of this request has left: its refused calls no longer count. */
  forget(key: BudgetKey, asker: Asker): void
  /** The limits of keys may have changed: they count at once. */
  takeUpLimits(): void
  state(key: BudgetKey): BudgetState
  /** The lowest limit of the keys in use, and the least that remains to one of them. */
  totals(): BudgetTotals
  /** Before the process ends: no call waits beyond `untilMs`, and a call that can't be served by then is refused at once. */
  drain(untilMs: number): void
  close(): void
}

export function createBudget(options: BudgetOptions): Budget {
  const { limit, limitOf, windowMs, operationLimits = {}, clock, openLedger, openRecord } = options
  const quotas = createQuotas({ windowMs, clock, openLedger, openRecord })

  const quotaOf = (key: BudgetKey): Quota => quotas.get(key, () => limitOf?.(key) ?? limit)
  const quotaOfOperation = (key: BudgetKey, operation: string): Quota =>
    quotas.get(`${key}${SEPARATOR}${operation}`, () => operationLimits[operation] ?? limit)
  const quotasOfOperations = (key: BudgetKey): readonly Quota[] =>
    Object.keys(operationLimits).map((operation) => quotaOfOperation(key, operation))
  const keysInUse = (): readonly Quota[] =>
    quotas.entries().flatMap(([name, quota]) => (name.includes(SEPARATOR) ? [] : [quota]))

  return {
    async spend(key, { operation, ...request }) {
      request.signal.throwIfAborted()
      return Object.hasOwn(operationLimits, operation)
        ? spendBoth(quotaOfOperation(key, operation), () => quotaOf(key), request)
        : quotaOf(key).room.enter(request)
    },
    spendAtOnce: (key, request) =>
      Object.hasOwn(operationLimits, request.operation) ? null : quotaOf(key).room.takeAtOnce(request),
    pause: (key, untilMs, news) => quotaOf(key).ledger.pause(untilMs, news),
    resume: (key, sentAtMs) => quotaOf(key).ledger.resume(sentAtMs),
    forecast: (key, asker, count) => quotaOf(key).room.forecast(asker, count),
    comeBackAt: (key, asker, count) =>
      Math.max(
        quotaOf(key).room.comeBackAt(asker, count),
        ...quotasOfOperations(key).flatMap(({ room }) => {
          const reserved = room.countReserved(asker)
          return reserved > 0 ? room.comeBackAt(asker, reserved) : []
        }),
      ),
    forget: (key, asker) =>
      [quotaOf(key), ...quotasOfOperations(key)].forEach(({ room }) => room.forget(asker)),
    state: (key) => stateOf(quotaOf(key), clock.monotonicMs()),
    totals: () => totalsOf(keysInUse(), limit, clock.monotonicMs()),
    takeUpLimits: () => quotas.takeUpLimits(),
    drain: (untilMs) => quotas.drain(untilMs),
    close: () => quotas.end(),
  }
}

/** Separates the key and the operation in the name of a quota; a key contains no space. */
const SEPARATOR = ' '

/** If an operation has a limit of its own, its slot is taken first, because it is the scarcer one. */
async function spendBoth(
  ofOperation: Quota,
  quotaOfKey: () => Quota,
  request: SlotRequest,
): Promise<Permission> {
  const own = await ofOperation.room.enter(request)
  if (!('slot' in own)) return own
  const permission = await quotaOfKey()
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
      recorded: bothOf(own.slot.recorded, permission.slot.recorded),
      mayBeUsed: () => both.every((slot) => slot.mayBeUsed?.() ?? true),
      answered: (isWhole) => both.forEach((slot) => slot.answered(isWhole)),
      neverSent: () => both.forEach((slot) => slot.neverSent()),
    },
  }
}

type Recorded = Slot['recorded']

const bothOf = (one: Recorded, other: Recorded): Recorded =>
  one && other ? Promise.all([one, other]).then(() => {}) : (one ?? other)

const stateOf = ({ ledger: { window } }: Quota, nowMs: number): BudgetState => ({
  limit: limitNow(window, nowMs),
  remaining: countFree(window, nowMs),
  resetAtMs: resetsAtMs(window, nowMs),
})

function totalsOf(quotas: readonly Quota[], limit: number, nowMs: number): BudgetTotals {
  const states = quotas.map((quota) => stateOf(quota, nowMs))
  const waiting: Record<CallClass, number> = { mutation: 0, interactive: 0, revalidation: 0, warmUp: 0 }
  for (const { room } of quotas) {
    const counts = room.waiting()
    for (const callClass of CLASSES) waiting[callClass] += counts[callClass]
  }
  return {
    limit: Math.min(limit, ...states.map((state) => state.limit)),
    remaining: Math.min(limit, ...states.map((state) => state.remaining)),
    waiting,
    keys: quotas.length,
  }
}
