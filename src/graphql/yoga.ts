// Executes GraphQL over HTTP: Yoga with its plugins in the order in which a request meets them.
import { createYoga } from 'graphql-yoga'
import type { Plugin } from 'graphql-yoga'
import { getOperationAST, GraphQLError, NoSchemaIntrospectionCustomRule } from 'graphql'
import type { DocumentNode, GraphQLSchema } from 'graphql'
import { LRUCache } from 'lru-cache'
import type { Clock } from '../clock.ts'
import { GatewayError } from '../errors/errors.ts'
import type { GraphQLContext } from './context.ts'
import { fromRequestError } from './present-error.ts'
import type { PresentError } from './present-error.ts'
import type { Asked } from './request-plan.ts'
import { useAnswers } from './use-answers.ts'
import type { AnswersOptions } from './use-answers.ts'
import { useAddress } from './use-address.ts'
import { assertTrusted, DOCUMENT_ID, useDocuments } from './use-documents.ts'
import type { DocumentsOptions } from './use-documents.ts'
import { useFreshness } from './use-freshness.ts'
import { useOutcome } from './use-outcome.ts'
import { usePlan } from './use-plan.ts'
import type { QueryLimits } from './query-limits.ts'
import { assertDocumentBound, useQueryLimits } from './use-query-limits.ts'
import { useRecord } from './use-record.ts'
import { useRoles } from './use-roles.ts'

export interface YogaOptions {
  readonly schema: GraphQLSchema
  readonly presentError: PresentError
  readonly clock: Clock
  readonly hasIntrospection: boolean
  readonly limits: QueryLimits
  readonly answers: AnswersOptions
  readonly documents: DocumentsOptions
}

/** Screens and scripts of one company send a few hundred different documents; the largest takes some megabytes parsed. */
const MAX_PARSED_DOCUMENTS = 500

/** `context` is made by the gateway for each request and shared by all who touch it. */
export type HandleGraphQL = (request: Request, context: GraphQLContext) => Promise<Response>

export function createGraphQLHandler(options: YogaOptions): HandleGraphQL {
  const { schema, presentError, clock, hasIntrospection, limits, answers, documents } = options
  const plugins: Plugin<object, GraphQLContext>[] = [
    useAddress,
    useDocuments(documents),
    useQueryLimits(limits),
    useFreshness,
    hasIntrospection ? {} : useNoIntrospection,
    useRecord,
    useRoles,
    usePlan(readDocument),
    useAnswers(answers),
    // Last before the answer: every error through one presenter, and what the request cost.
    useOutcome({ presentError, clock }),
  ]
  const yoga = createYoga<GraphQLContext>({
    schema,
    plugins,
    graphqlEndpoint: '/graphql',
    landingPage: false,
    extraParamNames: [DOCUMENT_ID],
    // Yoga echoes any origin by default, with credentials: closed until origins are listed.
    cors: false,
    // One field takes a file; http/ has let nobody else send one, and has bounded it.
    multipart: true,
    // http/ has read the body already, within its own bound.
    maxRequestBodySize: false,
    parserAndValidationCache: {
      documentCache: new LRUCache({ max: MAX_PARSED_DOCUMENTS }),
      errorCache: new LRUCache({ max: MAX_PARSED_DOCUMENTS }),
    },
    // useOutcome presents errors, of every origin and only once.
    maskedErrors: false,
    logging: false,
    // A page for people is served before anybody asks who they are: graphiql.ts.
    graphiql: false,
  })

  /** Through the same parser and rules as what is executed. */
  function readDocument({ query, operationName }: Asked, context: GraphQLContext): DocumentNode {
    assertDocumentBound(query)
    assertTrusted(query, documents)
    // A text inside a request has no HTTP method of its own by which a mutation could be out of place.
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

function parseOrThrow(parse: (text: string) => DocumentNode, query: string): DocumentNode {
  try {
    return parse(query)
  } catch (error) {
    throw error instanceof GraphQLError ? fromRequestError(error, 'GRAPHQL_PARSE_FAILED') : error
  }
}

const useNoIntrospection: Plugin<object, GraphQLContext> = {
  onValidate: ({ addValidationRule }) => addValidationRule(NoSchemaIntrospectionCustomRule),
}
