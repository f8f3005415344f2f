// A list that has changed at Aurora, where replicas have pages of it from before: none shows an older page behind a newer one.
import { describe, expect, it } from 'vitest'
import { readConfig } from '../../src/config/read-config.ts'
import { nth } from '../support/builders.ts'
import { createManualClock } from '../support/manual-clock.ts'
import { openProjectList } from '../support/project-list.ts'
import type { ListedProject, ProjectList } from '../support/project-list.ts'
import { redisProgram, startRedis } from '../support/redis-server.ts'
import type { RedisServer } from '../support/redis-server.ts'
import { createTestGateway } from '../support/test-gateway.ts'
import type { TestGateway } from '../support/test-gateway.ts'
import { waitUntil } from '../support/wait-until.ts'

const PAGE = 10

const projectOf = (number: number): ListedProject => ({
  id: `p${number}`,
  name: `Project ${number}`,
  created_at: new Date(Date.UTC(2026, 0, 1) + number * 60_000).toISOString(),
})

/** Newest first. */
const projectsTo = (newest: number): ListedProject[] =>
  Array.from({ length: newest }, (_, index) => projectOf(newest - index))

interface Slice {
  readonly projects: {
    readonly nodes: readonly { readonly auroraId: string }[]
    readonly pageInfo: { readonly endCursor: string }
  }
}

/** Two replicas that reach one Redis, before a list of projects. */
async function openReplicas(list: ProjectList, redisUrl: string) {
  const { redis } = readConfig({ REDIS_URL: redisUrl })
  const config = { redis, pageSize: PAGE }
  const gateways = [
    await createTestGateway({ baseUrl: list.url, config }),
    await createTestGateway({ baseUrl: list.url, config }),
  ]
  // What one has read costs the other no call: then both are connected.
  for (let number = 1; ; number += 1) {
    const calls = list.calls.length
    for (const gateway of gateways) await gateway.ask(`{ project(id: "p${number}") { name } }`)
    if (list.calls.length === calls + 1) break
    if (number === list.projects.length) throw new Error('the replicas share nothing')
  }
  list.takeCalls()
  return {
    one: nth(gateways, 0),
    other: nth(gateways, 1),
    async [Symbol.asyncDispose]() {
      for (const gateway of gateways) await gateway[Symbol.asyncDispose]()
    },
  }
}

/** The same with a Redis and a list of 35 projects of their own. */
async function openAll() {
  const redis = await startRedis()
  const list = await openProjectList(projectsTo(35))
  const replicas = await openReplicas(list, redis.url)
  const { one, other } = replicas
  return {
    redis,
    list,
    one,
    other,
    async [Symbol.asyncDispose]() {
      for (const each of [replicas, list, redis]) await each[Symbol.asyncDispose]()
    },
  }
}

/** A slice as long as a page, behind a cursor; `isNew`: Aurora is asked. */
async function read(gateway: TestGateway, after: string | null, isNew = false) {
  const query =
    'query ($after: String) { projects(first: 10, after: $after) { nodes { auroraId } pageInfo { endCursor } } }'
  const response = await gateway.handle(
    new Request('http://gateway.test/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(isNew && { 'cache-control': 'no-cache' }) },
      body: JSON.stringify({ query, variables: { after } }),
    }),
  )
  const { data, errors } = (await response.json()) as { data: Slice | null; errors?: unknown }
  if (!data) throw new Error(JSON.stringify(errors))
  const { nodes, pageInfo } = data.projects
  return { ids: nodes.map(({ auroraId }) => auroraId), after: pageInfo.endCursor }
}

/** The ids of a slice as soon as it is shown as fresh: without Redis, what is cached is marked. */
async function readUnmarked(gateway: TestGateway, after: string): Promise<readonly string[]> {
  let shown: Slice['projects']['nodes'] = []
  await waitUntil(async () => {
    const { data, extensions } = await gateway.ask<Slice>(
      `{ projects(first: 10, after: "${after}") { nodes { auroraId } pageInfo { endCursor } } }`,
    )
    shown = data?.projects.nodes ?? []
    return extensions.upstream.saved.stale === 0
  })
  return shown.map(({ auroraId }) => auroraId)
}

interface Opened {
  readonly list: ProjectList
  readonly redis: RedisServer
  readonly one: TestGateway
  readonly other: TestGateway
}

/** A flight ends with the command that stores its reply. */
const waitUntilStored = (redis: RedisServer): Promise<void> =>
  waitUntil(() => redis.admin(async (client) => (await client.keys('*:flight:*')).length === 0))

/** One replica without Redis; both pages of the list are known, and only the first one has been read again since an hour. */
async function openWithOldPage(list: ProjectList) {
  const clock = createManualClock()
  const gateway = await createTestGateway({ baseUrl: list.url, clock, config: { pageSize: PAGE } })
  const first = await read(gateway, null)
  await read(gateway, first.after)
  await clock.advance(60 * 60_000)
  await read(gateway, null)
  list.takeCalls()
  return { gateway, first }
}

describe('a page whose first item has gone', () => {
  it('may have moved up: an item that has gone to the page before it is shown behind its neighbour there', async () => {
    await using list = await openProjectList(projectsTo(35))
    const { gateway, first } = await openWithOldPage(list)
    await using _ = gateway
    list.projects = list.projects.filter(({ id }) => id !== 'p33')

    const next = await read(gateway, first.after)

    expect(next.ids).toEqual(
      projectsTo(25)
        .slice(0, PAGE)
        .map(({ id }) => id),
    )
    expect(list.takeCalls()).toEqual(['GET 2', 'GET 1'])
    expect((await read(gateway, null)).ids).not.toContain('p33')
  })

  it('says nothing of the page before it where all its other items have gone as well', async () => {
    await using list = await openProjectList(projectsTo(35))
    const { gateway, first } = await openWithOldPage(list)
    await using _ = gateway
    list.projects = list.projects.slice(0, PAGE)

    await read(gateway, first.after)
    await read(gateway, null)

    expect(list.takeCalls()).toEqual(['GET 2'])
  })
})

