// A set of touches. If there are very many, they lose their ids, so that they touch more and take less room.
import type { ReadOperation } from '../aurora/reads.ts'
import type { Ids } from '../rest/call.ts'
import type { Touch } from './invalidation.ts'
import { MAX_OBJECTS } from './list-touches.ts'

/** Touches with the same ids. A webhook makes several of each, so they are kept and written together. */
export interface TouchGroup {
  readonly path: Ids
  /** As in a touch. */
  readonly of: string | undefined
  readonly operations: readonly ReadOperation[]
}

export interface TouchSet {
  add(touches: readonly Touch[]): void
  groups(): Iterable<TouchGroup>
  list(): readonly Touch[]
}

interface OpenGroup extends TouchGroup {
  readonly operations: ReadOperation[]
}

/** Some 30 KB as text: hundreds of webhooks at once. */
const MAX_TOUCHES = 800
/** The key of touches without any id. */
const WHOLE = ''
const NO_IDS: Ids = {}

export function createTouchSet(): TouchSet {
  const groups = new Map<string, OpenGroup>()
  /** The operations that are touched without any id. */
  const whole = new Set<ReadOperation>()
  const keyOf = createKeyOf()
  let size = 0
  /** How many of the touches are about one object of a list. */
  let ofObjects = 0

  function add({ operation, path, of }: Touch): void {
    // The set contains the touch of all objects already.
    if (whole.has(operation)) return
    const key = keyOf(path, of)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, { path, of, operations: [operation] })
    else if (group.operations.includes(operation)) return
    else group.operations.push(operation)
    if (key === WHOLE) whole.add(operation)
    size += 1
    if (of !== undefined) ofObjects += 1
  }

  function makeWhole(isMeant: (group: TouchGroup) => boolean): void {
    for (const [key, group] of groups) {
      if (key === WHOLE || !isMeant(group)) continue
      groups.delete(key)
      size -= group.operations.length
      for (const operation of group.operations) add({ operation, path: NO_IDS })
    }
    ofObjects = 0
  }

  return {
    add(touches) {
      for (const touch of touches) add(touch)
      // This many objects of a list count as the whole list, so that they do not push out other touches.
      if (ofObjects > MAX_OBJECTS) makeWhole(({ of }) => of !== undefined)
      if (size > MAX_TOUCHES) makeWhole(() => true)
    },
    groups: () => groups.values(),
    list: () => [...groups.values()].flatMap(touchesOfGroup),
  }
}

const touchesOfGroup = ({ path, of, operations }: TouchGroup): readonly Touch[] =>
  operations.map((operation) => (of === undefined ? { operation, path } : { operation, path, of }))

/** The key of a group. The touches of a webhook share one path, so its text is made once. No id has a zero character. */
function createKeyOf() {
  let lastPath: Ids = NO_IDS
  let lastText = WHOLE
  return (path: Ids, of: string | undefined): string => {
    if (path !== lastPath) {
      lastText = WHOLE
      for (const name in path) lastText = `${lastText}${name}\0${path[name]}\0`
      lastPath = path
    }
    return of === undefined ? lastText : `${lastText}\0${of}`
  }
}
