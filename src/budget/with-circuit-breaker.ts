// Circuit breakers before Aurora: after failures in a row calls are refused at once, until one probe succeeds.
import { LRUCache } from 'lru-cache'
import type { Clock } from '../clock.ts'
import type { Emit } from '../telemetry/events.ts'
import { AttemptError, isAttemptError, statusOf } from '../rest/attempt-error.ts'
import type { Call, Layer } from '../rest/call.ts'
import { createBreaker } from './breaker.ts'
import type { Breaker, Pass, Sign } from './breaker.ts'

/**
 * Shared by the two layers below. There is one breaker for each host, and one for each operation of a tenant and credential,
 * because an operation that fails for one credential may work for another.
 */
export interface CircuitBreakers {
  /** Monotonic time of the next probe if the call would be refused now; null if it would not. */
  refusedUntilMs(call: Call): number | null
  /** Call it only where nothing is refused, and then `end` once, with the health that the attempt showed. */
  enter(call: Call): { end(health: Health): void }
  /** How many breakers of operations and hosts are open. */
  countOpen(): number
}

/**
 * `answered`: Aurora answers. `unreachable`: no connection. `unanswered`: no answer, or one of a proxy before Aurora.
 * `failing`: Aurora's own 5xx. `left`: no client waited for the answer.
 */
export type Health = 'answered' | 'unreachable' | 'unanswered' | 'failing' | 'left'

/** For all credentials in use, some hundred bytes each; there are about a hundred operations. */
const MAX_OPERATIONS = 10_000

/** A proxy answers so if the service behind it does not answer. */
const UNANSWERED_STATUS: ReadonlySet<number> = new Set([502, 503, 504])

export function createCircuitBreakers({ clock, emit }: { clock: Clock; emit: Emit }): CircuitBreakers {
  const openBreaker = (operation: string | null): Breaker =>
    createBreaker({
      clock,
      opened: (fact) => emit('circuitOpened', { operation, ...fact }),
      closed: (fact) => emit('circuitClosed', { operation, ...fact }),
    })
  const hosts = new Map<string, Breaker>()
  /** A breaker that was evicted counts as closed. */
  const operations = new LRUCache<string, Breaker>({ max: MAX_OPERATIONS })

  function hostOf({ terms }: Call): Breaker {
    const { origin } = terms.scope.baseUrl
    const breaker = hosts.get(origin) ?? openBreaker(null)
    hosts.set(origin, breaker)
    return breaker
  }

  function operationOf({ terms, endpoint: { operation } }: Call): Breaker {
    const name = `${terms.scope.key} ${operation}`
    const breaker = operations.get(name) ?? openBreaker(operation)
    operations.set(name, breaker)
    return breaker
  }

  return {
    refusedUntilMs(call) {
      const times = [hostOf(call), operationOf(call)].flatMap((breaker) => breaker.refusedUntilMs() ?? [])
      return times.length > 0 ? Math.max(...times) : null
    },
    countOpen: () => [...hosts.values(), ...operations.values()].filter((breaker) => breaker.isOpen()).length,
    enter(call) {
      const host = hostOf(call)
      const operation = operationOf(call)
      const passes = { host: host.enter(), operation: operation.enter() }
      return {
        end(health) {
          report(host, passes.host, { meaning: MEANINGS.host[health], call })
          report(operation, passes.operation, { meaning: MEANINGS.operation[health], call })
        },
      }
    },
  }
}

/** What the health of an attempt means to a breaker: a success, nothing, or a failure with this sign. */
type Meaning = 'succeeded' | 'left' | ((call: Call) => Sign)

const ANY: Meaning = () => ({ subject: null, witness: null })

const MEANINGS: Readonly<Record<'host' | 'operation', Readonly<Record<Health, Meaning>>>> = {
  host: {
    answered: 'succeeded',
    failing: 'succeeded',
    unreachable: ANY,
    // If one operation never answers, the others may still answer.
    unanswered: ({ endpoint }) => ({ subject: null, witness: endpoint.operation }),
    left: 'left',
  },
  operation: {
    answered: 'succeeded',
    failing: (call) => ({ subject: subjectOf(call), witness: null }),
    unreachable: 'left',
    unanswered: ANY,
    left: 'left',
  },
}

function report(breaker: Breaker, pass: Pass, { meaning, call }: { meaning: Meaning; call: Call }): void {
  if (meaning === 'succeeded') breaker.succeeded()
  else if (meaning === 'left') breaker.left(pass)
  else breaker.failed(pass, meaning(call))
}

/** One broken object that a client polls must not open the breaker of its operation for all others. */
const subjectOf = ({ endpoint, path }: Call): string | null =>
  endpoint.parameters.length > 0 ? JSON.stringify(path) : null

/**
 * Stands before the budget, so that a refused call takes no slot: rejects with UPSTREAM_UNAVAILABLE, which names the time
 * of the next probe. A write that is refused was certainly not sent.
 */
export const withCircuitBreaker =
  (breakers: CircuitBreakers): Layer =>
  (next) =>
  async (call) => {
    refuseIfOpen(call, breakers)
    return next(call)
  }

/**
 * Stands behind the budget and reports the health that each attempt shows. It also refuses a call that waited for its slot
 * while the breaker opened; such a call gives its slot back.
 */
export const withHealthReport =
  (breakers: CircuitBreakers): Layer =>
  (next) =>
  async (call) => {
    refuseIfOpen(call, breakers)
    const passage = breakers.enter(call)
    try {
      const reply = await next(call)
      passage.end('answered')
      return reply
    } catch (error) {
      passage.end(healthOf(error))
      throw error
    }
  }

function refuseIfOpen(call: Call, breakers: CircuitBreakers): void {
  const retryAtMs = breakers.refusedUntilMs(call)
  if (retryAtMs === null) return
  const { method, route } = call.endpoint
  throw new AttemptError(
    'UPSTREAM_UNAVAILABLE',
    `${method} ${route}: Aurora has failed several times in a row and is left alone for a while.`,
    {
      wasSent: false,
      // A repeat at once would be refused again.
      isPassing: false,
      refusal: null,
      details: { retryAtMs, upstream: { method, route } },
    },
  )
}

/** An unreadable answer is still an answer; an error that is not an AttemptError means that the client left. */
function healthOf(error: unknown): Health {
  if (!isAttemptError(error)) return 'left'
  const status = statusOf(error)
  if (status !== null) {
    if (UNANSWERED_STATUS.has(status)) return 'unanswered'
    return status >= 500 ? 'failing' : 'answered'
  }
  if (error.code === 'UPSTREAM_INVALID') return 'answered'
  return error.wasSent ? 'unanswered' : 'unreachable'
}
