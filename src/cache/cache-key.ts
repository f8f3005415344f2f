// The one place where keys are made: scope first, then what is asked, unambiguous whatever the parts contain.
import type { ScopeKey } from '../rest/call.ts'
import type { Kind } from '../rest/endpoint.ts'
import type { CallName } from './saved-reply.ts'

/** A JSON array: `["a:b","c"]` and `["a","b:c"]` can't meet. */
export const callKey = ({ scope, endpoint, path, query }: CallName): string =>
  JSON.stringify([scope.key, endpoint.operation, sorted(path), sorted(query)])

/** Under which an object that lists carry is found by its id. */
export const listedKey = (scope: ScopeKey, kind: Kind, id: string): string =>
  JSON.stringify([scope, 'listed', kind, id])

const sorted = (parts: Readonly<Record<string, string>>): string[][] =>
  Object.entries(parts).sort(([left], [right]) => (left < right ? -1 : 1))
