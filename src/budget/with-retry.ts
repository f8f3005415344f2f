// Repeats a read after a passing failure: once or twice, with jitter, within the deadline and a share of the calls.
import { isRead } from '../aurora/endpoint.ts'
import type { Clock } from '../clock.ts'
import { isRefusedByBudget } from '../errors/errors.ts'
import { isAttemptError } from '../rest/attempt-error.ts'
import type { AttemptError } from '../rest/attempt-error.ts'
import type { Call, Layer, Reply } from '../rest/call.ts'
import { parseRetryAfter } from '../rest/retry-after.ts'
import type { ScopeKey } from '../rest/scope.ts'
import type { Emit } from '../telemetry/events.ts'

const MAX_RETRIES = 2
/** A second timeout in a row would use up the request's time, so there is only one more try. */
const MAX_RETRIES_OF_TIMEOUTS = 1
/** Full jitter between 0 and 200 ms, then 400 ms: enough for a restarted connection, short beside a request's time. */
const FIRST_BACKOFF_MS = 200
/** If a server asks for a longer pause than this, the client's own repeat comes later. */
const MAX_BACKOFF_MS = 2000

/** Retries are at most a fifth of the calls, so that an Aurora that is down does not get three times the load. */
const RETRY_SHARE = 0.2
/** Saved up at most, and given at the start: a quiet gateway can bridge a single bad moment. */
const MAX_SAVED_RETRIES = 10

export interface RetryOptions {
  readonly clock: Clock
  /** 0 to 1, such as Math.random. */
  readonly random: () => number
  readonly emit: Emit
}

/** Only reads are sent again; writes pass through. The caller gets the last result. */
export const withRetry =
  ({ clock, random, emit }: RetryOptions): Layer =>
  (next) => {
    const allowance = createRetryAllowance()

    async function attempt(call: Call, retries: number): Promise<Reply> {
      try {
        return await next(call)
      } catch (error) {
        const { scope, deadlineAtMs, signal } = call.terms
        const delayMs = decideDelay(error, retries, { random, wallMs: clock.wallMs() })
        const isInTime = delayMs !== null && clock.monotonicMs() + delayMs < deadlineAtMs
        if (!isInTime || signal.aborted || !allowance.take(scope.key)) throw error
        emit('retried', { operation: call.endpoint.operation, attempt: retries + 1, delayMs })
        await clock.sleep(delayMs, signal)
        return attempt(call, retries + 1).catch((later: unknown) => {
          // If no slot was left for the repeat, Aurora's own answer says more.
          throw isRefusedByBudget(later) ? error : later
        })
      }
    }

    return (call) => {
      if (!isRead(call.endpoint)) return next(call)
      allowance.earn(call.terms.scope.key)
      return attempt(call, 0)
    }
  }

/** How long to wait before the repeat; null for none. A delay that Aurora names gets no jitter. */
export function decideDelay(
  error: unknown,
  retries: number,
  { random, wallMs }: { random: () => number; wallMs: number },
): number | null {
  if (!isAttemptError(error) || retries >= maxRetries(error)) return null
  const namedMs = parseRetryAfter(error.refusal?.retryAfter ?? null, wallMs)
  if (namedMs !== null) return namedMs <= MAX_BACKOFF_MS ? namedMs : null
  return random() * FIRST_BACKOFF_MS * 2 ** retries
}

function maxRetries({ code, isPassing }: AttemptError): number {
  if (!isPassing) return 0
  return code === 'UPSTREAM_TIMEOUT' ? MAX_RETRIES_OF_TIMEOUTS : MAX_RETRIES
}

/** One allowance for each key, because one tenant's failures must not use up the retries of another. Full ones are not stored. */
function createRetryAllowance() {
  const saved = new Map<ScopeKey, number>()
  const of = (key: ScopeKey): number => saved.get(key) ?? MAX_SAVED_RETRIES
  return {
    earn(key: ScopeKey): void {
      if (of(key) + RETRY_SHARE < MAX_SAVED_RETRIES) saved.set(key, of(key) + RETRY_SHARE)
      else saved.delete(key)
    },
    take(key: ScopeKey): boolean {
      if (of(key) < 1) return false
      saved.set(key, of(key) - 1)
      return true
    },
  }
}
