// A set of touches. If there are very many, they lose their ids, so that they touch more and take less room.
import type { Touch } from './invalidation.ts'
import { MAX_OBJECTS } from './list-touches.ts'

export interface TouchSet {
  add(touches: readonly Touch[]): void
  list(): readonly Touch[]
}

/** Some 100 KB as text: hundreds of webhooks at once. */
const MAX_TOUCHES = 800

export function createTouchSet(): TouchSet {
  const set = new Map<string, Touch>()
  /** How many of the touches are about one object of a list. */
  let ofObjects = 0

  function add(touch: Touch): void {
    // The set contains the touch of all objects already.
    if (set.has(touch.operation)) return
    const key = keyOf(touch)
    if (set.has(key)) return
    set.set(key, touch)
    if (touch.of !== undefined) ofObjects += 1
  }

  function makeWhole(isMeant: (touch: Touch) => boolean): void {
    for (const touch of [...set.values()].filter(isMeant)) {
      set.delete(keyOf(touch))
      set.set(touch.operation, { operation: touch.operation, path: {} })
    }
    ofObjects = 0
  }

  return {
    add(touches) {
      for (const touch of touches) add(touch)
      // This many objects of a list count as the whole list, so that they do not push out other touches.
      if (ofObjects > MAX_OBJECTS) makeWhole(({ of }) => of !== undefined)
      if (set.size > MAX_TOUCHES) makeWhole(() => true)
    },
    list: () => [...set.values()],
  }
}

/** The operation alone for a touch of all its objects. No id has a zero character. */
function keyOf({ operation, path, of }: Touch): string {
  let key: string = operation
  for (const name in path) key = `${key}\0${name}\0${path[name]}`
  return of === undefined ? key : `${key}\0\0${of}`
}
