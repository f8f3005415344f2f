// Takes the replies out of the cache for a file, and puts them back.
import type { LRUCache } from 'lru-cache'
import type { Clock } from '../clock.ts'
import { isReply } from '../rest/answer.ts'
import { callKey } from '../rest/call.ts'
import type { Reply } from '../rest/call.ts'
import { decideAge, decideLifetime } from './decide-lifetime.ts'
import type { Doubts } from './doubts.ts'
import { isUnsettled } from './held.ts'
import type { Held } from './held.ts'
import type { Lineage } from './lineage.ts'
import type { Put } from './put.ts'
import type { CallName } from './saved-reply.ts'
import type { Touched } from './touched.ts'

export interface FiledReply {
  readonly call: CallName
  readonly reply: Reply
  /**
   * Whether it may be from before a write of another replica, or from before an event that Aurora has reported already.
   */
  readonly isDoubted?: boolean
}

export interface FiledReplies {
  /** The replies to reads, each with its call. */
  entries(): readonly FiledReply[]
  /** Puts a saved reply back, unless it is too old or the cache has one already. */
  restore(filed: FiledReply): void
}

export interface FiledRepliesOptions {
  readonly entries: LRUCache<string, Held>
  readonly touched: Touched
  readonly lineage: Pick<Lineage, 'aboveOf'>
  readonly doubts: Pick<Doubts, 'count'>
  readonly clock: Clock
  readonly put: Put
}

export function createFiledReplies(options: FiledRepliesOptions): FiledReplies {
  const { entries, touched, lineage, doubts, clock, put } = options
  return {
    entries: () => [...entries.values()].flatMap((each) => toFiled(each, lineage.aboveOf, doubts.count())),
    restore({ call, reply }) {
      const { scope, above } = call
      const key = callKey(scope, call)
      if (entries.has(key) || isExpired(call, reply, clock)) return
      // The answer is from before everything that this process has dropped.
      if (touched.haveTouched(touched.nameOf(scope, call, { answer: reply, above }), 0)) return
      touched.learn(scope, call, above)
      put(scope, { key, ...call }, reply)
    },
  }
}

function toFiled(held: Held, aboveOf: Lineage['aboveOf'], doubts: number): readonly FiledReply[] {
  // Outdated answers are left out, because another process would take them for fresh.
  if (held.is !== 'answer' || held.query === null || !isReply(held.answer)) return []
  if (held.isOutdated || held.aside) return []
  const { scope, asked, query, answer } = held
  const call = { scope, ...asked, query, above: aboveOf(scope, asked, answer) }
  const isDoubted = held.life.doubts < doubts || isUnsettled(held)
  return [{ call, reply: answer, ...(isDoubted && { isDoubted }) }]
}

const isExpired = ({ endpoint: { kind } }: CallName, { answeredAtMs, value }: Reply, clock: Clock): boolean =>
  decideAge(clock.monotonicMs() - answeredAtMs, decideLifetime(kind, value)) === 'expired'
