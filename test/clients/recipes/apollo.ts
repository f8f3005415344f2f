// An Apollo Client 4 for this gateway.
import { ApolloClient, ApolloLink, InMemoryCache } from '@apollo/client'
import { relayStylePagination } from '@apollo/client/utilities'
import { createAuroraLink } from 'aurora-graphql-client/apollo'
import type { ApolloOptions } from 'aurora-graphql-client/apollo'
import { tap } from 'rxjs'

/** A shorter list takes the place of a longer one. Apollo Client warns where nobody has said so. */
const list = { merge: false } as const

export const createCache = () =>
  new InMemoryCache({
    typePolicies: {
      // Each search is a list of its own, which its pages belong to.
      Query: { fields: { projects: relayStylePagination(['filter', 'search', 'sort']) } },
      Project: { fields: { designs: list, agreements: list, assets: list } },
      Design: { fields: { financings: list, assets: list } },
      // Types without an id are parts of their object: members from several queries belong together.
      Milestone: { keyFields: false, merge: true },
      ProjectLocation: { keyFields: false, merge: true },
    },
  })

export const createApolloClient = (options: ApolloOptions): ApolloClient =>
  new ApolloClient({ cache: createCache(), link: createAuroraLink(options) })

/** The only place of Apollo Client 4 that sees `extensions`. */
export const createBudgetLink = (show: (upstream: unknown) => void): ApolloLink =>
  new ApolloLink((operation, forward) =>
    forward(operation).pipe(tap(({ extensions }) => show(extensions?.['upstream']))),
  )
