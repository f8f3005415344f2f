// Sample values for the required variables of a document, so that it can be planned without values from a person.
import {
  getNamedType,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isObjectType,
  isRequiredInputField,
  Kind,
  TypeInfo,
  typeFromAST,
  visit,
  visitWithTypeInfo,
} from 'graphql'
import type { DocumentNode, GraphQLField, GraphQLInputType, GraphQLSchema } from 'graphql'

export interface SampleOptions {
  readonly schema: GraphQLSchema
  /** Global ids by the name of their type. */
  readonly ids: ReadonlyMap<string, string>
}

/** Leaves out optional variables, because their own default is the better sample. */
export function sampleVariables(
  document: DocumentNode,
  { schema, ids }: SampleOptions,
): Readonly<Record<string, unknown>> {
  const uses = findUses(document, schema)
  const samples: Record<string, unknown> = {}
  for (const definition of document.definitions)
    for (const { variable, type: typeNode, defaultValue } of definition.kind === Kind.OPERATION_DEFINITION
      ? (definition.variableDefinitions ?? [])
      : []) {
      const type = typeFromAST(schema, typeNode as never) as GraphQLInputType | undefined
      if (!type || !isNonNullType(type) || defaultValue !== undefined) continue
      samples[variable.name.value] = sample(type, uses.get(variable.name.value) ?? null, ids)
    }
  return samples
}

interface Use {
  /** The argument or the member of an input that takes the variable. */
  readonly name: string
  readonly field: GraphQLField<unknown, unknown>
}

/** The first place in which each variable is used. */
function findUses(document: DocumentNode, schema: GraphQLSchema): ReadonlyMap<string, Use> {
  const uses = new Map<string, Use>()
  const typeInfo = new TypeInfo(schema)
  let member: string | null = null
  visit(
    document,
    visitWithTypeInfo(typeInfo, {
      ObjectField: {
        enter: ({ name }) => void (member = name.value),
        leave: () => void (member = null),
      },
      Variable({ name }) {
        const field = typeInfo.getFieldDef()
        const argument = typeInfo.getArgument()
        if (field && argument && !uses.has(name.value))
          uses.set(name.value, { name: member ?? argument.name, field })
      },
    }),
  )
  return uses
}

function sample(type: GraphQLInputType, use: Use | null, ids: SampleOptions['ids']): unknown {
  const nullable = getNullableType(type)
  if (isListType(nullable)) return [sample(nullable.ofType, use, ids)]
  if (isEnumType(nullable)) return nullable.getValues()[0]?.name
  if (isInputObjectType(nullable))
    return Object.fromEntries(
      Object.values(nullable.getFields())
        .filter(isRequiredInputField)
        .map(({ name, type: inner }) => [name, sample(inner, use && { ...use, name }, ids)]),
    )
  if (nullable.name === 'ID') return sampleId(use, ids)
  return SAMPLES[nullable.name] ?? null
}

/** About as many as a screen shows; the values of texts and numbers do not change the cost of a document. */
const SAMPLES: Readonly<Record<string, unknown>> = {
  Int: 20,
  Float: 1,
  Boolean: true,
  String: 'sample',
  DateTime: '2026-01-01T00:00:00Z',
  JSON: {},
}

/** `projectId` takes the id of a Project; `id` takes that of the type which its field, or the payload of it, leads to. */
function sampleId(use: Use | null, ids: SampleOptions['ids']): string {
  const named = use?.name.match(/^(.+)Ids?$/)?.[1]
  const types = named ? [`${named.charAt(0).toUpperCase()}${named.slice(1)}`] : typesOf(use)
  return types.map((type) => ids.get(type)).find((id) => id !== undefined) ?? 'sample'
}

function typesOf(use: Use | null): readonly string[] {
  const target = use && getNamedType(use.field.type)
  const inside = isObjectType(target) ? Object.values(target.getFields()) : []
  // `node` and `nodes` take the id of any type.
  return [target?.name ?? '', ...inside.map(({ type }) => getNamedType(type).name), 'Project']
}
