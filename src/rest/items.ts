// Changes the objects in a list of a body. A list that Aurora sends as a JSON text, as `arrays` in some versions, is parsed.
import { isMembers } from '../aurora/body.ts'
import { parseExactJson } from '../aurora/exact-json.ts'
import type { Members } from '../aurora/body.ts'

/** Makes an object with other members of an object; the object itself is not changed, because others may hold it. */
export type Reader = (members: Members) => Members

/** Null if the value is no list. */
export function readItems(value: unknown): readonly unknown[] | null {
  const list: unknown = typeof value === 'string' && value.trim().startsWith('[') ? parse(value) : value
  return Array.isArray(list) ? list : null
}

function parse(text: string): unknown {
  try {
    return parseExactJson(text)
  } catch {
    return undefined
  }
}

/** Values of another type stay as they are. */
export const inObject =
  (reader: Reader) =>
  (value: unknown): unknown =>
    isMembers(value) ? reader(value) : value

/** Reads the object of one member. Returns the same object if nothing has to be changed. */
export const inMember =
  (member: string, reader: Reader): Reader =>
  (members) => {
    const value = members[member]
    if (!isMembers(value)) return members
    const read = reader(value)
    return read === value ? members : { ...members, [member]: read }
  }

/** Reads the objects in the list of one member. Returns the same object if nothing has to be changed. */
export const inEach =
  (member: string, reader: Reader): Reader =>
  (members) => {
    const items = readItems(members[member])
    if (items === null) return members
    let read: unknown[] | null = null
    for (const [index, item] of items.entries()) {
      if (!isMembers(item)) continue
      const changed = reader(item)
      if (changed !== item) (read ??= [...items])[index] = changed
    }
    return read === null && items === members[member] ? members : { ...members, [member]: read ?? items }
  }
