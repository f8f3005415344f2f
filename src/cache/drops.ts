// Records what writes have made untrue lately: a read that was under way meanwhile may bring the state before the write.
import { isSameId } from '../aurora/body.ts'
import type { Endpoint } from '../aurora/endpoint.ts'
import type { Ids } from '../rest/call.ts'
import type { ScopeKey } from '../rest/scope.ts'
import type { Touch } from './invalidation.ts'
import type { Above, Asked } from './lineage.ts'

/** The question of a cached answer, without its page, and what is known to lie above its object. */
export interface ReadName {
  readonly scope: ScopeKey
  readonly operation: Endpoint['operation']
  readonly path: Ids
  /** Where it says nothing of a parent that a touch names, the read counts as touched. */
  readonly above: Above
}

export const readNameOf = (scope: ScopeKey, { endpoint, path }: Asked, above: Above): ReadName => ({
  scope,
  operation: endpoint.operation,
  path,
  above,
})

/** A moment among the drops: a count, since a clock may show the same time twice. */
export type Mark = number

export interface Drops {
  mark(): Mark
  add(scope: ScopeKey, touches: readonly Touch[]): void
  /** Something was touched, and it is unknown what. */
  addAll(): void
  /** What is read was touched since; if that is unknown, true. */
  haveTouched(read: ReadName, since: Mark): boolean
}

/** Of one scope: the writes of two minutes in which the whole budget goes to writes. No read takes longer. */
const MAX_OF_SCOPE = 200
/** Of all scopes, some megabytes: the writes of a thousand tenants in some minutes. */
const MAX_REMEMBERED = 5000

interface ScopeDrops {
  readonly recent: { readonly touches: readonly Touch[]; readonly mark: Mark }[]
  /** The last drop that is not remembered any more. */
  forgottenAt: Mark
}

/** Each scope has its own memory, so that the writes of other tenants never make a read count as touched. */
export function createDrops(): Drops {
  /** The scope that was written last is the last one. */
  const scopes = new Map<ScopeKey, ScopeDrops>()
  let remembered = 0
  let last: Mark = 0
  /** The last drop of those scopes that have no memory. */
  let forgottenAt: Mark = 0

  function forgetScope(scope: ScopeKey, { recent }: ScopeDrops): void {
    scopes.delete(scope)
    remembered -= recent.length
    forgottenAt = Math.max(forgottenAt, recent.at(-1)?.mark ?? 0)
  }

  return {
    mark: () => last,
    add(scope, touches) {
      if (touches.length === 0) return
      last += 1
      const drops = scopes.get(scope) ?? { recent: [], forgottenAt: 0 }
      scopes.delete(scope)
      scopes.set(scope, drops)
      drops.recent.push({ touches, mark: last })
      remembered += 1
      if (drops.recent.length > MAX_OF_SCOPE) {
        drops.forgottenAt = drops.recent.shift()?.mark ?? last
        remembered -= 1
      }
      for (const [oldest, ofOldest] of scopes) {
        if (remembered <= MAX_REMEMBERED) break
        forgetScope(oldest, ofOldest)
      }
    },
    addAll() {
      last += 1
      scopes.clear()
      remembered = 0
      forgottenAt = last
    },
    haveTouched(read, since) {
      if (since < forgottenAt) return true
      const drops = scopes.get(read.scope)
      if (!drops) return false
      return (
        since < drops.forgottenAt ||
        drops.recent.some(({ touches, mark }) => mark > since && isTouched(read, read.scope, touches))
      )
    },
  }
}

export const isTouched = (read: ReadName, scope: ScopeKey, touches: readonly Touch[]): boolean =>
  read.scope === scope && touches.some((touch) => isBelow(read, touch))

const isBelow = (read: ReadName, { operation, path }: Touch): boolean =>
  read.operation === operation && Object.entries(path).every(([name, id]) => hasId(read, name, id))

/** An id that the route does not name is that of a parent. An extra call is cheaper than an untrue answer. */
function hasId({ path, above }: ReadName, name: string, id: string): boolean {
  const own = path[name]
  if (own !== undefined) return isSameId(own, id)
  return above[name as keyof Above]?.some((known) => isSameId(known, id)) ?? true
}
