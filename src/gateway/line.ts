// The middle of the line, READ THIS FIRST: every layer that a call passes, in the order in which it passes them.
import { withBudget } from '../budget/with-budget.ts'
import type { Budget } from '../budget/budget.ts'
import { withCircuitBreaker, withHealthReport } from '../budget/with-circuit-breaker.ts'
import type { CircuitBreakers } from '../budget/with-circuit-breaker.ts'
import { withRetry } from '../budget/with-retry.ts'
import type { Cache } from '../cache/cache.ts'
import { createAnswerAtOnce, withCache } from '../cache/with-cache.ts'
import { withInvalidation } from '../cache/with-invalidation.ts'
import { withSingleFlight } from '../cache/with-single-flight.ts'
import type { Audit } from '../cache/with-store.ts'
import { itemsAtMsIn, withStore } from '../cache/with-store.ts'
import type { Clock } from '../clock.ts'
import type { TypicalReplies } from '../planning/typical-replies.ts'
import { withAdmission } from '../planning/with-admission.ts'
import { withLearning } from '../planning/with-learning.ts'
import type { Shared } from '../redis/shared.ts'
import type { AnswerAtOnce } from '../rest/answer.ts'
import type { Layer, Upstream } from '../rest/call.ts'
import type { Standings } from '../rest/standings.ts'
import { withBuildable } from '../rest/with-buildable.ts'
import { withListEnds } from '../rest/with-list-ends.ts'
import { createTrials } from '../rest/with-trial.ts'
import type { Emit } from '../telemetry/events.ts'

export interface LineParts {
  readonly shared: Pick<Shared, 'withSecondLevel' | 'withSharedFlight' | 'withDropNotice' | 'known'>
  readonly cache: Cache
  readonly budget: Budget
  readonly breakers: CircuitBreakers
  readonly typicalReplies: TypicalReplies
  readonly standings: Standings
  readonly clock: Clock
  /** 0 to 1; spreads retries. */
  readonly random: () => number
  readonly emit: Emit
  /** Aborts before the process ends. */
  readonly ending: AbortSignal
  /** Compares new answers with the older ones that they replace; null if nothing is compared. */
  readonly audit: Audit | null
  /** One attempt at Aurora. */
  readonly attempt: Upstream
  readonly refreshTimeoutMs: number
  readonly flightTimeoutMs: number
}

export interface Line {
  readonly read: Upstream
  /** The answer that the first two layers would give to a read, without a promise. */
  readonly answerAtOnce: AnswerAtOnce
  readonly write: Upstream
  /** Reads as if nothing were cached. */
  readonly fetch: Upstream
}

export function createLine(parts: LineParts): Line {
  const { shared, cache, budget, breakers, typicalReplies, attempt, audit } = parts
  const withTrial = createTrials(parts)

  const reading: Layer[] = [
    shared.withSecondLevel, //    copies an answer of another replica into the cache
    withCache(parts), //          serves fresh answers, and stale ones that it revalidates afterwards
  ]
  const fetching: Layer[] = [
    withSingleFlight(parts), //   makes equal calls of this replica one flight
    withTrial, //                 limits a credential that may be made up to one call at a time
    shared.withSharedFlight, //   lets one replica make the call for all
    withStore(cache, shared.known, audit), // caches the reply
    withListEnds({ ...parts, itemsAtMs: itemsAtMsIn(cache) }), // makes an empty page of "there is no such page"
    withLearning(typicalReplies), // learns from the reply for later plans
    withRetry(parts), //          sends a read again after a passing failure
  ]
  const writing: Layer[] = [
    withTrial, //                 as for reads
    shared.withDropNotice, //     notifies other replicas of the change
    withInvalidation(cache), //   drops what the write has changed, and caches its answer
    withAdmission, //             rejects a request that would cost too much, before its first call
  ]
  const sending: Layer[] = [
    withBuildable, //            refuses a call of which no request can be made, without a slot
    withCircuitBreaker(breakers), // refuses calls while Aurora is down, without a slot
    withBudget({ ...parts, budget }), // takes a slot for each attempt
    withHealthReport(breakers), //  reports the outcome of each attempt to the circuit breaker
  ]

  const send = compose(sending, attempt)
  const fetch = compose(fetching, send)
  return {
    read: compose(reading, fetch),
    answerAtOnce: createAnswerAtOnce(parts),
    fetch,
    write: compose(writing, send),
  }
}

/** The first layer is the outermost: a call passes it first. */
export const compose = (layers: readonly Layer[], innermost: Upstream): Upstream =>
  layers.reduceRight((next, layer) => layer(next), innermost)
