// A write's way through the cache: it is never kept itself; what it changed is dropped, and what came back is known.
import { isGatewayError } from '../errors/errors.ts'
import type { Call, Members, Reply, Success, Upstream } from '../rest/call.ts'
import type { JobKind } from '../rest/endpoint.ts'
import type { WriteOperation } from '../rest/write-endpoints.ts'
import type { Cache } from './cache.ts'
import { EFFECTS, ENDS } from './invalidation.ts'
import type { Touch, WriteFacts } from './invalidation.ts'
import { hasEnded } from './lifetimes.ts'

/** What a write does to a cache. */
export type ChangedCache = Pick<Cache, 'drop' | 'show' | 'idsListed'>

/**
 * For writes alone. What was cached is dropped where the write was carried out, where nobody knows whether it was, and
 * where it found its object gone; what Aurora refused has changed nothing.
 */
export function withInvalidation(next: Upstream, cache: ChangedCache): Upstream {
  function drop(call: Call, reply: Success | null): void {
    const facts = factsOf(call, reply, cache)
    const { touches } = EFFECTS[call.endpoint.operation as WriteOperation]
    cache.drop(call.scope.key, [...touches(facts), ...(reply ? touchesOfEnd(call, reply, cache) : [])])
  }

  function keep(call: Call, reply: Success): void {
    const { shows } = EFFECTS[call.endpoint.operation as WriteOperation]
    const shown = reply.value === null ? null : shows?.(factsOf(call, reply, cache))
    if (shown) cache.show(call.scope.key, call.endpoint.kind, shown, reply)
  }

  return async (call) => {
    const reply = await next(call).catch((error: unknown) => {
      if (isGatewayError(error) && error.details.outcome) drop(call, null)
      throw error
    })
    if (reply.isSuccess) {
      drop(call, reply)
      keep(call, reply)
    } else if (mayHaveChanged(reply)) drop(call, null)
    return reply
  }
}

const mayHaveChanged = ({ status }: Reply): boolean => status === 404 || status < 400 || status >= 500

const factsOf = (
  { scope, endpoint, path, body }: Call,
  reply: Success | null,
  cache: ChangedCache,
): WriteFacts => ({
  tenantId: scope.tenantId,
  path,
  sent: sentMembers(endpoint, body),
  answer: reply && (reply.value as Members | null),
  listed: (touch) => cache.idsListed(scope.key, touch),
})

function sentMembers({ bodyWrapper }: Call['endpoint'], body: Call['body']): Members {
  if (!body || !('json' in body)) return {}
  return bodyWrapper ? (body.json[bodyWrapper] as Members) : body.json
}

/** What an answer that tells of the end of a job makes untrue; none where it is still going, or no job at all. */
export function touchesOfEnd(
  { endpoint: { kind }, path, scope }: Call,
  { value }: Success,
  cache: Pick<Cache, 'idsListed'>,
): readonly Touch[] {
  if (!Object.hasOwn(ENDS, kind) || !hasEnded(value)) return []
  return ENDS[kind as JobKind]({ path, listed: (touch) => cache.idsListed(scope.key, touch) })
}