it.each([
  ['made', projectsTo(36)],
  ['deleted', projectsTo(35).filter(({ id }) => id !== 'p33')],
])(
  'a list of which all pages are refreshed after a project was %s costs each page once',
  async (_what, changed) => {
    await using list = await openProjectList(projectsTo(35))
    const clock = createManualClock()
    await using gateway = await createTestGateway({ baseUrl: list.url, clock, config: { pageSize: PAGE } })
    const count = async (): Promise<unknown> =>
      (await gateway.ask<Count>('{ projects(search: "project", first: 1) { totalCount } }')).data?.projects
        .totalCount
    await count()
    await clock.advance(6 * 60_000)
    list.projects = changed
    list.takeCalls()
    await count()
    await waitUntil(async () => (await count()) === changed.length)

    expect(list.takeCalls().toSorted()).toEqual(['GET 1', 'GET 2', 'GET 3', 'GET 4', 'GET 5'])
  },
)

interface Count {
  readonly projects: { readonly totalCount: number }
}

describe.skipIf(redisProgram === null)('a page that follows one that has changed', () => {
  /** The first page of both. */
  async function readTwo(gateway: TestGateway) {
    const first = await read(gateway, null)
    await read(gateway, first.after)
    return first
  }

  /** One replica has the first two pages, a project is made at Aurora, and the replica reads the first page anew. */
  async function readChanged({ list, redis, one, other }: Opened, has: readonly string[]) {
    const first = await readTwo(one)
    if (has.includes('first')) await waitUntilCached(list, () => read(other, null))
    if (has.includes('next')) await waitUntilCached(list, () => read(other, first.after))
    await waitUntilStored(redis)
    list.projects.unshift(projectOf(36))
    return read(one, null, true)
  }

  /** What one replica has fetched is in Redis a moment later. */
  const waitUntilCached = (list: ProjectList, ask: () => Promise<unknown>): Promise<void> =>
    waitUntil(async () => {
      const calls = list.calls.length
      await ask()
      return list.calls.length === calls
    })

  it.each([
    ['the same replica', []],
    ['another replica', []],
    ['another replica that has the next page', ['next']],
    ['another replica that has both pages', ['first', 'next']],
  ])('is not taken from before the change by %s', async (which, has) => {
    await using opened = await openAll()
    const changed = await readChanged(opened, has)

    const next = await read(which === 'the same replica' ? opened.one : opened.other, changed.after)

    expect([...changed.ids, ...next.ids]).toEqual(
      projectsTo(36)
        .slice(0, 2 * PAGE)
        .map(({ id }) => id),
    )
  })

  it('is forgotten with all pages behind it, one after the other', async () => {
    await using opened = await openAll()
    const { redis, list, one, other } = opened
    for (let after: string | null = null, page = 0; page < 4; page += 1)
      after = (await read(one, after)).after
    await waitUntilStored(redis)
    list.projects.unshift(projectOf(36))

    const ids: string[] = []
    for (let after: string | null = null, page = 0; page < 4; page += 1) {
      const slice = await read(page % 2 === 0 ? one : other, after, page === 0)
      ids.push(...slice.ids)
      ;({ after } = slice)
    }

    expect(ids).toEqual(projectsTo(36).map(({ id }) => id))
  })

  it.each([
    ['stops to answer when the change is seen', []],
    ['has just stopped to answer', ['p5']],
    ['is known to be away', ['p5', 'p6']],
  ])('is not shown by another replica where Redis %s', async (_when, readBefore) => {
    await using redis = await startRedis()
    await using list = await openProjectList(projectsTo(35))
    await using replicas = await openReplicas(list, redis.url)
    const { one, other } = replicas
    const first = await read(one, null)
    await read(one, first.after)
    await waitUntilCached(list, () => read(other, first.after))
    await waitUntilStored(redis)
    list.onCall = () => redis.freeze()
    // After a question without an answer, no more are sent.
    for (const id of readBefore) await one.ask(`{ project(id: "${id}") { createdAt } }`)
    list.projects.unshift(projectOf(36))
    const changed = await read(one, null, true)
    list.onCall = () => {}
    redis.thaw()

    expect(await readUnmarked(other, changed.after)).toEqual(
      projectsTo(26)
        .slice(0, PAGE)
        .map(({ id }) => id),
    )
  })

  it('stays where the page before it has come again as it was', async () => {
    await using opened = await openAll()
    const { list, one, other } = opened
    const first = await readTwo(one)
    await waitUntilCached(list, () => read(other, first.after))
    await read(one, null, true)
    list.takeCalls()

    for (const gateway of [one, other]) await read(gateway, first.after)

    expect(list.takeCalls()).toEqual([])
  })

  it('shows another replica that its copy of the page before is out of date', async () => {
    await using opened = await openAll()
    const { redis, list, one, other } = opened
    const first = await readTwo(one)
    await waitUntilCached(list, () => read(other, null))
    await waitUntilStored(redis)
    list.projects = list.projects.filter(({ id }) => id !== 'p33')
    await read(one, first.after, true)
    await waitUntilStored(redis)

    const next = await read(other, first.after)

    expect(next.ids[0]).toBe('p25')
  })
})
