// urql with the exchanges of the kit, as recipes/urql.ts and docs/clients.md set it up.
import { cacheExchange, Client, fetchExchange, gql } from '@urql/core'
import { cacheExchange as graphcacheExchange } from '@urql/exchange-graphcache'
import { relayPagination } from '@urql/exchange-graphcache/extras'
import { describe, expect, it } from 'vitest'
import { retryAtOf } from '../../client/src/limited.ts'
import { splitDocuments } from '../../src/documents/split-documents.ts'
import { FEW_CALLS, HEADERS, openAppGateway } from './open-gateway.ts'
import type { AppGateway } from './open-gateway.ts'
import { createUrqlClient } from './recipes/urql.ts'

const SCREEN_TEXT = `
  query Screen($first: Int!, $after: String) {
    projects(first: $first, after: $after) {
      nodes {
        id
        name
        designs {
          id
          name
        }
      }
      pageInfo {
        endCursor
      }
    }
  }
`
const SCREEN = gql<Screen, { first: number; after?: string | null }>(SCREEN_TEXT)

interface Screen {
  readonly projects: {
    readonly nodes: readonly { readonly id: string; readonly designs: readonly object[] | null }[]
    readonly pageInfo: { readonly endCursor: string }
  } | null
}

const FIND = gql<Find, { search: string; after: string | null }>(`
  query Find($search: String, $after: String) {
    projects(search: $search, sort: { by: NAME, direction: ASC }, first: 2, after: $after) {
      edges {
        node {
          id
          name
        }
      }
      pageInfo {
        endCursor
        hasNextPage
      }
    }
  }
`)

interface Find {
  readonly projects: {
    readonly edges: readonly { readonly node: { readonly id: string } }[]
    readonly pageInfo: { readonly endCursor: string | null }
  } | null
}

const open = ({ url, device, createCachingFetch }: AppGateway): Client =>
  createUrqlClient({ url, headers: HEADERS, fetch: createCachingFetch(), device })

