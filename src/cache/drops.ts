// Records what writes and webhooks have touched lately, because a read that was under way then may return the state before.
import { tenantOf } from '../rest/scope.ts'
import type { Owner, ScopeKey } from '../rest/scope.ts'
import type { Touch } from './invalidation.ts'
import type { Mark, ReadName } from './read-name.ts'
import { createTouchIndex, later, NEVER } from './touch-index.ts'
import type { Moment, TouchIndex } from './touch-index.ts'

export interface Drops {
  mark(): Mark
  /** `settledAtMs`: until then Aurora may answer with the state before. Left out: its answers have changed already. */
  add(owner: Owner, touches: readonly Touch[], settledAtMs?: number): void
  /** Adds a touch of unknown parts. */
  addAll(): void
  /** Whether the data of the read was touched since then; true if that is unknown. */
  haveTouched(read: ReadName, since: Mark): boolean
  /** Monotonic time until which Aurora may answer this read with the state before a change; -Infinity if it cannot. */
  settledAtMs(read: ReadName): number
  /** Whether no read of this scope has a later time than this: usually nothing was touched in the last seconds. */
  isSettledBy(scope: ScopeKey, atMs: number): boolean
}

/**
 * For one scope or tenant; up to twice as many are remembered, some 3 MB. No read takes longer than two minutes of
 * writes, or some seconds of a flood of events.
 */
const REMEMBERED_OF_OWNER = 10_000
/** For all scopes and tenants together. */
const MAX_REMEMBERED = 60_000

/** The owner that was touched last is at the end. */
function createOwners() {
  const owners = new Map<Owner, TouchIndex>()
  let newest: Owner | null = null
  return {
    get: (owner: Owner): TouchIndex | undefined => owners.get(owner),
    size: (): number => owners.size,
    entries: () => owners.entries(),
    /** Opens the index of an owner that is touched now, and moves it to the end, unless it is there already. */
    open(owner: Owner): TouchIndex {
      const touches = owners.get(owner) ?? createTouchIndex(REMEMBERED_OF_OWNER)
      if (owner === newest) return touches
      newest = owner
      owners.delete(owner)
      owners.set(owner, touches)
      return touches
    },
    delete(owner: Owner): void {
      owners.delete(owner)
      if (owner === newest) newest = null
    },
  }
}

/** Each scope and tenant has its own memory, so that the writes of other tenants never make a read count as touched. */
export function createDrops(): Drops {
  const owners = createOwners()
  let remembered = 0
  let last: Mark = 0
  /** The last drop of owners whose memory was evicted. */
  let forgotten: Moment = NEVER

  function forgetOwner(owner: Owner, touches: TouchIndex): void {
    owners.delete(owner)
    remembered -= touches.size()
    forgotten = later(forgotten, touches.last())
  }

  const isTouchedOf = (owner: Owner, read: ReadName, since: Mark): boolean => {
    const touches = owners.get(owner)
    if (!touches || touches.last().mark <= since) return false
    return since < touches.forgotten().mark || (touches.lastOf(read)?.mark ?? since) > since
  }

  return {
    mark: () => last,
    add(owner, touches, settledAtMs = -Infinity) {
      if (touches.length === 0) return
      last += 1
      const ofOwner = owners.open(owner)
      const moment: Moment = { mark: last, settledAtMs }
      remembered -= ofOwner.size()
      for (const touch of touches) ofOwner.add(touch, moment)
      remembered += ofOwner.size()
      if (remembered <= MAX_REMEMBERED) return
      for (const [oldest, ofOldest] of owners.entries()) {
        if (remembered <= MAX_REMEMBERED) break
        forgetOwner(oldest, ofOldest)
      }
    },
    addAll() {
      last += 1
      for (const [owner, touches] of owners.entries()) forgetOwner(owner, touches)
      forgotten = later(forgotten, { mark: last, settledAtMs: -Infinity })
    },
    haveTouched(read, since) {
      if (since < forgotten.mark) return true
      return isTouchedOf(read.scope, read, since) || isTouchedOf(tenantOf(read.scope), read, since)
    },
    settledAtMs(read) {
      const known = [owners.get(read.scope), owners.get(tenantOf(read.scope))].flatMap((touches) =>
        touches ? [touches.forgotten(), touches.lastOf(read) ?? NEVER] : [],
      )
      return Math.max(forgotten.settledAtMs, ...known.map((moment) => moment.settledAtMs))
    },
    isSettledBy(scope, atMs) {
      if (!isSettled(forgotten, atMs) || owners.size() === 0) return isSettled(forgotten, atMs)
      return (
        isSettled(owners.get(scope)?.last(), atMs) && isSettled(owners.get(tenantOf(scope))?.last(), atMs)
      )
    },
  }
}

const isSettled = (moment: Moment | undefined, atMs: number): boolean =>
  (moment?.settledAtMs ?? -Infinity) <= atMs
