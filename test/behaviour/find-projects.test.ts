// Filter, search, sort and count over the list of projects, which Aurora neither filters nor sorts.
import { expect, it } from 'vitest'
import type { Config } from '../../src/config/config.ts'
import { createManualClock } from '../support/manual-clock.ts'
import { explain } from '../support/explain.ts'
import { buildList, buildListed, openProjectList } from '../support/project-list.ts'
import type { ListedProject } from '../support/project-list.ts'
import { createTestGateway } from '../support/test-gateway.ts'
import type { TestGatewayOptions } from '../support/test-gateway.ts'

interface Found {
  readonly totalCount: number | null
  readonly isComplete: boolean
  readonly asOf: string
  readonly missingPages: number
  readonly retryAt: string | null
  readonly nodes: readonly { readonly auroraId: string; readonly status: string }[]
  readonly edges: readonly { readonly cursor: string }[]
  readonly pageInfo: {
    readonly hasNextPage: boolean
    readonly hasPreviousPage: boolean
    readonly startCursor: string | null
    readonly endCursor: string | null
  }
}

async function open(
  projects: readonly ListedProject[],
  { config, ...options }: TestGatewayOptions & { config?: Partial<Config> } = {},
) {
  const aurora = await openProjectList(projects)
  const gateway = await createTestGateway({
    baseUrl: aurora.url,
    clock: createManualClock(),
    ...options,
    config: { pageSize: 50, ...config },
  })
  const find = async (args: string, headers: object = {}) => {
    const answer = await gateway.ask<{ projects: Found }>(
      `{ projects(${args}) {
        totalCount isComplete asOf missingPages retryAt nodes { auroraId status } edges { cursor }
        pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
      } }`,
      headers,
    )
    const { data, errors } = answer
    return {
      answer,
      errors,
      found: data?.projects ?? null,
      ids: data?.projects?.nodes.map(({ auroraId }) => auroraId),
    }
  }
  return {
    aurora,
    gateway,
    find,
    async [Symbol.asyncDispose]() {
      await gateway[Symbol.asyncDispose]()
      await aurora[Symbol.asyncDispose]()
    },
  }
}

const PAGES_OF_120 = ['GET 1', 'GET 2', 'GET 3']

it('the first question costs a call for each page, and no other question costs one while they are fresh', async () => {
  await using world = await open(buildList(120))
  const first = await world.find(
    'filter: { status: ["Sold", "Lost"], tags: "north", ownerId: "User:u2" } first: 3',
  )
  expect(world.aurora.takeCalls()).toEqual(PAGES_OF_120)
  const isFound = (nth: number): boolean => nth % 3 > 0 && nth % 4 === 2
  const all = buildList(120).filter((_, index) => isFound(119 - index))
  expect(first).toMatchObject({
    errors: undefined,
    ids: all.slice(0, 3).map(({ id }) => id),
    found: {
      totalCount: all.length,
      isComplete: true,
      missingPages: 0,
      retryAt: null,
      asOf: '2026-03-04T17:25:09.000Z',
      pageInfo: { hasNextPage: true, hasPreviousPage: false },
    },
  })
  const questions = [
    'search: "auck way 11"',
    'search: "ZOE mull" sort: { by: NAME }',
    'filter: { externalProviderId: "CRM-7" }',
    'filter: { createdAt: { from: "2026-01-01T00:10:00Z", to: "2026-01-01T00:12:00Z" } }',
    'sort: { by: CUSTOMER, direction: DESC } last: 2',
    'filter: { projectType: COMMERCIAL }',
    'filter: { status: [] }',
  ]
  const counts: unknown[] = []
  for (const question of questions) {
    const { found, errors, answer } = await world.find(question)
    expect([errors, answer.extensions.upstream.calls]).toEqual([undefined, 0])
    counts.push([found?.totalCount, found?.nodes[0]?.auroraId])
  }
  expect(counts).toEqual([
    [11, 'p119'],
    [24, 'p0'],
    [1, 'p7'],
    [2, 'p11'],
    [120, 'p1'],
    [0, undefined],
    [0, undefined],
  ])
  expect(world.aurora.takeCalls()).toEqual([])
})

