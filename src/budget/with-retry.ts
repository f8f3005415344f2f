// Repeats a read after a passing failure: with jitter and as a share of the calls, or at the time that Aurora names.
import { LRUCache } from 'lru-cache'
import { isRead } from '../aurora/endpoint.ts'
import type { Clock } from '../clock.ts'
import { createLeaving } from '../leaving.ts'
import type { LeaveSignal } from '../leaving.ts'
import { isRefusedByBudget } from '../errors/errors.ts'
import { isAttemptError, withDetails } from '../rest/attempt-error.ts'
import type { AttemptError } from '../rest/attempt-error.ts'
import { beginWait, endWait, waitEndOf } from '../rest/wait.ts'
import type { Call, Layer, Reply } from '../rest/call.ts'
import type { BudgetKey } from '../rest/scope.ts'
import type { Emit } from '../telemetry/events.ts'

const MAX_RETRIES = 2
/** A second timeout in a row would use up the request's time, so there is only one more try. */
const MAX_RETRIES_OF_TIMEOUTS = 1
/**
 * Full jitter between 0 and 200 ms, then 400 ms: enough for a restarted connection, short compared with the time of a
 * request.
 */
const FIRST_BACKOFF_MS = 200

/** From the second repeat on, the shortest wait for a named time: 2 s, 4 s, up to half a minute. */
const FIRST_NAMED_DELAY_MS = 1000
const LAST_NAMED_DELAY_MS = 30_000
/** Aurora may answer again before the named time, so no read is refused for longer than this without a call. */
const MAX_NAMED_MS = 5 * 60 * 1000
/** Reads with a named time, some hundred bytes each. */
const MAX_NAMED_READS = 10_000

/** Retries are at most a fifth of the calls, so that an Aurora that is down does not get three times the load. */
const RETRY_SHARE = 0.2
/** The most that are saved up, and the number at the start, so that a quiet gateway can bridge a single bad moment. */
const MAX_SAVED_RETRIES = 10

export interface RetryOptions {
  readonly clock: Clock
  /** 0 to 1, such as Math.random. */
  readonly random: () => number
  readonly emit: Emit
  /** Aborts before the process ends: reads that wait for a named time then fail with that time. */
  readonly ending: AbortSignal
}

/**
 * Only reads are sent again; writes pass through. The caller gets the last result. If Aurora names a time, the read
 * waits for it if its wait is long enough, and otherwise fails at once with that time; this process does not repeat
 * this read earlier.
 */
export const withRetry =
  ({ clock, random, emit, ending }: RetryOptions): Layer =>
  (next) => {
    const allowance = createRetryAllowance()
    const namedTimes = createNamedTimes(clock)
    const waiters = createWaiters(clock, ending)

    function attempt(call: Call, before: Before): Promise<Reply> {
      const known = namedTimes.of(call)
      if (known) return repeat(call, before, known)
      return next(call).then(undefined, (error: unknown) => {
        if (isNamedByAurora(error)) namedTimes.add(call, error)
        return repeat(call, before, error)
      })
    }

    async function repeat(call: Call, before: Before, error: unknown): Promise<Reply> {
      const { scope, signal, record } = call.terms
      const { operation } = call.endpoint
      const { delayMs, named } = decideRepeat(call, before, { error, random, nowMs: clock.monotonicMs() })
      if (delayMs === null || signal.aborted || !(named || allowance.take(scope.budgetKey))) throw error
      emit('retried', { operation, attempt: before.retries + 1, delayMs, record })
      await (named ? waiters.waitFor(call, named, delayMs) : clock.sleep(delayMs, signal))
      const after = { retries: before.retries + 1, hasWaited: named !== null }
      return attempt(call, after).catch((later: unknown) => {
        // If no slot was left for the repeat, the client gets Aurora's answer, which has the cause. A named time has passed.
        const slotAtMs = isRefusedByBudget(later) ? later.details.retryAtMs : undefined
        if (slotAtMs === undefined) throw later
        throw named ? withDetails(named, { retryAtMs: slotAtMs }) : error
      })
    }

    return (call) => {
      if (!isRead(call.endpoint)) return next(call)
      allowance.earn(call.terms.scope.budgetKey)
      return attempt(call, { retries: 0, hasWaited: false })
    }
  }

/** How often the read was sent again, and whether it waited for a named time before. */
interface Before {
  readonly retries: number
  readonly hasWaited: boolean
}

const isNamedByAurora = (error: unknown): error is AttemptError => isNamed(error) && error.refusal !== null

/** Whether the failure has a time: from Aurora's answer, or from an open circuit breaker. */
const isNamed = (error: unknown): error is AttemptError =>
  isAttemptError(error) && error.details.retryAtMs !== undefined

