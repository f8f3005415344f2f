// A bounded memory that several holders share: whoever holds most of it loses first, and of that holder what was used longest ago.

export interface FairRoom<Value> {
  /** Counts as a use. */
  get(key: string): Value | undefined
  /** Takes the place of what was there. Evicts others, and this one only where it is larger than the room. */
  set(key: string, value: Value, size: Size): void
  /** So many bytes more are kept for the entry. Counts as a use. */
  grow(key: string, bytes: number): void
  delete(key: string): void
}

export interface Size {
  /** In whose name the memory is taken. */
  readonly holder: string
  readonly bytes: number
}

export interface FairRoomOptions<Value> {
  readonly maxBytes: number
  /** Called for each value that is not kept any more: evicted, deleted or replaced. */
  onGone?(value: Value): void
}

interface Entry<Value> {
  readonly key: string
  readonly value: Value
  readonly holder: Holder<Value>
  bytes: number
}

interface Holder<Value> {
  readonly name: string
  /** What was used longest ago comes first. */
  readonly entries: Map<string, Entry<Value>>
  bytes: number
}

/** To find who holds most takes a look at all holders: only what evicts pays for it. */
export function createFairRoom<Value>({ maxBytes, onGone }: FairRoomOptions<Value>): FairRoom<Value> {
  const index = new Map<string, Entry<Value>>()
  const holders = createHolders<Value>()
  let lastUsed: Entry<Value> | null = null

  const use = (entry: Entry<Value>): void => {
    if (entry === lastUsed) return
    lastUsed = entry
    holders.use(entry)
  }
  const remove = (entry: Entry<Value>): void => {
    index.delete(entry.key)
    holders.remove(entry)
    if (lastUsed === entry) lastUsed = null
    onGone?.(entry.value)
  }
  /** The entry that needs room goes last. */
  const makeRoom = (needed: Entry<Value>): void => {
    while (holders.bytes() > maxBytes) {
      const oldest = holders.findOldestOfMost(needed) ?? needed
      remove(oldest)
      if (oldest === needed) return
    }
  }

  return {
    get(key) {
      const entry = index.get(key)
      if (!entry) return undefined
      use(entry)
      return entry.value
    },
    set(key, value, { holder, bytes }) {
      const before = index.get(key)
      if (before) remove(before)
      const entry: Entry<Value> = { key, value, holder: holders.of(holder), bytes: 0 }
      index.set(key, entry)
      use(entry)
      holders.resize(entry, bytes)
      makeRoom(entry)
    },
    grow(key, bytes) {
      const entry = index.get(key)
      if (!entry) return
      use(entry)
      holders.resize(entry, entry.bytes + bytes)
      makeRoom(entry)
    },
    delete(key) {
      const entry = index.get(key)
      if (entry) remove(entry)
    },
  }
}

/** Who holds how much. */
function createHolders<Value>() {
  /** Who has used something longest ago comes first. */
  const holders = new Map<string, Holder<Value>>()
  let inAll = 0

  const resize = (entry: Entry<Value>, bytes: number): void => {
    inAll += bytes - entry.bytes
    entry.holder.bytes += bytes - entry.bytes
    entry.bytes = bytes
  }
  return {
    bytes: (): number => inAll,
    of: (name: string): Holder<Value> => holders.get(name) ?? { name, entries: new Map(), bytes: 0 },
    resize,
    use(entry: Entry<Value>): void {
      moveToEnd(entry.holder.entries, entry.key, entry)
      moveToEnd(holders, entry.holder.name, entry.holder)
    },
    remove(entry: Entry<Value>): void {
      const { entries, name } = entry.holder
      entries.delete(entry.key)
      if (entries.size === 0) holders.delete(name)
      resize(entry, 0)
    },
    /** Of whoever holds most, `needed` left out. */
    findOldestOfMost(needed: Entry<Value>): Entry<Value> | undefined {
      let most: Holder<Value> | null = null
      for (const holder of holders.values()) {
        const isAlone = holder === needed.holder && holder.entries.size === 1
        if (!isAlone && (most === null || holder.bytes > most.bytes)) most = holder
      }
      return most?.entries.values().next().value
    },
  }
}

/** A map keeps the order in which keys were added. */
function moveToEnd<Value>(map: Map<string, Value>, key: string, value: Value): void {
  map.delete(key)
  map.set(key, value)
}
