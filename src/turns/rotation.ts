// A queue in which tenants take turns, within each tenant its parties do, within each party its parts, and so on; at the end, who came
// first is first.

export interface Rotation<T> {
  /** Places have the same length. Returns the function that takes the item out again. */
  add(item: T, place: Place): () => void
  /**
   * The first item of the next tenant and its next party of which an item is accepted; of each party, only its next item is looked
   * at.
   */
  takeNext(isAccepted?: (item: T) => boolean): T | undefined
  size(): number
}

/** `TenantsSeen.turnOf` names the tenant. */
export type Place = readonly [tenant: string, party: unknown, ...parts: unknown[]]

interface Entry<T> {
  readonly item: T
}

/** Maps keep the order in which keys were added: a party that had a turn is added again, and so is last. */
type Branch<T> = Map<unknown, Branch<T>> | Set<Entry<T>>

/**
 * `partsAtOnce`: only this many parts of a party take turns, the earliest ones; left out, all of them. Parts are
 * objects.
 */
export function createRotation<T>({ partsAtOnce = Infinity } = {}): Rotation<T> {
  const root = new Map<unknown, Map<unknown, Branch<T>>>()
  const ages = new WeakMap<object, number>()
  let size = 0
  let added = 0

  const ageOf = (part: unknown): number => ages.get(part as object) ?? 0
  const nextPart = (parts: ReadonlyMap<unknown, Branch<T>>): unknown => {
    if (parts.size <= partsAtOnce) return parts.keys().next().value
    const latest = [...parts.keys()].map(ageOf).sort((left, right) => left - right)[partsAtOnce - 1] ?? 0
    for (const part of parts.keys()) if (ageOf(part) <= latest) return part
    return undefined
  }
  const nextBelow = (party: Branch<T>): { readonly names: readonly unknown[]; readonly entry?: Entry<T> } => {
    const names: unknown[] = []
    let branch: Branch<T> | undefined = party
    while (branch instanceof Map) {
      const name = names.length === 0 ? nextPart(branch) : branch.keys().next().value
      names.push(name)
      branch = branch.get(name)
    }
    const entry = branch?.values().next().value
    return entry ? { names, entry } : { names }
  }
  const remove = (place: readonly unknown[], entry: Entry<T>): void => {
    if (removeBelow(root, place, entry)) size -= 1
  }

  return {
    add(item, place) {
      const entry = { item }
      const [, , part] = place
      if (partsAtOnce < Infinity && !ages.has(part as object)) ages.set(part as object, (added += 1))
      addBelow(root, place, entry)
      size += 1
      return () => remove(place, entry)
    },
    takeNext(isAccepted = () => true) {
      for (const [tenant, parties] of root)
        for (const [party, branch] of parties) {
          const { names, entry } = nextBelow(branch)
          if (!entry || !isAccepted(entry.item)) continue
          const place = [tenant, party, ...names]
          moveToEnd(root, place)
          remove(place, entry)
          return entry.item
        }
      return undefined
    },
    size: () => size,
  }
}

function addBelow<T>(root: Map<unknown, Branch<T>>, place: readonly unknown[], entry: Entry<T>): void {
  let branches = root
  for (const name of place.slice(0, -1)) {
    const known = branches.get(name)
    const next = known instanceof Map ? known : new Map<unknown, Branch<T>>()
    branches.set(name, next)
    branches = next
  }
  const entries = branches.get(place.at(-1))
  if (entries instanceof Set) entries.add(entry)
  else branches.set(place.at(-1), new Set([entry]))
}

/** Removes the entry, and returns whether it was there. */
function removeBelow<T>(
  branches: Map<unknown, Branch<T>>,
  [name, ...others]: readonly unknown[],
  entry: Entry<T>,
): boolean {
  const branch = branches.get(name)
  if (!branch) return false
  const isRemoved = branch instanceof Set ? branch.delete(entry) : removeBelow(branch, others, entry)
  if (branch.size === 0) branches.delete(name)
  return isRemoved
}

function moveToEnd<T>(root: Map<unknown, Branch<T>>, place: readonly unknown[]): void {
  let branches: Branch<T> | undefined = root
  for (const name of place) {
    if (!(branches instanceof Map)) return
    const branch: Branch<T> | undefined = branches.get(name)
    if (!branch) return
    branches.delete(name)
    branches.set(name, branch)
    branches = branch
  }
}
