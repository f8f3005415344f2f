// Looks objects up in a list that is short enough to be read for a single look-up.
import { there, whenThere } from '../turns/at-once.ts'
import type { Soon, Steps } from '../turns/at-once.ts'
import type { Members } from '../aurora/body.ts'
import { isForbidden } from '../errors/errors.ts'
import { doubtOf } from './end-in-doubt.ts'
import { idOf, isReadable } from './readable.ts'

export interface ShortList {
  readonly carries: readonly string[]
  first(): Soon<readonly Members[]>
  /** The whole list, including its first page. */
  read(): Soon<readonly Members[]>
  /** The same, read until no further page can follow. */
  readToEnd(): Soon<readonly Members[]>
}

export const carriesAll = (
  shortList: ShortList | undefined,
  members: readonly string[],
): shortList is ShortList =>
  shortList !== undefined && members.every((member) => shortList.carries.includes(member))

/** A credential that may not read the list may still read single objects. Any other failure fails the look-up. */
export function* findOnShort(shortList: ShortList, key: string): Steps<Members | undefined> {
  // Waits a moment for lists below the same objects: if they show the objects, this list is needed for fewer fields.
  yield* there(Promise.resolve())
  try {
    return yield* there(findIn(shortList, key))
  } catch (error) {
    if (isForbidden(error)) return undefined
    throw error
  }
}

/** If the first page has the object, no further page is read, even if the first one is full. */
const findIn = (shortList: ShortList, key: string): Soon<Members | undefined> =>
  whenThere(
    shortList.first(),
    (items) => findById(items, key) ?? whenThere(shortList.read(), (all) => findById(all, key)),
  )

/**
 * For a kind without a read of its own: an object that is not in the list does not exist, so the list has to be whole.
 * Rejects if the object is not found and the end of the list is in doubt.
 */
export async function findInAll(shortList: ShortList, key: string): Promise<Members | undefined> {
  const found = await findIn(shortList, key)
  if (found) return found
  const items = await shortList.readToEnd()
  const atEnd = findById(items, key)
  const doubt = atEnd ? null : doubtOf(items)
  if (doubt) throw doubt
  return atEnd
}

/** Kept by list: a long list of users is searched for each object of a long list of projects. */
const indexes = new WeakMap<readonly Members[], ReadonlyMap<string, Members>>()

function findById(items: readonly Members[], key: string): Members | undefined {
  const index = indexes.get(items) ?? indexById(items)
  indexes.set(items, index)
  return index.get(key) ?? index.get(key.toLowerCase())
}

/**
 * The first of two items with the same id counts. The first page also contains unreadable items, which have no id. Aurora accepts its
 * ids in upper and lower case, so an item is found by each spelling, but an item with exactly the wanted one comes first.
 */
function indexById(items: readonly Members[]): ReadonlyMap<string, Members> {
  const index = new Map<string, Members>()
  const addAs = (nameOf: (item: Members) => string): void => {
    for (const item of items) if (isReadable(item) && !index.has(nameOf(item))) index.set(nameOf(item), item)
  }
  addAs(idOf)
  addAs((item) => idOf(item).toLowerCase())
  return index
}
