// The steps of a GraphQL request, in their order: what is checked of its parameters, what is done before its execution and after it.
import { getOperationAST, GraphQLError } from 'graphql'
import type { DocumentNode, GraphQLSchema } from 'graphql'
import type { Clock } from '../clock.ts'
import { GatewayError } from '../errors/errors.ts'
import type { Asked } from '../planning/request-plan.ts'
import type { GraphQLContext } from './context.ts'
import { assertDocumentSize } from './limits/document-size.ts'
import type { QueryLimits } from './limits/query-limits.ts'
import { fromRequestError } from './present-error.ts'
import type { PresentError } from './present-error.ts'
import { createReadDocuments } from './read-documents.ts'
import type { ReadDocument, ReadDocuments, ReadingRequest } from './read-documents.ts'
import { createAnswers } from './steps/answers.ts'
import type { Answers, AnswersOptions } from './steps/answers.ts'
import { createBeginPlan } from './steps/begin-plan.ts'
import { checkExactVariables } from './steps/check-exact-variables.ts'
import { checkRole } from './steps/check-role.ts'
import { checkStream } from './steps/check-stream.ts'
import { createCheckValues } from './steps/check-values.ts'
import { assertTrusted, createFindDocument } from './steps/find-document.ts'
import type { DocumentsOptions } from './steps/find-document.ts'
import { noteFreshness } from './steps/note-freshness.ts'
import { noteOperation } from './steps/note-operation.ts'
import { createPresentResult } from './steps/present-result.ts'
import type { PresentResult } from './steps/present-result.ts'
import { readParameters } from './steps/read-parameters.ts'
import type { ExecutionStep, ParamsStep } from './steps/step.ts'

export interface GraphQLStepsOptions {
  readonly schema: GraphQLSchema
  readonly presentError: PresentError
  readonly clock: Clock
  readonly showsValidation: boolean
  readonly hasIntrospection: boolean
  readonly limits: QueryLimits
  /** The limits for requests that come through a router. */
  readonly routerLimits: QueryLimits
  readonly answers: AnswersOptions
  readonly documents: DocumentsOptions
}

export interface GraphQLSteps {
  readonly params: readonly ParamsStep[]
  /** Comes after the parameters: a remembered answer needs no document. */
  readonly answers: Answers
  readonly documents: ReadDocuments
  readonly execution: readonly ExecutionStep[]
  /**
   * Whether callers have registered the text of the request. Such a text can be evicted, so a later request cannot rely
   * on it.
   */
  readonly isRegistered: (context: GraphQLContext) => boolean
  /** Registers the document of a request whose answer has data. */
  readonly register: (context: GraphQLContext) => void
  /** The last step before the answer: presents every error, and reports what the request cost. */
  readonly presented: PresentResult
}

export function createGraphQLSteps(options: GraphQLStepsOptions): GraphQLSteps {
  const { limits } = options
  const documents = createDocuments(options)
  const { find, isRegistered, register } = createFindDocument(options.documents)

  /** Reads a text inside a request with the same parser and rules as the request itself. */
  function readWithin({ query, operationName }: Asked, context: GraphQLContext): DocumentNode {
    const { record } = context
    assertDocumentSize(query)
    assertTrusted(query, options.documents, context)
    const { document, errors } = readOrThrow(() => documents.read(query, record))
    const [error] = errors
    if (error) throw fromRequestError(error, 'GRAPHQL_VALIDATION_FAILED')
    if (getOperationAST(document, operationName)) return document
    throw new GatewayError('BAD_REQUEST', 'Could not determine what operation to execute.')
  }

  return {
    params: [readParameters, find, createCheckValues(limits, options.routerLimits), noteFreshness],
    answers: createAnswers(options.answers),
    documents,
    execution: [noteOperation, checkRole, checkStream, checkExactVariables, createBeginPlan(readWithin)],
    isRegistered,
    register,
    presented: createPresentResult(options),
  }
}

/**
 * The same text may be within the limits of a router and above those of other callers, so both are remembered apart.
 * The memory for texts of routers is made when a router sends its first request.
 */
function createDocuments(options: GraphQLStepsOptions): ReadDocuments {
  const own = createReadDocuments(options)
  let made: ReadDocuments | null = null
  const ofRouters = (): ReadDocuments =>
    (made ??= createReadDocuments({ ...options, limits: options.routerLimits }))
  const of = ({ isOfRouter }: ReadingRequest): ReadDocuments => (isOfRouter ? ofRouters() : own)
  return {
    read: (text, request) => of(request).read(text, request),
    forget: (request) => of(request).forget(request),
  }
}

function readOrThrow(read: () => ReadDocument): ReadDocument {
  try {
    return read()
  } catch (error) {
    throw error instanceof GraphQLError ? fromRequestError(error, 'GRAPHQL_PARSE_FAILED') : error
  }
}
