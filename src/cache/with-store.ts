// Stores the answers of Aurora, and drops what the end of a job has made outdated.
import { refusalOf } from '../rest/attempt-error.ts'
import type { Call, Layer } from '../rest/call.ts'
import { isReply, itemsOf } from '../rest/answer.ts'
import { isLong } from '../rest/parse-body.ts'
import type { Kind } from '../aurora/kinds.ts'
import type { Answer } from '../rest/answer.ts'
import type { Cached } from './cache-reads.ts'
import type { Cache } from './cache.ts'
import { hasEnded } from './decide-lifetime.ts'
import { touchesOfEnd } from './with-invalidation.ts'
import { nextTurn } from '../turns/next-turn.ts'

/** Gets each answer that replaces an older one. */
export interface Audit {
  isOf(kind: Kind): boolean
  compare(call: Call, before: Cached, after: Answer): void
}

/**
 * This layer is inside the single flight, so that a caller finds either the flight or its answer at any moment. The
 * first answer that shows the end of a job also drops what the job has changed. `known` resolves when no other replica
 * serves the dropped answers as fresh any more.
 */
export const withStore =
  (cache: Cache, known: () => Promise<unknown> = async () => {}, audit: Audit | null = null): Layer =>
  (next) =>
  async (call) => {
    const begun = cache.mark()
    const store = audit?.isOf(call.endpoint.kind) ? withAudit(cache, audit) : cache.store
    try {
      const reply = await next(call)
      const ended = touchesOfEnd(call, reply, cache)
      if (ended.length > 0 && !isKnownToHaveEnded(call, cache)) {
        cache.drop(call.terms.scope.key, ended)
        // Awaited before the end is shown: a client that sees it may request the result from another replica.
        await known()
      }
      store(call, reply, begun)
      // To show it has a turn of its own.
      return isLong(reply.bytes) ? await nextTurn(reply) : reply
    } catch (error) {
      const refusal = refusalOf(error)
      if (refusal) store(call, refusal, begun)
      throw error
    }
  }

const withAudit =
  (cache: Cache, audit: Audit): Cache['store'] =>
  (call, answer, begun) => {
    const before = cache.glance.read(call)
    cache.store(call, answer, begun)
    // An answer that was touched meanwhile was not stored.
    if (before && cache.glance.read(call)?.answer === answer) audit.compare(call, before, answer)
  }

/** When the items of a page came that was read last; null also if an event has changed something in the list since. */
export const itemsAtMsIn =
  ({ glance }: Pick<Cache, 'glance'>) =>
  (call: Call): number | null => {
    const cached = glance.read(call)
    if (cached === null || cached.isOutdated || itemsOf(cached.answer).length === 0) return null
    return cached.answer.answeredAtMs
  }

function isKnownToHaveEnded(call: Call, cache: Cache): boolean {
  const known = cache.read(call)?.answer
  return known !== undefined && isReply(known) && hasEnded(known.value)
}
