// Records which operation is executed, for the access log and the traces.
import { getOperationAST } from 'graphql'
import type { ExecutionArgs } from 'graphql'
import type { Plugin } from 'graphql-yoga'
import type { GraphQLContext } from '../context.ts'

/** Clients choose the names of operations freely; a name longer than any that a person writes is cut. */
const MAX_NAME = 64

export const useRecord: Plugin<object, GraphQLContext> = {
  onExecute({ args }) {
    const { document, operationName, contextValue } = args as ExecutionArgs
    const operation = getOperationAST(document, operationName)
    if (!operation) return
    const name = operation.name?.value.slice(0, MAX_NAME) ?? null
    const { record } = contextValue as GraphQLContext
    record.operation = { type: operation.operation, name }
  },
}
