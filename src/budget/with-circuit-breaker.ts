// Circuit breakers before Aurora: after failures in a row calls are refused at once, until one probe succeeds.
import { LRUCache } from 'lru-cache'
import type { Clock } from '../clock.ts'
import type { CircuitOf, Emit } from '../telemetry/events.ts'
import { AttemptError, isAttemptError, statusOf } from '../rest/attempt-error.ts'
import type { Call, Layer } from '../rest/call.ts'
import { tenantOf } from '../rest/scope.ts'
import type { Standings } from '../rest/standings.ts'
import { isUnseen } from '../errors/of-the-way.ts'
import { createBreaker } from './breaker.ts'
import type { Breaker, Pass, Sign } from './breaker.ts'

/**
 * Shared by the two layers below. There is one breaker for each host; one for each tenant, because Aurora may answer others while it
 * does not answer one; and one for each operation of a credential, which may fail for one and work for another.
 */
export interface CircuitBreakers {
  /** Monotonic time of the next probe if the call would be refused now; null if it would not. */
  refusedUntilMs(call: Call): number | null
  /**
   * To be called only if the call would not be refused. Then call `end` once, with the health that the attempt has
   * shown and the time that Aurora has named.
   */
  enter(call: Call): { end(health: Health, notBeforeMs?: number | null): void }
  /** How many breakers are open. */
  countOpen(): number
}

/**
 * `answered`: Aurora answers. `unreachable`: no connection. `unanswered`: no answer, or one of a proxy before Aurora.
 * `failing`: Aurora's own 5xx. `left`: no client waited for the answer.
 */
export type Health = 'answered' | 'unreachable' | 'unanswered' | 'failing' | 'left'

/** Breakers of operations, and of tenants: for all credentials in use, some hundred bytes each; there are about a hundred operations. */
const MAX_KEPT = 10_000

export interface CircuitBreakersOptions {
  readonly clock: Clock
  readonly emit: Emit
  /** A credential that Aurora has not accepted may be made up, and so may its tenant. */
  readonly standings: Pick<Standings, 'of'>
}

export function createCircuitBreakers({ clock, emit, standings }: CircuitBreakersOptions): CircuitBreakers {
  /** Those that have seen a failure since their last success. All others are as new, and are not kept. */
  const hosts = new Map<string, Breaker>()
  /** A breaker that was evicted counts as closed. */
  const tenants = createKept()
  const operations = createKept()
  const all = [
    { of: 'host', breakers: hosts, nameOf: hostName },
    { of: 'tenant', breakers: tenants, nameOf: tenantName },
    { of: 'operation', breakers: operations, nameOf: operationName },
  ] as const
  const isDoubtful = ({ terms }: Call): boolean => standings.of(terms.scope) !== 'accepted'
  const areAllAtRest = (): boolean => hosts.size === 0 && tenants.size === 0 && operations.size === 0

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
      const named = { call, isDoubtful: isDoubtful(call) }
      let untilMs: number | null = null
      for (const { breakers, nameOf } of all) {
        const atMs = breakers.get(nameOf(named))?.refusedUntilMs() ?? null
        if (atMs !== null) untilMs = Math.max(atMs, untilMs ?? atMs)
      }
      return untilMs
    },
    countOpen: () => all.flatMap(({ breakers }) => [...breakers.values()]).filter(isOpen).length,
    enter(call) {
      // The names stay the same until the end, so that each breaker learns how its own pass has ended.
      const named = { call, isDoubtful: isDoubtful(call) }
      const passes = areAllAtRest()
        ? null
        : all.map(({ breakers, nameOf }) => breakers.get(nameOf(named))?.enter() ?? NO_PROBE)
      return {
        end(health, notBeforeMs = null) {
          if (health === 'answered' && areAllAtRest()) return
          for (const [index, { of, breakers, nameOf }] of all.entries()) {
            const pass = passes?.[index] ?? NO_PROBE
            const meaning = MEANINGS[of][health]({ notBeforeMs, isProbe: pass.isProbe, ...named })
            note(breakers, nameOf(named), { call, pass, meaning, of, emit })
          }
        },
      }
    },
  }
}

interface Named {
  readonly call: Call
  /** Its credential is not accepted, so its tenant may be made up as well, or be that of others. */
  readonly isDoubtful: boolean
}

const hostName = ({ call: { terms } }: Named): string => terms.scope.baseUrl.origin
/** The keys are also of the Aurora. */
const tenantName = ({ call: { terms }, isDoubtful }: Named): string =>
  isDoubtful ? terms.scope.key : tenantOf(terms.scope.key)
