// The links of an Apollo Client 4 for the gateway, and one that contains them all.
import { ApolloLink, HttpLink, Observable } from '@apollo/client'
import { SetContextLink } from '@apollo/client/link/context'
import { PersistedQueryLink } from '@apollo/client/link/persisted-queries'
import { print } from '@apollo/client/utilities'
import { createDevice } from './device.ts'
import { keepKnownInCache } from './known-in-cache.ts'
import { createOwnWrites } from './own-writes.ts'
import { createRepeats } from './repeats.ts'
import type { AskAgain } from './repeats.ts'
import { createRetries } from './retries.ts'
import type { RetriesOptions } from './retries.ts'
import { sha256 } from './sha256.ts'
import { createStreams } from './streams.ts'
import type { Streams, Watching } from './streams.ts'
import { headersOf } from './transport.ts'
import type { Connection } from './transport.ts'

export interface ApolloOptions extends Connection, RetriesOptions, Pick<Watching, 'isLast'> {}

/** The `link` of an ApolloClient. */
export function createAuroraLink({
  url,
  headers,
  fetch: send,
  isLast,
  ...options
}: ApolloOptions): ApolloLink {
  const device = options.device ?? createDevice()
  const queries = ApolloLink.from([
    createRetryLink({ ...options, device }),
    createOwnWritesLink(device),
    new SetContextLink(async (context) => ({
      headers: {
        'graphql-require-preflight': 'true',
        ...(context['headers'] as Headers | undefined),
        ...(await headersOf(headers)),
      },
    })),
    new PersistedQueryLink({ sha256, useGETForHashedQueries: true }),
    // Without the version of Apollo Client in its extensions, an address stays the same when the app is updated.
    new HttpLink({ uri: url, ...(send && { fetch: send }), enhancedClientAwareness: { transport: false } }),
  ])
  const streams = createStreamLink(createStreams({ url, headers, fetch: send }, { device }), isLast)
  return ApolloLink.split(isStream, streams, queries)
}

type Headers = Readonly<Record<string, string>>

const isStream = ({ operationType, query }: ApolloLink.Operation): boolean =>
  String(operationType) === 'subscription' ||
  (String(operationType) === 'query' && /@live\b/.test(print(query)))

/**
 * Passes on the partial answer, with values of the cache in place of refused fields, and later the rest. RetryLink does not do
 * this, because it repeats failed requests only.
 */
export function createRetryLink(options: RetriesOptions = {}): ApolloLink {
  const retries = createRetries(options)
  return new ApolloLink((operation, forward) => {
    if (String(operation.operationType) !== 'query') return forward(operation)
    return new Observable((sink) => {
      const repeats = createRepeats(retries)
      let isWaiting = false
      let leave = (): void => {}
      const ask: AskAgain = (done) => {
        const subscription = forward(operation).subscribe({
          next(result) {
            done(result.errors)
            isWaiting = repeats.take(result.errors, ask) !== null
            sink.next(fill(operation, result))
          },
          error(error) {
            done()
            isWaiting = repeats.takeFailure(ask)
            if (!isWaiting) sink.error(error)
          },
          complete() {
            if (!isWaiting) sink.complete()
          },
        })
        leave = () => subscription.unsubscribe()
      }
      ask(() => {})
      return () => {
        repeats.cancel()
        leave()
      }
    })
  })
}

/** Puts values of the cache into the places of refused fields. */
const fill = ({ query, variables, client: { cache } }: ApolloLink.Operation, result: ApolloLink.Result) =>
  ({
    ...result,
    data: keepKnownInCache(result.data, result.errors, { query, variables, cache }),
  }) as ApolloLink.Result

/** After a write of this app its reads have other addresses: the cache of the browser may still hold what was before. */
export function createOwnWritesLink(device = createDevice()): ApolloLink {
  const writes = createOwnWrites(device)
  return new ApolloLink((operation, forward) => {
    if (String(operation.operationType) === 'mutation') {
      writes.note()
      return new Observable((sink) => {
        const subscription = forward(operation).subscribe(sink)
        subscription.add(writes.note)
        return subscription
      })
    }
    Object.assign(operation.extensions, writes.mark())
    return forward(operation)
  })
}

/**
 * Subscriptions and live queries over Server-Sent Events. It connects again after each end that is not the end of the operation.
 * A refused field has the value of the cache until the gateway, which reads it again, sends a new one.
 */
export const createStreamLink = (streams: Streams, isLast?: Watching['isLast']): ApolloLink =>
  new ApolloLink((operation) => {
    const { query, variables, operationName } = operation
    return new Observable((sink) =>
      streams.watch(
        { query: print(query), variables, operationName },
        {
          onAnswer: (answer) => sink.next(fill(operation, answer as ApolloLink.Result)),
          onEnd: () => sink.complete(),
          isLast,
        },
      ),
    )
  })
