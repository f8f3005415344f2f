// Digests of the items of pages, each worked out once: 96 bits of the members that clients can be shown.
import { hash } from 'node:crypto'
import { idKey } from '../aurora/body.ts'
import type { Members } from '../aurora/body.ts'

type Items = readonly Members[]

export interface Digests {
  /** In the order of the items. */
  of(items: Items): readonly string[]
  has(items: Items): boolean
  /** To be called when a page is stored: pages are shown in this order. */
  note(items: Items): void
  /** The known pages in the order in which they were stored. */
  inOrder(pages: readonly (Items | null)[]): readonly Items[]
}

/** Two different objects with one digest would hide a change, which with 96 bits will never happen. */
const DIGEST_CHARS = 16

/** `members`: those that clients can be shown. Other members may differ at each read. */
export function createDigests(members: readonly string[]): Digests {
  const known = new WeakMap<Items, readonly string[]>()
  const numbers = new WeakMap<Items, number>()
  let last = 0

  function note(items: Items): void {
    if (!numbers.has(items)) numbers.set(items, ++last)
  }

  function of(items: Items): readonly string[] {
    const found = known.get(items) ?? items.map((item) => digestOf(item, members))
    known.set(items, found)
    return found
  }

  return {
    of,
    has: (items) => known.has(items),
    note,
    inOrder(pages) {
      const there = pages.filter((items) => items !== null)
      there.forEach(note)
      return there.toSorted((one, other) => (numbers.get(one) ?? 0) - (numbers.get(other) ?? 0))
    },
  }
}

/** The spelling of an id is no change of its object. */
const keyOf = (id: unknown): unknown => (typeof id === 'string' ? idKey(id) : id)

function digestOf(item: Members, members: readonly string[]): string {
  const shown: Record<string, unknown> = {}
  for (const name of members)
    if (item[name] !== undefined) shown[name] = name === 'id' ? keyOf(item[name]) : item[name]
  return hash('sha1', JSON.stringify(shown), 'base64url').slice(0, DIGEST_CHARS)
}
