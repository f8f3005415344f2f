// The two functions of a Relay network for the gateway: `Network.create(fetchQuery, subscribe)`.
import { Observable } from 'relay-runtime'
import type { FetchFunction, GraphQLResponse, RequestParameters, SubscribeFunction } from 'relay-runtime'
import { createAsking } from './asking.ts'
import { createDevice } from './device.ts'
import type { Limited } from './limited.ts'
import type { RetriesOptions } from './retries.ts'
import { createStreams } from './streams.ts'
import type { Watching } from './streams.ts'
import type { Connection, Operation, SendOptions } from './transport.ts'

export interface RelayOptions extends Connection, RetriesOptions, Pick<Watching, 'isLast'> {
  /** Called where fields of a query were refused, with the time at which they come without further work of the app. */
  readonly onLimited?: (name: string, limited: Limited) => void
}

export interface RelayFunctions {
  readonly fetchQuery: FetchFunction
  readonly subscribe: SubscribeFunction
}

export function createRelayFunctions({ isLast, onLimited, ...options }: RelayOptions): RelayFunctions {
  const device = options.device ?? createDevice()
  const asking = createAsking(options, { ...options, device })
  const streams = createStreams(options, { device })
  const watch = (operation: Operation, sink: Sink): (() => void) =>
    streams.watch(operation, {
      onAnswer: (answer) => sink.next(answer as GraphQLResponse),
      onEnd: () => sink.complete(),
      isLast,
    })
  return {
    fetchQuery(params, variables, { metadata }) {
      const operation = operationOf(params, variables)
      if (params.operationKind === 'mutation') return asking.mutate(operation) as Promise<GraphQLResponse>
      return Observable.create<GraphQLResponse>((sink) =>
        isLive(params)
          ? watch(operation, sink)
          : asking.query(
              operation,
              {
                onAnswer(answer, limited) {
                  if (limited) onLimited?.(params.name, limited)
                  // With its errors: @catch and @throwOnFieldError depend on them. Without data Relay would end the query.
                  if (answer.data || !limited) sink.next(answer as GraphQLResponse)
                },
                onError: (error) => sink.error(error as Error),
                onEnd: () => sink.complete(),
              },
              // Relay's own `force` is set by every fetchQuery.
              { cache: metadata?.['cache'] as SendOptions['cache'] },
            ),
      )
    },
    subscribe: (params, variables) =>
      Observable.create<GraphQLResponse>((sink) => watch(operationOf(params, variables), sink)),
  }
}

interface Sink {
  next(answer: GraphQLResponse): void
  complete(): void
}

const operationOf = ({ id, text, name }: RequestParameters, variables: object): Operation => ({
  ...(id ? { documentId: id } : { query: text ?? '' }),
  operationName: name,
  variables: variables as Record<string, unknown>,
})

/** With persisted documents Relay leaves the text out: `metadata: { live: true }` marks those by hand. */
const isLive = ({ text, metadata }: RequestParameters): boolean =>
  /@live\b/.test(text ?? '') || metadata['live'] === true
