// The tags by which a router's cache drops answers: `@cacheTag` with the kinds of objects, and with their ids if the schema has them.
import { getNamedType, isNonNullType, isObjectType } from 'graphql'
import type { GraphQLField, GraphQLNamedType } from 'graphql'
import { kindRow } from '../aurora/kinds.ts'
import { isReadOperation, READS } from '../aurora/reads.ts'
import { entityOf } from './keys.ts'

/** A format may use a key field only if all keys of the type have it, so a type with two keys has the tag of its kind alone. */
export function tagsOfType(type: GraphQLNamedType): string[] {
  const entity = isObjectType(type) ? entityOf(type.name, type.getFields()) : null
  if (!entity) return []
  const [key, ...others] = entity.keys
  return [tag(type.name), ...(key === 'id' && others.length === 0 ? [tag('{$key.id}')] : [])]
}

/** The tags of a root field: the kind of its objects, and the id in its argument. */
export function tagsOfField(parent: GraphQLNamedType, field: GraphQLField<unknown, unknown>): string[] {
  if (parent.name !== 'Query') return []
  const typeName = typeNameFound(field)
  if (typeName === null) return []
  const byId = field.args.some(({ name, type }) => name === 'id' && isNonNullType(type))
  return [tag(typeName), ...(byId ? [tag(`${typeName}:{$args.id}`)] : [])]
}

const tag = (format: string): string => `@cacheTag(format: ${JSON.stringify(format)})`

/** The kind behind a connection is that of its operation. */
function typeNameFound({ extensions, type }: GraphQLField<unknown, unknown>): string | null {
  const operation = extensions['operation']
  if (typeof operation === 'string' && isReadOperation(operation))
    return kindRow(READS[operation].kind).typeName
  const named = getNamedType(type)
  return isObjectType(named) && entityOf(named.name, named.getFields()) ? named.name : null
}
