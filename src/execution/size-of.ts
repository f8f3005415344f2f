// Estimates the work of one object by the fields that are selected of it.
import { Kind } from 'graphql'
import type { FieldNode, FragmentDefinitionNode, SelectionSetNode } from 'graphql'

/** The number of fields selected of an object itself, and the number with all objects below it. */
export interface Size {
  readonly own: number
  readonly all: number
}

type Fragments = Readonly<Record<string, FragmentDefinitionNode>>

export const sizeOf = (nodes: readonly FieldNode[], fragments: Fragments): Size =>
  nodes.map(({ selectionSet }) => sizeOfSelection(selectionSet, fragments)).reduce(sum)

const sum = (one: Size, other: Size): Size => ({ own: one.own + other.own, all: one.all + other.all })

const NOTHING: Size = { own: 1, all: 1 }

/**
 * Kept by selection, because a document is parsed once for many requests, and a fragment may be spread in many places.
 */
const sizes = new WeakMap<SelectionSetNode, Size>()

function sizeOfSelection(selectionSet: SelectionSetNode | undefined, fragments: Fragments): Size {
  const known = selectionSet && sizes.get(selectionSet)
  if (known || !selectionSet) return known ?? NOTHING
  let size = NOTHING
  for (const selection of selectionSet.selections) {
    const below =
      selection.kind === Kind.FRAGMENT_SPREAD
        ? fragments[selection.name.value]?.selectionSet
        : selection.selectionSet
    if (selection.kind !== Kind.FIELD) size = sum(size, sizeOfSelection(below, fragments))
    else size = sum(size, { own: 1, all: below ? sizeOfSelection(below, fragments).all : 1 })
  }
  sizes.set(selectionSet, size)
  return size
}
