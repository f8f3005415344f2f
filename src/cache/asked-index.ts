// Finds cached answers by what was asked for, so that a write looks at those that it may have touched, and at no others.
import type { ScopeKey } from '../rest/scope.ts'
import type { HeldAnswer } from './held.ts'
import type { Touch } from './invalidation.ts'
import type { Asked } from './lineage.ts'
import { READS } from '../aurora/reads.ts'

/** An item of a list leaves with its list, and is not indexed by itself. */
export type Indexed = Pick<HeldAnswer, 'is' | 'scope' | 'asked'> | { readonly is: 'listed' }

export interface AskedIndex {
  add(key: string, held: Indexed): void
  remove(key: string, held: Indexed): void
  /** Keys of all answers that the touch may mean, and of some others. */
  find(scope: ScopeKey, touch: Touch): readonly string[]
  /**
   * The key of an answer to the operation, for an id as answers spell it; undefined where there are several, or none. The id is
   * a text that is there, so nothing has to be written and hashed to find it, as for the key of a call.
   */
  keyOf(scope: ScopeKey, operation: string, id: string): string | undefined
}

/** Most objects have one answer to one operation: a list for it would take more memory than its entry. */
type Keys = string | Set<string>
type ById = Map<string, Keys>

/** Groups answers by scope and operation, and these by the first id of the route, which is that of the object. */
export function createAskedIndex(): AskedIndex {
  const scopes = new Map<ScopeKey, Map<string, ById>>()
  return {
    add(key, held) {
      if (held.is !== 'answer') return
      const byId = openGroup(scopes, held.scope, held.asked.endpoint.operation)
      const id = firstIdOf(held.asked)
      byId.set(id, withKey(byId.get(id), key))
    },
    remove(key, held) {
      if (held.is !== 'answer') return
      const { operation } = held.asked.endpoint
      const groups = scopes.get(held.scope)
      const byId = groups?.get(operation)
      const id = firstIdOf(held.asked)
      const keys = byId?.get(id)
      if (!groups || !byId || keys === undefined) return
      if (keys instanceof Set) keys.delete(key)
      if (keys instanceof Set ? keys.size === 0 : keys === key) byId.delete(id)
      if (byId.size === 0) groups.delete(operation)
      if (groups.size === 0) scopes.delete(held.scope)
    },
    find(scope, { operation, path }) {
      const byId = scopes.get(scope)?.get(operation)
      if (!byId) return []
      const [first = ''] = READS[operation].parameters
      const id = path[first]
      // Without the object's own id, the touch means objects below a parent, or all.
      if (id === undefined) return [...byId.values()].flatMap(listKeys)
      return [...listKeys(byId.get(id.toLowerCase())), ...listKeys(byId.get(NO_ID))]
    },
    keyOf(scope, operation, id) {
      const keys = scopes.get(scope)?.get(operation)?.get(id)
      return typeof keys === 'string' ? keys : undefined
    },
  }
}

/** A read whose route has no id, such as a list of all projects. */
const NO_ID = ''

/** Aurora accepts its ids in upper and lower case. */
const firstIdOf = ({ endpoint: { parameters }, path }: Asked): string =>
  path[parameters[0] ?? '']?.toLowerCase() ?? NO_ID

function openGroup(scopes: Map<ScopeKey, Map<string, ById>>, scope: ScopeKey, operation: string): ById {
  let groups = scopes.get(scope)
  if (!groups) scopes.set(scope, (groups = new Map<string, ById>()))
  let byId = groups.get(operation)
  if (!byId) groups.set(operation, (byId = new Map<string, Keys>()))
  return byId
}

function withKey(keys: Keys | undefined, key: string): Keys {
  if (keys === undefined || keys === key) return key
  return keys instanceof Set ? keys.add(key) : new Set([keys, key])
}

function listKeys(keys: Keys | undefined): readonly string[] {
  if (keys === undefined) return []
  return keys instanceof Set ? [...keys] : [keys]
}
