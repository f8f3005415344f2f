// Hive Gateway over Aurora's REST paths. MODE: `cached` adds its cache of responses, `plain` caches nothing.
import { readFileSync } from 'node:fs'
import { defineConfig } from '@graphql-hive/gateway'
import memoryCache from '@graphql-mesh/cache-inmemory-lru'
import deduplicateRequest from '@graphql-mesh/plugin-deduplicate-request'

const { MODE, PORT, AURORA_URL } = process.env
const AN_HOUR_MS = 3_600_000
const MAX_ENTRIES = 20_000
const MemoryCache = memoryCache.default ?? memoryCache
const useDeduplicateRequest = deduplicateRequest.default ?? deduplicateRequest
const supergraph = readFileSync(new URL('supergraph.graphql', import.meta.url), 'utf8')

export const gatewayConfig = defineConfig({
  supergraph: () => supergraph.replaceAll('http://aurora.invalid', AURORA_URL),
  cache: new MemoryCache({ max: MAX_ENTRIES }),
  landingPage: false,
  graphiql: false,
  polling: 0,
  logging: 'error',
  port: Number(PORT),
  host: '127.0.0.1',
  plugins: (context) => [useDeduplicateRequest(context)],
  ...(MODE === 'cached' && { responseCaching: { session: () => null, ttl: AN_HOUR_MS } }),
})
