// Finds a row on two pages of a list: in a list without a promised order, another row may then be on none.
import type { Members } from '../aurora/body.ts'
import { isReadable, keyOf } from './readable.ts'

/**
 * A row on two pages has moved while they were read, or another one has pushed it there: then as many rows may be on none. A page
 * that repeats the page before is no sign, because some servers answer with their last page behind the end.
 */
export function haveRepeats(pages: Iterable<readonly Members[] | null>): boolean {
  const earlier = new Set<string>()
  let before: ReadonlySet<string> = earlier
  for (const items of pages) {
    const ids = new Set((items ?? []).filter(isReadable).map(keyOf))
    if (!isEqual(ids, before) && [...ids].some((id) => earlier.has(id))) return true
    for (const id of ids) earlier.add(id)
    before = ids
  }
  return false
}

const isEqual = (ids: ReadonlySet<string>, others: ReadonlySet<string>): boolean =>
  ids.size === others.size && [...ids].every((id) => others.has(id))
