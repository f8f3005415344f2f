// The plan of an operation, worked out once for all its executions: the fields of each object, their arguments, and how
// their values are shown.
import {
  defaultFieldResolver,
  getArgumentValues,
  getNullableType,
  isAbstractType,
  isLeafType,
  isListType,
  isNonNullType,
  SchemaMetaFieldDef,
  TypeMetaFieldDef,
  TypeNameMetaFieldDef,
} from 'graphql'
import type {
  FieldNode,
  FragmentDefinitionNode,
  GraphQLAbstractType,
  GraphQLField,
  GraphQLFieldResolver,
  GraphQLLeafType,
  GraphQLObjectType,
  GraphQLOutputType,
  GraphQLSchema,
  OperationDefinitionNode,
  SelectionSetNode,
} from 'graphql'
import { MEMORY } from './answer-size.ts'
import { bytesOf } from './bytes-of.ts'
import { collectFields } from './collect-fields.ts'
import { freezeDeeply } from './freeze-deeply.ts'
import { sizeOf } from './size-of.ts'
import type { Size } from './size-of.ts'
import { holdsVariable } from './variables.ts'
import type { VariableValues } from './variables.ts'

/** How a value of a type is shown. */
export type Shape =
  | { readonly kind: 'leaf'; readonly isNonNull: boolean; readonly type: GraphQLLeafType }
  | { readonly kind: 'object'; readonly isNonNull: boolean; readonly type: GraphQLObjectType }
  | { readonly kind: 'abstract'; readonly isNonNull: boolean; readonly type: GraphQLAbstractType }
  | { readonly kind: 'list'; readonly isNonNull: boolean; readonly item: Shape }

type Arguments = Readonly<Record<string, unknown>>

export interface FieldPlan {
  /** Its name in the answer. */
  readonly name: string
  readonly nodes: readonly FieldNode[]
  readonly definition: GraphQLField<unknown, unknown>
  readonly parentType: GraphQLObjectType
  readonly resolve: GraphQLFieldResolver<unknown, unknown>
  /** Its value if that needs no object, for example that of `__typename`. */
  readonly constant: string | null
  /** Null if they have to be read with the variables of each execution. */
  readonly args: Arguments | null
  readonly shape: Shape
  /** Its type if its values are leaves, so that each is shown in one step. */
  readonly leaf: GraphQLLeafType | null
  /**
   * Whether its resolver is called with the `info` of its place; false if the field has the extension `needsInfo:
   * false`.
   */
  readonly needsInfo: boolean
  /** Whether its values are objects. */
  readonly isComposite: boolean
  /** How much work one object of it is. */
  readonly size: Size
  /** The selection for each object type of its values so far; null as long as there was at most one type. */
  selections: Map<GraphQLObjectType, SelectionPlan> | null
  /** The selection that was used last. */
  last: SelectionPlan | null
}

export interface SelectionPlan {
  readonly type: GraphQLObjectType
  readonly fields: readonly FieldPlan[]
  /** The least text of one of its objects, and the memory of one. */
  readonly textBytes: number
  readonly memoryBytes: number
}

type Fragments = Record<string, FragmentDefinitionNode>

export interface OperationPlan {
  readonly schema: GraphQLSchema
  readonly fragments: Fragments
  readonly operation: OperationDefinitionNode
  /** The key under which it is remembered. */
  readonly key: string
  /** The keys of all remembered plans of its document. */
  readonly keys: Set<string>
  /** Its memory, with that of its document; it grows when an execution meets objects of a new type. */
  bytes: number
  /** The part of `bytes` that the memory of plans has counted. */
  countedBytes: number
  root: SelectionPlan | null
}

/** The selection of the operation itself. Throws for arguments of directives that cannot be read. */
export function rootSelection(plan: OperationPlan, { type, variableValues }: Selecting): SelectionPlan {
  plan.root ??= planSelection(plan, { type, variableValues, sets: [plan.operation.selectionSet] })
  return plan.root
}

/** The selection of an object below a field. Throws as `rootSelection` does. */
export function selectionOf(
  plan: OperationPlan,
  { field, type, variableValues }: Selecting & { readonly field: FieldPlan },
): SelectionPlan {
  if (field.last?.type === type) return field.last
  let selection = field.selections?.get(type)
  if (!selection) {
    const sets = field.nodes.map(({ selectionSet }) => selectionSet)
    selection = planSelection(plan, { type, variableValues, sets })
  }
  // Most fields lead to objects of one type.
  if (field.last) {
    field.selections ??= new Map([[field.last.type, field.last]])
    field.selections.set(type, selection)
  }
  field.last = selection
  return selection
}

