// The key of an object that lists show: the scope first, then the kind and the id.
import type { Kind } from '../aurora/kinds.ts'
import { isSafeId } from '../rest/ids.ts'
import type { ScopeKey } from '../rest/scope.ts'

/** The JSON of an array, like the keys of calls, so that no two keys can be equal by chance. */
export const listedKey = (scope: ScopeKey, kind: Kind, id: string): string =>
  `[${JSON.stringify(scope)},"listed","${kind}",${JSON.stringify(id)}]`

/** The same for many objects of one scope in a row: the part that their keys share is written once. */
export function createListedKeys(): typeof listedKey {
  let last: ScopeKey | null = null
  const openings = new Map<Kind, string>()
  function openingOf(scope: ScopeKey, kind: Kind): string {
    const opening = `[${JSON.stringify(scope)},"listed","${kind}","`
    openings.set(kind, opening)
    return opening
  }
  return (scope, kind, id) => {
    if (scope !== last) openings.clear()
    last = scope
    // A safe id contains no sign that JSON escapes.
    return isSafeId(id)
      ? `${openings.get(kind) ?? openingOf(scope, kind)}${id}"]`
      : listedKey(scope, kind, id)
  }
}
