// The name of a read: enough to see whether it was touched.
import { isSameId } from '../aurora/body.ts'
import type { Endpoint } from '../aurora/endpoint.ts'
import type { Ids } from '../rest/call.ts'
import { isOf } from '../rest/scope.ts'
import type { Owner, ScopeKey } from '../rest/scope.ts'
import type { Touch } from './invalidation.ts'
import type { Above, Asked } from './parents.ts'

/** The question of a cached answer, without its page, and the known parents of its object. */
export interface ReadName {
  readonly scope: ScopeKey
  readonly operation: Endpoint['operation']
  readonly path: Ids
  /** If a parent that a touch names is unknown here, the read counts as touched. */
  readonly above: Above
}

export const readNameOf = (scope: ScopeKey, { endpoint, path }: Asked, above: Above): ReadName => ({
  scope,
  operation: endpoint.operation,
  path,
  above,
})

/** The same read for the question whether it was touched for certain: its unknown parents are then not those of any touch. */
export const withKnownParents = ({ above, ...read }: ReadName): ReadName => ({
  ...read,
  above: { project_id: above.project_id ?? [], design_id: above.design_id ?? [] },
})

/** A moment among the drops: a count, because a clock may show the same time twice. */
export type Mark = number

export const isTouched = (read: ReadName, owner: Owner, touches: readonly Touch[]): boolean =>
  isOf(read.scope, owner) && touches.some((touch) => isBelow(read, touch))

/** The ids of this name that the read or its parents may have; null: any. */
export function idsOf({ path, above }: ReadName, name: string): readonly string[] | null {
  const own = path[name]
  return own === undefined ? (above[name as keyof Above] ?? null) : [own]
}

export const isBelow = (read: ReadName, { operation, path }: Touch): boolean =>
  read.operation === operation && Object.entries(path).every(([name, id]) => hasId(read, name, id))

/**
 * An id that the route does not name is that of a parent. If the parents are unknown, the answer is true: an extra call
 * is better than an outdated answer.
 */
const hasId = (read: ReadName, name: string, id: string): boolean =>
  idsOf(read, name)?.some((known) => isSameId(known, id)) ?? true
