// Whether the replies of which an answer was made are still the cached ones: only then the answer may be stored.
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
  /** Whether each is the cached one, as new as the request demands, and in no doubt. */
  areGood(all: readonly UsedReply[]): boolean
  /** Whether each is the cached one. */
  areCurrent(all: readonly UsedReply[]): boolean
  /** Whether each of these groups is valid, and nothing cached is in doubt. */
  doHold(groups: readonly { holds(nowMs: number): boolean }[]): boolean
}

export function createStanding({ cache, clock, wanted }: StandingOptions): Standing {
  /** For a reply that was fetched and not read from the cache: it may have been stored since. */
  function find({ key, answer }: UsedReply): Cached | null {
    const cached = cache.readBy(key)
    return cached && cached.answer === answer.deref() ? cached : null
  }

  /** A screen has hundreds of replies, so the state of each is read from its note instead of being looked up. */
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