describe('urql', () => {
  it('registers its documents, reads and pages by their hashes over GET, and reads again for nothing', async () => {
    await using app = await openAppGateway()
    const client = open(app)
    const first = await client.query(SCREEN, { first: 3 }).toPromise()
    expect(first.error).toBeUndefined()
    expect(first.data?.projects?.nodes).toHaveLength(3)
    // The hash alone, then hash and document, and from then on the hash.
    expect(app.takeAnswers()).toHaveLength(2)
    const second = await client
      .query(SCREEN, { first: 3, after: first.data?.projects?.pageInfo.endCursor ?? null })
      .toPromise()
    expect(second.data?.projects?.nodes[0]?.id).not.toBe(first.data?.projects?.nodes[0]?.id)
    expect(app.takeAnswers()).toEqual(['GET 200'])

    const again = await client.query(SCREEN, { first: 3 }).toPromise()
    expect(again.data).toEqual(first.data)
    expect(app.takeAnswers()).toEqual([])
    // Anew over the network, the device's own cache answers once it has seen the address of the hash.
    const anew = async () => client.query(SCREEN, { first: 3 }, { requestPolicy: 'network-only' }).toPromise()
    await anew()
    app.takeAnswers()
    expect((await anew()).data).toEqual(first.data)
    expect(app.takeAnswers()).toEqual([])
  })

  it('may send the text of a trusted document with the __typename that it adds', async () => {
    const [{ id, body } = { id: '', body: '' }] = splitDocuments([
      { name: 'screen.graphql', text: SCREEN_TEXT },
    ])
    await using app = await openAppGateway({}, { [id]: body })
    const client = new Client({
      url: app.url,
      fetchOptions: { headers: HEADERS },
      preferGetMethod: false,
      exchanges: [cacheExchange, fetchExchange],
    })
    const { data, error } = await client.query(SCREEN, { first: 3 }).toPromise()
    expect(error).toBeUndefined()
    expect(data?.projects?.nodes).toHaveLength(3)
    expect(app.takeAnswers()).toEqual(['POST 200'])
  })

  it('shows what there is beside a typed RATE_LIMITED, and at its time the rest, without the app doing anything', async () => {
    await using app = await openAppGateway(FEW_CALLS)
    const seen: { isWhole: boolean | undefined; retryAt: Date | null }[] = []
    const subscription = open(app)
      .query(SCREEN, { first: 5 })
      .subscribe(({ data, error }) =>
        seen.push({
          isWhole: data?.projects?.nodes.every(({ designs }) => designs !== null),
          retryAt: retryAtOf(error?.graphQLErrors),
        }),
      )
    await app.until(() => seen.at(-1)?.isWhole === true)
    subscription.unsubscribe()
    expect(seen[0]).toEqual({ isWhole: false, retryAt: expect.any(Date) })
    expect(seen.at(-1)?.retryAt).toBeNull()
    expect(app.gateway.takeCalls().map((call) => call.split(' ')[0])).toEqual(['1', '5'])
  })

  it('ends its repeats with the screen', async () => {
    await using app = await openAppGateway(FEW_CALLS)
    let results = 0
    const subscription = open(app)
      .query(SCREEN, { first: 5 })
      .subscribe(() => void (results += 1))
    await expect.poll(() => results).toBe(1)
    subscription.unsubscribe()
    app.takeAnswers()
    for (let time = 0; time < 30; time += 1) await app.until(() => true)
    expect(app.takeAnswers()).toEqual([])
  })

  it('keeps the lists of two searches apart in Graphcache, and the pages of each together', async () => {
    await using app = await openAppGateway()
    const unnamed = ['ProjectConnection', 'ProjectEdge', 'PageInfo']
    const client = new Client({
      url: app.url,
      fetchOptions: { headers: HEADERS },
      preferGetMethod: false,
      exchanges: [
        graphcacheExchange({
          keys: Object.fromEntries(unnamed.map((name) => [name, () => null])),
          resolvers: { Query: { projects: relayPagination() } },
        }),
        fetchExchange,
      ],
    })
    const find = async (search: string, after: string | null = null) => {
      const variables = { search, after }
      const { data, error } = await client.query(FIND, variables).toPromise()
      expect(error).toBeUndefined()
      return data?.projects ?? { edges: [], pageInfo: { endCursor: null } }
    }
    const idsOf = async (search: string) => (await find(search)).edges.map(({ node }) => node.id)
    const first = await find('a')
    const other = await find('m')
    const second = await find('a', first.pageInfo.endCursor)
    expect([first.edges.length, second.edges.length]).toEqual([2, 4])
    const [ofA, ofM] = [await idsOf('a'), await idsOf('m')]
    expect(ofA).toEqual(second.edges.map(({ node }) => node.id))
    expect(new Set(ofA).size).toBe(4)
    expect(ofM).toEqual(other.edges.map(({ node }) => node.id))
    expect(ofM).not.toEqual(ofA.slice(0, 2))
  })

  it('reads its own write, although the device holds an older answer that is still fresh', async () => {
    await using app = await openAppGateway()
    const client = open(app)
    const read = () => client.query(SCREEN, { first: 3 }, { requestPolicy: 'network-only' }).toPromise()
    await read()
    const { data } = await read()
    const id = data?.projects?.nodes[0]?.id
    const write = gql<object, { id: unknown }>(
      'mutation ($id: ID!) { updateProject(id: $id, input: { name: "Renamed" }) { errors { code } } }',
    )
    await client.mutation(write, { id }).toPromise()
    const after = await read()
    expect(after.data?.projects?.nodes.find((node) => node.id === id)).toMatchObject({ name: 'Renamed' })
    app.takeAnswers()
    expect((await read()).data).toEqual(after.data)
    expect(app.takeAnswers()).toEqual([])
  })
})
