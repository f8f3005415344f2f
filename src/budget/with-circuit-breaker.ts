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
  /** Call it only where nothing is refused, and then `end` once, with the health that the attempt showed and the time that Aurora named. */
  enter(call: Call): { end(health: Health, notBeforeMs?: number | null): void }
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

/** A proxy answers so if the service behind it does not answer; with 408, 421 and 425 the service has not looked at the call. */
const UNANSWERED_STATUS: ReadonlySet<number> = new Set([408, 421, 425, 502, 503, 504])

export function createCircuitBreakers({ clock, emit }: { clock: Clock; emit: Emit }): CircuitBreakers {
  /** Those that have seen a failure since their last success. All others are as new, and are not kept. */
  const hosts = new Map<string, Breaker>()
  /** A breaker that was evicted counts as closed. */
  const operations = new LRUCache<string, Breaker>({ maxSize: MAX_OPERATIONS, sizeCalculation: () => 1 })
  const areAllAtRest = (): boolean => hosts.size === 0 && operations.size === 0
  const hostName = ({ terms }: Call): string => terms.scope.baseUrl.origin
  const operationName = ({ terms, endpoint: { operation } }: Call): string =>
    `${terms.scope.key} ${operation}`

  function note(breakers: Breakers, name: string, seen: Seen): void {
    const known = breakers.get(name)
    if (!known && isNothing(seen)) return
    const breaker = known ?? createBreaker({ clock })
    report(breaker, seen)
    if (breaker.isAtRest()) breakers.delete(name)
    else if (!known) breakers.set(name, breaker)
  }

  return {
    refusedUntilMs(call) {
      if (areAllAtRest()) return null
      const hostMs = hosts.get(hostName(call))?.refusedUntilMs() ?? null
      const operationMs = operations.get(operationName(call))?.refusedUntilMs() ?? null
      return hostMs === null || operationMs === null ? (hostMs ?? operationMs) : Math.max(hostMs, operationMs)
    },
    countOpen: () => [...hosts.values(), ...operations.values()].filter((breaker) => breaker.isOpen()).length,
    enter(call) {
      const passes = areAllAtRest()
        ? NO_PROBES
        : {
            host: hosts.get(hostName(call))?.enter() ?? NO_PROBE,
            operation: operations.get(operationName(call))?.enter() ?? NO_PROBE,
          }
      return {
        end(health, notBeforeMs = null) {
          if (health === 'answered' && areAllAtRest()) return
          const { operation } = call.endpoint
          const seen = { call, notBeforeMs, emit }
          note(hosts, hostName(call), {
            pass: passes.host,
            meaning: MEANINGS.host[health],
            name: null,
            ...seen,
          })
          note(operations, operationName(call), {
            pass: passes.operation,
            meaning: MEANINGS.operation[health],
            name: operation,
            ...seen,
          })
        },
      }
    },
  }
}

type Breakers = Pick<Map<string, Breaker>, 'get' | 'delete'> & {
  set(name: string, breaker: Breaker): unknown
}

const NO_PROBE: Pass = { isProbe: false }
const NO_PROBES = { host: NO_PROBE, operation: NO_PROBE } as const

/** It changes nothing in a breaker that has seen no failure. */
const isNothing = ({ meaning }: Seen): boolean => meaning === 'succeeded' || meaning === 'left'

/** What the health of an attempt means to a breaker: a success, nothing, or a failure with this sign. */
type Meaning = 'succeeded' | 'left' | ((call: Call) => Omit<Sign, 'notBeforeMs'>)

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

interface Seen {
  readonly pass: Pass
  readonly meaning: Meaning
  readonly call: Call
  readonly notBeforeMs: number | null
  /** The operation; null for the host. */
  readonly name: string | null
  readonly emit: Emit
}

function report(breaker: Breaker, { pass, meaning, call, notBeforeMs, name, emit }: Seen): void {
  const of = { operation: name, record: call.terms.record }
  if (meaning === 'left') return breaker.left(pass)
  if (meaning === 'succeeded') {
    const closed = breaker.succeeded()
    if (closed) emit('circuitClosed', { ...of, ...closed })
    return
  }
  const opened = breaker.failed(pass, { notBeforeMs, ...meaning(call) })
  if (opened) emit('circuitOpened', { ...of, ...opened })
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
  (call) => {
    const refusal = refusalIfOpen(call, breakers)
    return refusal ? Promise.reject(refusal) : next(call)
  }

/**
 * Stands behind the budget and reports the health that each attempt shows. It also refuses a call that waited for its slot
 * while the breaker opened; such a call gives its slot back.
 */
export const withHealthReport =
  (breakers: CircuitBreakers): Layer =>
  (next) =>
  (call) => {
    const refused = refusalIfOpen(call, breakers)
    if (refused) return Promise.reject(refused)
    const passage = breakers.enter(call)
    return next(call).then(
      (reply) => {
        passage.end('answered')
        return reply
      },
      (error: unknown) => {
        passage.end(healthOf(error), isAttemptError(error) ? (error.details.retryAtMs ?? null) : null)
        throw error
      },
    )
  }

function refusalIfOpen(call: Call, breakers: CircuitBreakers): AttemptError | null {
  const retryAtMs = breakers.refusedUntilMs(call)
  if (retryAtMs === null) return null
  const { method, route } = call.endpoint
  return new AttemptError(
    'UPSTREAM_UNAVAILABLE',
    'Aurora has failed several times in a row and is left alone for a while.',
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
