// Notes what is executed, for the access log and the traces.
import { getOperationAST } from 'graphql'
import type { ExecutionArgs } from 'graphql'
import type { Plugin } from 'graphql-yoga'
import type { GraphQLContext } from './context.ts'

/** Names are what clients like; what is longer than any that a person wrote is cut. */
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
