// The costs of fields for routers, in hundredths of a call, by the assumptions of plans before there was an answer:
// `@cost` and `@listSize`. https://ibm.github.io/graphql-specs/cost-spec.html
import { getNamedType, getNullableType, isInterfaceType, isListType, isObjectType } from 'graphql'
import type { GraphQLField, GraphQLNamedType, GraphQLObjectType } from 'graphql'
import { isReadOperation, ownReadOf, READS, tenantListOf } from '../aurora/reads.ts'
import type { ReadEndpoint } from '../aurora/reads.ts'
import type { Kind } from '../aurora/kinds.ts'
import { DEFAULT_FIRST } from '../graphql/connection.ts'
import { lengthOf } from '../planning/outlook.ts'
import { entityOf } from './keys.ts'
import type { Entity } from './keys.ts'

/** The cost of one call. Weights are whole numbers, and the items of a list share one call. */
const CALL = 100

/** A router counts 1 for each object without a weight; here only calls count. */
export function costOfType(type: GraphQLNamedType): string | null {
  if (!isObjectType(type)) return null
  const entity = entityOfType(type)
  return cost(entity ? weightOf(entity.kind) : 0)
}

/** Null if the weight of the field's type is right. */
export function costOfField(parent: GraphQLNamedType, field: GraphQLField<unknown, unknown>): string | null {
  if (isInterfaceType(parent)) return null
  if (parent.name === 'Mutation') return cost(CALL)
  const entity = entityOfType(getNamedType(field.type))
  const usual = entity ? weightOf(entity.kind) : 0
  const weight = weightOfField(parent, field) ?? usual
  return weight === usual ? null : cost(weight)
}

export function listSizeOf(field: GraphQLField<unknown, unknown>): string | null {
  const type = getNamedType(field.type)
  const slicing = field.args.map(({ name }) => name).filter((name) => name === 'first' || name === 'last')
  const sized = slicing.length > 0 && isObjectType(type) ? listsIn(type) : []
  if (sized.length > 0)
    return (
      `@listSize(assumedSize: ${DEFAULT_FIRST}, slicingArguments: ${toList(slicing)}, ` +
      `sizedFields: ${toList(sized)}, requireOneSlicingArgument: false)`
    )
  const isCounted =
    isObjectType(type) && isListType(getNullableType(field.type)) && entityOfType(type) !== null
  // The lists of a connection have the size of its slice.
  return isCounted && field.name !== 'nodes' ? `@listSize(assumedSize: ${usualLength(field)})` : null
}

/** The lists of a slice that have the requested length; composers refuse the name of a missing field. */
const listsIn = (type: GraphQLObjectType): string[] =>
  Object.values(type.getFields())
    .filter((each) => isListType(getNullableType(each.type)) && isObjectType(getNamedType(each.type)))
    .map(({ name }) => name)

const toList = (names: readonly string[]): string => `[${names.map((name) => `"${name}"`).join(', ')}]`

const cost = (weight: number): string => `@cost(weight: ${weight})`

/** Undefined: the weight of its type. */
function weightOfField(parent: GraphQLNamedType, field: GraphQLField<unknown, unknown>): number | undefined {
  if (operationOf(field) !== null || parent.name === 'Subscription') {
    if (operationOf(field) === null && entityOfType(getNamedType(field.type)) === null) return undefined
    const isList = isListType(getNullableType(field.type)) && isObjectType(getNamedType(field.type))
    return isList ? Math.ceil(CALL / usualLength(field)) : CALL
  }
  // The object came with the slice, or with the answer to the write, of which this is a part.
  return parent.name !== 'Query' && !isEntity(parent) ? 0 : undefined
}

/** The cost of one object that is reached by a foreign key or from another subgraph. */
function weightOf(kind: Kind): number {
  const list = tenantListOf(kind)
  if (!list) return CALL
  // One list of all serves these look-ups.
  const isShared = list.servesLookups === true || ownReadOf(kind) === undefined
  return isShared ? Math.ceil(CALL / lengthOf(list).usual) : CALL
}

function usualLength(field: GraphQLField<unknown, unknown>): number {
  const operation = operationOf(field)
  const read: ReadEndpoint | null = operation !== null && isReadOperation(operation) ? READS[operation] : null
  return lengthOf(read ?? {}).usual
}

/** The operation that the field makes, if it makes one of its own. */
function operationOf({ extensions }: GraphQLField<unknown, unknown>): string | null {
  const operation = extensions['operation']
  return typeof operation === 'string' ? operation : null
}

const entityOfType = (type: GraphQLNamedType): Entity | null =>
  isObjectType(type) ? entityOf(type.name, type.getFields()) : null

const isEntity = (type: GraphQLNamedType): boolean => entityOfType(type) !== null