it('a value that Aurora sends as a number is found by the text that its field shows', async () => {
  const odd = buildListed(7, { external_provider_id: 20418, owner_id: 500, status: 3, name: 66, tags: [9] })
  await using world = await open([...buildList(3), odd])
  const questions = [
    'filter: { externalProviderId: "20418" }',
    'filter: { ownerId: "500" }',
    'filter: { status: "3" }',
    'filter: { tags: "9" }',
    'search: "66"',
    'search: "2041"',
  ]
  for (const question of questions)
    expect(await world.find(question)).toMatchObject({ ids: ['p7'], found: { isComplete: true } })
  const byOneValue = '{ project(externalProviderId: "20418") { name status externalProviderId } }'
  expect((await world.gateway.ask(byOneValue)).data).toEqual({
    project: { name: '66', status: '3', externalProviderId: '20418' },
  })
  expect(world.aurora.takeCalls()).toEqual(['GET 1', 'GET 2'])
})

it('slices follow each other in both directions, while projects come and go between them', async () => {
  await using world = await open(buildList(30))
  const first = await world.find('sort: { by: CREATED_AT } first: 10')
  expect(first.ids?.at(-1)).toBe('p9')
  // The write drops the list, and the row of the cursor is gone.
  await world.gateway.ask('mutation { deleteProject(id: "p9") { __typename } }')
  world.aurora.projects = world.aurora.projects.filter(({ id }) => id !== 'p3')
  const second = await world.find(
    `sort: { by: CREATED_AT } first: 10 after: "${first.found?.pageInfo.endCursor}"`,
  )
  expect(second.ids).toEqual(['p10', 'p11', 'p12', 'p13', 'p14', 'p15', 'p16', 'p17', 'p18', 'p19'])
  expect(second.found?.pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: true })
  const before = await world.find(
    `sort: { by: CREATED_AT } last: 4 before: "${second.found?.pageInfo.startCursor}"`,
  )
  expect(before.ids).toEqual(['p5', 'p6', 'p7', 'p8'])
})

it('without these arguments the list is read as before, and a total alone reads all of it', async () => {
  await using world = await open(buildList(120))
  const plain = await world.gateway.ask(
    '{ projects(first: 2) { nodes { auroraId } pageInfo { hasNextPage } } }',
  )
  expect(plain.data).toEqual({
    projects: { nodes: [{ auroraId: 'p119' }, { auroraId: 'p118' }], pageInfo: { hasNextPage: true } },
  })
  expect(world.aurora.takeCalls()).toEqual(['GET 1'])
  const counted = await world.gateway.ask(
    '{ projects(first: 1) { totalCount isComplete nodes { auroraId } } }',
  )
  expect(counted.data).toEqual({
    projects: { totalCount: 120, isComplete: true, nodes: [{ auroraId: 'p119' }] },
  })
  expect(world.aurora.takeCalls()).toEqual(['GET 2', 'GET 3'])
})

it('where no call is left, the answer is about a part and says so, and the repeat makes the missing calls only', async () => {
  const clock = createManualClock()
  await using world = await open(buildList(120), {
    clock,
    config: { rateLimit: 2, rateWindowMs: 60_000, maxWaitMs: 0 },
  })
  const first = await world.find('search: "auckland" first: 250')
  expect(first.ids).toHaveLength(100)
  const retryAt = first.found?.retryAt ?? ''
  expect(Date.parse(retryAt)).toBeGreaterThanOrEqual(clock.wallMs() + 60_000)
  expect(first.found).toMatchObject({ totalCount: null, isComplete: false, missingPages: 1 })
  expect(first.errors).toMatchObject([
    { path: ['projects', 'totalCount'], extensions: { code: 'RATE_LIMITED', retryAt } },
  ])
  const again = await world.find('search: "auckland" first: 250')
  expect(again.found).toMatchObject({ isComplete: false })
  await clock.advance(Date.parse(retryAt) - clock.wallMs())
  const second = await world.find('search: "auckland" first: 250')
  expect(second.found).toMatchObject({ totalCount: 120, isComplete: true, missingPages: 0, retryAt: null })
  expect(second.errors).toBeUndefined()
  expect(world.aurora.takeCalls()).toEqual(PAGES_OF_120)
})

