// Apollo Server with RESTDataSource, which joins equal requests. MODE: `cached` adds Apollo's cache of responses and the
// HTTP cache of the data source, `plain` caches nothing.
import { ApolloServer } from '@apollo/server'
import { ApolloServerPluginCacheControl } from '@apollo/server/plugin/cacheControl'
import { startStandaloneServer } from '@apollo/server/standalone'
import { RESTDataSource } from '@apollo/datasource-rest'
import responseCache from '@apollo/server-plugin-response-cache'
import { InMemoryLRUCache } from '@apollo/utils.keyvaluecache'

const { MODE, PORT, AURORA_URL } = process.env
const CACHE_BYTES = 2 ** 28
const AN_HOUR_S = 3600
const isCached = MODE === 'cached'
const cache = new InMemoryLRUCache({ maxSize: CACHE_BYTES })

class Aurora extends RESTDataSource {
  baseURL = `${AURORA_URL}/`

  requestDeduplicationPolicyFor(url, request) {
    const deduplicationKey = `${request.method} ${this.cacheKeyFor(url, request)}`
    return { policy: 'deduplicate-during-request-lifetime', deduplicationKey }
  }

  cacheOptionsFor() {
    return isCached ? undefined : { ttl: 0 }
  }
}

const typeDefs = `
  type Query { projects(first: Int = 20, page: Int = 1): [Project!]! project(id: ID!): Project }
  type Project { id: ID! name: String owner: User designs: [Design!] }
  type User { id: ID! name: String email: String }
  type Design { id: ID! name: String summary: Summary pricing: Pricing }
  type Summary { systemSizeStc: Float annualProductionKwh: Float }
  type Pricing { systemPrice: Float }
`

const segment = encodeURIComponent
const resolvers = {
  Query: {
    projects: async (_, { first, page }, { aurora }) =>
      (await aurora.get(`projects?page=${page}&per_page=${first}`)).projects,
    project: async (_, { id }, { aurora }) => (await aurora.get(`projects/${segment(id)}`)).project,
  },
  Project: {
    owner: async ({ owner_id: id }, _, { aurora }) => (await aurora.get(`users/${segment(id)}`)).user,
    designs: async ({ id }, _, { aurora }) => (await aurora.get(`projects/${segment(id)}/designs`)).designs,
  },
  Design: {
    summary: async ({ id }, _, { aurora }) => (await aurora.get(`designs/${segment(id)}/summary`)).design,
    pricing: async ({ id }, _, { aurora }) => (await aurora.get(`designs/${segment(id)}/pricing`)).pricing,
  },
  Summary: {
    systemSizeStc: (summary) => summary.system_size_stc,
    annualProductionKwh: (summary) => summary.annual_production_kwh,
  },
  Pricing: { systemPrice: (pricing) => pricing.system_price },
}

const server = new ApolloServer({
  typeDefs,
  resolvers,
  cache,
  plugins: isCached
    ? [
        ApolloServerPluginCacheControl({ defaultMaxAge: AN_HOUR_S, calculateHttpHeaders: true }),
        (responseCache.default ?? responseCache)(),
      ]
    : [],
})

await startStandaloneServer(server, {
  listen: { port: Number(PORT), host: '127.0.0.1' },
  context: async () => ({ aurora: new Aurora(isCached ? { cache } : {}) }),
})
