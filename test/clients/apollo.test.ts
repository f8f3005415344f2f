// Apollo Client with the link of the kit, as recipes/apollo.ts and docs/clients.md set it up.
import { ApolloClient, ApolloLink, CombinedGraphQLErrors, gql, HttpLink } from '@apollo/client'
import type { TypedDocumentNode } from '@apollo/client'
import { PersistedQueryLink } from '@apollo/client/link/persisted-queries'
import { print } from 'graphql'
import { of } from 'rxjs'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { sentenceOf } from '../../client/src/limited.ts'
import { createRetryLink } from '../../client/src/apollo.ts'
import { splitDocuments } from '../../src/documents/split-documents.ts'
import { createManualClock } from '../support/manual-clock.ts'
import { createManualDevice, FEW_CALLS, HEADERS, openAppGateway } from './open-gateway.ts'
import type { AppGateway } from './open-gateway.ts'
import { createStorage } from './quick-device.ts'
import { createApolloClient, createBudgetLink, createCache } from './recipes/apollo.ts'
import { keepOffline } from './recipes/offline.ts'

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

const open = ({ url, device, createCachingFetch }: AppGateway): ApolloClient =>
  createApolloClient({ url, headers: HEADERS, fetch: createCachingFetch(), device })

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
    await app.until(() => seen.at(-1)?.designs?.includes(null) === false)
    subscription.unsubscribe()
    expect(seen[0]?.designs).toContain(null)
    expect(seen[0]?.sentence).toMatch(/^Some of this will be here at/)
    expect(seen.at(-1)?.sentence).toBeNull()
    // A page of projects, the users, and the designs of each, three of which did not fit into the first window.
    expect(app.gateway.takeCalls().map((call) => call.split(' ')[0])).toEqual(['1', '1', '5'])
  })

  it('resolves a single query with the whole answer', async () => {
    await using app = await openAppGateway(FEW_CALLS)
    const answer = open(app).query({ query: SCREEN, variables: { first: 5 }, errorPolicy: 'all' })
    let isThere = false
    void answer.finally(() => void (isThere = true))
    await app.until(() => isThere)
    const { data, error } = await answer
    expect([error, designsOn(data)?.includes(null)]).toEqual([undefined, false])
  })

  it('keeps what it knows where a field was refused, for every screen, and asks again', async () => {
    const refusal = { code: 'RATE_LIMITED', retryAfter: 1, retryAt: 'by a clock that is wrong' }
    const project = { __typename: 'Project', id: 'Project:p', name: 'A' }
    const designs = [{ __typename: 'Design', id: 'Design:d', name: 'D' }]
    const answers: ApolloLink.Result[] = [
      { data: { project: { ...project, designs } } },
      {
        data: { projects: { edges: [{ cursor: 'c', node: { ...project, name: 'B', designs: null } }] } },
        errors: [
          { message: '', path: ['projects', 'edges', 0, 'node', 'designs'], extensions: refusal },
        ] as never,
      },
      { data: { projects: { edges: [{ cursor: 'c', node: { ...project, name: 'C', designs: [] } }] } } },
    ]
    const clock = createManualClock()
    const client = new ApolloClient({
      cache: createCache(),
      link: createRetryLink({ device: createManualDevice(clock) }).concat(
        new ApolloLink(() => of(answers.shift() ?? { data: null })),
      ),
    })
    const screen = client.watchQuery({ query: ONE, variables: { id: project.id } })
    const subscription = screen.subscribe(() => {})
    const shown = () => screen.getCurrentResult().data?.project
    await expect.poll(() => shown()?.name).toBe('A')
    const other = client.query({
      query: gql`
        query Others {
          projects(first: 1) {
            edges {
              cursor
              node {
                ...Known
              }
            }
          }
        }
        fragment Known on Project {
          id
          ... {
            name
            designs {
              id
              name
            }
          }
        }
      `,
      errorPolicy: 'all',
    })
    await expect.poll(() => shown()?.name).toBe('B')
    expect(shown()?.designs).toMatchObject([{ name: 'D' }])
    await clock.advance(999)
    expect(answers).toHaveLength(1)
    await clock.advance(1)
    await other
    await expect.poll(() => shown()).toMatchObject({ name: 'C', designs: [] })
    subscription.unsubscribe()
  })

  it('takes a partly refused page with the errorPolicy of fetchMore, and then the rest of it', async () => {
    await using app = await openAppGateway(FEW_CALLS)
    const watched = open(app).watchQuery({ query: SCREEN, variables: { first: 1 }, errorPolicy: 'all' })
    const subscription = watched.subscribe(() => {})
    await expect.poll(() => designsOn(watched.getCurrentResult().data)?.length).toBe(1)
    const after = watched.getCurrentResult().data?.projects?.pageInfo?.endCursor ?? null
    let isWhole = false
    void watched
      .fetchMore({ variables: { first: 6, after }, errorPolicy: 'all' })
      .then(({ error }) => void (isWhole = error === undefined))
    await app.until(() => isWhole)
    await expect.poll(() => designsOn(watched.getCurrentResult().data)?.includes(null)).toBe(false)
    expect(designsOn(watched.getCurrentResult().data)).toHaveLength(7)
    subscription.unsubscribe()
  })

  it('ends its repeats with the screen', async () => {
    await using app = await openAppGateway(FEW_CALLS)
    let results = 0
    const subscription = open(app)
      .watchQuery({ query: SCREEN, variables: { first: 5 }, errorPolicy: 'all' })
      .subscribe(({ loading }) => void (results += loading ? 0 : 1))
    await expect.poll(() => results).toBe(1)
    subscription.unsubscribe()
    app.takeAnswers()
    await app.until(() => true)
    for (let second = 0; second < 5; second += 1) await app.until(() => true)
    expect(app.takeAnswers()).toEqual([])
  })

  const RENAME = gql`
    mutation Rename($id: ID!) {
      updateProject(id: $id, input: { name: "Renamed" }) {
        errors {
          code
        }
      }
    }
  `
  const threeProjects = { query: SCREEN, variables: { first: 3 }, fetchPolicy: 'network-only' } as const

  it('reads its own write, although the device holds an older answer that is still fresh, and again from the device', async () => {
    await using app = await openAppGateway()
    const client = open(app)
    await client.query(threeProjects)
    const { data } = await client.query(threeProjects)
    const id = data?.projects?.edges[0]?.node.id
    await client.mutate({ mutation: RENAME, variables: { id } })
    const after = await client.query(threeProjects)
    expect(after.data?.projects?.edges.find(({ node }) => node.id === id)?.node.name).toBe('Renamed')
    app.takeAnswers()
    expect((await client.query(threeProjects)).data).toEqual(after.data)
    expect(app.takeAnswers()).toEqual([])
  })

  it('demands nothing new of the gateway after a write: where a browser has no copy, that would cost calls', async () => {
    await using app = await openAppGateway()
    const modes: unknown[] = []
    const fetch = ((url: string, init?: RequestInit) => {
      modes.push(init?.cache, new Headers(init?.headers).get('cache-control'))
      return app.createCachingFetch()(url, init)
    }) as typeof globalThis.fetch
    const client = createApolloClient({ url: app.url, headers: HEADERS, device: app.device, fetch })
    const { data } = await client.query(threeProjects)
    await client.mutate({ mutation: RENAME, variables: { id: data?.projects?.edges[0]?.node.id } })
    await client.query(threeProjects)
    app.gateway.takeCalls()
    await client.query({ ...threeProjects, variables: { first: 2 } })
    expect(app.gateway.takeCalls()).toEqual([])
    expect(modes.filter((mode) => mode !== undefined && mode !== null)).toEqual([])
  })

  it('reads its own write after the page was loaded again, and in another tab', async () => {
    await using app = await openAppGateway()
    const fetch = app.createCachingFetch()
    const storage = createStorage()
    const device = { ...app.device, storage }
    const load = () => createApolloClient({ url: app.url, headers: HEADERS, device, fetch })
    const [page, tab] = [load(), load()]
    await page.query(threeProjects)
    const { data } = await page.query(threeProjects)
    expect((await tab.query(threeProjects)).data).toEqual(data)
    const id = data?.projects?.edges[0]?.node.id
    await page.mutate({ mutation: RENAME, variables: { id } })
    for (const client of [tab, load()]) {
      const after = await client.query(threeProjects)
      expect(after.data?.projects?.edges.find(({ node }) => node.id === id)?.node.name).toBe('Renamed')
    }
  })

  it('starts without a network with what an earlier start has kept on the device', async () => {
    await using app = await openAppGateway()
    const kept = new Map<string, string>()
    const storage = {
      getItem: async (key: string) => kept.get(key) ?? null,
      setItem: async (key: string, value: string) => void kept.set(key, value),
      removeItem: async (key: string) => void kept.delete(key),
    }
    const first = open(app)
    const { data } = await first.query({ query: SCREEN, variables: { first: 3 } })
    await (await keepOffline(first.cache, storage, 'ann')).save()

    const away = createApolloClient({
      url: app.url,
      device: app.device,
      fetch: () => Promise.reject(new TypeError('no network')),
    })
    const { forget } = await keepOffline(away.cache, storage, 'ann')
    expect((await away.query({ query: SCREEN, variables: { first: 3 } })).data).toEqual(data)
    await forget()
    expect(kept.size).toBe(0)
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

  it('keeps the lists of two searches apart, and the pages of each together', () => {
    const cache = createCache()
    const query = gql`
      query Find($search: String, $after: String) {
        projects(search: $search, after: $after) {
          edges {
            cursor
            node {
              id
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
    const write = (search: string, id: string, after: string | null) =>
      cache.writeQuery({
        query,
        variables: { search, after },
        data: {
          projects: {
            __typename: 'ProjectConnection',
            edges: [{ __typename: 'ProjectEdge', cursor: id, node: { __typename: 'Project', id } }],
            pageInfo: {
              __typename: 'PageInfo',
              startCursor: id,
              endCursor: id,
              hasNextPage: true,
              hasPreviousPage: false,
            },
          },
        },
      })
    write('a', 'Project:1', null)
    write('b', 'Project:2', null)
    write('a', 'Project:3', 'Project:1')
    const idsOf = (search: string) =>
      cache.readQuery<Screen>({ query, variables: { search } })?.projects?.edges.map(({ node }) => node.id)
    expect([idsOf('a'), idsOf('b')]).toEqual([['Project:1', 'Project:3'], ['Project:2']])
  })

  it('has the same address in each of its versions, and shows the extensions in a link', async () => {
    await using app = await openAppGateway()
    const addresses: string[] = []
    const shown: unknown[] = []
    const client = createApolloClient({
      url: app.url,
      headers: HEADERS,
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