it('a question that begins after a write shows what was written, and nothing from before it', async () => {
  await using world = await open(buildList(120))
  expect((await world.find('filter: { status: "Archived" }')).found?.totalCount).toBe(0)
  await world.gateway.ask(
    'mutation { updateProject(id: "p60", input: { status: "Archived" }) { __typename } }',
  )
  world.aurora.takeCalls()
  expect(await world.find('filter: { status: "Archived" }')).toMatchObject({
    ids: ['p60'],
    found: { totalCount: 1, isComplete: true },
  })
  // The answer to the write shows the project, and the others are as they were.
  expect(world.aurora.takeCalls()).toEqual([])
  await world.gateway.ask('mutation { deleteProject(id: "p60") { __typename } }')
  expect((await world.find('filter: { status: "Archived" }')).ids).toEqual([])
})

it('a write while the pages are read makes the answer uncertain, and it is not remembered', async () => {
  await using world = await open(buildList(120))
  let writes = 0
  world.aurora.onCall = async (call) => {
    if (call !== 'GET 3' || writes === 4) return
    writes += 1
    await world.gateway.ask(`mutation { deleteProject(id: "p${writes}") { __typename } }`)
  }
  // Never so often that the list counts as too long.
  for (let turn = 0; turn < 4; turn += 1) {
    const moved = await world.find('search: "way"')
    expect(moved.found).toMatchObject({ totalCount: null, isComplete: false, missingPages: 0 })
    const retryAt = '2026-03-04T17:25:09.000Z'
    expect(moved.found?.retryAt).toBe(retryAt)
    expect(moved.errors).toMatchObject([
      { path: ['projects', 'totalCount'], extensions: { code: 'CONFLICT', retryAt } },
    ])
  }
  const still = await world.find('search: "way"')
  expect(still.found).toMatchObject({ totalCount: 116, isComplete: true })
})

it('what is stale is served, marked, and all pages are read again afterwards', async () => {
  const clock = createManualClock()
  await using world = await open(buildList(120), { clock })
  await world.find('search: "way"')
  world.aurora.projects = [buildListed(120), ...world.aurora.projects]
  world.aurora.takeCalls()
  await clock.advance(6 * 60_000)
  const stale = await world.find('search: "way"')
  expect(stale.found).toMatchObject({ totalCount: 120, asOf: '2026-03-04T17:25:09.000Z' })
  expect(stale.answer.extensions.upstream.saved.stale).toBe(3)
  await expect.poll(() => world.aurora.calls.length).toBe(3)
  await expect.poll(async () => (await world.find('search: "way"')).found?.totalCount).toBe(121)
})

