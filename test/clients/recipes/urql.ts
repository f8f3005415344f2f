// A urql client for this gateway.
import { cacheExchange, Client, fetchExchange } from '@urql/core'
import { persistedExchange } from '@urql/exchange-persisted'
import { createStreams } from 'aurora-graphql-client/streams'
import { auroraExchange, auroraStreamExchange } from 'aurora-graphql-client/urql'
import type { UrqlOptions } from 'aurora-graphql-client/urql'

export function createUrqlClient({
  url,
  headers = {},
  fetch: send = fetch,
  ...options
}: UrqlOptions): Client {
  const connection = { url, headers, fetch: send }
  return new Client({
    url,
    fetch: send,
    fetchOptions: { headers: { 'graphql-require-preflight': 'true', ...headers } },
    preferGetMethod: true,
    exchanges: [
      cacheExchange,
      auroraExchange(options),
      auroraStreamExchange(createStreams(connection, options)),
      persistedExchange({ preferGetForPersistedQueries: true }),
      fetchExchange,
    ],
  })
}
