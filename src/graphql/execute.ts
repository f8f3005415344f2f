// Executes operations of the schema with what the context of a request decides: the turns of long work, and the paths of calls.
import type { ExecutionResult, GraphQLSchema } from 'graphql'
import { createExecute } from '../execution/execute.ts'
import type { Execute, ExecuteArgs } from '../execution/execute.ts'
import type { GraphQLContext } from './context.ts'
import { resolveAt } from './paths.ts'

interface Executed extends Pick<
  ExecuteArgs,
  'document' | 'operationName' | 'variableValues' | 'known' | 'size'
> {
  readonly contextValue: GraphQLContext
}

/** Requests and the dry runs of planning share the plans of operations. */
const executors = new WeakMap<GraphQLSchema, Execute>()

/** Null if graphql-js has to execute the operation, or to report what is wrong with it. */
export function executeOperation(
  schema: GraphQLSchema,
  executed: Executed,
): Promise<ExecutionResult> | ExecutionResult | null {
  let execute = executors.get(schema)
  if (!execute) executors.set(schema, (execute = createExecute(schema)))
  const { document, operationName, variableValues, contextValue, size } = executed
  const { pace, gather, isTraced, repeat } = contextValue
  const runResolver = isTraced ? resolveAt : null
  const known = isTraced ? null : executed.known
  const ofContext = { contextValue, pace, gather, runResolver, known, size, isOnce: repeat.isOfNewDocument }
  return execute({ document, operationName, variableValues, ...ofContext })
}
