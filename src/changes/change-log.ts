// The log of changes: each object once, with its last change. It is limited, and the oldest changes leave first.

/** A moment in a log: how many changes had been noted. */
export type Position = number

export interface Change {
  readonly id: string
  readonly number: Position
  readonly is: 'created' | 'changed' | 'deleted'
}

interface Row {
  readonly id: string
  digest: string
  /** The number of its last change; 0: it was there at the beginning, and has not changed. */
  number: Position
  /** The number of the change with which it came. */
  createdNumber: Position
  isGone: boolean
}

/** Objects are named by keys: their ids in lower case, because Aurora accepts both cases. */
export class ChangeLog {
  readonly #maxLogged: number
  readonly #rows = new Map<string, Row>()
  /** The changed objects, in the order of their numbers. */
  readonly #changed = new Map<string, Row>()
  #last: Position = 0
  #floor: Position = 0
  #hasBegun = false

  constructor(maxLogged: number) {
    this.#maxLogged = maxLogged
  }

  /** From now on new objects count as created. Until then they count as having been there. */
  begin(): void {
    this.#hasBegun = true
  }

  /** Notes an object as the list shows it; a new digest is a change. */
  show(id: string, digest: string): void {
    const key = id.toLowerCase()
    const row = this.#rows.get(key)
    if (!row || row.isGone) return this.#add(key, id, digest)
    if (row.digest === digest) return
    row.digest = digest
    this.#note(key, row)
  }

  /** Notes that the object may have changed, even if the list shows no difference. */
  touch(key: string): void {
    const row = this.#rows.get(key)
    if (!row || row.isGone) return
    // Until a page shows the object, clients may get it from another source, so that page counts as a change in any
    // case.
    row.digest = ''
    this.#note(key, row)
  }

  /**
   * Clients may have got the list without the object, or the object from another source, so its next appearance in the
   * list counts as a change.
   */
  hide(key: string): void {
    const row = this.#rows.get(key)
    if (row) row.digest = ''
  }

  remove(key: string): void {
    const row = this.#rows.get(key)
    if (!row || row.isGone) return
    row.isGone = true
    this.#note(key, row)
  }

  has(key: string): boolean {
    return this.#rows.has(key)
  }

  /** The keys of the objects that exist. */
  alive(): readonly string[] {
    return [...this.#rows].flatMap(([key, { isGone }]) => (isGone ? [] : [key]))
  }

  /** The changes after this moment; the latest change comes last. */
  since(position: Position): readonly Change[] {
    const changes: Change[] = []
    for (const row of this.#changed.values()) if (row.number > position) changes.push(toChange(row, position))
    return changes
  }

  /** The number of the last change. */
  get last(): Position {
    return this.#last
  }

  /** The number of the last change of those that have left. */
  get floor(): Position {
    return this.#floor
  }

  /** How many objects it holds. */
  get size(): number {
    return this.#rows.size
  }

  #add(key: string, id: string, digest: string): void {
    const row = { id, digest, number: 0, createdNumber: 0, isGone: false }
    this.#rows.set(key, row)
    if (!this.#hasBegun) return
    this.#note(key, row)
    row.createdNumber = row.number
  }

  #note(key: string, row: Row): void {
    this.#last += 1
    row.number = this.#last
    this.#changed.delete(key)
    this.#changed.set(key, row)
    const [oldest] = this.#changed
    if (this.#changed.size <= this.#maxLogged || !oldest) return
    const [oldKey, { number, isGone }] = oldest
    this.#changed.delete(oldKey)
    if (isGone) this.#rows.delete(oldKey)
    this.#floor = number
  }
}

const toChange = ({ id, number, createdNumber, isGone }: Row, position: Position): Change => ({
  id,
  number,
  is: isGone ? 'deleted' : createdNumber > position ? 'created' : 'changed',
})
