// Stores the answers of Aurora, and drops what the end of a job has made untrue.
import { refusalOf } from '../rest/attempt-error.ts'
import type { Call, Layer } from '../rest/call.ts'
import { isReply } from '../rest/answer.ts'
import type { Cache } from './cache.ts'
import { hasEnded } from './decide-lifetime.ts'
import { touchesOfEnd } from './with-invalidation.ts'

/**
 * Stands inside the single flight, so that a caller finds either the flight or its answer at any moment. The first answer
 * that shows the end of a job also drops what the job has changed.
 */
export const withStore =
  (cache: Cache): Layer =>
  (next) =>
  async (call) => {
    const begun = cache.mark()
    try {
      const reply = await next(call)
      const ended = isKnownToHaveEnded(call, cache) ? [] : touchesOfEnd(call, reply, cache)
      cache.store(call, reply, begun)
      cache.drop(call.terms.scope.key, ended)
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
