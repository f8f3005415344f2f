// Apollo Client with the parts of recipes/apollo.ts, which docs/clients.md shows.
import { createHash } from 'node:crypto'
import { ApolloClient, ApolloLink, CombinedGraphQLErrors, gql, HttpLink } from '@apollo/client'
import type { TypedDocumentNode } from '@apollo/client'
import { PersistedQueryLink } from '@apollo/client/link/persisted-queries'
import { print } from 'graphql'
import { of } from 'rxjs'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { splitDocuments } from '../../src/documents/split-documents.ts'
import { FEW_CALLS, HEADERS, openAppGateway } from './open-gateway.ts'
import type { AppGateway } from './open-gateway.ts'
import { createApolloClient, createBudgetLink, createCache } from './recipes/apollo.ts'
import { retryAtOf, sentenceOf } from './recipes/limited.ts'

interface Node {
  readonly id: string
  readonly name: string | null
  readonly designs: readonly { readonly id: string }[] | null
}

interface Screen {
  readonly projects: {
    readonly edges: readonly { readonly node: Node }[]
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

const ONE: TypedDocumentNode<{ readonly project: Node | null }, { id: string }> = gql`
  query One($id: ID!) {
    project(id: $id) {
      id
      name
      designs {
        id
        name
      }
    }
  }
`

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

const open = (app: AppGateway): ApolloClient =>
  createApolloClient({ uri: app.url, headers: HEADERS, sha256, fetch: app.createCachingFetch() })

/** Without the links of the recipe, so that a test decides itself when to ask. */
const openPlain = (app: AppGateway): ApolloClient =>
  new ApolloClient({ cache: createCache(), link: new HttpLink({ uri: app.url, headers: HEADERS }) })

/** The number of designs of each project on a screen; null where they are missing. */
const designsOn = (screen: unknown): (number | null)[] | undefined =>
  (screen as Screen | undefined)?.projects?.edges.map(({ node }) => node.designs?.length ?? null)

const errorsOf = (error: unknown) => (CombinedGraphQLErrors.is(error) ? error.errors : [])

describe('Apollo Client', () => {
  afterEach(() => vi.restoreAllMocks())

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
    const cache = createCache()
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

  it('shows what there is beside a typed RATE_LIMITED, and at its time the rest, without the app doing anything', async () => {
    await using app = await openAppGateway(FEW_CALLS)
    const seen: { designs: (number | null)[] | undefined; sentence: string | null }[] = []
    const watched = open(app).watchQuery({ query: SCREEN, variables: { first: 5 }, errorPolicy: 'all' })
    const subscription = watched.subscribe(({ data, error, loading }) => {
      if (!loading) seen.push({ designs: designsOn(data), sentence: sentenceOf(errorsOf(error)) })
    })
    await expect.poll(() => seen.at(-1)?.designs?.includes(null), { timeout: 20_000 }).toBe(false)
    subscription.unsubscribe()
    expect(seen[0]?.designs).toContain(null)
    expect(seen[0]?.sentence).toMatch(/^Some of this is still being fetched/)
    expect(seen.at(-1)?.sentence).toBeNull()
  }, 30_000)

  it('resolves a single query with the whole answer', async () => {
    await using app = await openAppGateway(FEW_CALLS)
    const { data, error } = await open(app).query({
      query: SCREEN,
      variables: { first: 5 },
      errorPolicy: 'all',
    })
    expect([error, designsOn(data)?.includes(null)]).toEqual([undefined, false])
  }, 30_000)

  it('a partial answer empties no other screen', async () => {
    const project = { __typename: 'Project', id: 'Project:p', name: 'A' }
    const answers = [
      { project: { ...project, designs: [{ __typename: 'Design', id: 'Design:d', name: 'D' }] } },
      { project: { ...project, name: 'B', designs: null } },
    ]
    const client = new ApolloClient({
      cache: createCache(),
      link: new ApolloLink(() => of({ data: answers.shift() ?? null })),
    })
    const options = { query: ONE, variables: { id: project.id } }
    const screen = client.watchQuery(options)
    const subscription = screen.subscribe(() => {})
    await expect.poll(() => screen.getCurrentResult().data?.project?.name).toBe('A')
    await client.query({ ...options, fetchPolicy: 'network-only', errorPolicy: 'all' })
    await expect.poll(() => screen.getCurrentResult().data?.project?.name).toBe('B')
    expect(screen.getCurrentResult().data?.project?.designs).toMatchObject([{ name: 'D' }])
    subscription.unsubscribe()
  })

  it('takes a partly refused page with the errorPolicy of fetchMore, and the same page again replaces it', async () => {
    await using app = await openAppGateway(FEW_CALLS)
    const client = openPlain(app)
    const watched = client.watchQuery({ query: SCREEN, variables: { first: 1 }, errorPolicy: 'all' })
    const subscription = watched.subscribe(() => {})
    await expect.poll(() => designsOn(watched.getCurrentResult().data)?.length).toBe(1)
    const after = watched.getCurrentResult().data?.projects?.pageInfo?.endCursor ?? null
    const more = async () => watched.fetchMore({ variables: { first: 6, after }, errorPolicy: 'all' })
    const { error } = await more()
    expect(retryAtOf(errorsOf(error))).not.toBeNull()
    await expect.poll(() => designsOn(watched.getCurrentResult().data)?.length).toBe(7)
    await expect.poll(async () => (await more()).error, { timeout: 20_000, interval: 500 }).toBeUndefined()
    await expect.poll(() => designsOn(watched.getCurrentResult().data)?.includes(null)).toBe(false)
    expect(designsOn(watched.getCurrentResult().data)).toHaveLength(7)
    subscription.unsubscribe()
  }, 30_000)

  it('reads its own write, although the device holds an older answer that is still fresh', async () => {
    await using app = await openAppGateway()
    const client = open(app)
    const screen = { query: SCREEN, variables: { first: 3 }, fetchPolicy: 'network-only' } as const
    await client.query(screen)
    const { data } = await client.query(screen)
    const id = data?.projects?.edges[0]?.node.id
    await client.mutate({
      mutation: gql`
        mutation Rename($id: ID!) {
          updateProject(id: $id, input: { name: "Renamed" }) {
            errors {
              code
            }
          }
        }
      `,
      variables: { id },
    })
    const after = await client.query(screen)
    expect(after.data?.projects?.edges.find(({ node }) => node.id === id)?.node.name).toBe('Renamed')
    // The device's own copy is replaced too.
    app.takeAnswers()
    expect((await client.query(screen)).data).toEqual(after.data)
    expect(app.takeAnswers()).toEqual(['GET 304'])
  })

  it('merges what several queries know of a part without an id', async () => {
    const error = vi.spyOn(console, 'error')
    const client = new ApolloClient({ cache: createCache(), link: ApolloLink.empty() })
    const query = (members: string) => gql`{ design(id: "Design:d") { id milestone { ${members} } } }`
    const write = (milestone: object) => ({
      design: { __typename: 'Design', id: 'Design:d', milestone: { __typename: 'Milestone', ...milestone } },
    })
    client.writeQuery({ query: query('notes'), data: write({ notes: 'n' }) })
    client.writeQuery({ query: query('milestone'), data: write({ milestone: 'SOLD' }) })
    expect(client.readQuery({ query: query('milestone notes') })).toMatchObject({
      design: { milestone: { milestone: 'SOLD', notes: 'n' } },
    })
    expect(error).not.toHaveBeenCalled()
  })

  it('has the same address in each of its versions, and shows the extensions in a link', async () => {
    await using app = await openAppGateway()
    const addresses: string[] = []
    const shown: unknown[] = []
    const client = createApolloClient({
      uri: app.url,
      headers: HEADERS,
      sha256,
      fetch: (async (address: string, init: object) => {
        addresses.push(address)
        return fetch(address, init)
      }) as typeof fetch,
    })
    client.setLink(ApolloLink.from([createBudgetLink((upstream) => shown.push(upstream)), client.link]))
    await client.query({ query: SCREEN, variables: { first: 3 } })
    expect(addresses.join()).not.toContain('clientLibrary')
    expect(shown.at(-1)).toMatchObject({ calls: expect.any(Number), limit: expect.any(Number) })
  })
})
