// Asks again where a read failed in passing: once or twice, with jitter, within the deadline and a share of the calls.
import type { Clock } from '../clock.ts'
import { isGatewayError } from '../errors/errors.ts'
import type { Emit } from '../telemetry/events.ts'
import { AttemptError } from '../rest/call.ts'
import type { Call, Reply, ScopeKey, Upstream } from '../rest/call.ts'
import { isRead } from '../rest/endpoint.ts'
import { parseRetryAfter } from '../rest/retry-after.ts'

/** Statuses that gateways in front of a service answer in passing. A plain 500 is the service's own word. */
const PASSING_STATUS: ReadonlySet<number> = new Set([502, 503, 504])
const MAX_RETRIES = 2
/** A second timeout in a row would use up the request's time: ask once more only. */
const MAX_RETRIES_OF_TIMEOUTS = 1
/** Full jitter between 0 and 200 ms, then 400 ms: enough for a restarted connection, short beside a request's time. */
const FIRST_BACKOFF_MS = 200
/** A server that asks for a longer rest than this is answered later, by the client's repeat. */
const MAX_BACKOFF_MS = 2000

/** Retries are at most a fifth of the calls, so that an Aurora that is down does not get three times the load. */
const RETRY_SHARE = 0.2
/** Saved up at most, and given at the start: a single bad moment of a quiet gateway can be bridged. */
const MAX_SAVED_RETRIES = 10

export interface RetryOptions {
  readonly clock: Clock
  /** 0 to 1, such as Math.random. */
  readonly random: () => number
  readonly emit: Emit
}

/** Only reads come back twice; a call that is not a GET passes straight through. The last outcome is what the caller gets. */
export function withRetry(next: Upstream, { clock, random, emit }: RetryOptions): Upstream {
  const allowance = createAllowance()

  async function attempt(call: Call, retries: number): Promise<Reply> {
    const outcome = await settle(next, call)
    const delayMs = decideDelay(outcome, retries, { random, wallMs: clock.wallMs() })
    const isInTime = delayMs !== null && clock.monotonicMs() + delayMs < call.deadlineAtMs
    if (!isInTime || call.signal.aborted || !allowance.take(call.scope.key)) return unwrap(outcome)
    emit('retried', { operation: call.endpoint.operation, attempt: retries + 1, delayMs })
    await clock.sleep(delayMs, call.signal)
    return attempt(call, retries + 1).catch((error: unknown) => {
      // No slot was left to ask again: what Aurora did answer is the truer word.
      if (isRefusedHere(error)) return unwrap(outcome)
      throw error
    })
  }

  return (call) => {
    if (!isRead(call.endpoint)) return next(call)
    allowance.earn(call.scope.key)
    return attempt(call, 0)
  }
}

const isRefusedHere = (error: unknown): boolean =>
  isGatewayError(error) && error.code === 'RATE_LIMITED' && error.details.status === undefined

type Outcome = { readonly reply: Reply } | { readonly error: unknown }

const settle = (next: Upstream, call: Call): Promise<Outcome> =>
  next(call).then(
    (reply) => ({ reply }),
    (error: unknown) => ({ error }),
  )

function unwrap(outcome: Outcome): Reply {
  if ('reply' in outcome) return outcome.reply
  throw outcome.error
}

/** How long to wait before asking again; null for not at all. A delay that Aurora names is never jittered. */
export function decideDelay(
  outcome: Outcome,
  retries: number,
  { random, wallMs }: { random: () => number; wallMs: number },
): number | null {
  if (retries >= maxRetries(outcome)) return null
  const named = 'reply' in outcome && !outcome.reply.isSuccess ? outcome.reply.retryAfter : null
  const namedMs = parseRetryAfter(named, wallMs)
  if (namedMs !== null) return namedMs <= MAX_BACKOFF_MS ? namedMs : null
  return random() * FIRST_BACKOFF_MS * 2 ** retries
}

function maxRetries(outcome: Outcome): number {
  if ('reply' in outcome) return PASSING_STATUS.has(outcome.reply.status) ? MAX_RETRIES : 0
  if (!(outcome.error instanceof AttemptError) || !outcome.error.isPassing) return 0
  return outcome.error.code === 'UPSTREAM_TIMEOUT' ? MAX_RETRIES_OF_TIMEOUTS : MAX_RETRIES
}

/** Per key, since one tenant's bad hour must not use up the retries of another. Keys that have all of it are not held. */
function createAllowance() {
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
