// Every attempt takes a slot: a call is sent when the budget has granted one, and a 429 pauses the key for all callers.
import { isRead } from '../aurora/endpoint.ts'
import type { Clock } from '../clock.ts'
import type { GatewayError } from '../errors/errors.ts'
import { rateLimited } from '../errors/rate-limited.ts'
import type { Emit } from '../telemetry/events.ts'
import type { LeaveSignal } from '../leaving.ts'
import { countQueued } from '../rest/accounting.ts'
import { LeftUnsent, refusalOf, wasNeverSent } from '../rest/attempt-error.ts'
import { beginWait, endWait, waitEndOf } from '../rest/wait.ts'
import type { Call, Layer, Reply } from '../rest/call.ts'
import type { Wait } from '../rest/wait.ts'
import type { Budget } from './budget.ts'
import type { Slot } from './ledger.ts'
import { createPauses } from './pauses.ts'

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
    const { clock } = options
    const { pause, resume } = createPauses(options)

    /** Null unless it was a 429. The slot is given back after the key is paused, so that no call slips through in between. */
    function settle(call: Call, slot: Slot, { error, sentAtMs }: Failure): GatewayError | null {
      const refusal = refusalOf(error)
      const limited = refusal?.status === 429 ? pause(call, refusal, sentAtMs) : null
      if (wasNeverSent(error)) slot.neverSent()
      else slot.answered(refusal !== null)
      if (refusal && !limited) resume(call.terms.scope, sentAtMs)
      return limited
    }

    return async (call) => {
      const wait = call.wait ?? { latestMs: waitEndOf(call), retryAtMs: null }
      for (let limited: GatewayError | null = null; ;) {
        const slot = takeAtOnce(call, options) ?? (await takeSlot(call, { wait, limited, options }))
        if (slot.recorded) await slot.recorded
        keepUnlessLeft(slot, call.terms.signal)
        if (slot.mayBeUsed?.() === false) {
          slot.neverSent()
          continue
        }
        const sentAtMs = clock.monotonicMs()
        let reply: Reply
        try {
          reply = await next(call)
        } catch (error) {
          limited = settle(call, slot, { error, sentAtMs })
          if (!limited) throw error instanceof LeftUnsent ? error.reason : error
          if (!isRead(call.endpoint)) throw limited
          beginWait(wait, limited)
          endWait(wait)
          continue
        }
        slot.answered(true)
        resume(call.terms.scope, sentAtMs)
        return reply
      }
    }
  }

/** Null if the call has to queue. */
function takeAtOnce({ endpoint, key, terms }: Call, { budget, emit }: WithBudgetOptions): Slot | null {
  const { operation } = endpoint
  const { scope, callClass, signal } = terms
  signal.throwIfAborted()
  const slot = budget.spendAtOnce(scope.budgetKey, { operation, callClass, name: key })
  if (slot) countQueued(emit, terms, { operation, waitedMs: 0, isGranted: true })
  return slot
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
  const permission = await budget.spend(scope.budgetKey, {
    operation,
    callClass,
    caller,
    request: terms.tally,
    name: key,
    wait,
    isSentBack: limited !== null,
    signal,
  })
  const isGranted = 'slot' in permission
  countQueued(emit, terms, { operation, waitedMs: clock.monotonicMs() - startMs, isGranted })
  if (isGranted) return permission.slot
  emit('refused', { operation, callClass, retryInMs: permission.retryAtMs - startMs, record })
  throw rateLimited(endpoint, permission.retryAtMs, limited?.details.status)
}

/** A client that left while the slot was granted would hold it for a window without having sent anything. */
function keepUnlessLeft(slot: Slot, signal: LeaveSignal): void {
  if (!signal.aborted) return
  slot.neverSent()
  throw signal.reason
}
