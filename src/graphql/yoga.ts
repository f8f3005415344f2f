// Executes GraphQL over HTTP: Yoga, with its plugins in the order in which a request passes them.
import { createYoga } from 'graphql-yoga'
import type { Plugin } from 'graphql-yoga'
import { getOperationAST, GraphQLError, NoSchemaIntrospectionCustomRule } from 'graphql'
import type { DocumentNode, GraphQLSchema, ValidationRule } from 'graphql'
import { LRUCache } from 'lru-cache'
import type { Clock } from '../clock.ts'
import { GatewayError } from '../errors/errors.ts'
import type { Asked } from '../planning/request-plan.ts'
import type { GraphQLContext } from './context.ts'
import { assertDocumentSize } from './limits/document-size.ts'
import type { QueryLimits } from './limits/query-limits.ts'
import { OWN_RULES } from './known-operations.ts'
import { fromRequestError } from './present-error.ts'
import type { PresentError } from './present-error.ts'
import { useAnswers } from './plugins/use-answers.ts'
import type { AnswersOptions } from './plugins/use-answers.ts'
import { assertTrusted, DOCUMENT_ID, useDocuments } from './plugins/use-documents.ts'
import type { DocumentsOptions } from './plugins/use-documents.ts'
import { useExactVariables } from './plugins/use-exact-variables.ts'
import { useExecutor } from './plugins/use-executor.ts'
import { useFreshness } from './plugins/use-freshness.ts'
import { useParameters } from './plugins/use-parameters.ts'
import { usePresentedResult } from './plugins/use-presented-result.ts'
import { usePlan } from './plugins/use-plan.ts'
import { useQueryLimits } from './plugins/use-query-limits.ts'
import { useRecord } from './plugins/use-record.ts'
import { useRoles } from './plugins/use-roles.ts'

export interface YogaOptions {
  readonly schema: GraphQLSchema
  readonly presentError: PresentError
  readonly clock: Clock
  readonly hasIntrospection: boolean
  readonly limits: QueryLimits
  readonly answers: AnswersOptions
  readonly documents: DocumentsOptions
}

/** The screens and scripts of one company send a few hundred different documents. */
const MAX_PARSED_DOCUMENTS = 500
/** Measured: short names with aliases take most. Errors hold the document that they are about. */
const PARSED_BYTES_PER_CHAR = 75
/** Some 300 screens of 2 KB; whoever sends made-up documents must not fill the memory. */
const MAX_PARSED_BYTES = 48 * 1024 * 1024

/** The gateway makes one `context` for each request; all plugins and resolvers share it. */
export type HandleGraphQL = (request: Request, context: GraphQLContext) => Promise<Response>

export function createGraphQLHandler(options: YogaOptions): HandleGraphQL {
  const { schema, presentError, clock, hasIntrospection, limits, answers, documents } = options
  const plugins: Plugin<object, GraphQLContext>[] = [
    useParameters,
    useDocuments(documents),
    useQueryLimits(limits),
    useFreshness,
    useRules(hasIntrospection ? OWN_RULES : [...OWN_RULES, NoSchemaIntrospectionCustomRule]),
    useRecord,
    useRoles,
    useExactVariables,
    usePlan(readDocument),
    useExecutor,
    useAnswers(answers),
    // The last one before the answer: presents every error, and reports what the request cost.
    usePresentedResult({ presentError, clock }),
  ]
  const yoga = createYoga<GraphQLContext>({
    schema,
    plugins,
    graphqlEndpoint: '/graphql',
    landingPage: false,
    extraParamNames: [DOCUMENT_ID],
    // By default Yoga allows every origin, with credentials. http/cors.ts allows only the origins of the settings.
    cors: false,
    // One field takes a file. http/ has refused files for everything else, and has limited their size.
    multipart: true,
    // http/ has already read the body, within its own limit.
    maxRequestBodySize: false,
    parserAndValidationCache: {
      documentCache: createParsedCache(),
      errorCache: createParsedCache(),
    },
    // usePresentedResult presents every error, once.
    maskedErrors: false,
    logging: false,
    // http/ serves the page of graphiql.ts itself, before it authenticates the caller.
    graphiql: false,
  })

  /** Reads a text inside a request with the same parser and rules as the request itself. */
  function readDocument({ query, operationName }: Asked, context: GraphQLContext): DocumentNode {
    assertDocumentSize(query)
    assertTrusted(query, documents)
    // Yoga refuses a mutation in a GET. A text inside a request has no HTTP method, so the request is hidden here.
    const within = Object.create(context, { request: { value: undefined } }) as Parameters<
      typeof yoga.getEnveloped
    >[0]
    const { parse, validate } = yoga.getEnveloped(within)
    const document = parseOrThrow(parse as (text: string) => DocumentNode, query)
    const [error] = validate(schema, document) as readonly GraphQLError[]
    if (error) throw fromRequestError(error, 'GRAPHQL_VALIDATION_FAILED')
    if (getOperationAST(document, operationName)) return document
    throw new GatewayError('BAD_REQUEST', 'Could not determine what operation to execute.')
  }

  return async (request, context) => yoga.fetch(request, context)
}

const createParsedCache = <Parsed extends object>() =>
  new LRUCache<string, Parsed>({
    max: MAX_PARSED_DOCUMENTS,
    maxSize: MAX_PARSED_BYTES,
    sizeCalculation: (_parsed, text) => text.length * PARSED_BYTES_PER_CHAR + 1,
  })

function parseOrThrow(parse: (text: string) => DocumentNode, query: string): DocumentNode {
  try {
    return parse(query)
  } catch (error) {
    throw error instanceof GraphQLError ? fromRequestError(error, 'GRAPHQL_PARSE_FAILED') : error
  }
}

const useRules = (rules: readonly ValidationRule[]): Plugin<object, GraphQLContext> => ({
  onValidate: ({ addValidationRule }) => rules.forEach(addValidationRule),
})
