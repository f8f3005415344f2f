// `__typename` in documents: clients with a cache of objects add it to every selection, at the end of its fields.
import { Kind, visit } from 'graphql'
import type { DocumentNode, FieldNode, SelectionNode, SelectionSetNode } from 'graphql'

const TYPENAME: FieldNode = { kind: Kind.FIELD, name: { kind: Kind.NAME, value: '__typename' } }

/** One that a client may have added. */
export const isTypename = (selection: SelectionNode): boolean =>
  selection.kind === Kind.FIELD &&
  selection.name.value === '__typename' &&
  selection.alias === undefined &&
  (selection.directives ?? []).length === 0

/** Adds `__typename` to each selection below the operation's own: without it, Apollo Client and urql normalize no object. */
export function withTypenames<Node extends DocumentNode['definitions'][number]>(definition: Node): Node {
  return visit(definition, {
    SelectionSet: {
      leave(selectionSet, _key, parent): SelectionSetNode | undefined {
        const isRoot = isNode(parent) && parent.kind === Kind.OPERATION_DEFINITION
        if (isRoot || selectionSet.selections.some(isTypename)) return undefined
        return { ...selectionSet, selections: [...selectionSet.selections, TYPENAME] }
      },
    },
  })
}

const isNode = (parent: unknown): parent is { readonly kind: Kind } =>
  typeof parent === 'object' && parent !== null && 'kind' in parent
