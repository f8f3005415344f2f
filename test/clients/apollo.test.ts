// Apollo Client with its persisted-query link over GET, as docs/clients.md sets it up.
import { createHash } from 'node:crypto'
import { ApolloClient, CombinedGraphQLErrors, gql, HttpLink, InMemoryCache } from '@apollo/client'
import type { TypedDocumentNode } from '@apollo/client'
import { PersistedQueryLink } from '@apollo/client/link/persisted-queries'
import { relayStylePagination } from '@apollo/client/utilities'
import { print } from 'graphql'
import { describe, expect, it } from 'vitest'
import { splitDocuments } from '../../src/documents/split-documents.ts'
import { FEW_CALLS, HEADERS, openAppGateway } from './open-gateway.ts'
import type { AppGateway, Limited } from './open-gateway.ts'

interface Screen {
  readonly projects: {
    readonly edges: readonly { readonly node: { readonly id: string; readonly name: string | null } }[]
    readonly pageInfo: { readonly endCursor: string | null; readonly hasNextPage: boolean }
  } | null
}

const SCREEN: TypedDocumentNode<Screen, { first: number; after?: string | null }> = gql`
  query Screen($first: Int!, $after: String) {
    projects(first: $first, after: $after) {
      edges {
        cursor
        node {
          id
          name
          owner {
            id
            firstName
          }
          designs {
            id
            name
          }
        }
      }
      pageInfo {
        startCursor
        endCursor
        hasNextPage
        hasPreviousPage
      }
    }
  }
`

const open = (app: AppGateway): ApolloClient =>
  new ApolloClient({
    cache: new InMemoryCache({ typePolicies: { Query: { fields: { projects: relayStylePagination() } } } }),
    link: new PersistedQueryLink({
      sha256: (text) => createHash('sha256').update(text).digest('hex'),
      useGETForHashedQueries: true,
    }).concat(new HttpLink({ uri: app.url, headers: HEADERS, fetch: app.createCachingFetch() })),
  })

describe('Apollo Client', () => {
  it('registers its documents, reads and pages by their hashes over GET, and reads again for nothing', async () => {
    await using app = await openAppGateway()
    const client = open(app)
    const first = await client.query({ query: SCREEN, variables: { first: 3 } })
    expect(first.error).toBeUndefined()
    expect(first.data?.projects?.edges).toHaveLength(3)
    // The hash alone, then hash and document, and from then on the hash.
    expect(app.takeAnswers()).toHaveLength(2)

    const watched = client.watchQuery({ query: SCREEN, variables: { first: 3 } })
    const subscription = watched.subscribe(() => {})
    const after = first.data?.projects?.pageInfo.endCursor ?? null
    await watched.fetchMore({ variables: { first: 3, after } })
    expect(app.takeAnswers()).toEqual(['GET 200'])
    await expect.poll(() => watched.getCurrentResult().data?.projects?.edges?.length).toBe(6)
    subscription.unsubscribe()

    // From its own cache of objects, then from the cache of the device.
    await client.query({ query: SCREEN, variables: { first: 3 } })
    expect(app.takeAnswers()).toEqual([])
    const anew = async () =>
      client.query({ query: SCREEN, variables: { first: 3 }, fetchPolicy: 'network-only' })
    await anew()
    app.takeAnswers()
    await anew()
    expect(app.takeAnswers()).toEqual([])
  })

  it('asks by the ids of a manifest, whose documents hold the __typename that its cache needs', async () => {
    const [{ id, body } = { id: '', body: '' }] = splitDocuments([
      { name: 'screen.graphql', text: print(SCREEN) },
    ])
    await using app = await openAppGateway({}, { [id]: body })
    const cache = new InMemoryCache()
    const client = new ApolloClient({
      cache,
      link: new PersistedQueryLink({ generateHash: () => id, useGETForHashedQueries: true }).concat(
        new HttpLink({ uri: app.url, headers: HEADERS }),
      ),
    })
    const { error } = await client.query({ query: SCREEN, variables: { first: 3 } })
    expect(error).toBeUndefined()
    expect(app.takeAnswers()).toEqual(['GET 200'])
    expect(Object.keys(cache.extract()).filter((key) => key.startsWith('Project:'))).toHaveLength(3)
  })

  it('shows a typed RATE_LIMITED with its time beside what there is', async () => {
    await using app = await openAppGateway(FEW_CALLS)
    const { data, error } = await open(app).query({
      query: SCREEN,
      variables: { first: 5 },
      errorPolicy: 'all',
    })
    expect(data?.projects?.edges).toHaveLength(5)
    if (!CombinedGraphQLErrors.is(error)) throw new Error('no errors', { cause: error })
    for (const { extensions } of error.errors) {
      const { code, retryAfter, retryAt } = extensions as unknown as Limited
      expect([code, retryAfter > 0, Number.isNaN(Date.parse(retryAt))]).toEqual(['RATE_LIMITED', true, false])
    }
  })
})
