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
    // An empty name means the only operation of the document. Anything but a query is refused, as far as there is one.
    const operation = getOperationAST(document, operationName || null)?.operation ?? 'query'
    if (operation === 'query') return
    const originalError = new GatewayError('FORBIDDEN', 'This caller may only read. No call was spent.')
    setResultAndStopExecution({ errors: [new GraphQLError(originalError.message, { originalError })] })
  },
}
