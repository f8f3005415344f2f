// Executes an operation as graphql-js does, by a plan that is made once: what is known is shown at once, without a promise.
import { assertValidSchema, GraphQLError, OperationTypeNode } from 'graphql'
import type { DocumentNode, ExecutionResult, GraphQLSchema } from 'graphql'
import type { Pace } from '../pace.ts'
import { Answer, executeFields } from './complete.ts'
import { Failures } from './failures.ts'
import { Join } from './join.ts'
import { rootSelection } from './plan.ts'
import type { SelectionPlan } from './plan.ts'
import { createPlans } from './plans.ts'
import type { Execution, RunResolver } from './position.ts'
import { readVariables } from './variables.ts'

export interface ExecuteArgs {
  readonly document: DocumentNode
  readonly operationName?: string | null | undefined
  readonly variableValues?: Readonly<Record<string, unknown>> | null | undefined
  readonly contextValue?: unknown
  readonly rootValue?: unknown
  /** Divides long work into turns; left out, nothing is divided. */
  readonly pace?: Pace | null | undefined
  readonly gather?: Execution['gather'] | undefined
  readonly runResolver?: RunResolver | null | undefined
}

/**
 * Null for a request that it does not execute, because graphql-js has to say what is wrong with it, or executes it in another
 * way: an operation that is not there, variables that are not those declared, subscriptions, and streams of parts of an answer.
 */
export type Execute = (args: ExecuteArgs) => Promise<ExecutionResult> | ExecutionResult | null

export function createExecute(schema: GraphQLSchema, maxPlanBytes?: number): Execute {
  assertValidSchema(schema)
  const plans = createPlans(schema, maxPlanBytes)
  return (args) => {
    const {
      document,
      operationName,
      contextValue,
      rootValue,
      pace = null,
      gather = null,
      runResolver = null,
    } = args
    const operation = plans.operation(document, operationName)
    if (!operation || operation.operation === OperationTypeNode.SUBSCRIPTION) return null
    const variableValues = readVariables(schema, operation, args.variableValues ?? {})
    if (!variableValues) return null
    const plan = plans.find(document, operation, variableValues)
    const failures = new Failures()
    const execution: Execution = {
      plan,
      contextValue,
      rootValue,
      variableValues,
      failures,
      pace,
      gather,
      runResolver,
      args: new Map(),
    }
    return conclude(
      () => executeRoot(execution),
      execution,
      () => plans.count(plan),
    )
  }
}

function conclude(
  execute: () => unknown,
  { failures }: Execution,
  end: () => void,
): Promise<ExecutionResult> | ExecutionResult {
  const toResult = (data: unknown): ExecutionResult => {
    end()
    return failures.errors.length === 0
      ? { data: data as Record<string, unknown> }
      : { errors: failures.errors, data: data as Record<string, unknown> | null }
  }
  const toFailure = (error: unknown): ExecutionResult => {
    failures.add(error as GraphQLError, undefined)
    return toResult(null)
  }
  try {
    const executed = execute()
    return executed instanceof Join || executed instanceof Promise
      ? (executed instanceof Join ? executed.promise() : executed).then(toResult, toFailure)
      : toResult(executed)
  } catch (error) {
    return toFailure(error)
  }
}

function executeRoot(execution: Execution): unknown {
  const { plan, variableValues, rootValue } = execution
  const { operation, schema } = plan
  const type = schema.getRootType(operation.operation)
  if (!type)
    throw new GraphQLError(`Schema is not configured to execute ${operation.operation} operation.`, {
      nodes: operation,
    })
  const selection = rootSelection(plan, { type, variableValues })
  return operation.operation === OperationTypeNode.MUTATION
    ? executeInOrder(execution, selection)
    : executeFields(execution, selection, { source: rootValue, path: undefined })
}

/** Each mutation begins when the one before it has ended; none begins after one that failed and may not be null. */
function executeInOrder(
  execution: Execution,
  selection: SelectionPlan,
  { from, answer }: { readonly from: number; readonly answer: object } = { from: 0, answer: new Answer() },
): unknown {
  const at = { source: execution.rootValue, path: undefined }
  for (let index = from; index < selection.fields.length; index += 1) {
    const one = executeFields(execution, { fields: selection.fields.slice(index, index + 1) }, at)
    if (one instanceof Join)
      return one
        .promise()
        .then((ended) =>
          executeInOrder(execution, selection, { from: index + 1, answer: Object.assign(answer, ended) }),
        )
    Object.assign(answer, one)
  }
  return answer
}
