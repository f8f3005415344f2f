// The keys by which another subgraph may name an object of this one: the key fields of each type with an id, for the SDL and for `_entities`.
import { KIND_OF_TYPE, kindRow } from '../aurora/kinds.ts'
import type { Keying, Kind } from '../aurora/kinds.ts'

/** A field that alone identifies an object of its type. */
export type KeyField = 'auroraId' | 'id'

const GLOBAL_ID: readonly KeyField[] = ['id']
/** Routers take the first key that the other subgraph has. */
const BOTH: readonly KeyField[] = ['auroraId', 'id']

/**
 * Aurora's own id identifies an object only if Aurora needs no other id: a financing is found by its design as well,
 * and a proposal by its design alone, so of these only the global id is a key.
 */
const KEYS: Readonly<Record<Keying, readonly KeyField[]>> = {
  id: BOTH,
  tenant: BOTH,
  parent: GLOBAL_ID,
  'parent/id': GLOBAL_ID,
  none: [],
}

export interface Entity {
  readonly kind: Kind
  readonly keys: readonly KeyField[]
}

/** Null for a type that cannot be referred to. `fields`: those of the type. */
export function entityOf(typeName: string, fields: Readonly<Record<string, unknown>>): Entity | null {
  const kind = KIND_OF_TYPE.get(typeName)
  if (kind === undefined) return null
  return { kind, keys: KEYS[kindRow(kind).keyedBy].filter((key) => Object.hasOwn(fields, key)) }
}
