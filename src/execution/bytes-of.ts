// Estimates the memory that a field of a plan takes.
import type { FieldNode } from 'graphql'

/** Measured: 600 in a long selection, 900 if each selection has one field or two, more with several arguments. */
const BYTES_PER_FIELD = 1200
/** Its literals are read anew for each place that spreads a fragment. Measured: 11, and short empty lists take more. */
const BYTES_PER_CHAR_OF_ARGUMENTS = 20
const BYTES_PER_NODE = 8

/** `args` is null if the plan does not contain them. */
export function bytesOf({
  nodes,
  args,
}: {
  readonly nodes: readonly FieldNode[]
  readonly args: object | null
}): number {
  let chars = 0
  if (args) for (const { loc } of nodes[0]?.arguments ?? []) chars += loc ? loc.end - loc.start : 0
  return BYTES_PER_FIELD + nodes.length * BYTES_PER_NODE + chars * BYTES_PER_CHAR_OF_ARGUMENTS
}
