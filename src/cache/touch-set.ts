// Touches of which each is there once; very many of them lose their ids, so that they touch more and take less room.
import type { Touch } from './invalidation.ts'
import { MAX_OBJECTS } from './list-touches.ts'

export type TouchSet = Map<string, Touch>

/** Some 100 KB as text: hundreds of webhooks at once. */
const MAX_TOUCHES = 800

export function addTouches(set: TouchSet, touches: readonly Touch[]): void {
  for (const touch of touches) if (!set.has(keyOf(wholeOf(touch)))) set.set(keyOf(touch), touch)
  if (set.size > MAX_OBJECTS) forgetObjects(set)
  if (set.size <= MAX_TOUCHES) return
  const whole = [...set.values()].map(wholeOf)
  set.clear()
  for (const touch of whole) set.set(keyOf(touch), touch)
}

/** So many objects of a list count as all of it, and must not push out what else was touched. */
function forgetObjects(set: TouchSet): void {
  const ofObjects = [...set].filter(([, { of }]) => of !== undefined)
  if (ofObjects.length <= MAX_OBJECTS) return
  for (const [key, touch] of ofObjects) {
    set.delete(key)
    set.set(keyOf(wholeOf(touch)), wholeOf(touch))
  }
}

const keyOf = (touch: Touch): string => JSON.stringify(touch)

const wholeOf = ({ operation }: Touch): Touch => ({ operation, path: {} })
