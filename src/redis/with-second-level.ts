// Before a call is made for what this replica does not know, it looks whether another one does.
import type { Cache } from '../cache/cache.ts'
import { maySave } from '../cache/saved-reply.ts'
import type { Clock } from '../clock.ts'
import type { Call, Layer } from '../rest/call.ts'
import { isRead } from '../aurora/endpoint.ts'
import type { Connection } from './connection.ts'
import { digestOf } from './keys.ts'
import { lookOnce } from './reply-store.ts'
import type { ReplyStore } from './reply-store.ts'

export interface SecondLevelOptions {
  readonly main: Connection
  readonly cache: Cache
  readonly replies: ReplyStore
  readonly clock: Clock
}

/**
 * Brings what Redis holds into this replica's own cache and leaves the rest to `next`, which finds it there: ages,
 * directives and counting are the same, whoever paid for the answer. Waits no longer than one question to Redis may take.
 */
export function withSecondLevel(options: SecondLevelOptions): Layer {
  const { main, cache, replies } = options
  const looks = new Map<string, Promise<void>>()

  async function lookUp(call: Call): Promise<void> {
    const begun = cache.mark()
    const look = await lookOnce(options, digestOf(call))
    const answer = look && (await replies.judge(call, look))
    const known = cache.read(call)?.answer
    if (answer && (known === undefined || known.answeredAtMs < answer.answeredAtMs))
      cache.store(call, answer, begun)
  }

  return (next) => async (call) => {
    const isWanted = isRead(call.endpoint) && maySave(call.endpoint) && main.isUp()
    if (!isWanted || cache.read(call)?.age === 'fresh') return next(call)
    const { key } = call
    const look = looks.get(key) ?? lookUp(call).finally(() => looks.delete(key))
    looks.set(key, look)
    await look
    return next(call)
  }
}