interface Failure {
  readonly error: unknown
  readonly random: () => number
  readonly nowMs: number
}

/** How long to wait before the repeat, null for none; and the failure with the named time, if it has one. */
function decideRepeat(
  call: Call,
  { retries, hasWaited }: Before,
  { error, random, nowMs }: Failure,
): { readonly delayMs: number | null; readonly named: AttemptError | null } {
  const { deadlineAtMs } = call.terms
  const named = isNamedByAurora(error) || (hasWaited && isNamed(error)) ? error : null
  const delayMs = named ? decideNamedDelay(named, retries, nowMs) : decideDelay(error, retries, random)
  const endMs = named ? Math.min(waitEndOf(call), deadlineAtMs) : deadlineAtMs
  return { delayMs: delayMs !== null && nowMs + delayMs < endMs ? delayMs : null, named }
}

function createWaiters(clock: Clock, ending: AbortSignal) {
  const leaves = new Set<() => void>()
  ending.addEventListener('abort', () => leaves.forEach((leave) => leave()), { once: true })

  function sleep(delayMs: number, signal: LeaveSignal, named: AttemptError): Promise<void> {
    return new Promise((resolve, reject) => {
      const controller = createLeaving()
      const leave = (): void => controller.abort(ending.aborted ? named : signal.reason)
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
    /** Callers that share the call and do not wait so long are notified, with the time at which it is sent again. */
    async waitFor({ wait, terms }: Call, named: AttemptError, delayMs: number): Promise<void> {
      if (wait) beginWait(wait, withDetails(named, { retryAtMs: clock.monotonicMs() + delayMs }))
      await sleep(delayMs, terms.signal, named).finally(() => wait && endWait(wait))
    },
  }
}

/** How long to wait before a repeat without a named time; null for none. */
export function decideDelay(error: unknown, retries: number, random: () => number): number | null {
  if (!isAttemptError(error) || retries >= maxRetries(error)) return null
  return random() * FIRST_BACKOFF_MS * 2 ** retries
}

/** A named time gets no jitter. A server that names a short time again and again gets fewer and fewer calls. */
function decideNamedDelay({ details }: AttemptError, retries: number, nowMs: number): number {
  const leastMs = retries === 0 ? 0 : Math.min(FIRST_NAMED_DELAY_MS * 2 ** retries, LAST_NAMED_DELAY_MS)
  // A timer may fire a fraction early, when it is still too early, so a millisecond is added.
  return Math.max(Math.ceil((details.retryAtMs ?? nowMs) - nowMs) + 1, leastMs)
}

function maxRetries({ code, isPassing, refusal }: AttemptError): number {
  if (!isPassing) return 0
  return code === 'UPSTREAM_TIMEOUT' && refusal === null ? MAX_RETRIES_OF_TIMEOUTS : MAX_RETRIES
}

/** Failures with a named time, by the key of the read. They are in the memory of this process alone. */
function createNamedTimes(clock: Clock) {
  // `max` would allocate room for all of them at once.
  const failures = new LRUCache<string, { readonly error: AttemptError; readonly untilMs: number }>({
    maxSize: MAX_NAMED_READS,
    sizeCalculation: () => 1,
  })
  return {
    of({ key }: Call): AttemptError | null {
      if (failures.size === 0) return null
      const known = failures.get(key)
      if (known && clock.monotonicMs() < known.untilMs) return known.error
      failures.delete(key)
      return null
    },
    add({ key }: Call, error: AttemptError): void {
      const nowMs = clock.monotonicMs()
      const untilMs = Math.min(error.details.retryAtMs ?? nowMs, nowMs + MAX_NAMED_MS)
      failures.set(key, { error, untilMs })
    },
  }
}

/** Callers may bring keys of their own. An evicted key has its full allowance again. */
const MAX_KEYS = 10_000

/**
 * One allowance for each API key, because its tenants share its slots. The failures of one key use up no retries of
 * another. Full allowances are not stored.
 */
function createRetryAllowance() {
  const saved = new LRUCache<BudgetKey, number>({ maxSize: MAX_KEYS, sizeCalculation: () => 1 })
  const of = (key: BudgetKey): number => saved.get(key) ?? MAX_SAVED_RETRIES
  return {
    earn(key: BudgetKey): void {
      if (saved.size === 0) return
      if (of(key) + RETRY_SHARE < MAX_SAVED_RETRIES) saved.set(key, of(key) + RETRY_SHARE)
      else saved.delete(key)
    },
    take(key: BudgetKey): boolean {
      if (of(key) < 1) return false
      saved.set(key, of(key) - 1)
      return true
    },
  }
}
