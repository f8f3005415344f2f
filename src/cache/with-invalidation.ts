// Drops from the cache what a write has changed, and shows its answer there. The write itself is never cached.
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
 * For writes only. Cached answers are dropped if the write was carried out, if that is unknown, and if its object was not
 * found; a write that Aurora refused has changed nothing. The answer is shown to its own caller only where something else
 * has touched the object since the write was sent: it is unknown which of the two was the last.
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
 * 404 and 410: the object is gone. 421 and 425 mean that nothing was done; they come from servers on the way, and to drop
 * what may have changed costs a call at most.
 */
const DROPPED_AFTER: ReadonlySet<number | null> = new Set([404, 410, 421, 425])

function mayHaveChanged(error: unknown, { terms: { signal } }: Call): boolean {
  // A write is left by its client only before it is sent. Of any other fault nothing is known.
  if (!isGatewayError(error)) return !(signal.aborted && error === signal.reason)
  return error.details.outcome !== undefined || DROPPED_AFTER.has(statusOf(error))
}

/** Throws where the answer shows another object than the route names: it is unknown which of the two was changed. */
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

/** What is untrue once this answer shows that a job has ended; nothing while the job is running, and for other kinds. */
export function touchesOfEnd(
  { endpoint, path, terms: { scope } }: Call,
  { value }: Reply,
  cache: Pick<Cache, 'nameOf'>,
): readonly Touch[] {
  const touches = END_TOUCHES.get(endpoint.kind)
  if (!touches || !hasEnded(value)) return []
  return endTouchesOf(touches, { path, above: cache.nameOf(scope.key, { endpoint, path }).above })
}
