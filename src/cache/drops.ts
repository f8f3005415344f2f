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

/** The writes of two minutes in which the whole budget goes to writes: no read takes longer. */
const MAX_REMEMBERED = 200

export function createDrops(): Drops {
  let recent: { readonly scope: ScopeKey; readonly touches: readonly Touch[]; readonly mark: Mark }[] = []
  let last: Mark = 0

  return {
    mark: () => last,
    add(scope, touches) {
      if (touches.length === 0) return
      last += 1
      recent = [...recent.slice(1 - MAX_REMEMBERED), { scope, touches, mark: last }]
    },
    addAll() {
      last += 1
      recent = []
    },
    haveTouched(read, since) {
      const isForgotten = since < last - recent.length
      return (
        isForgotten ||
        recent.some(({ scope, touches, mark }) => mark > since && isTouched(read, scope, touches))
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
