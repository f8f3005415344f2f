// Which items of a list can be read, and their ids.
import { idKey } from '../aurora/body.ts'
import type { Members } from '../aurora/body.ts'

/** An item that could not be read keeps its place in a list, without members. */
export function isReadable(item: Members): boolean {
  if (Object.hasOwn(item, 'id')) return true
  for (const name in item) if (Object.hasOwn(item, name)) return true
  return false
}

export const idOf = (members: Members): string => String(members['id'])

/** The same for each spelling of an id: Aurora may write an item in capitals on one page, and in small letters on another. */
export const keyOf = (members: Members): string => idKey(idOf(members))