interface Selecting {
  readonly type: GraphQLObjectType
  readonly variableValues: VariableValues
}

function planSelection(
  plan: OperationPlan,
  { type, variableValues, sets }: Selecting & { readonly sets: readonly (SelectionSetNode | undefined)[] },
): SelectionPlan {
  const { schema, fragments } = plan
  const fields: FieldPlan[] = []
  for (const [name, nodes] of collectFields(sets, type, { schema, fragments, variableValues })) {
    const definition = definitionOf(schema, type, nodes)
    if (definition) fields.push(planField({ name, nodes, definition, parentType: type }, fragments))
  }
  for (const field of fields) plan.bytes += bytesOf(field)
  return { type, fields, textBytes: textOf(fields), memoryBytes: memoryOf(fields) }
}

/** Quotation marks, a colon, a comma and a value of one sign. */
const TEXT_OF_MEMBER = 5

/**
 * The last member has no comma, and the object itself is counted as one sign by what contains it: this makes up for the
 * braces.
 */
const textOf = (fields: readonly FieldPlan[]): number =>
  fields.reduce((sum, { name, constant }) => sum + name.length + TEXT_OF_MEMBER + (constant?.length ?? 0), 0)

const memoryOf = ({ length }: readonly FieldPlan[]): number =>
  MEMORY.object + Math.max(0, length - 4) * MEMORY.member

function definitionOf(
  schema: GraphQLSchema,
  type: GraphQLObjectType,
  [node]: readonly FieldNode[],
): GraphQLField<unknown, unknown> | undefined {
  const name = node?.name.value ?? ''
  const meta = schema.getQueryType() === type ? META_OF_QUERY[name] : undefined
  return meta ?? (name === TypeNameMetaFieldDef.name ? TypeNameMetaFieldDef : type.getFields()[name])
}

const META_OF_QUERY: Readonly<Record<string, GraphQLField<unknown, unknown>>> = {
  [SchemaMetaFieldDef.name]: SchemaMetaFieldDef,
  [TypeMetaFieldDef.name]: TypeMetaFieldDef,
}

type Defined = Pick<FieldPlan, 'name' | 'nodes' | 'definition' | 'parentType'>

/** Member by member: a spread takes several times as long, and a new document needs a plan of each field. */
function planField(defined: Defined, fragments: Fragments): FieldPlan {
  const { name, nodes, definition, parentType } = defined
  const shape = shapeOf(definition.type)
  return {
    name,
    nodes,
    definition,
    parentType,
    resolve: definition.resolve ?? defaultFieldResolver,
    constant: definition === TypeNameMetaFieldDef ? parentType.name : null,
    args: readArguments(defined),
    shape,
    leaf: leafOf(shape),
    needsInfo: definition.extensions['needsInfo'] !== false,
    isComposite: leadsToObjects(shape),
    size: sizeOf(nodes, fragments),
    selections: null,
    last: null,
  }
}

/** Most fields have none. All requests share the arguments of a plan, so no resolver may change them. */
const NO_ARGUMENTS: Arguments = Object.freeze({})

function readArguments({ definition, nodes: [node] }: Defined): Arguments | null {
  if (definition.args.length === 0) return NO_ARGUMENTS
  if (!node || node.arguments?.some(({ value }) => holdsVariable(value))) return null
  try {
    return freezeDeeply(getArgumentValues(definition, node))
  } catch {
    // They are read again when the field is executed, so that the error has a path.
    return null
  }
}

/** The types of a schema are few, and last as long as it does. */
const shapes = new WeakMap<GraphQLOutputType, Shape>()

function shapeOf(type: GraphQLOutputType): Shape {
  const known = shapes.get(type)
  if (known) return known
  const shape = makeShape(getNullableType(type), isNonNullType(type))
  shapes.set(type, shape)
  return shape
}

const leafOf = (shape: Shape): GraphQLLeafType | null => (shape.kind === 'leaf' ? shape.type : null)

const leadsToObjects = (shape: Shape): boolean =>
  shape.kind === 'list' ? leadsToObjects(shape.item) : shape.kind !== 'leaf'

function makeShape(type: ReturnType<typeof getNullableType<GraphQLOutputType>>, isNonNull: boolean): Shape {
  if (isListType(type)) return { kind: 'list', isNonNull, item: shapeOf(type.ofType as GraphQLOutputType) }
  if (isLeafType(type)) return { kind: 'leaf', isNonNull, type }
  if (isAbstractType(type)) return { kind: 'abstract', isNonNull, type }
  return { kind: 'object', isNonNull, type: type as GraphQLObjectType }
}
