// Which items of a list can be read, and their ids.
import type { Members } from '../aurora/body.ts'

/** An item that could not be read keeps its place in a list, without members. */
export function isReadable(item: Members): boolean {
  if (Object.hasOwn(item, 'id')) return true
  for (const name in item) if (Object.hasOwn(item, name)) return true
  return false
}

export const idOf = (members: Members): string => String(members['id'])
