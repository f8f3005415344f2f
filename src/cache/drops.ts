// Records what writes and webhooks have made untrue lately: a read that was under way meanwhile may bring the state before.
import { tenantOf } from '../rest/scope.ts'
import type { Owner, ScopeKey } from '../rest/scope.ts'
import type { Touch } from './invalidation.ts'
import type { Mark, ReadName } from './read-name.ts'
import { createTouchIndex, later } from './touch-index.ts'
import type { Moment, TouchIndex } from './touch-index.ts'

export interface Drops {
  mark(): Mark
  /** `settledAtMs`: until then Aurora may answer with what was before. Left out: it has changed already. */
  add(owner: Owner, touches: readonly Touch[], settledAtMs?: number): void
  /** Something was touched, and it is unknown what. */
  addAll(): void
  /** What is read was touched since; if that is unknown, true. */
  haveTouched(read: ReadName, since: Mark): boolean
  /** Monotonic: until then Aurora may answer this read with what was before an event; -Infinity where it may not. */
  settledAtMs(read: ReadName): number
  /** It is -Infinity for every read of this scope: as a rule there was no event. */
  isSettled(scope: ScopeKey): boolean
}

/** Of one scope or tenant, some megabytes: no read takes longer than the writes of two minutes, or some seconds of a flood of events. */
const MAX_OF_OWNER = 10_000
/** Of all of them. */
const MAX_REMEMBERED = 30_000

const NEVER: Moment = { mark: 0, settledAtMs: -Infinity }

interface OwnerDrops {
  readonly recent: TouchIndex
  /** The last touch that is not remembered any more. */
  forgotten: Moment
}

/** Each scope and tenant has its own memory, so that the writes of other tenants never make a read count as touched. */
export function createDrops(): Drops {
  /** The one that was touched last is the last one. */
  const owners = new Map<Owner, OwnerDrops>()
  let remembered = 0
  let last: Mark = 0
  /** The last drop of those that have no memory. */
  let forgotten: Moment = NEVER

  function forgetOwner(owner: Owner, { recent }: OwnerDrops): void {
    owners.delete(owner)
    remembered -= recent.size()
    forgotten = later(forgotten, recent.last())
  }

  const isTouchedOf = (owner: Owner, read: ReadName, since: Mark): boolean => {
    const drops = owners.get(owner)
    if (!drops || drops.recent.last().mark <= since) return false
    return since < drops.forgotten.mark || (drops.recent.lastOf(read)?.mark ?? since) > since
  }

  return {
    mark: () => last,
    add(owner, touches, settledAtMs = -Infinity) {
      if (touches.length === 0) return
      last += 1
      const drops = owners.get(owner) ?? { recent: createTouchIndex(), forgotten: NEVER }
      owners.delete(owner)
      owners.set(owner, drops)
      const moment: Moment = { mark: last, settledAtMs }
      for (const touch of touches) remembered += drops.recent.add(touch, moment)
      while (drops.recent.size() > MAX_OF_OWNER) {
        drops.forgotten = later(drops.forgotten, drops.recent.forgetOldest())
        remembered -= 1
      }
      for (const [oldest, ofOldest] of owners) {
        if (remembered <= MAX_REMEMBERED) break
        forgetOwner(oldest, ofOldest)
      }
    },
    addAll() {
      last += 1
      for (const [owner, drops] of owners) forgetOwner(owner, drops)
      forgotten = later(forgotten, { mark: last, settledAtMs: -Infinity })
    },
    haveTouched(read, since) {
      if (since < forgotten.mark) return true
      return isTouchedOf(read.scope, read, since) || isTouchedOf(tenantOf(read.scope), read, since)
    },
    settledAtMs(read) {
      const drops = owners.get(tenantOf(read.scope))
      const known = drops ? [drops.forgotten, drops.recent.lastOf(read) ?? NEVER] : []
      return Math.max(forgotten.settledAtMs, ...known.map((moment) => moment.settledAtMs))
    },
    isSettled: (scope) =>
      forgotten.settledAtMs === -Infinity && (owners.size === 0 || !owners.has(tenantOf(scope))),
  }
}
