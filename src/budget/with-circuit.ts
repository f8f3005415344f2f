// Leaves an Aurora that is down alone: after failures in a row calls are refused at once, until a single one gets through.
import { LRUCache } from 'lru-cache'
import type { Clock } from '../clock.ts'
import type { Emit } from '../telemetry/events.ts'
import { AttemptError } from '../rest/call.ts'
import type { Call, Reply, Upstream } from '../rest/call.ts'
import { createBreaker } from './breaker.ts'
import type { Breaker, Pass } from './breaker.ts'

/**
 * Shared by the two wrappers. A host is down for everybody who asks it, and for nobody who asks another one; an operation
 * that fails fails for one tenant and credential.
 */
export interface Circuit {
  /** Monotonic time of the next try where the call would be refused now; null where it would not. */
  refusedUntilMs(call: Call): number | null
  /** Where nothing is refused; `end` is called once, with what became of the call. */
  enter(call: Call): { end(outcome: Outcome): void }
  /** Operations that are refused now, and one more where all are. */
  countOpen(): number
}

/**
 * `unreachable`: no connection. `unanswered`: no answer, or that of a gateway before Aurora. `failing`: Aurora's own
 * 5xx. `left`: nobody waited for the answer.
 */
export type Outcome = 'answered' | 'unreachable' | 'unanswered' | 'failing' | 'left'

/** Of all credentials in use, some hundred bytes each; there are about a hundred operations. */
const MAX_OPERATIONS = 10_000

/** Answered by what stands before a service that is not there. */
const UNANSWERED_STATUS: ReadonlySet<number> = new Set([502, 503, 504])

export function createCircuit({ clock, emit }: { clock: Clock; emit: Emit }): Circuit {
  const openBreaker = (operation: string | null): Breaker =>
    createBreaker({
      clock,
      opened: (fact) => emit('circuitOpened', { operation, ...fact }),
      closed: (fact) => emit('circuitClosed', { operation, ...fact }),
    })
  /** As many as there are Auroras. */
  const hosts = new Map<string, Breaker>()
  /** One operation that fails says nothing of the others. One that is forgotten is closed. */
  const operations = new LRUCache<string, Breaker>({ max: MAX_OPERATIONS })

  function hostOf({ scope: { baseUrl } }: Call): Breaker {
    const breaker = hosts.get(baseUrl.origin) ?? openBreaker(null)
    hosts.set(baseUrl.origin, breaker)
    return breaker
  }

  function operationOf({ scope, endpoint: { operation } }: Call): Breaker {
    const name = `${scope.key} ${operation}`
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
        end(outcome) {
          tellHost(host, passes.host, { outcome, call })
          tellOperation(operation, passes.operation, { outcome, call })
        },
      }
    },
  }
}

interface Told {
  readonly outcome: Outcome
  readonly call: Call
}

/** One operation that never answers is no sign that the others don't. */
function tellHost(host: Breaker, pass: Pass, { outcome, call }: Told): void {
  switch (outcome) {
    case 'answered':
    case 'failing':
      return host.succeeded()
    case 'unreachable':
      return host.failed(pass, { subject: null, witness: null })
    case 'unanswered':
      return host.failed(pass, { subject: null, witness: call.endpoint.operation })
    case 'left':
      return host.left(pass)
  }
}

function tellOperation(operation: Breaker, pass: Pass, { outcome, call }: Told): void {
  switch (outcome) {
    case 'answered':
      return operation.succeeded()
    case 'failing':
      return operation.failed(pass, { subject: subjectOf(call), witness: null })
    case 'unanswered':
      return operation.failed(pass, { subject: null, witness: null })
    case 'unreachable':
    case 'left':
      return operation.left(pass)
  }
}

/** One broken object that somebody polls must not close its operation for all others. */
const subjectOf = ({ endpoint, path }: Call): string | null =>
  endpoint.parameters.length > 0 ? JSON.stringify(path) : null

/**
 * Stands before the budget, so that what is refused takes no slot: rejects with UPSTREAM_UNAVAILABLE, which names the
 * time of the next try. A write that is refused was certainly not sent.
 */
export const withCircuit =
  (next: Upstream, circuit: Circuit): Upstream =>
  async (call) => {
    refuseIfOpen(call, circuit)
    return next(call)
  }

/**
 * Stands behind the budget, hears what becomes of each attempt, and refuses what waited for its slot while the circuit
 * opened; such a call gives its slot back.
 */
export const withOutcome =
  (next: Upstream, circuit: Circuit): Upstream =>
  async (call) => {
    try {
      refuseIfOpen(call, circuit)
    } catch (error) {
      // The budget has counted it, and it was not sent.
      call.tally.calls -= 1
      throw error
    }
    const passage = circuit.enter(call)
    const reply = await next(call).catch((error: unknown) => {
      passage.end(outcomeOfError(error))
      throw error
    })
    passage.end(outcomeOf(reply))
    return reply
  }

function refuseIfOpen(call: Call, circuit: Circuit): void {
  const retryAtMs = circuit.refusedUntilMs(call)
  if (retryAtMs === null) return
  const { method, route } = call.endpoint
  throw new AttemptError(
    'UPSTREAM_UNAVAILABLE',
    `${method} ${route}: Aurora has failed several times in a row and is left alone for a while.`,
    // Asked again at once it would be refused again.
    {
      wasSent: false,
      isPassing: false,
      details: { retryAtMs, upstream: { method, route } },
      cause: undefined,
    },
  )
}

function outcomeOf({ status }: Reply): Outcome {
  if (UNANSWERED_STATUS.has(status)) return 'unanswered'
  return status >= 500 ? 'failing' : 'answered'
}

/** What came but could not be read came from somebody; anything that is no error of an attempt is a caller's leaving. */
function outcomeOfError(error: unknown): Outcome {
  if (!(error instanceof AttemptError)) return 'left'
  if (error.code === 'UPSTREAM_INVALID') return 'answered'
  return error.wasSent ? 'unanswered' : 'unreachable'
}
