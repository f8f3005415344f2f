// A bounded memory that tenants share, and their callers: the tenant that holds most of it loses first, of it the caller that holds most,
// and of that caller what was used longest ago.

export interface FairRoom<Value> {
  /** Counts as a use. */
  get(key: string): Value | undefined
  /** The same, and is no use. */
  peek(key: string): Value | undefined
  /** Takes the place of what was there. Evicts others, and this one only where it is larger than the room. */
  set(key: string, value: Value, size: Size): void
  /** So many bytes more are kept for the entry. Counts as a use. */
  grow(key: string, bytes: number): void
  delete(key: string): void
}

/** In whose name memory is taken: a caller of a tenant. */
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
  /** What was used longest ago comes first. */
  readonly entries: Map<string, Entry<Value>>
  bytes: number
}

interface Tenant<Value> {
  readonly name: string
  /** Who has used something longest ago comes first. */
  readonly holders: Map<string, Holder<Value>>
  bytes: number
}

/** To find who holds most takes a look at all tenants, and at the callers of one: only what evicts pays for it. */
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

/** Who holds how much. */
function createHolders<Value>() {
  /** Who has used something longest ago comes first. */
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
    /** Of whoever holds most, `needed` left out. */
    findOldestOfMost(needed: Entry<Value>): Entry<Value> | undefined {
      const { holder } = needed
      const alone = holder.entries.size === 1 ? holder : null
      const tenant = findMost(tenants, alone?.tenant.holders.size === 1 ? alone.tenant : null)
      return tenant && findMost(tenant.holders, alone)?.entries.values().next().value
    },
  }
}

/** The first of those that hold most, one left out. */
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
