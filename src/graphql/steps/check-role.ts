// Rejects the mutations of callers that may only read, before any field is executed.
import { GraphQLError } from 'graphql'
import { GatewayError } from '../../errors/errors.ts'
import type { ExecutionStep } from './step.ts'

/** Refuses mutations. Without an operation there is nothing to refuse. */
export const checkRole: ExecutionStep = ({ operation, context }) => {
  if (!context.isReadOnly || operation?.operation !== 'mutation') return null
  const originalError = new GatewayError('FORBIDDEN', 'This caller may only read. No call was spent.')
  return [new GraphQLError(originalError.message, { originalError })]
}
