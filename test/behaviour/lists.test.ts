// Lists in any order, cut at any size, with hidden and repeated rows: everything is shown, once.
import { describe, expect, it } from 'vitest'
import { openOddLists } from '../support/odd-lists.ts'
import type { OddList } from '../support/odd-lists.ts'
import { createTestGateway } from '../support/test-gateway.ts'
import type { TestGateway, TestGatewayOptions } from '../support/test-gateway.ts'

interface Slice {
  readonly nodes: readonly { readonly auroraId: string }[]
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null }
}

async function open(list: OddList, options: TestGatewayOptions = {}) {
  const aurora = await openOddLists()
  aurora.set(list)
  const gateway = await createTestGateway({ baseUrl: aurora.url, ...options })
  return {
    aurora,
    gateway,
    async [Symbol.asyncDispose]() {
      await gateway[Symbol.asyncDispose]()
      await aurora[Symbol.asyncDispose]()
    },
  }
}

const QUERY = `query ($first: Int, $after: String) {
  projects(first: $first, after: $after) { nodes { auroraId } pageInfo { hasNextPage endCursor } }
}`

async function readSlices({ ask }: TestGateway, first: number): Promise<string[][]> {
  const slices: string[][] = []
  let after: string | null = null
  do {
    const slice: Slice = await readSlice(ask, { first, after })
    slices.push(slice.nodes.map(({ auroraId }) => auroraId))
    after = slice.pageInfo.hasNextPage ? slice.pageInfo.endCursor : null
  } while (after !== null && slices.length < 1000)
  return slices
}

async function readSlice(ask: TestGateway['ask'], variables: object): Promise<Slice> {
  const { data, errors } = await ask<{ projects: Slice }>(QUERY, variables)
  expect(errors).toBeUndefined()
  if (!data) throw new Error('no data')
  return data.projects
}

const ids = (count: number): string[] => Array.from({ length: count }, (_, index) => `p${index}`)
const days =
  (...days: number[]) =>
  (index: number) =>
    `2026-08-${String(days[index] ?? 1).padStart(2, '0')} 12:00:00 UTC`

describe('a list in another order than newest first', () => {
  it('continues with the next page, though its times are newer than the last item', async () => {
    await using world = await open(
      { ids: ['p4', 'p1', 'p3', 'p2'], timeOf: days(4, 1, 3, 2) },
      { config: { pageSize: 2 } },
    )
    expect((await readSlices(world.gateway, 2)).slice(0, 2)).toEqual([
      ['p4', 'p1'],
      ['p3', 'p2'],
    ])
    expect(world.aurora.calls).toEqual(['projects 1', 'projects 2', 'projects 3'])
  })

  it.each([20, 250])(
    'oldest first, in slices of %i: each of 620 is shown once, for 3 calls',
    async (first) => {
      const timeOf = (index: number) => new Date(Date.UTC(2026, 0, 1, 0, index)).toISOString()
      await using world = await open({ ids: ids(620), timeOf })
      expect((await readSlices(world.gateway, first)).flat()).toEqual(ids(620))
      expect(world.aurora.calls).toEqual(['projects 1', 'projects 2', 'projects 3'])
    },
  )

  it('with two items exchanged at a border shows both', async () => {
    const order = ids(620)
    ;[order[249], order[250]] = ['p250', 'p249']
    const timeOf = (index: number) =>
      new Date(Date.UTC(2026, 0, 1) - Number(order[index]?.slice(1)) * 60_000).toISOString()
    await using world = await open({ ids: order, timeOf })
    expect((await readSlices(world.gateway, 25)).flat()).toEqual(order)
    expect(world.aurora.calls).toEqual(['projects 1', 'projects 2', 'projects 3'])
  })
})

it('an id that is repeated within a page is shown once, and nothing between is skipped', async () => {
  await using world = await open({ ids: ['p5', 'p4', 'p3', 'p2', 'p4', 'p1'] })
  const slices = await readSlices(world.gateway, 2)
  expect(slices.flat()).toEqual(['p5', 'p4', 'p3', 'p2', 'p1'])
})