const operationName = ({ call: { terms, endpoint } }: Named): string =>
  `${terms.scope.key} ${endpoint.operation}`

const createKept = () => new LRUCache<string, Breaker>({ maxSize: MAX_KEPT, sizeCalculation: () => 1 })
const isOpen = (breaker: Breaker): boolean => breaker.isOpen()

type Breakers = Pick<Map<string, Breaker>, 'get' | 'delete'> & {
  set(name: string, breaker: Breaker): unknown
}

const NO_PROBE: Pass = { isProbe: false }
/** It changes nothing in a breaker that has seen no failure. */
const isNothing = ({ meaning }: Seen): boolean => meaning === 'succeeded' || meaning === 'left'

/** What the health of an attempt means to a breaker: a success, nothing, or a failure with this sign. */
type Meaning = 'succeeded' | 'left' | Sign
type ReadMeaning = (attempt: Attempt) => Meaning

interface Attempt extends Named {
  readonly notBeforeMs: number | null
  readonly isProbe: boolean
}

const SUCCEEDED: ReadMeaning = () => 'succeeded'
const LEFT: ReadMeaning = () => 'left'
const ANY: ReadMeaning = ({ notBeforeMs }) => ({ subject: null, witnesses: null, notBeforeMs })

/**
 * If Aurora does not answer a single tenant, only that tenant is refused: neither a time that Aurora has named to it nor its unanswered
 * probe counts for others. The next tenant may send a probe at once, and its own breaker limits its calls.
 */
const unansweredOfHost: ReadMeaning = ({ call, isProbe, isDoubtful }) =>
  isProbe || isDoubtful
    ? 'left'
    : {
        subject: null,
        witnesses: [call.endpoint.operation, tenantOf(call.terms.scope.key)],
        notBeforeMs: null,
      }

const MEANINGS: Readonly<Record<CircuitOf, Readonly<Record<Health, ReadMeaning>>>> = {
  host: {
    answered: SUCCEEDED,
    failing: SUCCEEDED,
    unreachable: ANY,
    unanswered: unansweredOfHost,
    left: LEFT,
  },
  tenant: {
    answered: SUCCEEDED,
    failing: SUCCEEDED,
    unreachable: LEFT,
    // If one operation never answers, the others may still answer.
    unanswered: ({ call, notBeforeMs }) => ({
      subject: null,
      witnesses: [call.endpoint.operation],
      notBeforeMs,
    }),
    left: LEFT,
  },
  operation: {
    answered: SUCCEEDED,
    failing: ({ call, notBeforeMs }) => ({ subject: subjectOf(call), witnesses: null, notBeforeMs }),
    unreachable: LEFT,
    unanswered: ANY,
    left: LEFT,
  },
}

interface Seen {
  readonly call: Call
  readonly pass: Pass
  readonly meaning: Meaning
  readonly of: CircuitOf
  readonly emit: Emit
}

function report(breaker: Breaker, { pass, meaning, call, of, emit }: Seen): void {
  const operation = of === 'operation' ? call.endpoint.operation : null
  const circuit = { of, operation, record: call.terms.record }
  if (meaning === 'left') return breaker.left(pass)
  if (meaning === 'succeeded') {
    const closed = breaker.succeeded()
    if (closed) emit('circuitClosed', { ...circuit, ...closed })
    return
  }
  const opened = breaker.failed(pass, meaning)
  if (opened) emit('circuitOpened', { ...circuit, ...opened })
}

/** One broken object that a client polls must not open the breaker of its operation for all others. */
const subjectOf = ({ endpoint, path }: Call): string | null =>
  endpoint.parameters.length > 0 ? JSON.stringify(path) : null

/**
 * This layer is before the budget, so that a refused call takes no slot: rejects with UPSTREAM_UNAVAILABLE, which names
 * the time of the next probe. A write that is refused was certainly not sent.
 */
export const withCircuitBreaker =
  (breakers: CircuitBreakers): Layer =>
  (next) =>
  (call) => {
    const refusal = refusalIfOpen(call, breakers)
    return refusal ? Promise.reject(refusal) : next(call)
  }

/**
 * This layer is after the budget, and reports the health that each attempt shows. It also refuses a call that waited
 * for its slot while the breaker opened; such a call gives its slot back.
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
    if (isUnseen(status)) return 'unanswered'
    return status >= 500 ? 'failing' : 'answered'
  }
  if (error.code === 'UPSTREAM_INVALID') return 'answered'
  return error.wasSent ? 'unanswered' : 'unreachable'
}
