// The writes to the data set, in layers over what the seed gives. Every read passes its layer, and nothing else keeps a write.

export interface Layer<Item extends object> {
  one(id: string, seeded: Item | undefined): Item | undefined
  /** Newest first: what was added stands before what was there. */
  list(ownerId: string, seeded: readonly Item[]): readonly Item[]
  add(ownerId: string, item: Item): void
  change(id: string, members: Partial<Item>): void
  remove(id: string): void
}

/** `idOf` names an item within its kind. */
export function createLayer<Item extends object>(idOf: (item: Item) => string): Layer<Item> {
  const added = new Map<string, { readonly ownerId: string; readonly item: Item }>()
  const changed = new Map<string, Partial<Item>>()
  const removed = new Set<string>()
  const present = (item: Item): Item => {
    const change = changed.get(idOf(item))
    return change ? { ...item, ...change } : item
  }
  return {
    one(id, seeded) {
      const item = added.get(id)?.item ?? seeded
      return item === undefined || removed.has(id) ? undefined : present(item)
    },
    list(ownerId, seeded) {
      const own = [...added.values()].filter((each) => each.ownerId === ownerId).map(({ item }) => item)
      if (own.length === 0 && changed.size === 0 && removed.size === 0) return seeded
      return [...own.reverse(), ...seeded].filter((item) => !removed.has(idOf(item))).map(present)
    },
    add(ownerId, item) {
      removed.delete(idOf(item))
      changed.delete(idOf(item))
      added.set(idOf(item), { ownerId, item })
    },
    change(id, members) {
      changed.set(id, { ...changed.get(id), ...members })
    },
    remove(id) {
      removed.add(id)
    },
  }
}
