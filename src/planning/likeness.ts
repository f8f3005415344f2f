// Whether imagined objects are alike: they may differ only in their ids, their times, and the objects to which they link.
import type { Members } from '../aurora/body.ts'
import { isImagined } from './imagined-objects.ts'
import { isLink } from './links.ts'

/** An imagined object, prepared for comparison. */
export interface Likeness {
  readonly item: Members
  readonly id: string
  /** The same text for objects that are alike. */
  readonly text: string
  readonly links: readonly Link[]
}

type Link = readonly [member: string, imaginedId: string]

/** Members that differ between objects that are alike. */
const VARYING: ReadonlySet<string> = new Set(['id', 'created_at'])

/** Kept by object, because many fields may show the same list. */
const known = new WeakMap<Members, Likeness>()

export function likenessOf(item: Members): Likeness {
  const before = known.get(item)
  if (before) return before
  const links: Link[] = []
  const compared = Object.entries(item).map(([member, value]) => {
    if (VARYING.has(member)) return member
    const id = isLink(member) ? linkedId(value) : null
    if (id === null) return [member, value]
    links.push([member, id])
    return member
  })
  const likeness = { item, id: String(item['id']), text: JSON.stringify(compared), links }
  known.set(item, likeness)
  return likeness
}

export function groupAlike(items: readonly Likeness[]): readonly (readonly Likeness[])[] {
  const groups = new Map<string, Likeness[]>()
  // In most lists all items are alike, so the group of the item before is tried first.
  let [text, group]: [string, Likeness[]] = ['', []]
  for (const item of items) {
    if (group.length === 0 || item.text !== text) {
      text = item.text
      group = groups.get(text) ?? []
      groups.set(text, group)
    }
    group.push(item)
  }
  return [...groups.values()]
}

/** The imagined objects to which the objects link, by member. */
export function linksOf(objects: readonly Likeness[]): ReadonlyMap<string, ReadonlySet<string>> {
  const linked = new Map<string, Set<string>>()
  for (const { links } of objects)
    for (const [member, id] of links) {
      const ids = linked.get(member)
      if (ids) ids.add(id)
      else linked.set(member, new Set([id]))
    }
  return linked
}

/** The imagined object to which the value of a member leads; imagined lists of links have one item. */
export function linkedId(value: unknown): string | null {
  const id: unknown = Array.isArray(value) ? value[0] : value
  return typeof id === 'string' && isImagined(id) ? id : null
}
