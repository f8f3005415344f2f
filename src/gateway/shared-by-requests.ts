// What all requests share: what one learns, the next one uses.
import type { GraphQLSchema } from 'graphql'
import type { Budget } from '../budget/budget.ts'
import type { Cache } from '../cache/cache.ts'
import type { Histories } from '../changes/histories.ts'
import type { Clock } from '../clock.ts'
import type { Config } from '../config/config.ts'
import { createListIndexes } from '../list-index/list-indexes.ts'
import type { ListIndexes } from '../list-index/list-indexes.ts'
import type { ListEnds } from '../loaders/list-ends.ts'
import { createPageShares } from '../loaders/page-shares.ts'
import type { PageShares } from '../loaders/page-shares.ts'
import { createSharedCounts } from '../planning/shared-counts.ts'
import type { SharedCounts } from '../planning/shared-counts.ts'
import type { TypicalReplies } from '../planning/typical-replies.ts'
import type { AnswerAtOnce } from '../rest/answer.ts'
import type { Upstream } from '../rest/call.ts'
import type { Emit } from '../telemetry/events.ts'
import type { Loop } from '../turns/loop.ts'
import type { TenantsSeen } from '../turns/tenants-seen.ts'
import type { OpenKnownObjects } from './known-objects.ts'

/** The parts of the gateway that requests use. */
export interface RequestsOptions {
  readonly schema: GraphQLSchema
  readonly config: Config
  readonly clock: Clock
  readonly loop: Pick<Loop, 'work'>
  readonly seen: TenantsSeen
  readonly emit: Emit
  readonly upstream: Upstream
  readonly answerAtOnce: AnswerAtOnce
  readonly cache: Cache
  readonly budget: Budget
  readonly typicalReplies: TypicalReplies
  readonly listEnds: ListEnds
  readonly knownObjects: OpenKnownObjects
  readonly histories: Histories
}

export interface SharedByRequests extends RequestsOptions {
  readonly pageShares: PageShares
  readonly sharedCounts: SharedCounts
  readonly lists: ListIndexes
}

/** The eighth part of the cache's memory is for indexes: some 14,000 projects with the default. */
const INDEX_PARTS = 8

export function createSharedByRequests(options: RequestsOptions): SharedByRequests {
  const { config, clock, cache } = options
  return {
    ...options,
    pageShares: createPageShares(),
    sharedCounts: createSharedCounts(clock),
    lists: createListIndexes({
      maxBytes: config.cacheMaxBytes / INDEX_PARTS,
      clock,
      watchTouches: watchTouches(cache),
      mark: cache.mark,
      objectsSince: cache.objectsSince,
    }),
  }
}

const watchTouches =
  ({ mark, nameOf, haveTouched }: Cache): ListIndexes['watchTouches'] =>
  (scope, endpoint) => {
    const begun = mark()
    return () => haveTouched(nameOf(scope, { endpoint, path: {} }), begun)
  }
