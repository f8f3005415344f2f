// What becomes of a value that cannot be shown: null, or the failure of the object or list that contains it.
import { responsePathAsArray } from 'graphql'
import { locateError } from './locate-error.ts'
import type { Position } from './position.ts'

/** Returns null for a place that may be null; throws the error with its path and its places in the document for another. */
export function fail(position: Position, thrown: unknown): null {
  const { execution, field, shape } = position
  const error = locateError(thrown, field.nodes, responsePathAsArray(position))
  if (shape.isNonNull) throw error
  execution.failures.add(error, position)
  return null
}
