// How many fields a document has once its fragments stand where they are spread: what executing it costs for each item.
import { Kind } from 'graphql'
import type { DocumentNode, FragmentDefinitionNode, SelectionSetNode } from 'graphql'

/** Each fragment is counted once, however often it is spread: sixteen that spread each other twice make 65,536. */
export function countFields({ definitions }: DocumentNode): number {
  const fragments = new Map<string, FragmentDefinitionNode>()
  for (const each of definitions)
    if (each.kind === Kind.FRAGMENT_DEFINITION) fragments.set(each.name.value, each)
  const counted = new Map<string, number>()

  function countFragment(name: string): number {
    const known = counted.get(name)
    if (known !== undefined) return known
    // One that spreads itself is refused by validation; here it only must not go on for ever.
    counted.set(name, 0)
    const count = countIn(fragments.get(name)?.selectionSet)
    counted.set(name, count)
    return count
  }

  function countIn(selectionSet: SelectionSetNode | undefined): number {
    let count = 0
    for (const selection of selectionSet?.selections ?? []) {
      if (selection.kind === Kind.FRAGMENT_SPREAD) count += countFragment(selection.name.value)
      else count += (selection.kind === Kind.FIELD ? 1 : 0) + countIn(selection.selectionSet)
    }
    return count
  }

  return definitions.reduce(
    (sum, each) => sum + (each.kind === Kind.OPERATION_DEFINITION ? countIn(each.selectionSet) : 0),
    0,
  )
}
