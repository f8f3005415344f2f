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
  /** The same touch again is one touch, which was last now. Returns how many touches are held more. */
  add(touch: Touch, moment: Moment): number
  /** Takes the oldest one out. */
  forgetOldest(): Moment
  size(): number
  /** The last of all touches, also of those that were taken out. */
  last(): Moment
  /** The touches of this read: the last mark, and the last time until which one of them is not settled. Null: none. */
  lastOf(read: ReadName): Moment | null
}

interface Entry {
  readonly touch: Touch
  readonly key: string
  moment: Moment
  /** The one that was touched last before it, and the first after it. */
  before: Entry | null
  after: Entry | null
}

interface OfOperation {
  /** By the first id of the touch, with its name; touches without any id are under the empty text. */
  readonly byId: Map<string, Entry[]>
  /** For reads of which it is unknown below which object they are: the last touch of each name. */
  readonly lastOfName: Map<string, Moment>
}

/** A flood of events about thousands of objects is looked through for each read, so what a read cannot be is never looked at. */
export function createTouchIndex(): TouchIndex {
  const entries = new Map<string, Entry>()
  const order = createOrder()
  const operations = createOperations()
  let last: Moment = { mark: 0, settledAtMs: -Infinity }

  return {
    add(touch, moment) {
      last = later(last, moment)
      const key = keyOf(touch)
      const known = entries.get(key)
      const entry = known ?? { touch, key, moment, before: null, after: null }
      if (known) {
        known.moment = later(known.moment, moment)
        order.remove(known)
      } else {
        operations.enter(entry)
        entries.set(key, entry)
      }
      order.addLast(entry)
      operations.note(touch, moment)
      return known ? 0 : 1
    },
    forgetOldest() {
      const oldest = order.first()
      if (oldest === null) return last
      order.remove(oldest)
      entries.delete(oldest.key)
      operations.leave(oldest)
      return oldest.moment
    },
    size: () => entries.size,
    last: () => last,
    lastOf: operations.lastOf,
  }
}

/**
 * Entries in the order in which they were touched last. That of the map would cost more: to take an entry out and put it in again for
 * each touch has the map make its table anew every few thousand webhooks, a millisecond each.
 */
function createOrder() {
  let first: Entry | null = null
  let last: Entry | null = null

  return {
    first: () => first,
    addLast(entry: Entry): void {
      entry.before = last
      if (last) last.after = entry
      else first = entry
      last = entry
    },
    remove(entry: Entry): void {
      const { before, after } = entry
      if (before) before.after = after
      else first = after
      if (after) after.before = before
      else last = before
      // An entry that is gone must not keep those that were touched after it.
      entry.before = null
      entry.after = null
    },
  }
}

function createOperations() {
  const operations = new Map<string, OfOperation>()

  function open({ operation }: Touch): OfOperation {
    const known = operations.get(operation)
    if (known) return known
    const opened: OfOperation = { byId: new Map(), lastOfName: new Map() }
    operations.set(operation, opened)
    return opened
  }

  return {
    enter(entry: Entry): void {
      const { byId } = open(entry.touch)
      const place = placeOf(entry.touch)
      const others = byId.get(place)
      if (others) others.push(entry)
      else byId.set(place, [entry])
    },
    note(touch: Touch, moment: Moment): void {
      const [name] = firstOf(touch)
      if (name === null) return
      const { lastOfName } = open(touch)
      lastOfName.set(name, later(lastOfName.get(name) ?? moment, moment))
    },
    leave({ touch, key }: Entry): void {
      const { byId } = open(touch)
      const place = placeOf(touch)
      const left = byId.get(place)?.filter((entry) => entry.key !== key) ?? []
      if (left.length > 0) byId.set(place, left)
      else byId.delete(place)
    },
    lastOf(read: ReadName): Moment | null {
      const known = operations.get(read.operation)
      if (!known) return null
      const own = known.byId.get(NO_PLACE)?.map(({ moment }) => moment) ?? []
      const others = [...known.lastOfName].flatMap(([name, lastOfName]) => {
        const ids = idsOf(read, name)
        if (ids === null) return [lastOfName]
        return ids
          .flatMap((id) => known.byId.get(toPlace(name, id)) ?? [])
          .flatMap(({ touch, moment }) => (isBelow(read, touch) ? [moment] : []))
      })
      return [...own, ...others].reduce<Moment | null>((one, other) => later(one ?? other, other), null)
    },
  }
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

const NO_PLACE = ''

const firstOf = ({ path }: Touch): readonly [string | null, string] => {
  for (const name in path) return [name, path[name] ?? '']
  return [null, '']
}

const placeOf = (touch: Touch): string => {
  const [name, id] = firstOf(touch)
  return name === null ? NO_PLACE : toPlace(name, id)
}

const toPlace = (name: string, id: string): string => `${name} ${id.toLowerCase()}`

/** Nearly all touches have one id, whose key is made with less work. No name begins as JSON does, so the two forms never meet. */
function keyOf({ operation, path }: Touch): string {
  let own = ''
  for (const name in path) {
    if (own !== '') return `${operation} ${JSON.stringify(path)}`.toLowerCase()
    own = `${operation} ${name} ${path[name]}`
  }
  return (own === '' ? `${operation} {}` : own).toLowerCase()
}
