// The Apollo Client of the app: the link of the kit, and a cache with the objects that are parts of others.
import { ApolloClient, ApolloLink, InMemoryCache } from '@apollo/client'
import { createAuroraLink } from 'aurora-graphql-client/apollo'
import { tap } from 'rxjs'
import { showCost } from './cost.ts'
import type { Cost } from './cost.ts'

/** Gives the hooks the types that follow from `defaultOptions` below. */
declare module '@apollo/client' {
  namespace ApolloClient {
    namespace DeclareDefaultOptions {
      interface WatchQuery {
        errorPolicy: 'all'
      }
      interface Mutate {
        errorPolicy: 'all'
      }
    }
  }
}

/** A list takes the place of the one before. */
const list = { merge: false } as const
/** Without an id: a part of its object. */
const part = { keyFields: false, merge: true } as const

export const createClient = (): ApolloClient =>
  new ApolloClient({
    cache: new InMemoryCache({
      typePolicies: {
        Project: { fields: { designs: list } },
        Milestone: part,
        ProjectLocation: part,
        EnergyProduction: part,
      },
    }),
    link: ApolloLink.from([
      new ApolloLink((operation, forward) =>
        forward(operation).pipe(
          tap(({ extensions }) => showCost(extensions?.['upstream'] as Cost | undefined)),
        ),
      ),
      createAuroraLink({
        url: '/graphql',
        // After the last state of a job the kit does not connect again.
        isLast: ({ data }) => hasEnded((data as { jobChanged?: Job } | null)?.jobChanged),
      }),
    ]),
    defaultOptions: {
      // Partial data beside the errors, and always a request to the gateway: an answer from its cache costs no call.
      watchQuery: { errorPolicy: 'all', fetchPolicy: 'cache-and-network' },
      mutate: { errorPolicy: 'all' },
    },
  })

interface Job {
  readonly status?: string | null
}

const hasEnded = (job: Job | undefined): boolean => job?.status === 'SUCCEEDED' || job?.status === 'FAILED'
