// The types that all steps of a request share. Steps are plain functions: Yoga and the direct way call them in the same order.
import type { DocumentNode, GraphQLError, OperationDefinitionNode } from 'graphql'
import type { GraphQLContext } from '../context.ts'

/** The parameters of a request as they came: of any type until they are checked. */
export type Params = Readonly<Record<string, unknown>>

export interface Asking {
  readonly context: GraphQLContext
  readonly request: { readonly method: string; readonly url: string }
}

/** Reads or checks parameters before the document is read. Throws if they are refused. */
export type ParamsStep = (params: Params, asking: Asking) => Params

/** An operation that is about to be executed. */
export interface Executing {
  readonly document: DocumentNode
  /** Null if the document has no operation of the requested name. */
  readonly operation: OperationDefinitionNode | null
  readonly operationName: string | null | undefined
  readonly variables: Readonly<Record<string, unknown>> | null | undefined
  readonly context: GraphQLContext
}

/** Prepares or refuses the execution; the first errors are the whole answer. */
export type ExecutionStep = (executing: Executing) => readonly GraphQLError[] | null

export function runParamsSteps(steps: readonly ParamsStep[], params: Params, asking: Asking): Params {
  let read = params
  for (const step of steps) read = step(read, asking)
  return read
}

export function runExecutionSteps(
  steps: readonly ExecutionStep[],
  executing: Executing,
): readonly GraphQLError[] | null {
  for (const step of steps) {
    const errors = step(executing)
    if (errors) return errors
  }
  return null
}