it('an id that is repeated on a later page is shown once, as long as the pages before are cached', async () => {
  await using world = await open(
    { ids: ['p5', 'p4', 'p3', 'p2', 'p4', 'p1', 'p5', 'p0'] },
    { config: { pageSize: 3 } },
  )
  expect((await readSlices(world.gateway, 1)).flat()).toEqual(['p5', 'p4', 'p3', 'p2', 'p1', 'p0'])
})

describe('a server that cuts pages below the size asked', () => {
  it.each([20, 50, 100, 37, 7])('at %i: all of 620 projects come', async (cap) => {
    await using world = await open({ ids: ids(620), cap })
    expect((await readSlices(world.gateway, 250)).flat()).toEqual(ids(620))
  })

  it('costs one call for each of its pages, and no further one where the last is clearly shorter', async () => {
    await using world = await open({ ids: ids(620), cap: 100 })
    await readSlices(world.gateway, 250)
    expect(world.aurora.calls).toEqual([1, 2, 3, 4, 5, 6, 7].map((page) => `projects ${page}`))
  })

  it.each([20, 25, 50, 100])('at %i: all of 230 users come', async (cap) => {
    await using world = await open({ ids: ids(230), cap })
    const { data } = await world.gateway.ask<{ users: { auroraId: string }[] }>('{ users { auroraId } }')
    expect(data?.users.map(({ auroraId }) => auroraId)).toEqual(ids(230))
  })

  it('is planned with the pages that it really gives', async () => {
    await using world = await open({ ids: ids(620), cap: 100 })
    await readSlices(world.gateway, 250)
    const { data } = await world.gateway.ask<{ explain: { calls: { expected: number } } }>(
      'query ($query: String!) { explain(query: $query) { calls { expected } } }',
      { query: '{ modules(first: 250) { nodes { name } } }' },
    )
    expect(data?.explain.calls.expected).toBe(1)
  })

  it('at an odd size hides no team from a look-up: before a team is not found, the next page is read', async () => {
    await using world = await open({ ids: ids(40), cap: 33 })
    const query = '{ node(id: "Team:p39") { ... on Team { auroraId } } }'
    expect((await world.gateway.ask(query)).data).toEqual({ node: { auroraId: 'p39' } })
  })
})

describe('a short page', () => {
  it('of which one row may be hidden is not the end', async () => {
    await using world = await open({ ids: ids(300), hidden: new Set([17]) })
    expect((await readSlices(world.gateway, 250)).flat()).toEqual(ids(300).filter((id) => id !== 'p17'))
    await using users = await open({ ids: ids(300), hidden: new Set([17]) })
    const { data } = await users.gateway.ask<{ users: unknown[] }>('{ users { auroraId } }')
    expect(data?.users).toHaveLength(299)
    expect(users.aurora.calls).toEqual(['users 1', 'users 2', 'users 3'])
  })

  it('of a small list costs no further call, until a client asks for more: then it is learned that there is none', async () => {
    await using world = await open({ ids: ids(7) })
    const ask = async () =>
      (await world.gateway.ask<{ projects: Slice }>(QUERY, { first: 20 })).data?.projects
    expect(await ask()).toMatchObject({ pageInfo: { hasNextPage: true } })
    expect(world.aurora.calls).toEqual(['projects 1'])
    expect(await readSlices(world.gateway, 20)).toEqual([ids(7), []])
    expect(world.aurora.calls).toEqual(['projects 1', 'projects 2'])
    expect(await ask()).toMatchObject({ pageInfo: { hasNextPage: false } })
    const { data } = await world.gateway.ask<{ users: unknown[] }>('{ users { auroraId } }')
    expect(data?.users).toHaveLength(7)
    expect(world.aurora.calls).toEqual(['projects 1', 'projects 2', 'users 1'])
  })
})

it('a server that ignores the number of the page costs one call more for each list of a usual size', async () => {
  await using world = await open({ ids: ids(100), ignoresPage: true })
  for (const count of [2, 4]) {
    const { data } = await world.gateway.ask<{ project: { assets: unknown[] } }>(
      `{ project(id: "p-${count}") { assets { id } } }`,
    )
    expect(data?.project.assets).toHaveLength(100)
    expect(world.aurora.calls).toHaveLength(count)
  }
  expect((await readSlices(world.gateway, 40)).flat()).toEqual(ids(100))
})

