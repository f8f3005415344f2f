// Writes one text for all texts of a document that have the same meaning, so that documents can be compared.
import { Kind, parse, print } from 'graphql'
import type { ASTNode, DefinitionNode, SelectionNode, SelectionSetNode } from 'graphql'
import { isTypename } from './typenames.ts'

/** The name of the type in our schema. */
const MUTATION = 'Mutation'

/**
 * Returns the same text for all texts of one document that differ only in white space, in the order of their
 * definitions, variables, arguments and fields, and in the `__typename`s that clients add; null for a text that is not
 * GraphQL, or is nested too deeply. GraphQL Code Generator sorts the documents in its manifest, but clients send them
 * as the app has them. The fields of a mutation keep their order, because they are executed in it. Takes time in
 * proportion to length and depth: printed level by level, a deep text would take minutes.
 */
export function toCanonicalText(text: string): string | null {
  try {
    const { definitions } = parse(text, { noLocation: true })
    return definitions.map(writeDefinition).toSorted().join('\n')
  } catch {
    return null
  }
}

function writeDefinition(definition: DefinitionNode): string {
  const { kind, directives } = definition
  if (kind === Kind.OPERATION_DEFINITION) {
    const { operation, name, variableDefinitions = [], selectionSet } = definition
    const variables = list(variableDefinitions)
    const isOrdered = String(operation) === 'mutation'
    return `${operation} ${name?.value ?? ''}${variables}${list(directives)}${writeSelections(selectionSet, isOrdered)}`
  }
  if (kind === Kind.FRAGMENT_DEFINITION) {
    const { name, typeCondition, selectionSet } = definition
    const type = typeCondition.name.value
    return `fragment ${name.value} on ${type}${list(directives)}${writeSelections(selectionSet, type === MUTATION)}`
  }
  return print(definition)
}

function writeSelections({ selections }: SelectionSetNode, isOrdered: boolean): string {
  const others = selections.filter((selection) => !isTypename(selection))
  // If `__typename` is the only field, the app itself has chosen it.
  const texts = (others.length > 0 ? others : selections).map((node) => writeSelection(node, isOrdered))
  return `{${(isOrdered ? texts : texts.toSorted()).join(' ')}}`
}

function writeSelection(selection: SelectionNode, isOrdered: boolean): string {
  const directives = list(selection.directives)
  if (selection.kind === Kind.FRAGMENT_SPREAD) return `...${selection.name.value}${directives}`
  if (selection.kind === Kind.INLINE_FRAGMENT) {
    const type = selection.typeCondition ? ` on ${selection.typeCondition.name.value}` : ''
    return `...${type}${directives}${writeSelections(selection.selectionSet, isOrdered)}`
  }
  const { alias, name, arguments: given, selectionSet } = selection
  const below = selectionSet ? writeSelections(selectionSet, false) : ''
  return `${alias ? `${alias.value}:` : ''}${name.value}${list(given)}${directives}${below}`
}

const list = (nodes: readonly ASTNode[] = []): string =>
  nodes.length === 0 ? '' : `(${nodes.map(writeNode).toSorted().join(' ')})`

const writeNode = (node: ASTNode): string =>
  node.kind === Kind.DIRECTIVE ? `@${node.name.value}${list(node.arguments)}` : print(node)
