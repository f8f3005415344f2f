// Imagined objects that do not differ: one of them is executed, and each of its calls counts for all of them.
import type { Members } from '../aurora/body.ts'
import { likenessOf, linkedId, linksOf } from './likeness.ts'
import { createStandIns } from './stand-ins.ts'

export interface Alike {
  /** To be called with each item of an imagined list. The item is compared only when it is gathered. */
  note(item: Members): void
  /** Prepares an item for comparison. This takes as long as making it, and makes gathering thousands of items quick. */
  prepare(item: Members): void
  /**
   * Returns the items of a field's list, with one item instead of each group of equal ones. Items that are not imagined
   * stay.
   */
  gather<Item>(items: readonly Item[]): readonly Item[]
  /** The same, for the items of imagined lists below equal objects, all lists together. */
  gatherItems(items: readonly Members[]): readonly Members[]
  /** Returns one object instead of several that differ only in their links; null if there is none. */
  merge(objects: readonly Members[]): Members | null
  /** The ids for which the last id of a path stands, including itself; null if it stands only for itself. */
  covered(path: Readonly<Record<string, string>>): readonly string[] | null
  /** To be called when the calls cannot be counted in this way: each object has to be executed then. */
  giveUp(): void
}

export function createAlike(giveUp: () => void): Alike {
  const noted = new Map<string, Members>()
  const standIns = createStandIns(giveUp)

  return {
    prepare: (item) => void likenessOf(item),
    note: (item) => void noted.set(String(item['id']), item),
    gather(items) {
      const compared = items.map((item) => {
        const members = noted.get(idOf(item))
        return members && likenessOf(members)
      })
      const imagined = compared.filter((each) => each !== undefined)
      if (imagined.length === 0) return items
      const shown = new Set(standIns.represent(imagined))
      return items.filter((_, index) => {
        const each = compared[index]
        return each === undefined || shown.has(each)
      })
    },
    gatherItems(items) {
      const shown = standIns.replace(items.map(likenessOf))
      for (const { id, item } of shown) noted.set(id, item)
      return shown.map(({ item }) => item)
    },
    merge(objects) {
      if (objects.length === 0) return null
      const merged: Record<string, unknown> = {}
      for (const object of objects.toReversed()) Object.assign(merged, object)
      const ids = [...new Set(objects.flatMap((object) => linkedId(object['id']) ?? []))]
      if (ids.length > 1) standIns.standFor(ids)
      for (const [member, linked] of linksOf(objects.map(likenessOf))) {
        const first = objects.find((object) => linkedId(object[member]) !== null)
        if (first) merged[member] = first[member]
        standIns.standForLinks(linked)
      }
      return merged
    },
    covered: (path) =>
      Object.values(path)
        .map(standIns.coveredBy)
        .findLast((ids) => ids !== null) ?? null,
    giveUp,
  }
}

/** An item of a field's list is an object by its key, which ends with its own id, or an edge that has such an object. */
function idOf(item: unknown): string {
  const { key, node } = item as { readonly key?: unknown; readonly node?: { readonly key?: unknown } }
  const name = key ?? node?.key
  return typeof name === 'string' ? name.slice(name.lastIndexOf('/') + 1) : ''
}
