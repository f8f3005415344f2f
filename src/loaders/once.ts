// Makes each read at most once in a request, however many fields need it.
import type { Soon } from '../at-once.ts'

/** The reads of one operation, or of one use of it, by the key of what they bring. */
export interface Once {
  <Value>(key: string, read: (key: string) => Soon<Value>): Soon<Value>
  hasBegun(key: string): boolean
}

/** A failure is shared as well: the same read would cost another call and fail again. */
export function createOnce(): Once {
  const reads = new Map<string, unknown>()
  const once = <Value>(key: string, read: (key: string) => Soon<Value>): Soon<Value> => {
    const known = reads.get(key)
    // A value of a read may be null, but never undefined.
    if (known !== undefined) return known as Soon<Value>
    const begun = read(key)
    reads.set(key, begun)
    return begun
  }
  return Object.assign(once, { hasBegun: (key: string) => reads.has(key) })
}

/** One of them for each name: a key by itself is a text that is there, and one made of both would be made at each use. */
export function createOnces(): (name: string) => Once {
  const made = new Map<string, Once>()
  return (name) => {
    let known = made.get(name)
    if (!known) made.set(name, (known = createOnce()))
    return known
  }
}
