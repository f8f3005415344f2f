// Reads that one request makes at most once, whichever of its fields asks first.

export type Once = <Value>(name: string, read: () => Promise<Value>) => Promise<Value>

/** A failure is remembered as well: within one request the same read would fail, and cost, again. */
export function createOnce(): Once {
  const reads = new Map<string, Promise<unknown>>()
  return <Value>(name: string, read: () => Promise<Value>): Promise<Value> => {
    const begun = reads.get(name) ?? read()
    reads.set(name, begun)
    return begun as Promise<Value>
  }
}
