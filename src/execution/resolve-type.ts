// Finds the object type of a value whose field has an interface or a union as its type.
import { defaultTypeResolver, GraphQLError, isObjectType } from 'graphql'
import type { GraphQLAbstractType, GraphQLObjectType } from 'graphql'
import type { FieldRun } from './position.ts'

/** Returns the name of the type, or a promise of it. */
export const nameOfType = (type: GraphQLAbstractType, value: unknown, run: FieldRun): unknown =>
  (type.resolveType ?? defaultTypeResolver)(value, run.execution.contextValue, run, type)

/** Throws for a name that is not that of a possible type; the messages are those of graphql-js, but quote no value. */
export function typeNamed(name: unknown, type: GraphQLAbstractType, run: FieldRun): GraphQLObjectType {
  const { schema } = run
  const field = `"${run.parentType.name}.${run.fieldName}"`
  const nodes = run.fieldNodes
  if (name === undefined || name === null)
    throw new GraphQLError(
      `Abstract type "${type.name}" must resolve to an Object type at runtime for field ${field}. Either the "${type.name}" type should provide a "resolveType" function or each possible type should provide an "isTypeOf" function.`,
      { nodes },
    )
  if (isObjectType(name))
    throw new GraphQLError(
      'Support for returning GraphQLObjectType from resolveType was removed in graphql-js@16.0.0 please return type name instead.',
    )
  if (typeof name !== 'string')
    throw new GraphQLError(
      `Abstract type "${type.name}" must resolve to an Object type at runtime for field ${field}, received a value of type ${typeof name}.`,
    )
  const found = schema.getType(name)
  if (!found)
    throw new GraphQLError(
      `Abstract type "${type.name}" was resolved to a type "${name}" that does not exist inside the schema.`,
      { nodes },
    )
  if (!isObjectType(found))
    throw new GraphQLError(`Abstract type "${type.name}" was resolved to a non-object type "${name}".`, {
      nodes,
    })
  if (schema.isSubType(type, found)) return found
  throw new GraphQLError(`Runtime Object type "${found.name}" is not a possible type for "${type.name}".`, {
    nodes,
  })
}
