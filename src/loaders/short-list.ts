// Looks objects up in a list that is short enough to be read for each of them.
import { there, whenThere } from '../turns/at-once.ts'
import type { Soon, Steps } from '../turns/at-once.ts'
import type { Members } from '../aurora/body.ts'
import { isForbidden } from '../errors/errors.ts'
import { doubtOf } from './end-in-doubt.ts'
import { idOf, isReadable } from './pages.ts'

export interface ShortList {
  readonly carries: readonly string[]
  first(): Soon<readonly Members[]>
  /** The whole list, its first page included. */
  read(): Soon<readonly Members[]>
  /** The same, read on until nothing can follow. */
  readToEnd(): Soon<readonly Members[]>
}

export const carriesAll = (
  shortList: ShortList | undefined,
  members: readonly string[],
): shortList is ShortList =>
  shortList !== undefined && members.every((member) => shortList.carries.includes(member))

/** A credential that may not list may still read one by one. Any other failure fails the look-up. */
export function* findOnShort(shortList: ShortList, key: string): Steps<Members | undefined> {
  // Lists below the same objects are asked for first: what this list brings is needed for fewer fields.
  yield* there(Promise.resolve())
  try {
    return yield* there(findIn(shortList, key))
  } catch (error) {
    if (isForbidden(error)) return undefined
    throw error
  }
}

/** Where the first page has the object, it costs no further one: a page may be full, or may look as if it were. */
const findIn = (shortList: ShortList, key: string): Soon<Members | undefined> =>
  whenThere(
    shortList.first(),
    (items) => findById(items, key) ?? whenThere(shortList.read(), (all) => findById(all, key)),
  )

/**
 * For a kind without a read of its own: what is not in the list does not exist, so the list has to be whole. Rejects where it is not
 * found and the end of the list is in doubt.
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

/** A long list of users is looked into for each object of a long list of projects. */
const indexes = new WeakMap<readonly Members[], ReadonlyMap<string, Members>>()

function findById(items: readonly Members[], key: string): Members | undefined {
  const index = indexes.get(items) ?? indexById(items)
  indexes.set(items, index)
  return index.get(key)
}

/** The first of two items with the same id counts. The first page also has the items that could not be read, and these have no id. */
const indexById = (items: readonly Members[]): ReadonlyMap<string, Members> =>
  new Map(
    items
      .filter(isReadable)
      .toReversed()
      .map((item) => [idOf(item), item]),
  )
