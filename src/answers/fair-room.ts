// A limited memory that tenants and their callers share. The tenant that holds most loses first: of it the caller that
// holds most, and of that caller the entry that was not used for the longest time.

export interface FairRoom<Value> {
  /** Returns the value. Counts as a use. */
  get(key: string): Value | undefined
  /** The same, and is no use. */
  peek(key: string): Value | undefined
  /** Takes the place of what was there. Evicts others, and this one only if it is larger than the room. */
  set(key: string, value: Value, size: Size): void
  /** Counts more bytes for the entry. Counts as a use. */
  grow(key: string, bytes: number): void
  delete(key: string): void
}

/** Under whose name memory is taken: a caller of a tenant. */
export interface Taker {
  /** Names its scope, so a tenant whose callers bring credentials of their own counts as several. */
  readonly tenant: string
  readonly holder: string
}

export interface Size extends Taker {
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
  readonly tenant: Tenant<Value>
  /** Its entries: the one that was not used for the longest time comes first. */
  readonly entries: Map<string, Entry<Value>>
  bytes: number
}

interface Tenant<Value> {
  readonly name: string
  /** Its callers: the one that was inactive for the longest time comes first. */
  readonly holders: Map<string, Holder<Value>>
  bytes: number
}

/**
 * Finding the one that holds most takes a look at all tenants, and at all callers of one. This is done only to evict.
 */
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
  /** Evicts until there is room. The entry that needs the room goes last. */
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
    peek: (key) => index.get(key)?.value,
    set(key, value, { tenant, holder, bytes }) {
      const before = index.get(key)
      if (before) remove(before)
      const entry: Entry<Value> = { key, value, holder: holders.of(tenant, holder), bytes: 0 }
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

/** Counts the bytes of tenants and callers. */
function createHolders<Value>() {
  /** The tenant that was inactive for the longest time comes first. */
  const tenants = new Map<string, Tenant<Value>>()
  let inAll = 0

  const resize = (entry: Entry<Value>, bytes: number): void => {
    const more = bytes - entry.bytes
    inAll += more
    entry.holder.tenant.bytes += more
    entry.holder.bytes += more
    entry.bytes = bytes
  }
  return {
    bytes: (): number => inAll,
    of(tenantName: string, name: string): Holder<Value> {
      const tenant: Tenant<Value> = tenants.get(tenantName) ?? {
        name: tenantName,
        holders: new Map(),
        bytes: 0,
      }
      return tenant.holders.get(name) ?? { name, tenant, entries: new Map(), bytes: 0 }
    },
    resize,
    use(entry: Entry<Value>): void {
      const { holder } = entry
      moveToEnd(holder.entries, entry.key, entry)
      moveToEnd(holder.tenant.holders, holder.name, holder)
      moveToEnd(tenants, holder.tenant.name, holder.tenant)
    },
    remove(entry: Entry<Value>): void {
      const { entries, name, tenant } = entry.holder
      entries.delete(entry.key)
      if (entries.size === 0) tenant.holders.delete(name)
      if (tenant.holders.size === 0) tenants.delete(tenant.name)
      resize(entry, 0)
    },
    /** The oldest entry of the caller that holds most, without `needed`. */
    findOldestOfMost(needed: Entry<Value>): Entry<Value> | undefined {
      const { holder } = needed
      const alone = holder.entries.size === 1 ? holder : null
      const tenant = findMost(tenants, alone?.tenant.holders.size === 1 ? alone.tenant : null)
      return tenant && findMost(tenant.holders, alone)?.entries.values().next().value
    },
  }
}

/** The first of those that hold most, without the one to leave out. */
function findMost<Each extends { readonly bytes: number }>(
  all: ReadonlyMap<string, Each>,
  leftOut: Each | null,
): Each | undefined {
  let most: Each | undefined
  for (const each of all.values())
    if (each !== leftOut && (most === undefined || each.bytes > most.bytes)) most = each
  return most
}

/** A map keeps the order in which keys were added. */
function moveToEnd<Value>(map: Map<string, Value>, key: string, value: Value): void {
  map.delete(key)
  map.set(key, value)
}
