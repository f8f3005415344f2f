// Gives the operation that is about to be executed to the plan of its request, with the functions that planning needs.
import type { Plugin } from 'graphql-yoga'
import type { DocumentNode, ExecutionArgs } from 'graphql'
import type { Asked } from '../../planning/request-plan.ts'
import type { GraphQLContext } from '../context.ts'
import { measureDocument } from '../limits/measure-document.ts'

/** Parses and validates a text by the same rules and within the same limits as a request. */
export type ReadIn = (asked: Asked, context: GraphQLContext) => DocumentNode

export const usePlan = (read: ReadIn): Plugin<object, GraphQLContext> => ({
  onExecute({ args }) {
    const { document, variableValues: variables, operationName, contextValue } = args as ExecutionArgs
    const context = contextValue as GraphQLContext
    context.plan.begin(
      { document, variables, operationName },
      { read: (asked) => read(asked, context), countFields },
    )
  },
})

const countFields = (document: DocumentNode): number => measureDocument(document).fields ?? 0
