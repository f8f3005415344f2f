// Recognizes the document by which composers read the SDL of a subgraph: it is executed even if only trusted documents are allowed.
import { Kind, parse } from 'graphql'
import type { SelectionSetNode } from 'graphql'

/** Composers send some 60 characters; longer texts are not worth parsing. */
const MAX_LENGTH = 500

/** Whether a text asks for `_service { sdl }` and nothing else. */
export function isServiceQuery(text: string): boolean {
  if (text.length > MAX_LENGTH || !text.includes('_service')) return false
  try {
    const [operation, ...others] = parse(text, { noLocation: true }).definitions
    return (
      others.length === 0 &&
      operation?.kind === Kind.OPERATION_DEFINITION &&
      operation.operation === 'query' &&
      selectsOnly(operation.selectionSet, '_service', (inner) => selectsOnly(inner, 'sdl'))
    )
  } catch {
    return false
  }
}

function selectsOnly(
  selectionSet: SelectionSetNode | undefined,
  name: string,
  isRightBelow: (inner: SelectionSetNode | undefined) => boolean = () => true,
): boolean {
  const selections = selectionSet?.selections ?? []
  return selections.every(
    (selection) =>
      selection.kind === Kind.FIELD &&
      (selection.name.value === '__typename' ||
        (selection.name.value === name && isRightBelow(selection.selectionSet))),
  )
}
