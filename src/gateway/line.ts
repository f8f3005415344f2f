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
  /** Gets what takes the place of older answers; null where nothing is compared. */
  readonly audit: Audit | null
  /** One attempt at Aurora. */
  readonly attempt: Upstream
  readonly refreshTimeoutMs: number
  readonly flightTimeoutMs: number
}

export interface Line {
  readonly read: Upstream
  /** What a read would be answered with by the first two layers, without a promise. */
  readonly answerAtOnce: AnswerAtOnce
  readonly write: Upstream
  /** A read as if nothing were cached. */
  readonly fetch: Upstream
}

export function createLine(parts: LineParts): Line {
  const { shared, cache, budget, breakers, typicalReplies, attempt, audit } = parts
  const withTrial = createTrials(parts)

  const reading: Layer[] = [
    shared.withSecondLevel, //    an answer that another replica has fetched comes into the cache
    withCache(parts), //          fresh answers are served; stale ones too, and revalidated afterwards
  ]
  const fetching: Layer[] = [
    withSingleFlight(parts), //   callers of this replica who want the same share one call
    withTrial, //                 a credential that may be made up has one call under way
    shared.withSharedFlight, //   one replica makes the call for all
    withStore(cache, shared.known, audit), // what comes back is cached
    withListEnds({ ...parts, itemsAtMs: itemsAtMsIn(cache) }), // that there is no such page is an empty page
    withLearning(typicalReplies), // what comes back also shows the planner what answers are like
    withRetry(parts), //          a read that failed in passing is sent again
  ]
  const writing: Layer[] = [
    withTrial, //                 the same
    shared.withDropNotice, //     other replicas are notified of what the write changed
    withInvalidation(cache), //   what it changed is dropped, what came back is shown
    withAdmission, //             a request that would cost too much makes no call
  ]
  const sending: Layer[] = [
    withBuildable, //            a call of which no request can be made is refused, at no cost
    withCircuitBreaker(breakers), // an Aurora that is down is left alone, at no cost
    withBudget({ ...parts, budget }), // every attempt takes a slot
    withHealthReport(breakers), //  every attempt shows how Aurora is
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
