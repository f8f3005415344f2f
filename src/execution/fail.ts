// Decides the outcome of a value that cannot be shown: null, or the failure of the object or list that contains it.
import { responsePathAsArray } from 'graphql'
import { locateError } from './locate-error.ts'
import { AnswerTooLargeError } from '../exchange/answer-too-large.ts'
import type { Position } from './position.ts'

/**
 * Returns null for a place that may be null; throws the error with its path and its places in the document for another. Nothing is
 * shown of an answer that is too large.
 */
export function fail(position: Position, thrown: unknown): null {
  const { execution, field, shape } = position
  if (thrown instanceof AnswerTooLargeError) throw thrown
  const error = locateError(thrown, field.nodes, responsePathAsArray(position))
  if (shape.isNonNull) throw error
  execution.size.addError()
  execution.failures.add(error, position)
  return null
}
