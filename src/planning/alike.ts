// Imagined objects that nothing distinguishes: one of them is executed, and each call for it counts once for all of them.
import type { Members } from '../aurora/body.ts'
import { isImagined } from './imagined-objects.ts'
import { isLink } from './links.ts'

export interface Alike {
  /** To be called with each item of an imagined list. */
  note(item: Members): void
  /** Looks at an item once, which takes as long as to make it: then to gather thousands of items is quick. */
  look(item: Members): void
  /** The items of a field's list, with one in the place of all that are alike. Items that are not imagined stay. */
  gather<Item>(items: readonly Item[]): readonly Item[]
  /** The same for the items of imagined lists below objects that are alike, all lists together. */
  gatherItems(items: readonly Members[]): readonly Members[]
  /** One object in the place of several that differ in their links; null where there is none. */
  merge(objects: readonly Members[]): Members | null
  /** The ids for which the last id of a path stands, its own among them; null where it stands for itself alone. */
  covered(path: Readonly<Record<string, string>>): readonly string[] | null
  /** The calls can't be counted in this way: each object has to be executed. */
  giveUp(): void
}

/**
 * Gives up where an object would stand for others in one place and for itself alone, or for other ones, in another place:
 * then calls of both places would have to be told apart. Two slices of different lengths of one list are such places.
 */
export function createAlike(giveUp: () => void): Alike {
  const noted = new Map<string, Members>()
  const { classes, coveredBy, stand, standForLinks, represent } = createClasses(giveUp)

  return {
    look: (item) => void lookAt(item),
    note: (item) => void noted.set(String(item['id']), item),
    gather(items) {
      const membersOf = new Map(items.map((item) => [item, noted.get(idOf(item))]))
      const shown = new Set(represent([...membersOf.values()].filter((members) => members !== undefined)))
      return items.filter((item) => {
        const members = membersOf.get(item)
        return members === undefined || shown.has(members)
      })
    },
    gatherItems(items) {
      const shown = represent(items)
      for (const item of shown) noted.set(String(item['id']), item)
      return shown
    },
    merge(objects) {
      if (objects.length === 0) return null
      const merged: Record<string, unknown> = {}
      for (const object of objects.toReversed()) Object.assign(merged, object)
      const [id, ...others] = new Set(objects.flatMap((object) => linkIn(object['id']) ?? []))
      if (id !== undefined && others.length > 0) stand(id, [id, ...others])
      for (const [member, linked] of linksOf(objects)) {
        const first = objects.find((object) => linkIn(object[member]) !== null)
        if (first) merged[member] = first[member]
        const [named = ''] = linked
        standForLinks(new Set([...linked].flatMap(coveredBy)), new Set([named]))
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

/** What stands for what, as far as it was shown. */
function createClasses(giveUp: () => void) {
  const classes = new Map<string, readonly string[]>()
  /** What stands for each id, and for how many. */
  const shownAs = new Map<string, string>()

  const coveredBy = (id: string): readonly string[] => classes.get(id) ?? [id]

  function stand(representative: string, ids: readonly string[]): void {
    const name = `${representative} ${ids.length}`
    for (const id of ids) {
      if ((shownAs.get(id) ?? name) !== name) return giveUp()
      shownAs.set(id, name)
    }
    if (ids.length > 1) classes.set(representative, ids)
  }

  /**
   * `linked` are the objects to which the items of one list lead by one member, and `named` those to which the executed items
   * lead: the first of these stands for all that are not named themselves, because the same fields are asked of all.
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

  /** The first of each group of items that are alike. */
  function represent(items: readonly Members[]): readonly Members[] {
    const groups = groupAlike(items)
    const shown = groups.flatMap((group) => group.slice(0, 1))
    for (const group of groups) {
      const ids = group.map(({ id }) => String(id))
      stand(ids[0] ?? '', [...new Set(ids.flatMap(coveredBy))])
    }
    const named = linksOf(shown)
    for (const [member, linked] of linksOf(items))
      standForLinks(new Set([...linked].flatMap(coveredBy)), named.get(member) ?? new Set())
    return shown
  }

  return { classes, coveredBy, stand, standForLinks, represent }
}

function groupAlike(items: readonly Members[]): readonly (readonly Members[])[] {
  const groups = new Map<string, Members[]>()
  for (const item of items) {
    const { description } = lookAt(item)
    const group = groups.get(description)
    if (group) group.push(item)
    else groups.set(description, [item])
  }
  return [...groups.values()]
}

interface Look {
  /** Equal for items that differ in nothing but their ids, their times, and the objects to which they lead. */
  readonly description: string
  /** Member and imagined id. */
  readonly links: readonly (readonly [string, string])[]
}

/** The same list may be shown by many fields. */
const looks = new WeakMap<Members, Look>()

function lookAt(item: Members): Look {
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
  const look = { description: JSON.stringify(described), links }
  looks.set(item, look)
  return look
}

/** The imagined objects to which the objects lead, by member. */
function linksOf(objects: readonly Members[]): ReadonlyMap<string, ReadonlySet<string>> {
  const linked = new Map<string, Set<string>>()
  for (const object of objects)
    for (const [member, id] of lookAt(object).links) {
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
  return typeof name === 'string' ? (name.split('/').at(-1) ?? '') : ''
}
