// The key by which an object that lists carry is found: the scope first, then the kind and the id.
import type { Kind } from '../aurora/kinds.ts'
import type { ScopeKey } from '../rest/scope.ts'

/** The JSON of an array, as the keys of calls: unambiguous whatever its parts contain. */
export const listedKey = (scope: ScopeKey, kind: Kind, id: string): string =>
  `[${JSON.stringify(scope)},"listed","${kind}",${JSON.stringify(id)}]`
