// Executes operations with the executor of the gateway; Yoga's own says what is wrong with a request that cannot be executed.
import type { ExecutionArgs } from 'graphql'
import type { Plugin } from 'graphql-yoga'
import type { GraphQLContext } from '../context.ts'
import { executeOperation } from '../execute.ts'

export const useExecutor: Plugin<object, GraphQLContext> = {
  onExecute({ executeFn, setExecuteFn }) {
    setExecuteFn((args: ExecutionArgs): unknown => {
      const { schema, contextValue, ...asked } = args
      return (
        executeOperation(schema, { ...asked, contextValue: contextValue as GraphQLContext }) ??
        (executeFn(args) as unknown)
      )
    })
  },
}
