// Every attempt pays: a call is sent once the budget has given it a slot, and a 429 closes the key for everybody.
import type { Clock } from '../clock.ts'
import type { GatewayError } from '../errors/errors.ts'
import { rateLimited } from '../errors/rate-limited.ts'
import type { Emit } from '../telemetry/events.ts'
import { AttemptError } from '../rest/call.ts'
import type { Call, Failure, ScopeKey, Upstream } from '../rest/call.ts'
import { parseRetryAfter } from '../rest/retry-after.ts'
import type { Budget } from './budget.ts'
import type { Slot } from './ledger.ts'

/**
 * Where Retry-After names no time: 1 s, doubling with each 429 in a row to 30 s, as a production client does it.
 * From the second in a row on it is the least pause too: what the header named was evidently too short.
 */
const FIRST_PAUSE_MS = 1000
const LAST_PAUSE_MS = 30_000

interface Refusals {
  readonly inARow: number
  readonly lastAtMs: number
}

/**
 * Rejects with RATE_LIMITED, naming the time, where no slot comes within the call's wait, or where Aurora answers
 * 429 in spite of the count (others use the same key). Passes every other reply through.
 */
export function withBudget(next: Upstream, options: { budget: Budget; clock: Clock; emit: Emit }): Upstream {
  const { budget, clock, emit } = options
  const refusals = new Map<ScopeKey, Refusals>()

  async function takeSlot(call: Call) {
    const { endpoint, path, query, scope, callClass, caller, signal } = call
    const startMs = clock.monotonicMs()
    const wait = call.wait ?? { latestMs: startMs + call.maxWaitMs, retryAtMs: null }
    wait.latestMs = Math.min(wait.latestMs, call.deadlineAtMs)
    const name = JSON.stringify([endpoint.operation, path, query])
    const request = { operation: endpoint.operation, callClass, caller, name, wait, signal }
    const permission = await budget.spend(scope.key, request)
    const waitedMs = clock.monotonicMs() - startMs
    call.tally.queuedMs += waitedMs
    const { operation } = endpoint
    emit('queued', { operation, callClass, waitedMs, isGranted: 'slot' in permission, record: call.record })
    if ('slot' in permission) return keepUnlessLeft(permission.slot, call.signal)
    emit('refused', {
      operation: endpoint.operation,
      callClass,
      retryInMs: permission.retryAtMs - startMs,
    })
    throw rateLimited(call.endpoint, permission.retryAtMs)
  }

  /** Calls under way when the key was closed bring the same news: only later ones double the pause. */
  function pause(call: Call, reply: Failure, sentAtMs: number): GatewayError {
    const { key } = call.scope
    const nowMs = clock.monotonicMs()
    const before = refusals.get(key) ?? { inARow: 0, lastAtMs: 0 }
    const isNews = sentAtMs >= before.lastAtMs
    const inARow = before.inARow + (isNews ? 1 : 0)
    if (isNews) refusals.set(key, { inARow, lastAtMs: nowMs })
    const doublingMs = Math.min(FIRST_PAUSE_MS * 2 ** (inARow - 1), LAST_PAUSE_MS)
    const namedMs = parseRetryAfter(reply.retryAfter, clock.wallMs()) ?? 0
    const pauseMs = inARow === 1 && namedMs > 0 ? namedMs : Math.max(namedMs, doublingMs)
    budget.pause(key, nowMs + pauseMs, { isFirstInARow: isNews && inARow === 1 })
    emit('paused', { operation: call.endpoint.operation, pauseMs })
    return rateLimited(call.endpoint, budget.forecast(key, 1), reply.status)
  }

  return async (call) => {
    const slot = await takeSlot(call)
    const sentAtMs = clock.monotonicMs()
    call.tally.calls += 1
    const reply = await next(call).catch((error: unknown) => {
      if (error instanceof AttemptError && !error.wasSent) slot.neverSent()
      else slot.answered(false)
      throw error
    })
    const isRefused = !reply.isSuccess && reply.status === 429
    // Closed before the slot is given back, so that nobody slips through in between.
    const refusal = isRefused ? pause(call, reply, sentAtMs) : null
    slot.answered()
    if (refusal) throw refusal
    // An answer to what was under way before the key was closed does not show that it is open again.
    const refused = refusals.get(call.scope.key)
    if (refused && sentAtMs >= refused.lastAtMs) {
      refusals.delete(call.scope.key)
      budget.resume(call.scope.key)
    }
    return reply
  }
}

/** Who left while the slot came would hold it for a window without having sent anything. */
function keepUnlessLeft(slot: Slot, signal: AbortSignal): Slot {
  if (!signal.aborted) return slot
  slot.neverSent()
  throw signal.reason
}
