// Looks for a reply of another replica in Redis, before this replica makes the call.
import type { Cache } from '../cache/cache.ts'
import { isAtHand } from '../cache/decide-use.ts'
import { maySave } from '../cache/saved-reply.ts'
import type { Clock } from '../clock.ts'
import type { Call, Layer } from '../rest/call.ts'
import { isRead } from '../aurora/endpoint.ts'
import type { Connection } from './connection.ts'
import { digestOf } from './keys.ts'
import type { Keys } from './keys.ts'
import { lookOnce } from './look.ts'
import type { ReplyStore } from './reply-store.ts'

export interface SecondLevelOptions {
  readonly main: Connection
  readonly cache: Cache
  readonly replies: ReplyStore
  readonly keys: Keys
  readonly clock: Clock
  /** Whether replies of this call may be shared. Those of made-up credentials are not worth the commands. */
  readonly isShared: (call: Call) => boolean
}

/** As many as may wait for one flight. */
const MAX_WAITERS = 1_000

/**
 * Stores a reply of Redis in the cache of this replica, where `next` finds it, so that ages, directives and counting do
 * not depend on the replica that made the call. Waits no longer than one command to Redis may take.
 */
export function withSecondLevel(options: SecondLevelOptions): Layer {
  const { main, cache, replies } = options
  const looks = new Map<string, { readonly done: Promise<void>; waiters: number }>()

  async function lookUp(call: Call): Promise<void> {
    const begun = cache.mark()
    const look = await lookOnce(options, digestOf(call))
    const isNewer = (answeredAtMs: number): boolean =>
      answeredAtMs > (cache.read(call)?.answer.answeredAtMs ?? -Infinity)
    const answer = look && (await replies.judge(call, look, isNewer))
    if (answer && isNewer(answer.answeredAtMs)) cache.store(call, answer, begun)
  }

  return (next) => async (call) => {
    const isWanted = isRead(call.endpoint) && maySave(call.endpoint) && main.isUp() && options.isShared(call)
    const cached = isWanted ? cache.read(call) : null
    if (!isWanted || (cached && isAtHand(cached))) return next(call)
    const { key } = call
    const look = looks.get(key) ?? { done: lookUp(call).finally(() => looks.delete(key)), waiters: 0 }
    looks.set(key, look)
    // Further callers go on to the flight, which refuses them if it is full.
    if (look.waiters >= MAX_WAITERS) return next(call)
    look.waiters += 1
    await look.done
    return next(call)
  }
}
