// Coerces the variables of an operation as graphql-js does (https://spec.graphql.org/draft/#CoerceVariableValues()),
// without the path of each value: a year of quarter hours has 35,136. Faulty variables are left to graphql-js.
import { isInputObjectType, isInputType, isListType, isNonNullType, typeFromAST, versionInfo } from 'graphql'
import type {
  GraphQLInputObjectType,
  GraphQLInputType,
  GraphQLSchema,
  TypeNode,
  VariableDefinitionNode,
} from 'graphql'

/** Null if graphql-js has to coerce them. */
export function coerceVariables(
  schema: GraphQLSchema,
  definitions: readonly VariableDefinitionNode[],
  given: Readonly<Record<string, unknown>>,
): Record<string, unknown> | null {
  // graphql 17 keeps the sources of values beside them.
  if (versionInfo.major >= 17) return null
  const values = Object.create(null) as Record<string, unknown>
  for (const { variable, type: node, defaultValue } of definitions) {
    const name = variable.name.value
    const type = typeOf(schema, node)
    if (!isInputType(type)) return null
    if (Object.hasOwn(given, name)) {
      const value = coerce(given[name], type)
      if (value === WRONG) return null
      values[name] = value
    } else if (defaultValue || isNonNullType(type)) return null
  }
  return values
}

/** A type by any of the three forms of its node. */
const typeOf = (schema: GraphQLSchema, node: TypeNode): unknown => typeFromAST(schema, node as never)

/** The value does not fit the type. */
const WRONG = Symbol('wrong')

function coerce(value: unknown, type: GraphQLInputType): unknown {
  if (isNonNullType(type)) return value === null || value === undefined ? WRONG : coerce(value, type.ofType)
  if (value === null || value === undefined) return null
  if (isListType(type)) return coerceList(value, type.ofType)
  return isInputObjectType(type) ? coerceObject(value, type) : coerceLeaf(value, type)
}

/** A single value becomes a list with one item. */
function coerceList(value: unknown, itemType: GraphQLInputType): unknown {
  if (!Array.isArray(value)) {
    const only = coerce(value, itemType)
    return only === WRONG ? WRONG : [only]
  }
  const coerceItem = coercerOf(itemType)
  const items: unknown[] = []
  for (const each of value) {
    const item = coerceItem(each)
    if (item === WRONG) return WRONG
    items.push(item)
  }
  return items
}

/** Finds out the type of the items once for a whole list. */
function coercerOf(type: GraphQLInputType): (value: unknown) => unknown {
  if (isNonNullType(type)) {
    const inner = coercerOf(type.ofType)
    return (value) => (value === null || value === undefined ? WRONG : inner(value))
  }
  if (isListType(type) || isInputObjectType(type)) return (value) => coerce(value, type)
  return (value) => (value === null || value === undefined ? null : coerceLeaf(value, type))
}

function coerceObject(value: unknown, type: GraphQLInputObjectType): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || type.isOneOf) return WRONG
  const given = value as Readonly<Record<string, unknown>>
  const fields = type.getFields()
  for (const name of Object.keys(given)) if (!Object.hasOwn(fields, name)) return WRONG
  const object = Object.create(null) as Record<string, unknown>
  for (const field of Object.values(fields)) {
    const inner = given[field.name]
    if (inner === undefined) {
      if (field.defaultValue !== undefined) object[field.name] = field.defaultValue
      else if (isNonNullType(field.type)) return WRONG
      continue
    }
    const coerced = coerce(inner, field.type)
    if (coerced === WRONG) return WRONG
    object[field.name] = coerced
  }
  return object
}

function coerceLeaf(value: unknown, type: { parseValue(value: unknown): unknown }): unknown {
  try {
    const parsed = type.parseValue(value)
    return parsed === undefined ? WRONG : parsed
  } catch {
    return WRONG
  }
}
