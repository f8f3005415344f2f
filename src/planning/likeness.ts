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

export function toLikeness(item: Members): Likeness {
  const links: Link[] = []
  let text = ''
  for (const member in item) {
    const value = item[member]
    text += member
    // These differ between objects that are alike.
    if (member === 'id' || member === 'created_at') text += VARIES
    // Most members are null, so nothing else is asked about those.
    else if (value === null) text += NULL
    else {
      const id = isLink(member) ? linkedId(value) : null
      if (id !== null) links.push([member, id])
      text += id === null ? `:${JSON.stringify(value)}\n` : VARIES
    }
  }
  return { item, id: String(item['id']), text, links }
}

const VARIES = '\n'
const NULL = ':null\n'

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
