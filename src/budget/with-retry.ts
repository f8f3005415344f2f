// Repeats a read after a passing failure: with jitter and as a share of the calls, or at the time that Aurora names.
import { LRUCache } from 'lru-cache'
import { isRead } from '../aurora/endpoint.ts'
import type { Clock } from '../clock.ts'
import { isRefusedByBudget } from '../errors/errors.ts'
import { isAttemptError } from '../rest/attempt-error.ts'
import type { AttemptError } from '../rest/attempt-error.ts'
import { waitEndOf } from '../rest/wait.ts'
import type { Call, Layer, Reply } from '../rest/call.ts'
import type { ScopeKey } from '../rest/scope.ts'
import type { Emit } from '../telemetry/events.ts'

const MAX_RETRIES = 2
/** A second timeout in a row would use up the request's time, so there is only one more try. */
const MAX_RETRIES_OF_TIMEOUTS = 1
/** Full jitter between 0 and 200 ms, then 400 ms: enough for a restarted connection, short beside a request's time. */
const FIRST_BACKOFF_MS = 200

/** From the second repeat on, the least that is waited where Aurora names a time: 2 s, 4 s, up to half a minute. */
const FIRST_REST_MS = 1000
const LAST_REST_MS = 30_000
/** Aurora may be back earlier than it said: a read is not refused for longer than this without asking. */
const MAX_REST_MS = 5 * 60 * 1000
/** Reads that rest, some hundred bytes each. */
const MAX_RESTING = 10_000

/** Retries are at most a fifth of the calls, so that an Aurora that is down does not get three times the load. */
const RETRY_SHARE = 0.2
/** Saved up at most, and given at the start: a quiet gateway can bridge a single bad moment. */
const MAX_SAVED_RETRIES = 10

export interface RetryOptions {
  readonly clock: Clock
  /** 0 to 1, such as Math.random. */
  readonly random: () => number
  readonly emit: Emit
  /** Aborts before the process ends: reads that wait for a time that Aurora named then fail with that time. */
  readonly ending: AbortSignal
}

/**
 * Only reads are sent again; writes pass through. The caller gets the last result. Where Aurora names a time, the read waits
 * for it if its wait is long enough, and else fails at once with that time; nobody repeats this read earlier.
 */
export const withRetry =
  ({ clock, random, emit, ending }: RetryOptions): Layer =>
  (next) => {
    const allowance = createRetryAllowance()
    const resting = createResting(clock)
    const waiters = createWaiters(clock, ending)

    async function attempt(call: Call, before: Before): Promise<Reply> {
      const known = resting.of(call)
      if (known) return repeat(call, before, known)
      try {
        return await next(call)
      } catch (error) {
        if (isNamed(error)) resting.add(call, error)
        return repeat(call, before, error)
      }
    }

    async function repeat(call: Call, before: Before, error: unknown): Promise<Reply> {
      const { scope, signal } = call.terms
      const { operation } = call.endpoint
      const { delayMs, rest } = decideRepeat(call, before, { error, random, nowMs: clock.monotonicMs() })
      if (delayMs === null || signal.aborted || !(rest || allowance.take(scope.key))) throw error
      emit('retried', { operation, attempt: before.retries + 1, delayMs })
      await (rest ? waiters.waitFor(call, rest, delayMs) : clock.sleep(delayMs, signal))
      const after = { retries: before.retries + 1, isPostponed: rest !== null }
      return attempt(call, after).catch((later: unknown) => {
        // If no slot was left for the repeat, Aurora's own answer says more.
        throw isRefusedByBudget(later) ? error : later
      })
    }

    return (call) => {
      if (!isRead(call.endpoint)) return next(call)
      allowance.earn(call.terms.scope.key)
      return attempt(call, { retries: 0, isPostponed: false })
    }
  }

/** How often the read was sent again, and whether it waited for a time that Aurora named. */
interface Before {
  readonly retries: number
  readonly isPostponed: boolean
}

/** Aurora's answer names the time. */
const isNamed = (error: unknown): error is AttemptError => isRest(error) && error.refusal !== null

