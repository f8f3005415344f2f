// Look-ahead: finds what the selection below a field needs of an object, so that the loaders can choose the cheapest source.
import {
  getDirectiveValues,
  GraphQLIncludeDirective,
  GraphQLSkipDirective,
  isAbstractType,
  isObjectType,
  Kind,
} from 'graphql'
import type {
  FieldNode,
  GraphQLField,
  GraphQLObjectType,
  GraphQLResolveInfo,
  SelectionNode,
  SelectionSetNode,
} from 'graphql'

/** A field of the selection, with its definition; `__typename` has none. */
export interface Selected {
  readonly node: FieldNode
  readonly field: GraphQLField<unknown, unknown> | undefined
  /** The fields of the selection that lead to it from the resolved field, by their names in the answer. */
  readonly below: readonly string[]
}

/**
 * Returns the fields that are selected of `typeName`. `through` names a field of the resolved value if the object is
 * the value of that field.
 */
export const selectedFields = (
  info: GraphQLResolveInfo,
  typeName: string,
  through?: string,
): readonly Selected[] =>
  remember(selectedBefore, info, through === undefined ? typeName : `${typeName} ${through}`, () =>
    findSelected(info, typeName, through),
  )

/**
 * The nodes of a field are the same array for all objects of an execution, and in all executions that select the same.
 * The executor makes another array if a variable of @skip or @include has another value.
 */
type Before<Found> = WeakMap<readonly FieldNode[], Map<string, Found>>

const selectedBefore: Before<readonly Selected[]> = new WeakMap()
const neededBefore: Before<readonly string[]> = new WeakMap()

function remember<Found>(
  before: Before<Found>,
  { fieldNodes }: GraphQLResolveInfo,
  name: string,
  find: () => Found,
): Found {
  let ofField = before.get(fieldNodes)
  if (!ofField) before.set(fieldNodes, (ofField = new Map<string, Found>()))
  let found = ofField.get(name)
  if (found === undefined) ofField.set(name, (found = find()))
  return found
}

function findSelected(info: GraphQLResolveInfo, typeName: string, through?: string): readonly Selected[] {
  const type = info.schema.getType(typeName)
  if (!isObjectType(type)) return []
  const found: Selected[] = []
  const met = new Set<string>()
  for (const { selectionSet } of info.fieldNodes) {
    const places =
      through === undefined ? [{ selectionSet, below: [] }] : placesOf(selectionSet, through, info)
    for (const { selectionSet: at, below } of places)
      collect(at, { type, info, met, add: (node) => found.push(selected(node, type, below)) })
  }
  return found
}

const selected = (node: FieldNode, type: GraphQLObjectType, below: readonly string[]): Selected => ({
  node,
  field: type.getFields()[node.name.value],
  below: [...below, node.alias?.value ?? node.name.value],
})

/**
 * Returns the members that the selected fields of `typeName` declare as needed; none if only ids and relations are
 * selected.
 */
export const neededMembers = (info: GraphQLResolveInfo, typeName: string): readonly string[] =>
  remember(neededBefore, info, typeName, () => membersOf(info.fieldNodes, typeName, info))

/** The same members, for the selections below these fields. */
export function membersOf(
  nodes: readonly FieldNode[],
  typeName: string,
  info: GraphQLResolveInfo,
): readonly string[] {
  const type = info.schema.getType(typeName)
  if (!isObjectType(type)) return []
  const needs = new Set<string>()
  const fields = type.getFields()
  const walk: Walk = {
    type,
    info,
    met: new Set(),
    add(node) {
      for (const member of declaredNeeds(fields[node.name.value]) ?? []) needs.add(member)
    },
  }
  for (const { selectionSet } of nodes) collect(selectionSet, walk)
  return [...needs]
}

/** The members that a field declares as needed; undefined if it declares nothing. */
export const declaredNeeds = (
  field: GraphQLField<unknown, unknown> | undefined,
): readonly string[] | undefined => {
  const declared = field?.extensions['needs']
  return Array.isArray(declared) ? declared.map(String) : undefined
}

/** Returns the selections below a field, at every place where the selection of its parent contains the field. */
function placesOf(
  selectionSet: SelectionSetNode | undefined,
  fieldName: string,
  info: GraphQLResolveInfo,
  met = new Set<string>(),
): { selectionSet: SelectionSetNode | undefined; below: string[] }[] {
  return (selectionSet?.selections ?? []).flatMap((selection) => {
    if (!isIncluded(selection, info)) return []
    if (selection.kind === Kind.FIELD)
      return selection.name.value === fieldName
        ? [{ selectionSet: selection.selectionSet, below: [selection.alias?.value ?? fieldName] }]
        : []
    if (selection.kind === Kind.INLINE_FRAGMENT) return placesOf(selection.selectionSet, fieldName, info, met)
    const { value: name } = selection.name
    if (met.has(name)) return []
    met.add(name)
    return placesOf(info.fragments[name]?.selectionSet, fieldName, info, met)
  })
}

interface Walk {
  readonly type: GraphQLObjectType
  readonly info: GraphQLResolveInfo
  readonly add: (node: FieldNode) => void
  /**
   * Fragments that are already collected. A second visit adds nothing, and 16 fragments that spread each other twice would
   * be visited 65,536 times.
   */
  readonly met: Set<string>
}

function collect(selectionSet: SelectionSetNode | undefined, walk: Walk): void {
  for (const selection of selectionSet?.selections ?? []) {
    if (!isIncluded(selection, walk.info)) continue
    switch (selection.kind) {
      case Kind.FIELD:
        walk.add(selection)
        break
      case Kind.INLINE_FRAGMENT:
        if (applies(selection.typeCondition?.name.value, walk)) collect(selection.selectionSet, walk)
        break
      case Kind.FRAGMENT_SPREAD:
        collectFragment(selection.name.value, walk)
        break
    }
  }
}

function collectFragment(name: string, walk: Walk): void {
  const fragment = walk.info.fragments[name]
  if (!fragment || walk.met.has(name)) return
  walk.met.add(name)
  if (applies(fragment.typeCondition.name.value, walk)) collect(fragment.selectionSet, walk)
}

function applies(condition: string | undefined, { type, info }: Walk): boolean {
  if (condition === undefined || condition === type.name) return true
  const abstract = info.schema.getType(condition)
  return isAbstractType(abstract) && info.schema.isSubType(abstract, type)
}

function isIncluded(selection: SelectionNode, { variableValues }: GraphQLResolveInfo): boolean {
  const skip = getDirectiveValues(GraphQLSkipDirective, selection, variableValues)
  const include = getDirectiveValues(GraphQLIncludeDirective, selection, variableValues)
  return skip?.['if'] !== true && include?.['if'] !== false
}
