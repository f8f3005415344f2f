// Collects the fields that are selected of one object type, for given values of the variables in @skip and @include.
import {
  getDirectiveValues,
  GraphQLIncludeDirective,
  GraphQLSkipDirective,
  isAbstractType,
  Kind,
} from 'graphql'
import type {
  FieldNode,
  FragmentDefinitionNode,
  GraphQLObjectType,
  GraphQLResolveInfo,
  GraphQLSchema,
  NamedTypeNode,
  SelectionNode,
  SelectionSetNode,
} from 'graphql'

export interface Selecting {
  readonly schema: GraphQLSchema
  readonly fragments: Readonly<Record<string, FragmentDefinitionNode>>
  readonly variableValues: GraphQLResolveInfo['variableValues']
}

/** Returns the nodes of each field by its name in the answer, in the order of the answer. */
export function collectFields(
  selectionSets: readonly (SelectionSetNode | undefined)[],
  type: GraphQLObjectType,
  selecting: Selecting,
): ReadonlyMap<string, readonly FieldNode[]> {
  const found = new Map<string, FieldNode[]>()
  const spread = new Set<string>()

  function add(node: FieldNode): void {
    const name = node.alias?.value ?? node.name.value
    const nodes = found.get(name)
    if (nodes) nodes.push(node)
    else found.set(name, [node])
  }

  function visit(selection: SelectionNode): void {
    if (selection.kind === Kind.FRAGMENT_SPREAD) {
      const name = selection.name.value
      if (spread.has(name) || !isIncluded(selection, selecting)) return
      spread.add(name)
      const fragment = selecting.fragments[name]
      if (fragment && applies(fragment.typeCondition, type, selecting)) visitAll(fragment.selectionSet)
      return
    }
    if (!isIncluded(selection, selecting)) return
    if (selection.kind === Kind.FIELD) add(selection)
    else if (applies(selection.typeCondition, type, selecting)) visitAll(selection.selectionSet)
  }
  const visitAll = ({ selections }: SelectionSetNode): void => selections.forEach(visit)

  for (const selectionSet of selectionSets) if (selectionSet) visitAll(selectionSet)
  return found
}

function isIncluded(node: SelectionNode, { variableValues }: Selecting): boolean {
  if (!node.directives || node.directives.length === 0) return true
  if (getDirectiveValues(GraphQLSkipDirective, node, variableValues)?.['if'] === true) return false
  return getDirectiveValues(GraphQLIncludeDirective, node, variableValues)?.['if'] !== false
}

function applies(
  condition: NamedTypeNode | undefined,
  type: GraphQLObjectType,
  { schema }: Selecting,
): boolean {
  if (!condition || condition.name.value === type.name) return true
  const abstract = schema.getType(condition.name.value)
  return isAbstractType(abstract) && schema.isSubType(abstract, type)
}
