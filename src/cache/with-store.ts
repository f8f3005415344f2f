// Stores the answers of Aurora, and drops what the end of a job has made untrue.
import { refusalOf } from '../rest/attempt-error.ts'
import type { Call, Layer } from '../rest/call.ts'
import { isReply } from '../rest/answer.ts'
import type { Cache } from './cache.ts'
import { hasEnded } from './decide-lifetime.ts'
import { touchesOfEnd } from './with-invalidation.ts'

/**
 * Stands inside the single flight, so that a caller finds either the flight or its answer at any moment. The first answer
 * that shows the end of a job also drops what the job has changed. `known` resolves when no other replica serves as fresh
 * what was dropped here.
 */
export const withStore =
  (cache: Cache, known: () => Promise<unknown> = async () => {}): Layer =>
  (next) =>
  async (call) => {
    const begun = cache.mark()
    try {
      const reply = await next(call)
      const ended = touchesOfEnd(call, reply, cache)
      if (ended.length > 0 && !isKnownToHaveEnded(call, cache)) {
        cache.drop(call.terms.scope.key, ended)
        // Until the end is shown to anybody: a client that sees it asks another replica for the result.
        await known()
      }
      cache.store(call, reply, begun)
      return reply
    } catch (error) {
      const refusal = refusalOf(error)
      if (refusal) cache.store(call, refusal, begun)
      throw error
    }
  }

function isKnownToHaveEnded(call: Call, cache: Cache): boolean {
  const known = cache.read(call)?.answer
  return known !== undefined && isReply(known) && hasEnded(known.value)
}
