// Counts the size of answers while they are made: opens a count before an operation is executed, and closes it when the answer is written.
import { Kind } from 'graphql'
import type { ExecutionResult, OperationDefinitionNode } from 'graphql'
import { createAnswerRoom } from '../../execution/answer-size.ts'
import type { AnswerSize } from '../../execution/answer-size.ts'
import { AnswerTooLargeError } from '../../exchange/answer-too-large.ts'
import { andFinally } from '../../turns/at-once.ts'
import type { Soon } from '../../turns/at-once.ts'
import type { GraphQLContext } from '../context.ts'
import { refuseLarge } from './refuse-large.ts'

export interface AnswerSizes {
  /** Opens the count of an answer that is about to be executed. */
  readonly open: (operation: OperationDefinitionNode | null, context: GraphQLContext) => AnswerSize
  /** Writes the result, unless its execution was ended because of its size, and closes its count. */
  conclude<Written>(
    result: ExecutionResult,
    context: GraphQLContext,
    write: () => Soon<Written>,
  ): Soon<Written | ExecutionResult>
}

interface Open {
  readonly size: AnswerSize
  readonly isOfOneField: boolean
}

export function createAnswerSizes(options: Parameters<typeof createAnswerRoom>[0]): AnswerSizes {
  const room = createAnswerRoom(options)
  const sizes = new WeakMap<object, Open>()
  return {
    open(operation, context) {
      const size = room.open()
      sizes.set(context, { size, isOfOneField: operation !== null && hasOneField(operation) })
      return size
    },
    conclude<Written>(result: ExecutionResult, context: GraphQLContext, write: () => Soon<Written>) {
      const open = sizes.get(context)
      const excess = excessOf(result)
      return andFinally<Written | ExecutionResult>(
        () => (excess ? refuseLarge(toRefused(result, open), context, excess) : write()),
        () => open?.size.close(),
      )
    },
  }
}

const hasOneField = ({ selectionSet: { selections } }: OperationDefinitionNode): boolean =>
  selections.length === 1 && selections[0]?.kind === Kind.FIELD

/** Null if the execution was not ended because of its size. */
function excessOf({ errors }: ExecutionResult): AnswerTooLargeError | null {
  const reason = errors?.[0]?.originalError
  return reason instanceof AnswerTooLargeError ? reason : null
}

/**
 * If a mutation has one field, it is done before its answer is made. If it has several, the later ones may not have
 * begun.
 */
const toRefused = ({ errors = [] }: ExecutionResult, open: Open | undefined) => ({
  isWritten: errors.length === 1 && open?.isOfOneField === true,
})