it('two keys with different views never see each other’s projects', async () => {
  await using aurora = await openProjectList(buildList(60))
  aurora.isSeen = (token, { tags }) => token === 'all' || (tags as string[]).includes('south')
  await using gateway = await createTestGateway({
    baseUrl: aurora.url,
    config: { pageSize: 50, callerAuth: 'passthrough' },
    credentials: { authorization: 'Bearer all', 'x-aurora-tenant-id': 't1' },
  })
  const restricted = await gateway.gateway.authenticate(
    new Headers({ host: 'localhost', authorization: 'Bearer south', 'x-aurora-tenant-id': 't1' }),
  )
  if (!restricted) throw new Error('the gateway refuses this caller')
  const ask = async (args: string, isRestricted: boolean) => {
    const request = new Request('http://gateway.test/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: `{ projects(${args}) { totalCount isComplete edges { cursor } } }` }),
    })
    const response = await gateway.handle(request, isRestricted ? restricted : {})
    return (await response.json()) as {
      data: { projects: { totalCount: number; isComplete: boolean; edges: { cursor: string }[] } } | null
      errors?: { extensions: { code: string } }[]
    }
  }
  const all = await ask('search: "auckland"', false)
  const part = await ask('search: "auckland"', true)
  expect([all, part].map(({ data }) => [data?.projects.totalCount, data?.projects.isComplete])).toEqual([
    [60, true],
    [30, true],
  ])
  expect((await ask('filter: { externalProviderId: "CRM-2" }', true)).data?.projects.totalCount).toBe(0)
  expect((await ask('search: "auckland"', false)).data?.projects.totalCount).toBe(60)
  const cursor = all.data?.projects.edges[0]?.cursor
  expect((await ask(`search: "auckland" after: "${cursor}"`, true)).errors?.[0]?.extensions.code).toBe(
    'BAD_USER_INPUT',
  )
})

it.each([
  ['a long search', `search: "${'x'.repeat(201)}"`],
  ['many words', `search: "${Array.from({ length: 17 }, (_, index) => `w${index}x`).join(' ')}"`],
  ['a long value', `filter: { tags: "${'x'.repeat(256)}" }`],
  ['a moment that is none', 'filter: { createdAt: { from: "yesterday" } }'],
  ['a moment that is a number', 'filter: { createdAt: { to: 7 } }'],
  ['an id of another type', 'filter: { ownerId: "Team:t1" }'],
  ['a cursor that is none', 'search: "x" after: "%%%"'],
  [
    'a cursor of the plain list',
    `sort: { by: NAME } after: "${Buffer.from('["x",0,1,"p1",null]').toString('base64url')}"`,
  ],
  ['a large slice', 'search: "x" first: 251'],
  ['an empty slice from the end', 'last: 0'],
  ['a slice from both ends', 'first: 3 last: 2'],
  ['a large slice beside one from the end', 'first: 999 last: 2'],
])('%s is refused with the path of the field, before any call', async (_what, args) => {
  await using world = await open(buildList(3))
  const { errors, found } = await world.find(args)
  expect([found, errors?.map(({ path, extensions }) => [path, extensions.code])]).toEqual([
    null,
    [[['projects'], 'BAD_USER_INPUT']],
  ])
  expect(world.aurora.calls).toEqual([])
})

it('a filter of many values is refused before any call', async () => {
  await using world = await open(buildList(3))
  const query = 'query ($ids: [String!]) { projects(filter: { externalProviderId: $ids }) { totalCount } }'
  const { errors } = await world.gateway.ask(query, {
    ids: Array.from({ length: 51 }, (_, index) => `CRM-${index}`),
  })
  expect(errors).toMatchObject([{ path: ['projects'], extensions: { code: 'BAD_USER_INPUT' } }])
  const { data } = await world.gateway.ask<{ projects: Found }>(query, { ids: ['CRM-1', 'CRM-2', 'CRM-9'] })
  expect(data?.projects.totalCount).toBe(2)
})

it('a plan has the pages of the list, and those that are cached cost nothing', async () => {
  await using world = await open(buildList(120))
  const query = '{ projects(search: "auck", first: 2) { totalCount nodes { designs { id } } } }'
  await world.gateway.ask('{ projects(first: 1) { totalCount } }')
  const known = await explain(world.gateway, query)
  expect(known.calls).toMatchObject({ expected: 2 })
  expect(known.steps).toMatchObject([
    { path: 'projects', operation: 'listProjects', calls: { expected: 0 }, cached: 3 },
    { path: 'projects.nodes.designs', calls: { expected: 2 } },
  ])
})

