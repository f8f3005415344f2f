// Whether the replies that an answer was made of are still what the cache holds: the answer may be stored only as long as they are.
import type { Clock } from '../clock.ts'
import type { UsedReply } from '../rest/terms.ts'
import type { Cached } from './cache-reads.ts'
import type { Cache } from './cache.ts'
import { decideAge } from './decide-lifetime.ts'
import { isFreshByAge, isFreshForAll } from './decide-use.ts'
import type { Wanted } from './decide-use.ts'

export interface StandingOptions {
  readonly cache: Pick<Cache, 'readBy' | 'doubtOf' | 'isConfirmed'>
  readonly clock: Pick<Clock, 'monotonicMs'>
  readonly wanted: Wanted
}

export interface Standing {
  /** Each is the cached one, as new as the request demands, and in no doubt. */
  areGood(all: readonly UsedReply[]): boolean
  /** Each is the cached one. */
  areCurrent(all: readonly UsedReply[]): boolean
  /** Each of these holds, and what is held is in no doubt. */
  doHold(groups: readonly { holds(nowMs: number): boolean }[]): boolean
}

export function createStanding({ cache, clock, wanted }: StandingOptions): Standing {
  /** For what was not read from the cache, but fetched: it may have been stored since. */
  function find({ key, answer }: UsedReply): Cached | null {
    const cached = cache.readBy(key)
    return cached && cached.answer === answer.deref() ? cached : null
  }

  /** A screen has hundreds of replies, so what became of each is read where it is noted, and not looked up. */
  function isGood(used: UsedReply, nowMs: number): boolean {
    const { life, answeredAtMs, lifetime, proven } = used
    if (!life || used.isUnconfirmed) {
      const found = find(used)
      return found !== null && isFreshForAll(found, wanted)
    }
    return (
      life.isHeld &&
      cache.doubtOf(life) === null &&
      isFreshByAge(answeredAtMs, { ageMs: nowMs - answeredAtMs, lifetime, proven }, wanted)
    )
  }

  function isCurrent(used: UsedReply, nowMs: number): boolean {
    const { life, answeredAtMs, lifetime } = used
    if (!life) return find(used) !== null
    return life.isHeld && decideAge(nowMs - answeredAtMs, lifetime) !== 'expired'
  }

  return {
    areGood(all) {
      const nowMs = clock.monotonicMs()
      return all.every((used) => isGood(used, nowMs))
    },
    areCurrent(all) {
      const nowMs = clock.monotonicMs()
      return all.every((used) => isCurrent(used, nowMs))
    },
    doHold(groups) {
      const nowMs = clock.monotonicMs()
      return cache.isConfirmed() && groups.every((group) => group.holds(nowMs))
    },
  }
}
