// Reads a representation: the object with `__typename` and a key by which a router names an object of this subgraph.
import { isMembers } from '../aurora/body.ts'
import type { Kind } from '../aurora/kinds.ts'
import { GatewayError } from '../errors/errors.ts'
import { readId } from '../graphql/global-id.ts'
import type { Entity, KeyField } from './keys.ts'

export interface Reference {
  readonly kind: Kind
  readonly key: string
}

/** By the name of the type. */
export type Entities = ReadonlyMap<string, Entity>

/**
 * Throws BAD_USER_INPUT for a representation that names no object, or two. Further members are ignored, because routers
 * also send those that other subgraphs require.
 */
export function readRepresentation(value: unknown, entities: Entities): Reference {
  if (!isMembers(value)) throw wrong('A representation is an object with `__typename` and a key.')
  const typeName = ownMember(value, '__typename')
  const entity = typeof typeName === 'string' ? entities.get(typeName) : undefined
  if (typeof typeName !== 'string' || !entity)
    throw wrong('The `__typename` of a representation is a type of this subgraph with a key.')
  const keys = new Set(entity.keys.flatMap((field) => keyIn(value, typeName, field)))
  const [key, ...others] = keys
  if (others.length > 0) throw wrong(`The keys of this representation name two different ${typeName}s.`)
  if (key !== undefined) return { kind: entity.kind, key }
  const wanted = entity.keys.map((field) => `\`${field}\``).join(' or ')
  throw wrong(`A representation of a ${typeName} has ${wanted}.`)
}

/** Either field takes either id, as every argument of the schema does; a key that is null counts as absent. */
function keyIn(value: Readonly<Record<string, unknown>>, typeName: string, field: KeyField): string[] {
  const id = ownMember(value, field)
  if (id === undefined || id === null) return []
  if (typeof id === 'string' || (typeof id === 'number' && Number.isSafeInteger(id)))
    return [readId(typeName, String(id))]
  throw wrong(`The \`${field}\` of a representation is a text.`)
}

const ownMember = (value: Readonly<Record<string, unknown>>, name: string): unknown =>
  Object.hasOwn(value, name) ? value[name] : undefined

const wrong = (message: string): GatewayError => new GatewayError('BAD_USER_INPUT', message)