describe('a server that answers a page behind the end with the last page', () => {
  it.each([500, 620, 250])('shows all of %i projects, also after its end was seen', async (count) => {
    await using world = await open({ ids: ids(count), clampsPage: true })
    expect((await readSlices(world.gateway, 250)).flat()).toEqual(ids(count))
    const { nodes, pageInfo } = await readSlice(world.gateway.ask, { first: 240 })
    expect([nodes.length, pageInfo.hasNextPage]).toEqual([240, true])
    expect((await readSlices(world.gateway, 60)).flat()).toEqual(ids(count))
  })

  it.each([300, 500])('hides nothing of a list that had one page, once it has %i users', async (count) => {
    await using world = await open({ ids: ids(250), clampsPage: true })
    const usersOf = async () => {
      const request = new Request('http://gateway.test/graphql', {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'cache-control': 'no-cache' },
        body: JSON.stringify({ query: '{ users { auroraId } }' }),
      })
      const { data } = (await (await world.gateway.handle(request)).json()) as {
        data: { users: { auroraId: string }[] }
      }
      return data.users.map(({ auroraId }) => auroraId)
    }
    expect(await usersOf()).toEqual(ids(250))
    world.aurora.set({ ids: ids(count), clampsPage: true })
    expect(await usersOf()).toEqual(ids(count))
  })

  it('of one page hides nothing of the lists below other parents', async () => {
    await using world = await open({ ids: ids(100), clampsPage: true, cap: 100 })
    const assetsOf = async (project: string) =>
      (
        await world.gateway.ask<{ project: { assets: unknown[] } }>(
          `{ project(id: "${project}") { assets { id } } }`,
        )
      ).data?.project.assets.length
    expect(await assetsOf('p-1')).toBe(100)
    world.aurora.set({ ids: ids(260), clampsPage: true, cap: 100 })
    expect(await assetsOf('p-2')).toBe(260)
  })
})

describe('a block of hidden rows', () => {
  const visible = (count: number, from: number, to: number) =>
    ids(count).filter((_, index) => index < from || index > to)
  const block = (from: number, to: number) =>
    new Set(Array.from({ length: to - from + 1 }, (_, index) => from + index))

  it.each([
    [300, 329],
    [300, 449],
    [520, 580],
  ])('from %i to %i hides none of the projects behind it', async (from, to) => {
    await using world = await open({ ids: ids(820), hidden: block(from, to) })
    expect((await readSlices(world.gateway, 250)).flat()).toEqual(visible(820, from, to))
  })

  it('hides none of the users behind it', async () => {
    await using world = await open({ ids: ids(620), hidden: block(300, 329) })
    const { data } = await world.gateway.ask<{ users: { auroraId: string }[] }>('{ users { auroraId } }')
    expect(data?.users.map(({ auroraId }) => auroraId)).toEqual(visible(620, 300, 329))
    expect(world.aurora.calls).toEqual(['users 1', 'users 2', 'users 3', 'users 4'])
  })

  it.each(['users', 'teams', 'partners'])(
    'of one row at a server that cuts at 100 hides no further %s',
    async (list) => {
      for (const [cap, last] of [
        [100, 7],
        [100, 11],
        [50, 7],
        [20, 7],
      ] as const) {
        await using world = await open({ ids: ids(260), cap, hidden: block(7, last) })
        const { data } = await world.gateway.ask<Record<string, { auroraId: string }[]>>(
          `{ ${list} { auroraId } }`,
        )
        expect(data?.[list]?.map(({ auroraId }) => auroraId)).toEqual(visible(260, 7, last))
      }
    },
  )

  it('costs a connection nothing to allow for: 300 projects are 2 calls, and one more for who asks on', async () => {
    await using world = await open({ ids: ids(300) })
    const first = await readSlice(world.gateway.ask, { first: 250 })
    const second = await readSlice(world.gateway.ask, { first: 250, after: first.pageInfo.endCursor })
    expect([second.nodes.length, second.pageInfo.hasNextPage]).toEqual([50, true])
    expect(world.aurora.calls).toEqual(['projects 1', 'projects 2'])
    expect(
      await readSlice(world.gateway.ask, { first: 250, after: second.pageInfo.endCursor }),
    ).toMatchObject({
      nodes: [],
      pageInfo: { hasNextPage: false },
    })
    expect(world.aurora.calls).toEqual(['projects 1', 'projects 2', 'projects 3'])
  })
})
