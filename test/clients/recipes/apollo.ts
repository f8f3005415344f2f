// The parts of an Apollo Client 4 for this gateway.
import { ApolloClient, ApolloLink, HttpLink, InMemoryCache } from '@apollo/client'
import { PersistedQueryLink } from '@apollo/client/link/persisted-queries'
import { relayStylePagination } from '@apollo/client/utilities'
import { OperationTypeNode } from 'graphql'
import { concat, mergeMap, of, tap, timer } from 'rxjs'
import { retryAtOf } from './limited.ts'

/** A list that costs a call of its own is null only if the call failed or was refused: then what is known stays. */
const keepKnown = { merge: (known: unknown, incoming: unknown) => incoming ?? known ?? null }

export const createCache = () =>
  new InMemoryCache({
    typePolicies: {
      Query: { fields: { projects: relayStylePagination() } },
      Project: { fields: { designs: keepKnown, agreements: keepKnown, assets: keepKnown } },
      Design: { fields: { financings: keepKnown, assets: keepKnown } },
      // Types without an id are parts of their object: members from several queries belong together.
      Milestone: { keyFields: false, merge: true },
      ProjectLocation: { keyFields: false, merge: true },
    },
  })

/** Passes on what there is, and then, at the time that the gateway names, the whole answer. RetryLink sees no such answers. */
const createAskAgainLink = (rounds = 3): ApolloLink =>
  new ApolloLink((operation, forward) => {
    const ask = (left: number): ReturnType<typeof forward> =>
      forward(operation).pipe(
        mergeMap((result) => {
          const retryAt = left > 0 ? retryAtOf(result.errors) : null
          return retryAt ? concat(of(result), timer(retryAt).pipe(mergeMap(() => ask(left - 1)))) : of(result)
        }),
      )
    return operation.operationType === OperationTypeNode.QUERY ? ask(rounds) : forward(operation)
  })

/** The largest `max-age` of an answer. */
const MAX_AGE_MS = 300_000

/** After a write of this app, its reads ask past the cache of the browser, which may still hold what was before. */
function createOwnWritesLink(): ApolloLink {
  let writtenAtMs = -Infinity
  return new ApolloLink((operation, forward) => {
    if (operation.operationType === OperationTypeNode.MUTATION)
      return forward(operation).pipe(tap(() => void (writtenAtMs = Date.now())))
    if (Date.now() - writtenAtMs < MAX_AGE_MS)
      operation.setContext((context) => ({ fetchOptions: { ...context['fetchOptions'], cache: 'no-cache' } }))
    return forward(operation)
  })
}

/** The only place of Apollo Client 4 that sees `extensions`. */
export const createBudgetLink = (show: (upstream: unknown) => void): ApolloLink =>
  new ApolloLink((operation, forward) =>
    forward(operation).pipe(tap(({ extensions }) => show(extensions?.['upstream']))),
  )

export interface Connection {
  readonly uri: string
  readonly headers: Record<string, string>
  readonly sha256: (text: string) => string | Promise<string>
  readonly fetch?: typeof fetch
}

export const createApolloClient = ({ sha256, ...connection }: Connection): ApolloClient =>
  new ApolloClient({
    cache: createCache(),
    link: ApolloLink.from([
      createAskAgainLink(),
      createOwnWritesLink(),
      new PersistedQueryLink({ sha256, useGETForHashedQueries: true }),
      // Without the version of Apollo Client in its extensions, an address stays the same when the app is updated.
      new HttpLink({ ...connection, enhancedClientAwareness: { transport: false } }),
    ]),
  })
