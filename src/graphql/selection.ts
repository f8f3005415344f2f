// Look-ahead: finds the members of an object that the selection below a field needs, so that the loaders can choose the
// cheapest source.
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
  GraphQLObjectType,
  GraphQLResolveInfo,
  SelectionNode,
  SelectionSetNode,
} from 'graphql'

/**
 * Returns the members that the selected fields of `typeName` declare as needed; none where only ids and relations are
 * selected. `through` names a field of the resolved value where the object is the value of that field.
 */
export function neededMembers(
  info: GraphQLResolveInfo,
  typeName: string,
  through?: string,
): readonly string[] {
  const type = info.schema.getType(typeName)
  if (!isObjectType(type)) return []
  const needs = new Set<string>()
  const walk: Walk = { type, info, needs, met: new Set() }
  for (const { selectionSet } of info.fieldNodes)
    for (const found of through === undefined ? [selectionSet] : selectionsOf(selectionSet, through, info))
      collect(found, walk)
  return [...needs]
}

/** Returns the selections below a field, at every place where the selection of its parent contains the field. */
function selectionsOf(
  selectionSet: SelectionSetNode | undefined,
  fieldName: string,
  info: GraphQLResolveInfo,
): (SelectionSetNode | undefined)[] {
  return (selectionSet?.selections ?? []).flatMap((selection) => {
    if (!isIncluded(selection, info)) return []
    if (selection.kind === Kind.FIELD)
      return selection.name.value === fieldName ? [selection.selectionSet] : []
    const inner = selection.kind === Kind.INLINE_FRAGMENT ? selection : info.fragments[selection.name.value]
    return selectionsOf(inner?.selectionSet, fieldName, info)
  })
}

interface Walk {
  readonly type: GraphQLObjectType
  readonly info: GraphQLResolveInfo
  readonly needs: Set<string>
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
        addNeeds(selection, walk)
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

function addNeeds(field: FieldNode, { type, needs }: Walk): void {
  const declared = type.getFields()[field.name.value]?.extensions['needs']
  if (Array.isArray(declared)) for (const member of declared) needs.add(String(member))
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
