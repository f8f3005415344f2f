// graphql-request, as docs/clients.md sets it up.
import { gql, GraphQLClient } from 'graphql-request'
import { describe, expect, it } from 'vitest'
import { FEW_CALLS, HEADERS, openAppGateway } from './open-gateway.ts'
import { request } from './recipes/graphql-request.ts'
import { askUntilWhole } from './recipes/without-kit.ts'

const SCREEN = gql`
  query Screen($first: Int!, $after: String) {
    projects(first: $first, after: $after) {
      nodes {
        id
        name
        owner {
          firstName
        }
        designs {
          id
          name
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
`

interface Screen {
  readonly projects: {
    readonly nodes: readonly {
      readonly id: string
      readonly designs: readonly { readonly name: string }[] | null
    }[]
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string }
  } | null
}

describe('graphql-request', () => {
  it('reads a nested screen, pages, and gets it the second time from the cache of the device', async () => {
    await using app = await openAppGateway()
    const client = new GraphQLClient(app.url, {
      method: 'GET',
      headers: HEADERS,
      fetch: app.createCachingFetch(),
    })
    const first = await client.request<Screen>(SCREEN, { first: 3 })
    expect(first.projects?.nodes.map(({ designs }) => designs !== null)).toEqual([true, true, true])
    const after = first.projects?.pageInfo.endCursor
    const second = await client.request<Screen>(SCREEN, { first: 3, after })
    const ids = [first, second].flatMap(({ projects }) => projects?.nodes.map(({ id }) => id) ?? [])
    expect(new Set(ids).size).toBe(6)
    expect(app.takeAnswers()).toEqual(['GET 200', 'GET 200'])

    expect(await client.request(SCREEN, { first: 3 })).toEqual(first)
    expect(app.takeAnswers()).toEqual([])
    const anew = { 'cache-control': 'no-cache' }
    app.gateway.takeCalls()
    // The device asks with the tag of its copy, so it asks whether the copy is still right, and Aurora is not asked.
    expect(await client.request(SCREEN, { first: 3 }, anew)).toEqual(first)
    expect(app.gateway.takeCalls()).toEqual([])
    expect(app.takeAnswers()).toEqual(['GET 304'])
  })

  it('shows what there is beside a typed RATE_LIMITED, one sentence for its user, and gets the rest then', async () => {
    await using app = await openAppGateway(FEW_CALLS)
    const client = new GraphQLClient(app.url, { headers: HEADERS })
    const ask = () => request<Screen>(client, SCREEN, { first: 5 })
    const { data, retryAt, sentence } = await ask()
    expect(data?.projects?.nodes).toHaveLength(5)
    expect(retryAt?.getTime()).toBeGreaterThan(0)
    expect(sentence).toMatch(/^Some of this will be here at .+\.$/)
    await app.until(async () => (await ask()).retryAt === null)
    expect(app.gateway.takeCalls().map((call) => call.split(' ')[0])).toEqual(['1', '1', '5'])
  })
  it('asks again by itself until the answer is whole, with the few lines that need no kit', async () => {
    await using app = await openAppGateway(FEW_CALLS)
    const client = new GraphQLClient(app.url, { headers: HEADERS, errorPolicy: 'all' })
    const isWhole: boolean[] = []
    let isOver = false
    void askUntilWhole(
      () => client.rawRequest(SCREEN, { first: 5 }),
      ({ errors }) => void isWhole.push(errors === undefined),
      (ms) => new Promise<void>((resolve) => void app.device.after(ms, resolve)),
    ).then(() => void (isOver = true))
    await app.until(() => isOver)
    expect(isWhole).toEqual([false, true])
  })
})
