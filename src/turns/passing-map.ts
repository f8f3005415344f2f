// A map for entries that come and go with each call.

/**
 * How many entries are added to one table, or as many as the map has if that is more, so that a look-up goes through
 * few tables.
 */
const LEAST_ADDED = 128

/**
 * V8 links the table of a Map to the one that takes its place when the map grows or shrinks. A table that has outlived
 * two collections stays until the next full one, with all that was in it, and so does each table after it: all that a
 * busy map ever had would be moved to the old space. So a new Map, to which no older table links, begins after a number
 * of entries, and whenever the map was empty. Values are never undefined.
 */
export class PassingMap<Key, Value> {
  /** New entries go into the last table; each table is dropped when it is empty. */
  #tables: Map<Key, Value>[] = []
  #added = Infinity

  get size(): number {
    let size = 0
    for (const table of this.#tables) size += table.size
    return size
  }

  get(key: Key): Value | undefined {
    for (const table of this.#tables) {
      const value = table.get(key)
      if (value !== undefined) return value
    }
    return undefined
  }

  set(key: Key, value: Value): void {
    for (const table of this.#tables) if (table.has(key)) return void table.set(key, value)
    this.#openTable().set(key, value)
  }

  delete(key: Key): void {
    for (const table of this.#tables) {
      if (!table.delete(key)) continue
      if (table.size === 0) this.#drop(table)
      return
    }
  }

  #openTable(): Map<Key, Value> {
    const last = this.#tables.at(-1)
    if (last && this.#added < Math.max(LEAST_ADDED, this.size)) {
      this.#added += 1
      return last
    }
    const table = new Map<Key, Value>()
    this.#tables.push(table)
    this.#added = 1
    return table
  }

  #drop(empty: Map<Key, Value>): void {
    if (empty === this.#tables.at(-1)) this.#added = Infinity
    this.#tables = this.#tables.filter((table) => table !== empty)
  }
}
