// Imagined objects that do not differ: one of them is executed, and each of its calls counts for all of them.
import type { Members } from '../aurora/body.ts'
import { linkedId, linksOf, toLikeness } from './likeness.ts'
import type { Likeness } from './likeness.ts'
import { coveredBy, createStandIns, replace, represent, standFor, standForLinks } from './stand-ins.ts'
import type { StandIns } from './stand-ins.ts'

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
  const compared: Compared = { noted: new Map(), known: new WeakMap(), standIns: createStandIns(giveUp) }
  return {
    prepare: (item) => void likenessOf(compared, item),
    note: (item) => void compared.noted.set(String(item['id']), item),
    gather: (items) => gather(compared, items),
    gatherItems: (items) => gatherItems(compared, items),
    merge: (objects) => merge(compared, objects),
    covered: (path) => coveredByLast(compared, path),
    giveUp,
  }
}

/** Functions over it are of the module, because those that each plan makes anew are compiled anew after a full collection. */
interface Compared {
  /** The items of imagined lists, by id. */
  readonly noted: Map<string, Members>
  /** Kept by object, because many fields may show the same list. */
  readonly known: WeakMap<Members, Likeness>
  readonly standIns: StandIns
}

function likenessOf({ known }: Compared, item: Members): Likeness {
  const before = known.get(item)
  if (before) return before
  const likeness = toLikeness(item)
  known.set(item, likeness)
  return likeness
}

function gather<Item>(compared: Compared, items: readonly Item[]): readonly Item[] {
  const likenesses: (Likeness | null)[] = []
  const imagined: Likeness[] = []
  for (const item of items) {
    const members = compared.noted.get(idOf(item))
    const likeness = members ? likenessOf(compared, members) : null
    likenesses.push(likeness)
    if (likeness) imagined.push(likeness)
  }
  if (imagined.length === 0) return items
  const shown = new Set(represent(compared.standIns, imagined))
  return items.filter((_, index) => {
    const likeness = likenesses[index] ?? null
    return likeness === null || shown.has(likeness)
  })
}

function gatherItems(compared: Compared, items: readonly Members[]): readonly Members[] {
  const { noted, standIns } = compared
  const shown = replace(
    standIns,
    items.map((item) => likenessOf(compared, item)),
  )
  for (const { id, item } of shown) noted.set(id, item)
  return shown.map(({ item }) => item)
}

function merge({ standIns }: Compared, objects: readonly Members[]): Members | null {
  if (objects.length === 0) return null
  const merged: Record<string, unknown> = {}
  for (const object of objects.toReversed()) Object.assign(merged, object)
  const ids = [...new Set(objects.flatMap((object) => linkedId(object['id']) ?? []))]
  if (ids.length > 1) standFor(standIns, ids)
  for (const [member, linked] of linksOf(objects.map(toLikeness))) {
    const first = objects.find((object) => linkedId(object[member]) !== null)
    if (first) merged[member] = first[member]
    standForLinks(standIns, linked)
  }
  return merged
}

const coveredByLast = ({ standIns }: Compared, path: Readonly<Record<string, string>>) =>
  Object.values(path)
    .map((id) => coveredBy(standIns, id))
    .findLast((ids) => ids !== null) ?? null

/** An item of a field's list is an object by its key, which ends with its own id, or an edge that has such an object. */
function idOf(item: unknown): string {
  const { key, node } = item as { readonly key?: unknown; readonly node?: { readonly key?: unknown } }
  const name = key ?? node?.key
  return typeof name === 'string' ? name.slice(name.lastIndexOf('/') + 1) : ''
}
