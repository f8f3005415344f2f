// Drops from the cache what a write has changed, and shows its answer there. The write itself is never cached.
import type { Members } from '../aurora/body.ts'
import { ownReadOf } from '../aurora/reads.ts'
import { END_TOUCHES, writeEndpoint } from '../aurora/writes.ts'
import type { WriteOperation } from '../aurora/writes.ts'
import { isGatewayError } from '../errors/errors.ts'
import { statusOf } from '../rest/attempt-error.ts'
import type { Call, Layer, Reply } from '../rest/call.ts'
import type { Cache } from './cache.ts'
import { hasEnded } from './decide-lifetime.ts'
import { endTouchesOf, shownBy, touchesOf } from './invalidation.ts'
import type { Touch, WriteFacts } from './invalidation.ts'

export type ChangedCache = Pick<Cache, 'drop' | 'show' | 'idsListed' | 'noteAbsence'>

/**
 * For writes only. Cached answers are dropped if the write was carried out, if that is unknown, and if its object was not
 * found; a write that Aurora refused has changed nothing.
 */
export const withInvalidation =
  (cache: ChangedCache): Layer =>
  (next) =>
  async (call) => {
    try {
      const reply = await next(call)
      drop(call, reply, cache)
      show(call, reply, cache)
      noteDeletion(call, cache)
      return reply
    } catch (error) {
      if (mayHaveChanged(error)) drop(call, null, cache)
      throw error
    }
  }

const mayHaveChanged = (error: unknown): boolean =>
  (isGatewayError(error) && error.details.outcome !== undefined) || statusOf(error) === 404

function drop(call: Call, reply: Reply | null, cache: ChangedCache): void {
  const touches = touchesOf(writeOf(call), factsOf(call, reply, cache))
  cache.drop(call.terms.scope.key, [...touches, ...(reply ? touchesOfEnd(call, reply, cache) : [])])
}

function show(call: Call, reply: Reply, cache: ChangedCache): void {
  const shown = reply.value === null ? null : shownBy(writeOf(call), factsOf(call, reply, cache))
  if (shown) cache.show(call.terms.scope.key, call.endpoint.kind, shown, reply)
}

function noteDeletion({ endpoint: { method, kind }, path, terms }: Call, cache: ChangedCache): void {
  const endpoint = method === 'DELETE' ? ownReadOf(kind) : undefined
  if (endpoint?.form === 'one') cache.noteAbsence(terms.scope.key, { endpoint, path, query: {} })
}

const writeOf = ({ endpoint }: Call) => writeEndpoint(endpoint.operation as WriteOperation)

const factsOf = (
  { terms: { scope }, endpoint, path, body }: Call,
  reply: Reply | null,
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

/** What is untrue once this answer shows that a job has ended; nothing while the job is running, and for other kinds. */
export function touchesOfEnd(
  { endpoint: { kind }, path, terms: { scope } }: Call,
  { value }: Reply,
  cache: Pick<Cache, 'idsListed'>,
): readonly Touch[] {
  const touches = END_TOUCHES.get(kind)
  if (!touches || !hasEnded(value)) return []
  return endTouchesOf(touches, { path, listed: (touch) => cache.idsListed(scope.key, touch) })
}
