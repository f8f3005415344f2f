// Puts what routers drop of an answer into places that they pass on: the cost into a header, and the tags of its parts for their caches.
import type { ExecutionResult } from 'graphql'
import { describeTags } from '../../answers/cache-tags.ts'
import type { Tally } from '../../telemetry/tally.ts'
import type { GraphQLContext } from '../context.ts'
import { secondsToReset } from './rate-limit-fields.ts'
import type { RateLimitState } from './rate-limit-fields.ts'

export const UPSTREAM_FIELD = 'aurora-upstream'

/** The numbers of `extensions.upstream` as a dictionary of RFC 9651; `reset` is in seconds. */
export function upstreamFieldOf(
  { calls, saved, queuedMs }: Tally,
  state: RateLimitState,
  nowMs: number,
): string {
  const numbers = {
    calls,
    ...saved,
    limit: state.limit,
    remaining: state.remaining,
    reset: secondsToReset(state, nowMs),
    queued: Math.round(queuedMs),
  }
  return Object.entries(numbers)
    .map(([name, value]) => `${name}=${value}`)
    .join(', ')
}

/** No tags if no cache may keep the answer, or if no router gets it. */
export function tagsFor(result: ExecutionResult, { record, parts, repeat }: GraphQLContext): object {
  if (!record.isOfRouter || record.operation?.type !== 'query' || !result.data || parts.isSpoilt()) return {}
  const { answer } = repeat
  const tags = answer
    ? describeTags(answer.parts, answer.entityCount ?? null)
    : describeTags(parts.all(), countEntities(result))
  if (tags) return tags
  repeat.isUntagged = true
  return {}
}

/** Null if the request is not about entities. Routers use the field `_entities` of a subgraph for these. */
export function countEntities({ data }: ExecutionResult): number | null {
  const entities = data?.['_entities']
  return Array.isArray(entities) ? entities.length : null
}
