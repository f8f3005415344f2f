// `__typename` in documents: clients with a cache of objects add it to every selection, at the end of its fields.
import { Kind, parse, print, visit } from 'graphql'
import type { DocumentNode, FieldNode, SelectionNode, SelectionSetNode } from 'graphql'

const TYPENAME: FieldNode = { kind: Kind.FIELD, name: { kind: Kind.NAME, value: '__typename' } }

const isTypename = (selection: SelectionNode): boolean =>
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

/**
 * Returns the same text for all texts of one document that differ only in white space, in the order of their definitions,
 * and in the `__typename`s that clients add; null for a text that is not GraphQL.
 */
export function toCanonicalText(text: string): string | null {
  let document: DocumentNode
  try {
    document = parse(text, { noLocation: true })
  } catch {
    return null
  }
  const stripped = visit(document, {
    SelectionSet: {
      leave(selectionSet): SelectionSetNode | undefined {
        const others = selectionSet.selections.filter((selection) => !isTypename(selection))
        // A selection of nothing but `__typename` is what the app wrote.
        return others.length > 0 ? { ...selectionSet, selections: others } : undefined
      },
    },
  })
  return stripped.definitions.map(print).toSorted().join('\n')
}