it('a list that the cache does not hold is not read again for each question', async () => {
  const clock = createManualClock()
  await using world = await open(buildList(400), { clock, config: { cacheMaxBytes: 200_000 } })
  const codes: unknown[] = []
  for (let turn = 0; turn < 5; turn += 1) {
    const { errors, found, answer } = await world.find(`search: "auck way ${turn}"`)
    if (turn > 2) expect(errors?.[0]?.extensions['retryAt']).toBe('2026-03-04T17:35:09.000Z')
    codes.push([
      errors?.[0]?.extensions.code,
      found?.isComplete ?? null,
      answer.extensions.upstream.calls > 0,
    ])
  }
  expect(codes).toEqual([
    ['CONFLICT', false, true],
    ['CONFLICT', false, true],
    ['CONFLICT', false, true],
    ['QUERY_REJECTED', false, false],
    ['QUERY_REJECTED', false, false],
  ])
  await clock.advance(11 * 60_000)
  expect((await world.find('search: "auck"')).answer.extensions.upstream.calls).toBeGreaterThan(0)
})

it('where no call is left, kept pages are used and marked, however often they are asked', async () => {
  const clock = createManualClock()
  const config = { rateLimit: 3, rateWindowMs: 24 * 60 * 60_000, maxWaitMs: 0 }
  await using world = await open(buildList(120), { clock, config })
  await world.find('search: "way"')
  world.aurora.takeCalls()
  // Beyond the time in which a stale page is served.
  await clock.advance(40 * 60_000)
  for (let turn = 0; turn < 5; turn += 1) {
    const kept = await world.find(`search: "way ${turn}"`)
    expect(kept.errors).toBeUndefined()
    expect(kept.found).toMatchObject({
      isComplete: true,
      missingPages: 0,
      asOf: '2026-03-04T17:25:09.000Z',
    })
    expect(kept.found?.totalCount).toBeGreaterThan(0)
    expect(kept.answer.extensions.upstream.saved.stale).toBe(3)
  }
  expect(world.aurora.takeCalls()).toEqual([])
})

it('a page that is used beside one that could not be read is marked where it is stale', async () => {
  const clock = createManualClock()
  await using world = await open(buildList(120), {
    clock,
    config: { rateLimit: 5, rateWindowMs: 60 * 60_000, maxWaitMs: 0 },
  })
  const { data } = await world.gateway.ask<{ projects: Found }>(
    '{ projects(first: 100) { totalCount pageInfo { endCursor } } }',
  )
  await world.gateway.ask('mutation { deleteProject(id: "nobody") { __typename } }')
  const last = `{ projects(first: 50, after: "${data?.projects.pageInfo.endCursor}") { nodes { auroraId } } }`
  await world.gateway.ask(last)
  // The third page is served stale, and no call is left for the others.
  await clock.advance(6 * 60_000)
  world.aurora.takeCalls()
  const { found, answer } = await world.find('search: "auckland" first: 250')
  expect(found).toMatchObject({ totalCount: null, isComplete: false })
  expect([found?.nodes.length, answer.extensions.upstream]).toMatchObject([20, { saved: { stale: 1 } }])
})

it('a list that does not fit counts as too long, though others write to lists of their own', async () => {
  await using aurora = await openProjectList(buildList(400))
  await using gateway = await createTestGateway({
    baseUrl: aurora.url,
    clock: createManualClock(),
    config: { pageSize: 50, cacheMaxBytes: 200_000, callerAuth: 'passthrough' },
    credentials: { authorization: 'Bearer one', 'x-aurora-tenant-id': 't1' },
  })
  const other = await gateway.gateway.authenticate(
    new Headers({ host: 'localhost', authorization: 'Bearer two', 'x-aurora-tenant-id': 't2' }),
  )
  if (!other) throw new Error('the gateway refuses this caller')
  const write = () =>
    gateway.handle(
      new Request('http://gateway.test/graphql', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query: 'mutation { deleteProject(id: "p1") { __typename } }' }),
      }),
      other,
    )
  aurora.onCall = async (call) => {
    if (call === 'GET 2') await write()
  }
  const codes: unknown[] = []
  for (let turn = 0; turn < 4; turn += 1) {
    const { errors } = await gateway.ask(`{ projects(search: "auck ${turn}") { totalCount } }`)
    codes.push(errors?.[0]?.extensions.code)
  }
  expect(codes).toEqual(['CONFLICT', 'CONFLICT', 'CONFLICT', 'QUERY_REJECTED'])
})

