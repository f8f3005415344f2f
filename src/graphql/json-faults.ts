// Finds what keeps a JSON value of Aurora from being shown unchanged. A large value is looked at in turns of the event loop.
import type { Soon } from '../turns/at-once.ts'
import { isDecoded } from '../aurora/decode-text.ts'
import { MAX_LEVELS } from './json.ts'
import { nextTurn } from '../turns/next-turn.ts'

/** It has too many levels, or a text with a byte that could not be read. */
export type Fault = 'depth' | 'bytes'

/** To look at as many takes 2 milliseconds. Most values are smaller, and wait for no turn. */
const VALUES_PER_TURN = 10_000
/** Listing the names of a large object takes as long as to look at a third of them. */
const VALUES_PER_NAME = 0.3

export function findFault(value: unknown): Soon<Fault | null> {
  if (!isObject(value)) return isUnreadable(value) ? 'bytes' : null
  const work = lookInside(value)
  const step = work.next()
  return step.done ? step.value : goOn(work)
}

async function goOn(work: ReturnType<typeof lookInside>): Promise<Fault | null> {
  for (;;) {
    await nextTurn()
    const step = work.next()
    if (step.done) return step.value
  }
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null

const isUnreadable = (value: unknown): boolean => typeof value === 'string' && !isDecoded(value)

/** An object or a list around the value that is looked at. */
interface Around {
  readonly value: object
  /** Null for a list. */
  readonly names: readonly string[] | null
  readonly length: number
  next: number
}

function around(value: object): Around {
  const names = Array.isArray(value) ? null : Object.keys(value)
  return { value, names, length: (names ?? (value as unknown[])).length, next: 0 }
}

/** Uses a stack of its own, so that it can stop at any value. */
function* lookInside(root: object): Generator<void, Fault | null> {
  const outer: Around[] = []
  let inner = around(root)
  let left = VALUES_PER_TURN
  for (;;) {
    if (left <= 0) {
      yield
      left = VALUES_PER_TURN
    }
    if (inner.next === inner.length) {
      const next = outer.pop()
      if (!next) return null
      inner = next
      continue
    }
    const name = inner.names ? inner.names[inner.next] : inner.next
    const value = (inner.value as Record<string, unknown>)[name as string]
    inner.next += 1
    left -= 1
    if (isUnreadable(name) || isUnreadable(value)) return 'bytes'
    if (!isObject(value)) continue
    if (outer.push(inner) === MAX_LEVELS) return 'depth'
    inner = around(value)
    left -= inner.names ? inner.length * VALUES_PER_NAME : 0
  }
}
