// The variables of an operation: the values that a request gives them, and those variables that decide which fields are selected.
import { getVariableValues, Kind, versionInfo } from 'graphql'
import type {
  DocumentNode,
  GraphQLResolveInfo,
  GraphQLSchema,
  OperationDefinitionNode,
  SelectionSetNode,
  ValueNode,
} from 'graphql'
import { coerceVariables } from './coerce-variables.ts'

export type VariableValues = GraphQLResolveInfo['variableValues']

/** The bound of graphql-js on the errors that are worked out for one request. */
const MAX_ERRORS = 50

/** Null if the given values do not fit the declarations of the operation. */
export function readVariables(
  schema: GraphQLSchema,
  { variableDefinitions = [] }: OperationDefinitionNode,
  given: Readonly<Record<string, unknown>>,
): VariableValues | null {
  const coerced = coerceVariables(schema, variableDefinitions, given)
  if (coerced) return coerced
  const read = getVariableValues(schema, variableDefinitions, given, { maxErrors: MAX_ERRORS })
  if (read.errors) return null
  // graphql 17 keeps the sources of values beside them.
  return 'coerced' in read ? read.coerced : (read as { variableValues: VariableValues }).variableValues
}

export const holdsVariable = (value: ValueNode): boolean => {
  if (value.kind === Kind.VARIABLE) return true
  if (value.kind === Kind.LIST) return value.values.some(holdsVariable)
  return value.kind === Kind.OBJECT && value.fields.some((field) => holdsVariable(field.value))
}

/**
 * Returns the names of all directives in selections, and of the variables in their arguments: with equal values of these
 * variables, the same fields are selected.
 */
export function readDirectives({
  definitions,
}: DocumentNode): Record<'names' | 'variables', ReadonlySet<string>> {
  const names = new Set<string>()
  const variables = new Set<string>()
  const visit = ({ selections }: SelectionSetNode): void => {
    for (const selection of selections) {
      for (const { name, arguments: args = [] } of selection.directives ?? []) {
        names.add(name.value)
        for (const { value } of args) if (value.kind === Kind.VARIABLE) variables.add(value.name.value)
      }
      const below = selection.kind === Kind.FRAGMENT_SPREAD ? undefined : selection.selectionSet
      if (below) visit(below)
    }
  }
  for (const definition of definitions) if ('selectionSet' in definition) visit(definition.selectionSet)
  return { names, variables }
}

/** One letter for each value: values have the same letter if @skip and @include treat them alike. */
export function lettersOf(names: readonly string[], variableValues: VariableValues): string {
  const values = versionInfo.major >= 17 ? (variableValues['coerced'] as VariableValues) : variableValues
  return names.map((name) => letterOf(values, name)).join('')
}

function letterOf(values: VariableValues, name: string): string {
  const value = values[name]
  if (!Object.hasOwn(values, name) || value === undefined) return '-'
  return value === null ? 'n' : value === true ? 't' : value === false ? 'f' : 'o'
}
