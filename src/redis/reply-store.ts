// Decides which replies replicas share: which replies go to Redis and for how long, and which replies in Redis are still true.
import type { Answer } from '../rest/answer.ts'
import { lifetimeOf } from '../cache/decide-lifetime.ts'
import type { Cache } from '../cache/cache.ts'
import { withKnownParents } from '../cache/read-name.ts'
import type { ReadName } from '../cache/read-name.ts'
import { itemsAtMsIn } from '../cache/with-store.ts'
import type { Clock } from '../clock.ts'
import type { Call } from '../rest/call.ts'
import { isFurtherPage, NOT_FOUND_STATUS } from '../rest/no-such-page.ts'
import type { Emit } from '../telemetry/events.ts'
import type { Connection } from './connection.ts'
import type { SharedMark } from './drop-copy.ts'
import type { DropLog } from './drop-log.ts'
import type { Look } from './look.ts'
import { packReply, readPacked } from './packed-reply.ts'
import type { PackedHead } from './packed-reply.ts'

export interface ReplyStore {
  /** How many replies were found to be true by the log. A webhook may be on its way to the log. */
  taken(): number
  /**
   * Null if there is no reply, or if the reply is unreadable, is for another call, has an unknown age, may be outdated,
   * or is not wanted by the time at which it came. The body is read last, because that takes by far the longest.
   */
  judge(call: Call, look: Look, isWanted: (answeredAtMs: number) => boolean): Promise<Answer | null>
  /**
   * The value to store, and for how long; null for a reply that is not shared: too large, not cached at all, or of
   * unknown age.
   */
  pack(
    call: Call,
    answer: Answer,
    begun: SharedMark | null,
  ): Promise<{ readonly bytes: Buffer; readonly keptMs: number } | null>
}

interface ReplyStoreOptions {
  readonly main: Connection
  readonly drops: DropLog
  readonly cache: Pick<Cache, 'nameOf' | 'learn' | 'isBeforeMove' | 'glance'>
  readonly clock: Clock
  readonly emit: Emit
}

export function createReplyStore(options: ReplyStoreOptions): ReplyStore {
  const { main, drops, cache, clock, emit } = options
  const itemsAtMs = itemsAtMsIn(cache)
  let taken = 0
  /**
   * Whether the answer of another replica is an end of the list while this cache still has items of the page: these are
   * served, marked, until this replica has made the call as well.
   */
  const hidesItems = (call: Call, { status }: Answer): boolean =>
    status === NOT_FOUND_STATUS && isFurtherPage(call) && itemsAtMs(call) !== null

  /** Waits until the copy has all drops that the stream had when Redis returned the reply. */
  async function isCopyComplete({ newest }: Look): Promise<boolean> {
    const mark = drops.mark()
    if (newest !== null && mark?.generation === newest.generation && mark.id === newest.id) return true
    return drops.catchUp()
  }

  const nameOf = (call: Call, { above }: PackedHead, answer?: Answer): ReadName =>
    cache.nameOf(call.terms.scope.key, call, { above, ...(answer && { answer }) })

  function unreadable(): null {
    emit('sharedUnreadable', { what: 'reply' })
    return null
  }

  return {
    taken: () => taken,
    async judge(call, look, isWanted) {
      if (look.value === null) return null
      const head = readPacked(call, look.value, look)
      if (head === null) return unreadable()
      if (!isWanted(head.answeredAtMs) || !(await isCopyComplete(look))) return null
      // The body may show a parent that the head does not.
      if (drops.haveTouched(withKnownParents(nameOf(call, head)), head.begun)) return null
      const answer = await head.unpack()
      if (answer === null) return unreadable()
      // Something may have been touched, and pages may have moved, while the body was read.
      if (drops.haveTouched(nameOf(call, head, answer), head.begun)) return null
      if (cache.isBeforeMove(call, answer) || hidesItems(call, answer)) return null
      cache.learn(call.terms.scope.key, call, head.above)
      taken += 1
      return answer
    },
    async pack(call, answer, begun) {
      const monotonicMs = clock.monotonicMs()
      const now = main.time.at(monotonicMs)
      const ageMs = monotonicMs - answer.answeredAtMs
      const keptMs = Math.floor((lifetimeOf(call.endpoint, answer)?.keptMs ?? 0) - ageMs)
      if (begun === null || now === null || keptMs <= 0) return null
      // The least that Redis' clock can have shown, so that no replica takes the reply for younger than it is.
      const wallMs = Math.floor(now.leastMs)
      const { above } = cache.nameOf(call.terms.scope.key, call, { answer })
      const bytes = await packReply(call, { answer, begun, above }, { monotonicMs, wallMs })
      return bytes && { bytes, keptMs }
    },
  }
}
