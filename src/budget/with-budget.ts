// Every attempt takes a slot: a call is sent when the budget has granted one, and a 429 pauses the key for all callers.
import { isRead } from '../aurora/endpoint.ts'
import type { Clock } from '../clock.ts'
import { isGatewayError } from '../errors/errors.ts'
import type { GatewayError } from '../errors/errors.ts'
import { rateLimited } from '../errors/rate-limited.ts'
import type { Emit } from '../telemetry/events.ts'
import { countQueued } from '../rest/accounting.ts'
import { isAttemptError, refusalOf } from '../rest/attempt-error.ts'
import type { Refusal } from '../rest/attempt-error.ts'
import { waitEndOf } from '../rest/call.ts'
import type { Call, Layer, Reply, Wait } from '../rest/call.ts'
import type { ScopeKey } from '../rest/scope.ts'
import type { Budget } from './budget.ts'
import type { Slot } from './ledger.ts'

/**
 * Where Aurora names no time: 1 s, doubled with each 429 in a row up to 30 s, as a production client does it. From
 * the second 429 in a row on it is also the shortest pause: the time that was named was evidently too short.
 */
const FIRST_PAUSE_MS = 1000
const LAST_PAUSE_MS = 30_000

interface Refusals {
  readonly inARow: number
  readonly lastAtMs: number
}

interface Failure {
  readonly error: unknown
  readonly sentAtMs: number
}

export interface WithBudgetOptions {
  readonly budget: Budget
  readonly clock: Clock
  readonly emit: Emit
}

/**
 * Rejects with RATE_LIMITED, naming the time, if no slot comes within the call's wait. If Aurora answers 429 in spite of the
 * count (other programs use the same key), a read queues again for the rest of its wait; a write is sent once. Every other
 * result passes through.
 */
export const withBudget =
  (options: WithBudgetOptions): Layer =>
  (next) => {
    const { budget, clock, emit } = options
    const refusals = new Map<ScopeKey, Refusals>()

    /** Only a 429 to a call that was sent after the last pause doubles the pause. */
    function pause(call: Call, refusal: Refusal, sentAtMs: number): GatewayError {
      const { key } = call.terms.scope
      const nowMs = clock.monotonicMs()
      const before = refusals.get(key) ?? { inARow: 0, lastAtMs: 0 }
      const isNews = sentAtMs >= before.lastAtMs
      const inARow = before.inARow + (isNews ? 1 : 0)
      if (isNews) refusals.set(key, { inARow, lastAtMs: nowMs })
      const doublingMs = Math.min(FIRST_PAUSE_MS * 2 ** (inARow - 1), LAST_PAUSE_MS)
      const namedMs = refusal.retryAfterMs ?? 0
      const pauseMs = inARow === 1 && namedMs > 0 ? namedMs : Math.max(namedMs, doublingMs)
      budget.pause(key, nowMs + pauseMs, { isFirstInARow: isNews && inARow === 1 })
      emit('paused', { operation: call.endpoint.operation, pauseMs, record: call.terms.record })
      return rateLimited(call.endpoint, budget.forecast(key, 1), refusal.status)
    }

    /** An answer to a call that was sent before the pause does not show that the key is open again. */
    function resume({ key }: Call['terms']['scope'], sentAtMs: number): void {
      const before = refusals.get(key)
      if (!before || sentAtMs < before.lastAtMs) return
      refusals.delete(key)
      budget.resume(key)
    }

    /** Null unless it was a 429. The slot is given back after the key is paused, so that no call slips through in between. */
    function settle(call: Call, slot: Slot, { error, sentAtMs }: Failure): GatewayError | null {
      const refusal = refusalOf(error)
      const limited = refusal?.status === 429 ? pause(call, refusal, sentAtMs) : null
      if (isAttemptError(error) && !error.wasSent) slot.neverSent()
      else slot.answered(refusal !== null)
      if (refusal && !limited) resume(call.terms.scope, sentAtMs)
      return limited
    }

    /** Resolves with the error if Aurora answered 429. */
    async function attempt(call: Call, slot: Slot): Promise<Reply | GatewayError> {
      const sentAtMs = clock.monotonicMs()
      let reply: Reply
      try {
        reply = await next(call)
      } catch (error) {
        const limited = settle(call, slot, { error, sentAtMs })
        if (!limited) throw error
        return limited
      }
      slot.answered(true)
      resume(call.terms.scope, sentAtMs)
      return reply
    }

    return async (call) => {
      const wait = call.wait ?? { latestMs: waitEndOf(call), retryAtMs: null }
      for (let limited: GatewayError | null = null; ;) {
        const slot = await takeSlot(call, { wait, limited, options })
        const result = await attempt(call, slot)
        if (!isGatewayError(result)) return result
        if (!isRead(call.endpoint)) throw result
        limited = result
        wait.postponed?.(result)
      }
    }
  }

interface Taking {
  readonly wait: Wait
  /** Aurora's 429, after which the call queues again. */
  readonly limited: GatewayError | null
  readonly options: WithBudgetOptions
}

async function takeSlot(call: Call, { wait, limited, options }: Taking): Promise<Slot> {
  const { budget, clock, emit } = options
  const { endpoint, key, terms } = call
  const { operation } = endpoint
  const { scope, callClass, caller, signal, record } = terms
  const startMs = clock.monotonicMs()
  wait.latestMs = Math.min(wait.latestMs, terms.deadlineAtMs)
  const permission = await budget.spend(scope.key, {
    operation,
    callClass,
    caller,
    name: key,
    wait,
    isSentBack: limited !== null,
    signal,
  })
  const isGranted = 'slot' in permission
  countQueued(emit, terms, { operation, waitedMs: clock.monotonicMs() - startMs, isGranted })
  if (isGranted) return keepUnlessLeft(permission.slot, signal)
  emit('refused', { operation, callClass, retryInMs: permission.retryAtMs - startMs, record })
  throw rateLimited(endpoint, permission.retryAtMs, limited?.details.status)
}

/** A client that left while the slot was granted would hold it for a window without having sent anything. */
function keepUnlessLeft(slot: Slot, signal: AbortSignal): Slot {
  if (!signal.aborted) return slot
  slot.neverSent()
  throw signal.reason
}
