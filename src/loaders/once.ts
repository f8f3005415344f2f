// Makes each read at most once in a request, however many fields need it.

export interface Once {
  <Value>(name: string, read: () => Promise<Value>): Promise<Value>
  hasBegun(name: string): boolean
}

/** A failure is shared as well: the same read would cost another call and fail again. */
export function createOnce(): Once {
  const reads = new Map<string, Promise<unknown>>()
  const once = <Value>(name: string, read: () => Promise<Value>): Promise<Value> => {
    const begun = reads.get(name) ?? read()
    reads.set(name, begun)
    return begun as Promise<Value>
  }
  return Object.assign(once, { hasBegun: (name: string) => reads.has(name) })
}
