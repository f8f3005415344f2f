// Tells a request's plan which operation is about to be executed, and how texts become documents here.
import type { Plugin } from 'graphql-yoga'
import type { DocumentNode, ExecutionArgs } from 'graphql'
import type { GraphQLContext } from './context.ts'
import type { Asked } from './request-plan.ts'

/** Makes a document of a text as this handler does it with requests: parsed, validated, within its bounds. */
export type ReadIn = (asked: Asked, context: GraphQLContext) => DocumentNode

export const usePlan = (read: ReadIn): Plugin<object, GraphQLContext> => ({
  onExecute({ args }) {
    const { document, variableValues: variables, operationName, contextValue } = args as ExecutionArgs
    const context = contextValue as GraphQLContext
    context.plan.begin({ document, variables, operationName }, (asked) => read(asked, context))
  },
})