it('rows that are hidden on a short first page do not end the list: one more call is made', async () => {
  await using world = await open(buildList(200))
  const all = world.aurora.projects
  // Pages are cut first, and rows hidden afterwards.
  Object.defineProperty(world.aurora, 'projects', {
    value: {
      filter: () => ({
        slice: (from: number, to: number) =>
          all.slice(from, to).filter(({ id }) => all.findIndex((each) => each.id === id) >= 33),
      }),
    },
  })
  const { found } = await world.find('search: "auckland"')
  expect(found).toMatchObject({ totalCount: 167, isComplete: true })
  expect(world.aurora.takeCalls()).toEqual(['GET 1', 'GET 2', 'GET 3', 'GET 4', 'GET 5'])
})

it('a list of one short page costs two calls once, and then none', async () => {
  await using world = await open(buildList(3))
  expect((await world.find('search: "way"')).found).toMatchObject({ totalCount: 3, isComplete: true })
  expect(world.aurora.takeCalls()).toEqual(['GET 1', 'GET 2'])
  await world.find('search: "street"')
  expect(world.aurora.takeCalls()).toEqual([])
})

it('pages that were read minutes apart make no complete answer, and a refresh makes one', async () => {
  const clock = createManualClock()
  await using world = await open(buildList(140), { clock })
  const page = async (args: string) => {
    const { data } = await world.gateway.ask<{ projects: Found }>(
      `{ projects(${args}) { nodes { auroraId } pageInfo { endCursor } } }`,
    )
    return data?.projects.pageInfo.endCursor
  }
  const cursor = await page('first: 50')
  await clock.advance(120_000)
  // The first row of the second page moves to the first one, which was read before.
  world.aurora.projects = world.aurora.projects.filter(({ id }) => id !== 'p120')
  await page(`first: 50 after: "${cursor}"`)
  const { found } = await world.find('search: "auckland"')
  expect(found).toMatchObject({ totalCount: 139, isComplete: false, missingPages: 0 })
  await world.gateway.ask('mutation { deleteProject(id: "p5") { __typename } }')
  expect((await world.find('search: "auckland"')).found).toMatchObject({ totalCount: 138, isComplete: true })
})

it('what is not shown, and what has no id, makes an answer incomplete', async () => {
  await using world = await open([buildListed(2), buildListed(1, { created_at: 'soon' })])
  const asked = 'filter: { createdAt: { from: "2020-01-01" } }'
  expect((await world.find(asked)).found).toMatchObject({ totalCount: 1, isComplete: false })
  expect((await world.find('search: "way"')).found).toMatchObject({ totalCount: 2, isComplete: true })
  await using other = await open([buildListed(1), { ...buildListed(0), id: undefined as never }])
  expect((await other.find('search: "way"')).found).toMatchObject({ totalCount: 1, isComplete: false })
})

it.each(['search: ""', 'search: "  "', 'filter: {}', 'filter: { status: null }', 'before: ""'])(
  '%s is as not given: the list is not read whole',
  async (args) => {
    await using world = await open(buildList(120))
    const { data } = await world.gateway.ask(`{ projects(${args}, first: 1) { nodes { auroraId } } }`)
    expect(data).toEqual({ projects: { nodes: [{ auroraId: 'p119' }] } })
    expect(world.aurora.takeCalls()).toEqual(['GET 1'])
  },
)
