// The direct way of an ordinary request: a JSON body whose operation is executed and answered as JSON. It runs the
// steps that Yoga runs, in the same order, and needs no web Request and Response. Every other request is left to Yoga,
// without any decision here.
import { getOperationAST, OperationTypeNode } from 'graphql'
import type { ExecutionResult, GraphQLSchema, OperationDefinitionNode } from 'graphql'
import { encodeInTurns } from '../answers/in-turns.ts'
import { whenThere } from '../turns/at-once.ts'
import type { Soon } from '../turns/at-once.ts'
import { PlainFields } from '../exchange/plain-exchange.ts'
import type { PlainAnswer, PlainRequest } from '../exchange/plain-exchange.ts'
import type { GraphQLContext } from './context.ts'
import { executeOperation } from './execute.ts'
import type { GraphQLSteps } from './graphql-steps.ts'
import { DOCUMENT_ID } from './steps/find-document.ts'
import { runExecutionSteps, runParamsSteps } from './steps/step.ts'
import type { Executing, Params } from './steps/step.ts'
import { turnsOf } from './steps/write-large.ts'
import type { Written } from './steps/write-large.ts'

/** A result whose answer only Yoga can write. */
export interface Unusual {
  readonly params: Params
  readonly result: ExecutionResult
}

/** Null: nothing was executed. */
export type DirectWay = (request: PlainRequest, context: GraphQLContext) => Soon<PlainAnswer | Unusual | null>

interface Way {
  readonly schema: GraphQLSchema
  readonly steps: GraphQLSteps
}

interface Asked {
  readonly request: PlainRequest
  readonly context: GraphQLContext
  readonly params: Params
}

export function createDirectWay(schema: GraphQLSchema, steps: GraphQLSteps): DirectWay {
  const way: Way = { schema, steps }
  return (request, context) => {
    const given = readOrdinary(request)
    const begun = given && begin({ request, context, params: given }, way)
    return begun && whenThere(begun.result, (result) => answer(result, begun.asked, way))
  }
}

interface Begun {
  readonly asked: Asked
  readonly result: Soon<Written>
}

interface Prepared {
  readonly asked: Asked
  /** The remembered answer, or the operation to execute. */
  readonly next: { readonly found: Written } | { readonly executing: ExecutingOne }
}

interface ExecutingOne extends Executing {
  readonly operation: OperationDefinitionNode
}

function begin(asking: Asked, way: Way): Begun | null {
  const prepared = prepare(asking, way)
  if (!prepared) return null
  const { asked, next } = prepared
  const result = 'found' in next ? next.found : execute(next.executing, way)
  return result && { asked, result }
}

/** Null if something is wrong: Yoga finds it again, and answers it. Nothing is executed here, so nothing is executed twice. */
function prepare({ request, context, params: given }: Asked, { steps }: Way): Prepared | null {
  try {
    const params = runParamsSteps(steps.params, given, { request: POSTED, context })
    if (!isWellFormed(params)) return null
    const asked = { request, context, params }
    const found = steps.answers.find(params, context)
    if (found) return { asked, next: { found } }
    const executing = read(asked, steps)
    return executing && { asked, next: { executing } }
  } catch {
    return null
  }
}

function read({ params, context }: Asked, steps: GraphQLSteps): ExecutingOne | null {
  const { document, errors, isNew } = steps.documents.read(params['query'] as string, context.record)
  if (errors.length > 0) return null
  context.repeat.isOfNewDocument = isNew
  const operationName = params['operationName'] as string | undefined
  const operation = getOperationAST(document, operationName)
  if (!operation) return null
  const variables = params['variables'] as Params | undefined
  const executing = { document, operation, operationName, variables, context }
  return runExecutionSteps(steps.execution, executing) ? null : executing
}

function execute(
  { document, operation, operationName, variables, context }: ExecutingOne,
  { schema, steps }: Way,
): Soon<Written> | null {
  const executed = executeOperation(schema, {
    document,
    operationName,
    variableValues: variables,
    contextValue: context,
    size: steps.answers.openSize(operation, context),
    // A mutation has other loaders after each write.
    known: operation.operation === OperationTypeNode.QUERY ? context.known : null,
  })
  return executed && whenThere(executed, (result) => steps.answers.conclude(result, context))
}

function answer(result: Written, asked: Asked, { steps }: Way): Soon<PlainAnswer | Unusual> {
  const { params, request, context } = asked
  if (!isUsual(result, context)) return { params, result }
  steps.register(context)
  return whenThere(
    steps.presented.present(result, context, () => request.signal),
    (shown) => write(shown, asked, steps),
  )
}

function write(
  shown: Written,
  { request, context }: Asked,
  { answers, presented }: GraphQLSteps,
): Soon<PlainAnswer> {
  const { stringify = JSON.stringify, ...written } = shown
  return whenThere(encodeInTurns(stringify(written), turnsOf(context)), (body) => {
    const headers = new PlainFields()
    headers.set('content-type', `${request.answerType}; charset=utf-8`)
    headers.set('content-length', String(body.length))
    answers.writeFields(headers, context, 200)
    presented.writeFields(headers, context)
    return { kind: 'plain', status: 200, headers, body: [body] }
  })
}

const POSTED = { method: 'POST', url: '' }
const JSON_TYPES: ReadonlySet<string> = new Set(['application/json', 'application/graphql+json'])
const ANSWER_TYPES: ReadonlySet<string> = new Set(['application/json', 'application/graphql-response+json'])

/** The parameters of a request in the ordinary form; null for any other. */
const readOrdinary = (request: PlainRequest): Params | null =>
  ANSWER_TYPES.has(request.answerType) ? readBody(request) : null

/** The parameters of a request whose body is JSON; null for any other. */
export function readBody({ method, bodyType, body }: PlainRequest): Params | null {
  if (method !== 'POST' || bodyType === null || !JSON_TYPES.has(bodyType)) return null
  try {
    const given: unknown = JSON.parse(textOf(body))
    return isObject(given) ? given : null
  } catch {
    return null
  }
}

/** Decodes without the byte order mark, as a web Request does. */
function textOf({ buffer, byteOffset, byteLength }: Uint8Array): string {
  const text = Buffer.from(buffer, byteOffset, byteLength).toString()
  return text.startsWith('\ufeff') ? text.slice(1) : text
}

const NAMES: ReadonlySet<string> = new Set(['query', 'operationName', 'variables', 'extensions', DOCUMENT_ID])

/** The same check as Yoga's. The reason of a fault is not needed here. */
const isWellFormed = (params: Params): boolean =>
  typeof params['query'] === 'string' &&
  isObjectOrNone(params['variables']) &&
  isObjectOrNone(params['extensions']) &&
  Object.keys(params).every((name) => NAMES.has(name))

const isObject = (value: unknown): value is Params =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const isObjectOrNone = (value: unknown): boolean => value === undefined || value === null || isObject(value)

/** An answer without data has a status of its own, and one that was rejected has no data. */
const isUsual = (result: Written, { plan }: GraphQLContext): boolean =>
  result.data !== null && result.data !== undefined && plan.rejection() === null
