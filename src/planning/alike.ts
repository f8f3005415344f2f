// Imagined objects that do not differ: one of them is executed, and each of its calls counts for all of them.
import type { Members } from '../aurora/body.ts'
import { isImagined } from './imagined-objects.ts'
import { isLink } from './links.ts'

export interface Alike {
  /** To be called with each item of an imagined list. The item is compared only when it is gathered. */
  note(item: Members): void
  /** Compares an item now. This takes as long as making it, and makes gathering thousands of items quick. */
  look(item: Members): void
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

/**
 * Gives up if an object would stand for others in one place, and only for itself or for different ones in another
 * place: the calls of both places would have to be counted apart. Two slices of different lengths of one list are such
 * places.
 */
export function createAlike(giveUp: () => void): Alike {
  const noted = new Map<string, Members>()
  /**
   * Items that were shown in a list without any other of their class: in every other list such an item stands only for
   * itself.
   */
  const standing = new Set<Looked>()
  const { classes, allCovered, stand, standForLinks, represent } = createClasses(giveUp, standing)

  return {
    look: (item) => void lookAt(item),
    note: (item) => void noted.set(String(item['id']), item),
    gather(items) {
      const lookedAt = items.map((item) => {
        const members = noted.get(idOf(item))
        return members && lookAt(members)
      })
      const known = lookedAt.filter((each) => each !== undefined)
      if (known.length === 0) return items
      const shown = new Set(represent(known))
      return items.filter((_, index) => {
        const each = lookedAt[index]
        return each === undefined || shown.has(each)
      })
    },
    gatherItems(items) {
      const shown = represent(items.map(lookAt))
      for (const each of shown) {
        noted.set(each.id, each.item)
        standing.add(each)
      }
      return shown.map(({ item }) => item)
    },
    merge(objects) {
      if (objects.length === 0) return null
      const merged: Record<string, unknown> = {}
      for (const object of objects.toReversed()) Object.assign(merged, object)
      const [id, ...others] = new Set(objects.flatMap((object) => linkIn(object['id']) ?? []))
      if (id !== undefined && others.length > 0) stand(id, [id, ...others])
      for (const [member, linked] of linksOf(objects.map(lookAt))) {
        const first = objects.find((object) => linkIn(object[member]) !== null)
        if (first) merged[member] = first[member]
        const [named = ''] = linked
        standForLinks(allCovered(linked), new Set([named]))
      }
      return merged
    },
    covered: (path) =>
      Object.values(path)
        .map((id) => classes.get(id) ?? null)
        .findLast((ids) => ids !== null) ?? null,
    giveUp,
  }
}

/** Records which id stands for which ids, as far as they were shown. */
function createClasses(giveUp: () => void, standing: ReadonlySet<Looked>) {
  const classes = new Map<string, readonly string[]>()
  /** For each id, the id that stands for it, and for how many. */
  const shownAs = new Map<string, string>()

  const coveredBy = (id: string): readonly string[] => classes.get(id) ?? [id]
  /** The set is made only for ids that stand for others: most stand for themselves, and a list may have 20,000. */
  function allCovered(ids: Iterable<string>): Set<string> {
    const all = new Set<string>()
    for (const id of ids) {
      const covered = classes.get(id)
      if (covered) for (const each of covered) all.add(each)
      else all.add(id)
    }
    return all
  }

  function stand(representative: string, ids: readonly string[]): void {
    const name = `${representative} ${ids.length}`
    for (const id of ids) {
      const shown = shownAs.get(id)
      if (shown === undefined) shownAs.set(id, name)
      else if (shown !== name) return giveUp()
    }
    if (ids.length > 1) classes.set(representative, ids)
  }

  /**
   * `linked` are the objects to which the items of one list lead by one member, and `named` those to which the executed
   * items lead: the first of these stands for all that are not named themselves, because the same fields are selected
   * of all.
   */
  function standForLinks(linked: ReadonlySet<string>, named: ReadonlySet<string>): void {
    const [first, ...others] = named
    if (first === undefined) return
    const ofOthers = new Set(others.flatMap(coveredBy))
    stand(
      first,
      [...linked].filter((id) => !ofOthers.has(id)),
    )
    for (const other of others) stand(other, coveredBy(other))
  }

  /** Returns the first item of each group of equal items. */
  function represent(items: readonly Looked[]): readonly Looked[] {
    const groups = groupAlike(items)
    const shown = groups.flatMap((group) => group.slice(0, 1))
    for (const group of groups) {
      const ids = allCovered(group.filter((each) => standing.has(each)).map(({ id }) => id))
      for (const { id } of group) ids.add(id)
      stand(group[0]?.id ?? '', [...ids])
    }
    const named = linksOf(shown)
    for (const [member, linked] of linksOf(items))
      standForLinks(allCovered(linked), named.get(member) ?? new Set())
    return shown
  }

  return { classes, allCovered, stand, standForLinks, represent }
}

function groupAlike(items: readonly Looked[]): readonly (readonly Looked[])[] {
  const groups = new Map<string, Looked[]>()
  // In most lists all items are equal.
  let [description, group]: [string, Looked[]] = ['', []]
  for (const item of items) {
    if (group.length === 0 || item.description !== description) {
      description = item.description
      group = groups.get(description) ?? []
      groups.set(description, group)
    }
    group.push(item)
  }
  return [...groups.values()]
}

interface Looked {
  readonly item: Members
  readonly id: string
  /** The same text for items that differ only in their ids, their times, and the objects to which they link. */
  readonly description: string
  /** Member and imagined id. */
  readonly links: readonly (readonly [string, string])[]
}

/** Kept by object, because many fields may show the same list. */
const looks = new WeakMap<Members, Looked>()

function lookAt(item: Members): Looked {
  const known = looks.get(item)
  if (known) return known
  const links: [string, string][] = []
  const described = Object.entries(item).map(([member, value]) => {
    if (member === 'id' || member === 'created_at') return member
    const id = isLink(member) ? linkIn(value) : null
    if (id === null) return [member, value]
    links.push([member, id])
    return member
  })
  const look = { item, id: String(item['id']), description: JSON.stringify(described), links }
  looks.set(item, look)
  return look
}

/** The imagined objects to which the objects lead, by member. */
function linksOf(objects: readonly Looked[]): ReadonlyMap<string, ReadonlySet<string>> {
  const linked = new Map<string, Set<string>>()
  for (const object of objects)
    for (const [member, id] of object.links) {
      const ids = linked.get(member)
      if (ids) ids.add(id)
      else linked.set(member, new Set([id]))
    }
  return linked
}

/** The imagined object to which a member leads; imagined lists of links have one item. */
function linkIn(value: unknown): string | null {
  const id: unknown = Array.isArray(value) ? value[0] : value
  return typeof id === 'string' && isImagined(id) ? id : null
}

/** An item of a field's list is an object by its key, which ends with its own id, or an edge that has such an object. */
function idOf(item: unknown): string {
  const { key, node } = item as { readonly key?: unknown; readonly node?: { readonly key?: unknown } }
  const name = key ?? node?.key
  return typeof name === 'string' ? name.slice(name.lastIndexOf('/') + 1) : ''
}
