// A 429 in spite of the count pauses the key. This decides for how long, and when its calls continue.
import { LRUCache } from 'lru-cache'
import type { Clock } from '../clock.ts'
import type { GatewayError } from '../errors/errors.ts'
import { rateLimited } from '../errors/rate-limited.ts'
import type { Refusal } from '../rest/attempt-error.ts'
import type { Call } from '../rest/call.ts'
import type { BudgetKey } from '../rest/scope.ts'
import type { Emit } from '../telemetry/events.ts'
import type { Budget } from './budget.ts'

/**
 * If Aurora names no time: 1 s, doubled with each 429 in a row up to 30 s, as a production client of Aurora does. From
 * the second 429 in a row on it is also the shortest pause, because the named time was evidently too short.
 */
const FIRST_PAUSE_MS = 1000
const LAST_PAUSE_MS = 30_000

/**
 * Keys whose last answer was a 429 are remembered. Their number is limited, because callers may bring keys of their
 * own; an evicted key begins again without a pause.
 */
const MAX_KEYS = 10_000

interface Refusals {
  readonly inARow: number
  readonly lastAtMs: number
}

interface PausesOptions {
  readonly budget: Budget
  readonly clock: Clock
  readonly emit: Emit
}

export function createPauses({ budget, clock, emit }: PausesOptions) {
  const refusals = new LRUCache<BudgetKey, Refusals>({ maxSize: MAX_KEYS, sizeCalculation: () => 1 })
  return {
    /** Only a 429 to a call that was sent after the last pause doubles the pause. */
    pause(call: Call, refusal: Refusal, sentAtMs: number): GatewayError {
      const { scope, caller, tally } = call.terms
      const { budgetKey: key } = scope
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
      return rateLimited(call.endpoint, budget.forecast(key, { caller, request: tally }, 1), refusal.status)
    },

    /** An answer to a call that was sent before the pause does not show that the key is open again. */
    resume({ budgetKey: key }: Call['terms']['scope'], sentAtMs: number): void {
      if (refusals.size === 0) return
      const before = refusals.get(key)
      if (!before || sentAtMs < before.lastAtMs) return
      refusals.delete(key)
      budget.resume(key, sentAtMs)
    },
  }
}
