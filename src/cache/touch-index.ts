// The touches of one scope or tenant, found by the operation and an id of a read.
import type { Ids } from '../rest/call.ts'
import type { Touch } from './invalidation.ts'
import { idsOf, isBelow } from './read-name.ts'
import type { Mark, ReadName } from './read-name.ts'

/** The time of a touch. */
export interface Moment {
  readonly mark: Mark
  /** Monotonic time until which Aurora may answer with the state before; -Infinity if it certainly cannot. */
  readonly settledAtMs: number
}

export interface TouchIndex {
  /** An equal touch replaces the earlier one. */
  add(touch: Touch, moment: Moment): void
  size(): number
  /** The last of all touches, including forgotten ones. */
  last(): Moment
  /** The last of the forgotten touches. */
  forgotten(): Moment
  /**
   * Of all touches of this read, the last mark and the last time at which one of them is settled. Null: there are none.
   */
  lastOf(read: ReadName): Moment | null
}

export const NEVER: Moment = { mark: 0, settledAtMs: -Infinity }

/**
 * In a flood of events, each read would have to be compared with touches of thousands of objects, so the index finds
 * only those that it may match. The last `maxOfHalf` touches are remembered at the least, and twice as many at the
 * most: the newer half becomes the older one when it is full, and the older one is forgotten as a whole. Forgetting one
 * touch at a time would need a linked object for each. Such objects live for seconds in a flood, so each collection of
 * young objects would copy them.
 */
export function createTouchIndex(maxOfHalf: number): TouchIndex {
  const placeOf = createPlaces()
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
      newer.add(touch, moment, placeOf(touch.path))
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
  /** Touches with several ids, by the first of them. */
  readonly several: Map<string, Map<string, Several>>
  /** The last touch of each name, for reads whose ids of that name are unknown. */
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
    add(touch: Touch, moment: Moment, { name, text, isOnly }: Place): void {
      last = later(last, moment)
      const known = open(touch.operation)
      if (name === null) {
        if (known.whole === null) size += 1
        known.whole = laterOf(known.whole, moment)
        return
      }
      note(known.lastOfName, name, moment)
      if (isOnly) size += note(known.byPlace, text, moment)
      else size += noteSeveral(known.several, text, touch, moment)
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

/** Returns how many more touches are remembered. */
function note(moments: Map<string, Moment>, key: string, moment: Moment): number {
  const before = moments.get(key)
  // Several touches of one webhook have the same name.
  if (before === moment) return 0
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

/** The later moment. Usually one of the two is later in both numbers, and then no object is made. */
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

/** The first id of a touch, by which it is found. */
interface Place {
  /** Null: it has no id. */
  readonly name: string | null
  readonly text: string
  /** Whether the touch has no other id. */
  readonly isOnly: boolean
}

const NOWHERE: Place = { name: null, text: '', isOnly: false }

/** The touches of a webhook share one path, so its text is made and hashed once. */
function createPlaces(): (path: Ids) => Place {
  let last = NOWHERE
  let lastPath: Ids | null = null
  return (path) => {
    if (path === lastPath) return last
    lastPath = path
    return (last = toOnePlace(path))
  }
}

function toOnePlace(path: Ids): Place {
  let first: string | null = null
  for (const name in path) {
    if (first !== null) return { name: first, text: toPlace(first, path[first] ?? ''), isOnly: false }
    first = name
  }
  return first === null ? NOWHERE : { name: first, text: toPlace(first, path[first] ?? ''), isOnly: true }
}

/** Makes a text of its own: a part of the request's text would keep the whole request in memory. */
const toPlace = (name: string, id: string): string => `${name} ${id}`.toLowerCase()
