// Makes each read at most once in a request, however many fields need it.

import type { Soon } from '../at-once.ts'

export interface Once {
  <Value>(name: string, read: () => Soon<Value>): Soon<Value>
  hasBegun(name: string): boolean
}

/** A failure is shared as well: the same read would cost another call and fail again. */
export function createOnce(): Once {
  const reads = new Map<string, unknown>()
  const once = <Value>(name: string, read: () => Soon<Value>): Soon<Value> => {
    const known = reads.get(name)
    // A value of a read may be null, but never undefined.
    if (known !== undefined) return known as Soon<Value>
    const begun = read()
    reads.set(name, begun)
    return begun
  }
  return Object.assign(once, { hasBegun: (name: string) => reads.has(name) })
}
