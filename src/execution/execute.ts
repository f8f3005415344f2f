// Executes an operation as graphql-js does, by a plan that is made once: values that are available are shown at once, without a promise.
import { assertValidSchema, GraphQLError, OperationTypeNode } from 'graphql'
import type { DocumentNode, ExecutionResult, GraphQLSchema } from 'graphql'
import type { Pace } from '../turns/pace.ts'
import { AnswerObject } from '../exchange/answer-data.ts'
import { AnswerTooLargeError } from '../exchange/answer-too-large.ts'
import { UNCOUNTED } from './answer-size.ts'
import type { AnswerSize } from './answer-size.ts'
import type { KnownObjects } from './known-objects.ts'
import { executeFields } from './complete.ts'
import { Failures } from './failures.ts'
import { Join } from './join.ts'
import { rootSelection } from './plan.ts'
import type { FieldPlan, SelectionPlan } from './plan.ts'
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
  /** Counts the size of the answer. Left out: it may have any size. */
  readonly size?: AnswerSize | undefined
  /** Finds objects whose earlier texts can be shown again. Left out: all are executed. */
  readonly known?: KnownObjects | null | undefined
  /**
   * Whether the operation is probably executed only once: its plan is not remembered then, and its objects are
   * executed.
   */
  readonly isOnce?: boolean | undefined
}

/**
 * Null for a request that graphql-js has to execute, or has to report as faulty: a missing operation, variables that do
 * not fit their declarations, and answers in parts. A subscription is executed as one event of it: as a query
 * (https://spec.graphql.org/draft/#ExecuteSubscriptionEvent()).
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
      size = UNCOUNTED,
      known = null,
      isOnce = false,
    } = args
    const operation = plans.operation(document, operationName)
    if (!operation) return null
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
      size,
      known: isOnce ? null : known,
      args: new Map(),
    }
    return conclude(
      () => executeRoot(execution),
      execution,
      () => void (isOnce || plans.keep(plan, document)),
    )
  }
}

function conclude(
  execute: () => unknown,
  { failures, pace }: Execution,
  end: () => void,
): Promise<ExecutionResult> | ExecutionResult {
  const toResult = (data: unknown): ExecutionResult => {
    end()
    return failures.errors.length === 0
      ? { data: data as Record<string, unknown> }
      : { errors: failures.errors, data: data as Record<string, unknown> | null }
  }
  const toFailure = (error: unknown): ExecutionResult => {
    if (error instanceof AnswerTooLargeError) {
      end()
      // Waiting work would not be shown; and a promise that never settles would keep all that waits for it in memory.
      pace?.giveUp(error)
      return refuse(error, failures)
    }
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

/** Shows nothing of the answer; its errors come after the reason. */
const refuse = (error: AnswerTooLargeError, { errors }: Failures): ExecutionResult => ({
  data: null,
  errors: [new GraphQLError(error.message, { originalError: error }), ...errors],
})

function executeRoot(execution: Execution): unknown {
  const { plan, variableValues } = execution
  const { operation, schema } = plan
  const type = schema.getRootType(operation.operation)
  if (!type)
    throw new GraphQLError(`Schema is not configured to execute ${operation.operation} operation.`, {
      nodes: operation,
    })
  const selection = rootSelection(plan, { type, variableValues })
  return operation.operation === OperationTypeNode.MUTATION
    ? executeInOrder(execution, selection)
    : executeQuery(execution, selection)
}

/** The extension of a root field that is executed when all others are done, for example a field about their cost. */
export const AFTER_OTHERS = { isAfterOthers: true } as const

const isAfterOthers = ({ definition }: FieldPlan): boolean =>
  definition.extensions['isAfterOthers'] === AFTER_OTHERS.isAfterOthers

/** Executes such a field last; graphql-js would execute it in its turn, but the answer has the same form. */
function executeQuery(execution: Execution, selection: SelectionPlan): unknown {
  const { fields } = selection
  const at = { source: execution.rootValue, path: undefined }
  const last = fields.filter(isAfterOthers)
  if (last.length === 0) return executeFields(execution, selection, at)
  const inOrder = (others: unknown, ended: unknown): object => {
    const shown = Object.assign(new AnswerObject(), others, ended)
    return Object.assign(new AnswerObject(), ...fields.map(({ name }) => ({ [name]: shown[name] }))) as object
  }
  return whenDone(
    executeFields(execution, someOf(fields.filter((field) => !isAfterOthers(field))), at),
    (others) => whenDone(executeFields(execution, someOf(last), at), (ended) => inOrder(others, ended)),
  )
}

/** Some fields of the root object. */
const someOf = (fields: readonly FieldPlan[]): Omit<SelectionPlan, 'type'> => ({
  fields,
  textBytes: 0,
  memoryBytes: 0,
})

const whenDone = (executed: unknown, next: (answer: unknown) => unknown): unknown =>
  executed instanceof Join
    ? executed.promise().then(next)
    : executed instanceof Promise
      ? executed.then(next)
      : next(executed)

/** Each mutation begins when the one before it has ended; none begins after one that failed and may not be null. */
function executeInOrder(
  execution: Execution,
  selection: SelectionPlan,
  { from, answer }: { readonly from: number; readonly answer: object } = {
    from: 0,
    answer: new AnswerObject(),
  },
): unknown {
  const at = { source: execution.rootValue, path: undefined }
  for (let index = from; index < selection.fields.length; index += 1) {
    const one = executeFields(execution, someOf(selection.fields.slice(index, index + 1)), at)
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
