// A queue in which parties take turns, and within each party its parts do; within a part, who came first is first.

export interface Rotation<T> {
  /** Returns the function that takes the item out again. */
  add(item: T, place: { readonly party: string; readonly part: object }): () => void
  /** The first item of the next party of which an item is accepted; of each party, only its next item is looked at. */
  takeNext(isAccepted: (item: T) => boolean): T | undefined
  size(): number
}

export function createRotation<T>(): Rotation<T> {
  // Maps keep the order in which keys were added: whoever had a turn is added again, and so is last.
  const parties = new Map<string, Map<object, Set<{ readonly item: T }>>>()
  let size = 0

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
      entries.add(entry)
      parts.set(part, entries)
      parties.set(party, parts)
      size += 1
      return () => remove(party, part, entry)
    },
    takeNext(isAccepted) {
      for (const [party, parts] of parties) {
        const [first] = parts
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
