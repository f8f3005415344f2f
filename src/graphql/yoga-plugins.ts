// Calls the steps of a request at the matching points of Yoga's own course.
import { getOperationAST } from 'graphql'
import type { ExecutionArgs, ExecutionResult, GraphQLError, GraphQLSchema } from 'graphql'
import type { GraphQLParams, Plugin } from 'graphql-yoga'
import { whenThere } from '../turns/at-once.ts'
import type { GraphQLContext } from './context.ts'
import type { Unusual } from './direct-way.ts'
import { executeOperation } from './execute.ts'
import type { GraphQLSteps } from './graphql-steps.ts'
import { toNotModified } from './steps/answers.ts'
import { runExecutionSteps, runParamsSteps } from './steps/step.ts'
import type { Params } from './steps/step.ts'

type StepPlugin = Plugin<object, GraphQLContext>

/**
 * `executed`: the results that the direct way has executed already, by the record of the request, because Yoga passes
 * the context in a proxy of its own. Yoga only writes these answers.
 */
export const createStepPlugins = (
  schema: GraphQLSchema,
  steps: GraphQLSteps,
  executed: WeakMap<object, Unusual>,
): StepPlugin[] => [
  useParams(steps, executed),
  useDocuments(steps),
  useExecution(schema, steps),
  useSubscription(steps),
  useResult(steps),
]

const useParams = (
  { params: checks, answers }: GraphQLSteps,
  executed: WeakMap<object, Unusual>,
): StepPlugin => ({
  onParams({ params, setParams, setResult, request, context }) {
    const done = executed.get(context.record)
    if (done) {
      setParams(done.params as GraphQLParams)
      setResult(done.result)
      return
    }
    const read = runParamsSteps(checks, params as Params, { request, context })
    if (read !== params) setParams(read as GraphQLParams)
    const again = answers.find(read, context)
    if (again) setResult(again)
  },
})

const useDocuments = ({ documents }: GraphQLSteps): StepPlugin => {
  const errorsOf = new WeakMap<object, readonly GraphQLError[]>()
  return {
    onParse({ params: { source }, context, setParseFn }) {
      const { record, repeat } = context as unknown as GraphQLContext
      setParseFn(() => {
        const { document, errors, isNew } = documents.read(source as string, record)
        errorsOf.set(document, errors)
        repeat.isOfNewDocument = isNew
        return document
      })
    },
    onValidate({ params: { documentAST }, setResult }) {
      setResult((errorsOf.get(documentAST as never) ?? []) as never)
    },
  }
}

const useExecution = (schema: GraphQLSchema, { execution, answers }: GraphQLSteps): StepPlugin => ({
  onExecute({ args, executeFn, setExecuteFn, setResultAndStopExecution }) {
    const { document, operationName, contextValue, variableValues: variables } = args as ExecutionArgs
    const context = contextValue as GraphQLContext
    const operation = getOperationAST(document, operationName) ?? null
    const errors = runExecutionSteps(execution, { document, operation, operationName, variables, context })
    if (errors) {
      setResultAndStopExecution({ errors })
      return
    }
    const size = answers.openSize(operation, context)
    const asked = { document, operationName, variableValues: variables, contextValue: context, size }
    setExecuteFn(
      (own: ExecutionArgs): unknown => executeOperation(schema, asked) ?? (executeFn(own) as unknown),
    )
    return {
      onExecuteDone({ result, setResult }) {
        if (!(Symbol.asyncIterator in result)) return whenThere(answers.conclude(result, context), setResult)
      },
    }
  },
})

/**
 * A subscription comes here only to be refused: answers of accepted subscriptions are executed one by one, as other
 * operations are.
 */
const useSubscription = ({ execution }: GraphQLSteps): StepPlugin => ({
  onSubscribe({ args, setResultAndStopExecution }) {
    const { document, operationName, contextValue, variableValues: variables } = args as ExecutionArgs
    const context = contextValue as GraphQLContext
    const operation = getOperationAST(document, operationName) ?? null
    const errors = runExecutionSteps(execution, { document, operation, operationName, variables, context })
    if (errors) setResultAndStopExecution({ errors })
  },
})

const useResult = ({ answers, presented, register }: GraphQLSteps): StepPlugin => ({
  async onResultProcess({ request, result, setResult, serverContext }) {
    if (Symbol.asyncIterator in result || Array.isArray(result)) return
    const shown = result as ExecutionResult
    if (shown.data !== undefined) register(serverContext)
    setResult(await presented.present(shown, serverContext, () => request.signal))
  },
  onResponse({ request, response, serverContext, setResponse, fetchAPI }) {
    const stored = answers.writeFields(response.headers, serverContext, response.status)
    presented.writeFields(response.headers, serverContext)
    const unchanged = stored && toNotModified(request, response, stored)
    if (unchanged) setResponse(new fetchAPI.Response(null, unchanged))
  },
})
