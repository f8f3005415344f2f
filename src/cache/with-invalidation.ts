// Drops from the cache what a write has changed, and caches the object in its answer. The write itself is never cached.
import type { Members } from '../aurora/body.ts'
import { ownReadOf, READS } from '../aurora/reads.ts'
import { END_TOUCHES, writeEndpoint } from '../aurora/writes.ts'
import type { WriteOperation } from '../aurora/writes.ts'
import { GatewayError, isGatewayError, OUTCOME_WORDS } from '../errors/errors.ts'
import { statusOf } from '../rest/attempt-error.ts'
import type { Call, Layer, Reply } from '../rest/call.ts'
import type { Cache } from './cache.ts'
import { hasEnded } from './decide-lifetime.ts'
import { endTouchesOf, otherPath, shownBy, touchesOf } from './invalidation.ts'
import type { ShownObject, Touch, WriteFacts } from './invalidation.ts'
import type { Mark } from './read-name.ts'

export type ChangedCache = Pick<Cache, 'mark' | 'nameOf' | 'haveTouched' | 'drop' | 'show' | 'noteAbsence'>

/**
 * For writes only. Cached answers are dropped if the write was carried out, if that is unknown, and if its object was
 * not found; a write that Aurora refused has changed nothing. If something else has touched the object since the write
 * was sent, only the caller of the write gets the answer, and it is not cached: it is unknown which of the two was the
 * last.
 */
export const withInvalidation =
  (cache: ChangedCache): Layer =>
  (next) =>
  async (call) => {
    const begun = cache.mark()
    try {
      const reply = await next(call)
      assertSame(call, reply, cache)
      const shown = shownOf(call, reply, cache)
      const isNewest = shown !== null && !isTouched(call, { shown, reply, begun }, cache)
      drop(call, reply, cache)
      if (isNewest) cache.show(call.terms.scope.key, call.endpoint.kind, shown, reply)
      noteDeletion(call, cache)
      return reply
    } catch (error) {
      if (mayHaveChanged(error, call)) drop(call, null, cache)
      throw error
    }
  }

/**
 * 404 and 410: the object is gone. 421 and 425 mean that nothing was done; they come from proxies, and dropping too
 * much costs one call at most.
 */
const DROPPED_AFTER: ReadonlySet<number | null> = new Set([404, 410, 421, 425])

function mayHaveChanged(error: unknown, { terms: { signal } }: Call): boolean {
  // A client that leaves can abort a write only before it is sent. After any other fault the outcome is unknown.
  if (!isGatewayError(error)) return !(signal.aborted && error === signal.reason)
  return error.details.outcome !== undefined || DROPPED_AFTER.has(statusOf(error))
}

/**
 * Throws if the answer shows another object than the route names, because it is unknown which of the two was changed.
 */
function assertSame(call: Call, reply: Reply, cache: ChangedCache): void {
  const { endpoint, path } = call
  const other = otherPath(writeOf(call), path, reply.value as Members | null)
  if (other === null) return
  drop({ ...call, path: other }, null, cache)
  const { method, route } = endpoint
  throw new GatewayError('UPSTREAM_INVALID', `${OTHER_OBJECT} ${OUTCOME_WORDS.UNKNOWN}`, {
    upstream: { method, route },
    outcome: 'UNKNOWN',
  })
}

const OTHER_OBJECT = 'Aurora answered with another object than the one to be changed.'

function drop(call: Call, reply: Reply | null, cache: ChangedCache): void {
  const touches = touchesOf(writeOf(call), factsOf(call, reply, cache))
  cache.drop(call.terms.scope.key, [...touches, ...(reply ? touchesOfEnd(call, reply, cache) : [])])
}

const shownOf = (call: Call, reply: Reply, cache: ChangedCache): ShownObject | null =>
  reply.value === null ? null : shownBy(writeOf(call), factsOf(call, reply, cache))

function isTouched(
  { terms: { scope } }: Call,
  { shown, reply, begun }: { shown: ShownObject; reply: Reply; begun: Mark },
  cache: ChangedCache,
): boolean {
  const { operation, path } = shown.read
  const read = cache.nameOf(scope.key, { endpoint: READS[operation], path }, { answer: reply })
  return cache.haveTouched(read, begun)
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
  above: cache.nameOf(scope.key, { endpoint, path }).above,
})

function sentMembers({ bodyWrapper }: Call['endpoint'], body: Call['body']): Members {
  if (!body || !('json' in body)) return {}
  return bodyWrapper ? (body.json[bodyWrapper] as Members) : body.json
}

/**
 * What is outdated once this answer shows that a job has ended; nothing while the job is running, and for other kinds.
 */
export function touchesOfEnd(
  { endpoint, path, terms: { scope } }: Call,
  { value }: Reply,
  cache: Pick<Cache, 'nameOf'>,
): readonly Touch[] {
  const touches = END_TOUCHES.get(endpoint.kind)
  if (!touches || !hasEnded(value)) return []
  return endTouchesOf(touches, { path, above: cache.nameOf(scope.key, { endpoint, path }).above })
}
