// The reads of which one object of an answer was made: a request that shows its text again takes them over instead of making them.
import type { Kind } from '../aurora/kinds.ts'
import type { Members } from '../aurora/body.ts'

interface ListMade {
  readonly kind: Kind
  readonly items: readonly Members[]
}

/** A read that needed no promise. */
interface ReadMade {
  readonly key: string
  readonly value: unknown
  /** The lists that the read returned: their objects can be looked up by id afterwards. */
  readonly lists: readonly ListMade[]
  /** How many calls it saved. */
  readonly saved: number
}

/** The reads of one name, as in once.ts. */
interface Group {
  readonly name: string
  /** The operation whose calls they saved; null if they saved none. */
  operation: string | null
  readonly reads: ReadMade[]
}

/** The look-up of an object in lists of other requests, with its result. */
export interface Look {
  readonly kind: Kind
  readonly id: string
  readonly members: Members | null
  /** The operation of the call that it saved; null if it saved none. */
  readonly saved: string | null
}

export interface ReadsMade {
  readonly groups: readonly Group[]
  readonly looks: readonly Look[]
}

interface Watched {
  readonly name: string
  readonly key: string
  readonly read: () => unknown
}

/** Records the reads of loaders that have read nothing else. */
export interface ReadsWatch {
  read(watched: Watched): unknown
  list(kind: Kind, items: readonly Members[]): void
  look(look: Look): void
  /** To be called when a cached reply has saved a call of this operation. */
  saved(operation: string): void
  /** To be called after work that another request would have to do itself, for example a call. */
  spoil(): void
  /** Null if another request cannot take the reads over. */
  made(): ReadsMade | null
}

export function createReadsWatch(): ReadsWatch {
  const groups = new Map<string, Group>()
  const looks: Look[] = []
  /** The reads that have begun and not ended; the innermost is the last one. */
  const underWay: { readonly group: Group; readonly lists: ListMade[]; saved: number }[] = []
  let isSpoilt = false
  const spoil = (): void => void (isSpoilt = true)
  const groupOf = (name: string): Group => {
    const known = groups.get(name) ?? { name, operation: null, reads: [] }
    groups.set(name, known)
    return known
  }

  return {
    read({ name, key, read }) {
      const notes = { group: groupOf(name), lists: [], saved: 0 }
      underWay.push(notes)
      let value: unknown
      try {
        value = read()
      } finally {
        underWay.pop()
      }
      if (value === undefined || value instanceof Promise) spoil()
      notes.group.reads.push({ key, value, lists: notes.lists, saved: notes.saved })
      return value
    },
    list: (kind, items) => void (underWay.at(-1)?.lists.push({ kind, items }) ?? spoil()),
    look: (look) => void looks.push(look),
    saved(operation) {
      const read = underWay.at(-1)
      if (!read || (read.group.operation ??= operation) !== operation) return spoil()
      read.saved += 1
    },
    spoil,
    made: () => (isSpoilt ? null : { groups: [...groups.values()], looks }),
  }
}

export interface TakingOver {
  /** The reads of the request. */
  readonly once: (name: string) => {
    peek(key: string): unknown
    learn(key: string, value: unknown): void
  }
  readonly listed: {
    add(kind: Kind, items: readonly Members[]): void
    /** The members of the object that this request has seen in lists. */
    seen(kind: Kind, id: string): Members | undefined
    learn(kind: Kind, id: string, members: Members): void
  }
  readonly onSaved: (operation: string, by: 'cache' | 'listed', count: number) => void
}

/**
 * Takes the reads over, and returns whether the request would have made the same ones. Each then counts as made by this
 * request. If the request has already read something else, the reads that it has not made yet are taken over all the
 * same, because it would make them next.
 */
export function takeOver({ groups, looks }: ReadsMade, taking: TakingOver): boolean {
  for (const look of looks) if (!takeLook(look, taking)) return false
  for (const group of groups) if (!takeReads(group, taking)) return false
  return true
}

function takeLook({ kind, id, members, saved }: Look, { listed, onSaved }: TakingOver): boolean {
  const seen = listed.seen(kind, id)
  if (seen !== undefined) return seen === members
  if (saved === null || members === null) return true
  listed.learn(kind, id, members)
  onSaved(saved, 'listed', 1)
  return true
}

function takeReads({ name, operation, reads }: Group, { once, listed, onSaved }: TakingOver): boolean {
  const known = once(name)
  let count = 0
  let isSame = true
  for (const { key, value, lists, saved } of reads) {
    const before = known.peek(key)
    if (before !== undefined) {
      isSame &&= before === value
      continue
    }
    known.learn(key, value)
    for (const { kind, items } of lists) listed.add(kind, items)
    count += saved
  }
  if (operation !== null && count > 0) onSaved(operation, 'cache', count)
  return isSame
}