/** A time is named: by Aurora, or by an open circuit breaker. */
const isRest = (error: unknown): error is AttemptError =>
  isAttemptError(error) && error.details.retryAtMs !== undefined

interface Failure {
  readonly error: unknown
  readonly random: () => number
  readonly nowMs: number
}

/** How long to wait before the repeat, null for none; and the failure that names the time, if one does. */
function decideRepeat(
  call: Call,
  { retries, isPostponed }: Before,
  { error, random, nowMs }: Failure,
): { readonly delayMs: number | null; readonly rest: AttemptError | null } {
  const { deadlineAtMs } = call.terms
  const rest = isNamed(error) || (isPostponed && isRest(error)) ? error : null
  const delayMs = rest ? decideRest(rest, retries, nowMs) : decideDelay(error, retries, random)
  const endMs = rest ? Math.min(waitEndOf(call), deadlineAtMs) : deadlineAtMs
  return { delayMs: delayMs !== null && nowMs + delayMs < endMs ? delayMs : null, rest }
}

function createWaiters(clock: Clock, ending: AbortSignal) {
  const leaves = new Set<() => void>()
  ending.addEventListener('abort', () => leaves.forEach((leave) => leave()), { once: true })

  function sleep(delayMs: number, signal: AbortSignal, rest: AttemptError): Promise<void> {
    return new Promise((resolve, reject) => {
      const controller = new AbortController()
      const leave = (): void => controller.abort(ending.aborted ? rest : signal.reason)
      leaves.add(leave)
      signal.addEventListener('abort', leave, { once: true })
      if (ending.aborted) leave()
      clock
        .sleep(delayMs, controller.signal)
        .then(resolve, reject)
        .finally(() => {
          leaves.delete(leave)
          signal.removeEventListener('abort', leave)
        })
    })
  }

  return {
    /** Callers that share the call and do not wait so long are notified. */
    async waitFor({ wait, terms }: Call, rest: AttemptError, delayMs: number): Promise<void> {
      if (wait) wait.postponedBy = rest
      wait?.postponed?.(rest)
      await sleep(delayMs, terms.signal, rest)
      if (wait) wait.postponedBy = null
    },
  }
}

/** How long to wait before a repeat of which Aurora says nothing; null for none. */
export function decideDelay(error: unknown, retries: number, random: () => number): number | null {
  if (!isAttemptError(error) || retries >= maxRetries(error)) return null
  return random() * FIRST_BACKOFF_MS * 2 ** retries
}

/** The time that was named gets no jitter. A server that names a short time again and again gets fewer and fewer calls. */
function decideRest({ details }: AttemptError, retries: number, nowMs: number): number {
  const leastMs = retries === 0 ? 0 : Math.min(FIRST_REST_MS * 2 ** retries, LAST_REST_MS)
  // A timer may fire a fraction early, when it is still too early: a millisecond later it is not.
  return Math.max(Math.ceil((details.retryAtMs ?? nowMs) - nowMs) + 1, leastMs)
}

function maxRetries({ code, isPassing, refusal }: AttemptError): number {
  if (!isPassing) return 0
  return code === 'UPSTREAM_TIMEOUT' && refusal === null ? MAX_RETRIES_OF_TIMEOUTS : MAX_RETRIES
}

/** The reads that Aurora wants to be asked again later, by the call's key, each with the refusal that names the time. */
function createResting(clock: Clock) {
  const refusals = new LRUCache<string, { readonly error: AttemptError; readonly untilMs: number }>({
    max: MAX_RESTING,
  })
  return {
    of({ key }: Call): AttemptError | null {
      const known = refusals.get(key)
      if (known && clock.monotonicMs() < known.untilMs) return known.error
      refusals.delete(key)
      return null
    },
    add({ key }: Call, error: AttemptError): void {
      const nowMs = clock.monotonicMs()
      const untilMs = Math.min(error.details.retryAtMs ?? nowMs, nowMs + MAX_REST_MS)
      refusals.set(key, { error, untilMs })
    },
  }
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
