// The key by which an object that lists carry is found: the scope first, then the kind and the id.
import type { Kind } from '../aurora/kinds.ts'
import { isSafeId } from '../rest/ids.ts'
import type { ScopeKey } from '../rest/scope.ts'

/** The JSON of an array, as the keys of calls: unambiguous whatever its parts contain. */
export const listedKey = (scope: ScopeKey, kind: Kind, id: string): string =>
  `[${JSON.stringify(scope)},"listed","${kind}",${JSON.stringify(id)}]`

/** The same, for many objects of one scope in a row: what their keys have in common is written once. */
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
    // JSON has nothing to escape in a safe id.
    return isSafeId(id)
      ? `${openings.get(kind) ?? openingOf(scope, kind)}${id}"]`
      : listedKey(scope, kind, id)
  }
}
