// A urql client for this gateway.
import { cacheExchange, Client, fetchExchange, mapExchange } from '@urql/core'
import { persistedExchange } from '@urql/exchange-persisted'
import { retryAtOf } from './limited.ts'

export interface Connection {
  readonly url: string
  readonly headers: Record<string, string>
  readonly fetch?: typeof fetch
}

export function createUrqlClient({ url, headers, ...others }: Connection): Client {
  const client: Client = new Client({
    url,
    ...others,
    fetchOptions: { headers },
    preferGetMethod: true,
    exchanges: [
      mapExchange({
        onResult({ operation, error }) {
          const retryAt = operation.kind === 'query' ? retryAtOf(error?.graphQLErrors) : null
          if (!retryAt) return
          const again = client.createRequestOperation('query', operation, {
            ...operation.context,
            requestPolicy: 'network-only',
          })
          // Does nothing if no part of the app shows this query any more.
          setTimeout(() => client.reexecuteOperation(again), retryAt.getTime() - Date.now())
        },
      }),
      cacheExchange,
      persistedExchange({ preferGetForPersistedQueries: true }),
      fetchExchange,
    ],
  })
  return client
}
