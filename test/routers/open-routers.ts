// The routers that can be started inside a test, each before the gateway and a subgraph with notes.
import { ApolloGateway, RemoteGraphQLDataSource } from '@apollo/gateway'
import { getOperationAST, parse } from 'graphql'
import { COMPOSERS, readSdl } from './compose.ts'
import type { Composed, Subgraph } from './compose.ts'
import { NOTES_SDL } from './toy-subgraphs.ts'

export interface RouterError {
  readonly message: string
  readonly path?: readonly (string | number)[]
  readonly extensions?: Readonly<Record<string, unknown>>
}

export interface RouterAnswer {
  readonly data?: Readonly<Record<string, unknown>> | null
  readonly errors?: readonly RouterError[]
  readonly extensions?: unknown
}

export interface Router extends AsyncDisposable {
  ask(query: string, variables?: Readonly<Record<string, unknown>>): Promise<RouterAnswer>
}

export interface RouterOptions {
  readonly auroraUrl: string
  readonly notesUrl: string
  /** What the router sends to every subgraph; tests change it. */
  readonly headers: Readonly<Record<string, string>>
}

/** What is used of Hive Gateway. Its own types add members to those of graphql, which would then hold for the whole code. */
interface Hive {
  createGatewayRuntime(options: object): AsyncDisposable & { readonly fetch: typeof fetch }
}

const HIVE: string = '@graphql-hive/gateway-runtime'

/** Throws where the supergraph cannot be composed, or the composer has a remark. */
function composed({ errors, hints, supergraph }: Composed): string {
  if (errors.length + hints.length > 0) throw new Error([...errors, ...hints].join('\n'))
  return supergraph
}

const subgraphsOf = ({ auroraUrl, notesUrl }: RouterOptions): readonly Subgraph[] => [
  { name: 'aurora', url: auroraUrl, sdl: readSdl('subgraph-2.9') },
  { name: 'notes', url: notesUrl, sdl: NOTES_SDL },
]

export const ROUTERS: Readonly<Record<'apollo' | 'hive', (options: RouterOptions) => Promise<Router>>> = {
  async apollo(options) {
    const gateway = new ApolloGateway({
      supergraphSdl: composed(COMPOSERS.apollo(subgraphsOf(options))),
      buildService: ({ url }) =>
        new RemoteGraphQLDataSource({
          ...(url && { url }),
          willSendRequest({ request }) {
            for (const [name, value] of Object.entries(options.headers))
              request.http?.headers.set(name, value)
          },
        }),
    })
    const { executor } = await gateway.load()
    return {
      async ask(query, variables = {}) {
        const document = parse(query)
        const operation = getOperationAST(document)
        // What Apollo Server passes to it.
        const asked = {
          request: { query, variables },
          document,
          operation,
          operationName: null,
          queryHash: query,
          context: {},
          metrics: { nonFtv1ErrorPaths: [] },
        }
        return JSON.parse(JSON.stringify(await executor(asked as never))) as RouterAnswer
      },
      [Symbol.asyncDispose]: () => gateway.stop(),
    }
  },
  async hive(options) {
    const { createGatewayRuntime } = (await import(HIVE)) as Hive
    const runtime = createGatewayRuntime({
      supergraph: composed(COMPOSERS.guild(subgraphsOf(options))),
      logging: false,
      propagateHeaders: { fromClientToSubgraphs: () => ({ ...options.headers }) },
    })
    return {
      async ask(query, variables = {}) {
        const response = await runtime.fetch('http://router.test/graphql', {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ query, variables }),
        })
        return (await response.json()) as RouterAnswer
      },
      async [Symbol.asyncDispose]() {
        await runtime[Symbol.asyncDispose]()
      },
    }
  },
}
