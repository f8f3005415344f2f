// A queue in which parties take turns, and within each party its parts do; within a part, who came first is first.

export interface Rotation<T> {
  /** Returns the function that takes the item out again. */
  add(item: T, place: { readonly party: string; readonly part: object }): () => void
  /** The first item of the next party of which an item is accepted; of each party, only its next item is looked at. */
  takeNext(isAccepted: (item: T) => boolean): T | undefined
  size(): number
}

/** `partsAtOnce`: only so many parts of a party take turns, those that came first; left out, all of them. */
export function createRotation<T>({ partsAtOnce = Infinity } = {}): Rotation<T> {
  // Maps keep the order in which keys were added: whoever had a turn is added again, and so is last.
  const parties = new Map<string, Map<object, Set<{ readonly item: T }>>>()
  const ages = new WeakMap<object, number>()
  let size = 0
  let added = 0

  const ageOf = ([part]: readonly [object, unknown]): number => ages.get(part) ?? 0
  const nextOf = <Entries>(parts: ReadonlyMap<object, Entries>): [object, Entries] | undefined => {
    if (parts.size <= partsAtOnce) return [...parts][0]
    const eldest = [...parts].sort((left, right) => ageOf(left) - ageOf(right)).slice(0, partsAtOnce)
    return [...parts].find((part) => eldest.some(([elder]) => elder === part[0]))
  }
  const remove = (party: string, part: object, entry: { readonly item: T }): void => {
    const parts = parties.get(party)
    const entries = parts?.get(part)
    if (!parts || !entries?.delete(entry)) return
    size -= 1
    if (entries.size === 0) parts.delete(part)
    if (parts.size === 0) parties.delete(party)
  }
  return {
    add(item, { party, part }) {
      const parts = parties.get(party) ?? new Map<object, Set<{ readonly item: T }>>()
      const entries = parts.get(part) ?? new Set()
      const entry = { item }
      if (!ages.has(part)) ages.set(part, (added += 1))
      entries.add(entry)
      parts.set(part, entries)
      parties.set(party, parts)
      size += 1
      return () => remove(party, part, entry)
    },
    takeNext(isAccepted) {
      for (const [party, parts] of parties) {
        const first = nextOf(parts)
        const [entry] = first?.[1] ?? []
        if (!first || !entry || !isAccepted(entry.item)) continue
        const [part, entries] = first
        parties.delete(party)
        parts.delete(part)
        parties.set(party, parts)
        parts.set(part, entries)
        remove(party, part, entry)
        return entry.item
      }
      return undefined
    },
    size: () => size,
  }
}
