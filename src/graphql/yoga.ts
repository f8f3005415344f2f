// Executes GraphQL over HTTP. The tables of steps define the order of the checks; Yoga and the direct way run the same steps.
import { createYoga } from 'graphql-yoga'
import type { PlainAnswer, PlainRequest } from '../exchange/plain-exchange.ts'
import type { GraphQLContext } from './context.ts'
import { createDirectWay } from './direct-way.ts'
import type { Unusual } from './direct-way.ts'
import { createGraphQLSteps } from './graphql-steps.ts'
import type { GraphQLStepsOptions } from './graphql-steps.ts'
import { DOCUMENT_ID } from './steps/find-document.ts'
import { createReadStreamed } from './streamed-operation.ts'
import type { ReadStreamed } from './streamed-operation.ts'
import { useForms } from './steps/read-parameters.ts'
import { createStepPlugins } from './yoga-plugins.ts'
import { nextTurn } from '../turns/next-turn.ts'

/** The gateway makes one `context` for each request; all steps and resolvers share it. */
export interface HandleGraphQL {
  whole(request: Request, context: GraphQLContext): Promise<Response>
  /** Answers ordinary requests without a web Request and Response, and all others as `whole` does. */
  plain(request: PlainRequest, context: GraphQLContext): Promise<Response | PlainAnswer>
  /** Whether a request needs a stream of answers. */
  readStreamed: ReadStreamed
}

const LARGE_BYTES = 32 * 1024

export function createGraphQLHandler(options: GraphQLStepsOptions): HandleGraphQL {
  const steps = createGraphQLSteps(options)
  const executed = new WeakMap<object, Unusual>()
  const yoga = createYoga<GraphQLContext>({
    schema: options.schema,
    plugins: [useForms, ...createStepPlugins(options.schema, steps, executed)],
    graphqlEndpoint: '/graphql',
    landingPage: false,
    extraParamNames: [DOCUMENT_ID],
    // By default Yoga allows every origin, with credentials. http/cors.ts allows only the origins of the settings.
    cors: false,
    // One field takes a file. http/ has refused files for everything else, and has limited their size.
    multipart: true,
    // http/ has already read the body, within its own limit.
    maxRequestBodySize: false,
    // The steps remember documents.
    parserAndValidationCache: false,
    // The last step presents every error, once.
    maskedErrors: false,
    logging: false,
    // http/ serves the page of graphiql.ts itself, before it authenticates the caller.
    graphiql: false,
  })
  const direct = createDirectWay(options.schema, steps)
  const forget = ({ record }: GraphQLContext): void => steps.documents.forget(record)
  const whole = async (request: Request, context: GraphQLContext): Promise<Response> => {
    try {
      return await yoga.fetch(request, context)
    } finally {
      forget(context)
    }
  }

  return {
    whole,
    readStreamed: createReadStreamed(options.schema, steps),
    async plain(request, context) {
      const done = await direct(request, context)
      if (done && 'kind' in done) {
        forget(context)
        return done
      }
      if (done) executed.set(context.record, done)
      // Reading a large body takes some 20 milliseconds, and Yoga reads it again.
      if (request.body.byteLength > LARGE_BYTES) await nextTurn()
      return whole(request.toRequest(), context)
    },
  }
}
