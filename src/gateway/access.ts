// The loaders and writes of one request.
import type { GraphQLContext } from '../graphql/context.ts'
import { createLoaders } from '../loaders/loaders.ts'
import type { OwnLoaders } from '../loaders/loaders.ts'
import { createWrite } from '../loaders/writes.ts'
import type { Call, Upstream } from '../rest/call.ts'
import type { Terms } from '../rest/terms.ts'
import type { Pace } from '../turns/pace.ts'
import type { SharedByRequests } from './shared-by-requests.ts'

export interface Access {
  /** Made when the first field needs them: a remembered answer needs none. */
  loaders(): OwnLoaders
  /** A write makes new loaders, so that no value from before the write is shown. */
  readonly write: GraphQLContext['write']
}

export interface AccessParts {
  readonly shared: SharedByRequests
  /** Gets each call while it is under way. */
  readonly underWay: Set<Call>
  readonly pace: Pace
}

export function openAccess(terms: Terms, { shared, underWay, pace }: AccessParts): Access {
  const watched: Upstream = (call) => {
    underWay.add(call)
    const reply = shared.upstream(call)
    const isOver = (): void => void underWay.delete(call)
    reply.then(isOver, isOver)
    return reply
  }
  const write = createWrite(terms, watched)
  let loaders: OwnLoaders | null = null
  return {
    loaders: () =>
      (loaders ??= createLoaders({
        terms,
        upstream: watched,
        // A request that accepts no age could only find replies that came since it began, and the line finds these as well.
        answerAtOnce: terms.freshness.maxAgeMs === 0 ? undefined : shared.answerAtOnce,
        cache: shared.cache,
        pageSize: shared.config.pageSize,
        emit: shared.emit,
        pageShares: shared.pageShares,
        listEnds: shared.listEnds,
        lists: shared.lists,
        histories: shared.histories,
        pace,
      })),
    write: (operation, input) => write(operation, input).finally(() => void (loaders = null)),
  }
}
