// Rejects the mutations of callers that may only read, before any field is executed.
import { getOperationAST, GraphQLError } from 'graphql'
import type { ExecutionArgs } from 'graphql'
import type { Plugin } from 'graphql-yoga'
import { GatewayError } from '../../errors/errors.ts'
import type { GraphQLContext } from '../context.ts'

export const useRoles: Plugin<object, GraphQLContext> = {
  onExecute({ args, setResultAndStopExecution }) {
    const { document, operationName, contextValue } = args as ExecutionArgs
    if (!(contextValue as GraphQLContext).isReadOnly) return
    if (getOperationAST(document, operationName)?.operation !== 'mutation') return
    const originalError = new GatewayError('FORBIDDEN', 'This caller may only read. No call was spent.')
    setResultAndStopExecution({ errors: [new GraphQLError(originalError.message, { originalError })] })
  },
}
