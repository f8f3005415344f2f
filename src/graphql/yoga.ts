// Executes GraphQL over HTTP: Yoga with its plugins in the order in which a request meets them.
import { createYoga } from 'graphql-yoga'
import type { Plugin } from 'graphql-yoga'
import { NoSchemaIntrospectionCustomRule } from 'graphql'
import type { GraphQLSchema } from 'graphql'
import { LRUCache } from 'lru-cache'
import type { Clock } from '../clock.ts'
import type { GraphQLContext } from './context.ts'
import { createGraphiQL } from './graphiql.ts'
import type { GraphiQLOptions } from './graphiql.ts'
import type { PresentError } from './present-error.ts'
import { useDocumentBound } from './use-document-bound.ts'
import { useFreshness } from './use-freshness.ts'
import { useOutcome } from './use-outcome.ts'

export interface YogaOptions {
  readonly schema: GraphQLSchema
  readonly presentError: PresentError
  readonly clock: Clock
  readonly hasIntrospection: boolean
  /** null: no editor. */
  readonly graphiql: GraphiQLOptions | null
}

/** Screens and scripts of one company send a few hundred different documents; the largest takes some megabytes parsed. */
const MAX_PARSED_DOCUMENTS = 500

/** `context` is made by the gateway for each request and shared by all who touch it. */
export type HandleGraphQL = (request: Request, context: GraphQLContext) => Promise<Response>

export function createGraphQLHandler(options: YogaOptions): HandleGraphQL {
  const { schema, presentError, clock, hasIntrospection, graphiql } = options
  const plugins: Plugin<object, GraphQLContext>[] = [
    useDocumentBound,
    useFreshness,
    hasIntrospection ? {} : useNoIntrospection,
    // Last before the answer: every error through one presenter, and what the request cost.
    useOutcome({ presentError, clock }),
  ]
  const yoga = createYoga<GraphQLContext>({
    schema,
    plugins,
    graphqlEndpoint: '/graphql',
    landingPage: false,
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
    ...createGraphiQL(graphiql),
  })
  return async (request, context) => yoga.fetch(request, context)
}

const useNoIntrospection: Plugin<object, GraphQLContext> = {
  onValidate: ({ addValidationRule }) => addValidationRule(NoSchemaIntrospectionCustomRule),
}
