// Makes each read at most once in a request, however many fields need it.

export type Once = <Value>(name: string, read: () => Promise<Value>) => Promise<Value>

/** A failure is shared as well: the same read would cost another call and fail again. */
export function createOnce(): Once {
  const reads = new Map<string, Promise<unknown>>()
  return <Value>(name: string, read: () => Promise<Value>): Promise<Value> => {
    const begun = reads.get(name) ?? read()
    reads.set(name, begun)
    return begun as Promise<Value>
  }
}
