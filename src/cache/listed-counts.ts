// Counts the objects of each kind that lists or writes have shown: if there are none of a kind, no look-up is made.
import type { Kind } from '../aurora/kinds.ts'
import type { ScopeKey } from '../rest/scope.ts'

/** An entry that shows an object by its id; the kind is null for any other entry. */
export interface ListedAs {
  readonly scope: ScopeKey
  readonly listedAs: Kind | null
}

export interface ListedCounts {
  add(entry: ListedAs): void
  remove(entry: ListedAs): void
  hasAny(scope: ScopeKey, kind: Kind): boolean
}

export function createListedCounts(): ListedCounts {
  const scopes = new Map<ScopeKey, Map<Kind, number>>()
  return {
    add({ scope, listedAs }) {
      if (listedAs === null) return
      let counts = scopes.get(scope)
      if (!counts) scopes.set(scope, (counts = new Map<Kind, number>()))
      counts.set(listedAs, (counts.get(listedAs) ?? 0) + 1)
    },
    remove({ scope, listedAs }) {
      const counts = scopes.get(scope)
      if (listedAs === null || !counts) return
      const left = (counts.get(listedAs) ?? 0) - 1
      if (left > 0) counts.set(listedAs, left)
      else counts.delete(listedAs)
      if (counts.size === 0) scopes.delete(scope)
    },
    hasAny: (scope, kind) => scopes.get(scope)?.has(kind) ?? false,
  }
}
