// The touches of one scope or tenant, found by what a read may have in common with them: its operation and an id.
import type { Touch } from './invalidation.ts'
import { idsOf, isBelow } from './read-name.ts'
import type { Mark, ReadName } from './read-name.ts'

/** When something was touched last. */
export interface Moment {
  readonly mark: Mark
  /** Monotonic: until then Aurora may answer with what was before; -Infinity where it has certainly changed. */
  readonly settledAtMs: number
}

export interface TouchIndex {
  /** The same touch again is one touch, which was last now. */
  add(touch: Touch, moment: Moment): void
  size(): number
  /** The last of all touches, also of those that are not remembered any more. */
  last(): Moment
  /** The last of those that are not remembered any more. */
  forgotten(): Moment
  /** The touches of this read: the last mark, and the last time until which one of them is not settled. Null: none. */
  lastOf(read: ReadName): Moment | null
}

export const NEVER: Moment = { mark: 0, settledAtMs: -Infinity }

/**
 * A flood of events about thousands of objects is looked through for each read, so what a read cannot be is never looked at.
 *
 * The last `maxOfHalf` touches are remembered at the least, and twice as many at the most: the newer half becomes the older one when
 * it is full, and the older one is forgotten as a whole. To forget one touch at a time, each would need an object that is linked to
 * its neighbours. Such objects live for seconds in a flood, so each collection of young objects would copy them.
 */
export function createTouchIndex(maxOfHalf: number): TouchIndex {
  let newer = createHalf()
  let older = createHalf()
  let last = NEVER
  let forgotten = NEVER

  return {
    add(touch, moment) {
      last = later(last, moment)
      if (newer.size() >= maxOfHalf) {
        forgotten = later(forgotten, older.last())
        older = newer
        newer = createHalf()
      }
      newer.add(touch, moment)
    },
    size: () => newer.size() + older.size(),
    last: () => last,
    forgotten: () => forgotten,
    lastOf: (read) => laterOf(newer.lastOf(read), older.lastOf(read)),
  }
}

interface OfOperation {
  /** The last touch without any id. */
  whole: Moment | null
  /** The last touch with this one id, by its name and the id. */
  readonly byPlace: Map<string, Moment>
  /** Touches with more ids, by the first of them. */
  readonly several: Map<string, Map<string, Several>>
  /** For reads of which it is unknown below which object they are: the last touch of each name. */
  readonly lastOfName: Map<string, Moment>
}

interface Several {
  readonly touch: Touch
  moment: Moment
}

function createHalf() {
  const operations = new Map<string, OfOperation>()
  let size = 0
  let last = NEVER

  function open(operation: string): OfOperation {
    const known = operations.get(operation)
    if (known) return known
    const opened: OfOperation = {
      whole: null,
      byPlace: new Map(),
      several: new Map(),
      lastOfName: new Map(),
    }
    operations.set(operation, opened)
    return opened
  }

  return {
    size: () => size,
    last: () => last,
    add(touch: Touch, moment: Moment): void {
      last = later(last, moment)
      const known = open(touch.operation)
      const name = firstNameOf(touch)
      if (name === null) {
        if (known.whole === null) size += 1
        known.whole = laterOf(known.whole, moment)
        return
      }
      note(known.lastOfName, name, moment)
      const place = toPlace(name, touch.path[name] ?? '')
      if (hasOneId(touch)) size += note(known.byPlace, place, moment)
      else size += noteSeveral(known.several, place, touch, moment)
    },
    lastOf(read: ReadName): Moment | null {
      const known = operations.get(read.operation)
      if (!known) return null
      let found = known.whole
      for (const [name, lastOfName] of known.lastOfName) {
        const ids = idsOf(read, name)
        if (ids === null) found = laterOf(found, lastOfName)
        else for (const id of ids) found = laterOf(found, lastAt(known, toPlace(name, id), read))
      }
      return found
    },
  }
}

/** Returns how many touches are held more. */
function note(moments: Map<string, Moment>, key: string, moment: Moment): number {
  const before = moments.get(key)
  moments.set(key, before ? later(before, moment) : moment)
  return before ? 0 : 1
}

function noteSeveral(several: OfOperation['several'], place: string, touch: Touch, moment: Moment): number {
  const key = JSON.stringify(touch.path).toLowerCase()
  const there = several.get(place) ?? new Map<string, Several>()
  several.set(place, there)
  const known = there.get(key)
  if (known) known.moment = later(known.moment, moment)
  else there.set(key, { touch, moment })
  return known ? 0 : 1
}

function lastAt({ byPlace, several }: OfOperation, place: string, read: ReadName): Moment | null {
  let found = byPlace.get(place) ?? null
  for (const { touch, moment } of several.get(place)?.values() ?? [])
    if (isBelow(read, touch)) found = laterOf(found, moment)
  return found
}

/** One of the two where it is later in both: nearly always, and then no object is made. */
export function later(one: Moment, other: Moment): Moment {
  if (other.mark >= one.mark && other.settledAtMs >= one.settledAtMs) return other
  if (one.mark >= other.mark && one.settledAtMs >= other.settledAtMs) return one
  return {
    mark: Math.max(one.mark, other.mark),
    settledAtMs: Math.max(one.settledAtMs, other.settledAtMs),
  }
}

function laterOf(one: Moment | null, other: Moment | null): Moment | null {
  if (one === null || other === null) return one ?? other
  return later(one, other)
}

function firstNameOf({ path }: Touch): string | null {
  for (const name in path) return name
  return null
}

function hasOneId({ path }: Touch): boolean {
  let first: string | null = null
  for (const name in path) {
    if (first !== null) return false
    first = name
  }
  return first !== null
}

/** A text of its own: a part of the request that brought the id would keep all of it in memory. */
const toPlace = (name: string, id: string): string => `${name} ${id}`.toLowerCase()
