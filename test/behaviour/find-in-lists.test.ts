// Filter, search, sort and count over the other lists, over the designs of a project, and look-ups by what only a list shows.
import { expect, it } from 'vitest'
import { explain } from '../support/explain.ts'
import { askFixedAurora } from '../support/fixed-aurora.ts'
import { createManualClock } from '../support/manual-clock.ts'
import { buildList, buildListed, openProjectList } from '../support/project-list.ts'
import type { ListedProject } from '../support/project-list.ts'
import { createTestGateway } from '../support/test-gateway.ts'

/** Enough, so that a page that is repeated by a server without pages is recognised at once. */
const listOf = (make: (nth: number) => object): object[] =>
  Array.from({ length: 12 }, (_, nth) => ({ id: `x${nth}`, ...make(nth) }))

const BODIES = {
  'GET /users': {
    users: listOf((nth) => ({
      email: `User${nth}@Example.test`,
      first_name: nth === 3 ? 'Zoë' : 'Sam',
      last_name: `Müller${nth}`,
      account_status: nth % 2 === 0 ? 'active' : 'Invited',
    })),
  },
  'GET /components/modules': {
    modules: listOf((nth) => ({
      name: `M ${nth}`,
      manufacturer: nth < 4 ? 'REC' : 'Qcells',
      rating_stc: 400 + nth,
    })),
  },
  'GET /components/inverters': {
    inverters: listOf((nth) => ({
      name: `I ${nth}`,
      manufacturer_name: 'Enphase',
      rated_power: `${nth}000`,
    })),
  },
  'GET /components/dc_optimizers': {
    dc_optimizers: listOf((nth) => ({ name: `D ${nth}`, manufacturer_name: null })),
  },
  'GET /shared_projects': { shared_projects: listOf((nth) => ({ name: `Shared ${nth}`, status: 'Sold' })) },
}

it.each([
  ['usersConnection', 'filter: { accountStatus: "ACTIVE" }', 6, 'x0'],
  ['usersConnection', 'filter: { email: ["user7@example.TEST", "nobody@example.test"] }', 1, 'x7'],
  ['usersConnection', 'search: "zoe mull"', 1, 'x3'],
  ['usersConnection', 'sort: { by: EMAIL, direction: DESC }', 12, 'x9'],
  ['usersConnection', '', 12, 'x0'],
  ['modules', 'filter: { manufacturerName: "rec", ratingStc: { from: 402 } }', 2, 'x2'],
  ['modules', 'search: "qcells 11" sort: { by: RATING_STC }', 1, 'x11'],
  [
    'inverters',
    'filter: { ratedPower: { from: 3000, to: 5000 } } sort: { by: RATED_POWER, direction: DESC }',
    2,
    'x4',
  ],
  ['dcOptimizers', 'search: "d 1" sort: { by: NAME, direction: DESC }', 3, 'x11'],
  ['sharedProjects', 'search: "shared 5" filter: { status: "Sold" }', 1, 'x5'],
])(
  '%s(%s) is answered from the whole list, and the next question costs nothing',
  async (field, args, total, first) => {
    await using aurora = await askFixedAurora(BODIES)
    const ask = (given: string) =>
      aurora.ask<Record<string, { nodes: { auroraId: string }[] }>>(
        `{ ${field}${given ? `(${given})` : ''} { totalCount isComplete nodes { auroraId } } }`,
      )
    const { data, errors } = await ask(args)
    expect([errors, data?.[field]]).toMatchObject([undefined, { totalCount: total, isComplete: true }])
    expect(data?.[field]?.nodes[0]?.auroraId).toBe(first)
    expect(aurora.takeCalls()).toHaveLength(2)
    expect((await ask('search: "nothing like it"')).data).toMatchObject({
      [field]: { totalCount: 0, isComplete: true },
    })
    expect(aurora.takeCalls()).toEqual([])
  },
)

it('a list that does not show what is searched, filtered or sorted by is no complete answer', async () => {
  await using aurora = await askFixedAurora({
    'GET /shared_projects': { shared_projects: listOf(() => ({})) },
  })
  const ask = async (args: string) =>
    (await aurora.ask(`{ sharedProjects(${args}) { totalCount isComplete } }`)).data
  expect(await ask('search: "auckland"')).toEqual({ sharedProjects: { totalCount: 0, isComplete: false } })
  expect(await ask('filter: { status: "Sold" }')).toEqual({
    sharedProjects: { totalCount: 0, isComplete: false },
  })
  expect(await ask('last: 2')).toEqual({ sharedProjects: { totalCount: 12, isComplete: true } })
})

it.each([
  ['a number that is none', 'modules(filter: { ratingStc: { from: "much" } })', 'GRAPHQL_VALIDATION_FAILED'],
  ['a cursor of another list', 'modules(search: "m", after: "%%%")', 'BAD_USER_INPUT'],
  ['a large slice', 'usersConnection(first: 251)', 'BAD_USER_INPUT'],
  ['a look-up by nothing', 'user', 'BAD_USER_INPUT'],
  ['a look-up by both', 'user(id: "x1", email: "a@b.test")', 'BAD_USER_INPUT'],
  ['a look-up by an empty text', 'project(externalProviderId: " ")', 'BAD_USER_INPUT'],
  ['a look-up by null', 'project(id: null)', 'BAD_USER_INPUT'],
])('%s is refused before any call', async (_what, field, code) => {
  await using aurora = await askFixedAurora(BODIES)
  const { errors } = await aurora.ask(`{ ${field} { __typename } }`)
  expect(errors?.map(({ extensions }) => extensions.code)).toEqual([code])
  expect(aurora.takeCalls()).toEqual([])
})

it('designs of a project are filtered and sorted over the list that is read anyway', async () => {
  const designs = [
    {
      id: 'd1',
      name: 'b',
      created_at: '2026-01-02T00:00:00Z',
      milestone: { milestone: 'sold' },
      system_size_stc: 9000,
    },
    { id: 'd2', name: 'Ä', created_at: '2026-01-03T00:00:00Z', milestone: null, system_size_stc: 12_000 },
    {
      id: 'd3',
      name: null,
      created_at: '2026-01-01T00:00:00Z',
      milestone: 'Permission to operate',
      system_size_stc: null,
    },
    { id: 'd4', name: 'c', created_at: null, milestone: { id: 'm' }, system_size_stc: '5000' },
  ]
  await using aurora = await askFixedAurora({
    'GET /projects/p1': { project: buildListed(1, { id: 'p1' }) },
    'GET /projects/p1/designs': { designs },
  })
  const ask = async (args: string) => {
    const { data, errors } = await aurora.ask<{ project: { designs: { auroraId: string }[] } }>(
      `{ project(id: "p1") { designs${args} { auroraId } } }`,
    )
    expect(errors).toBeUndefined()
    return data?.project.designs.map(({ auroraId }) => auroraId).join(' ')
  }
  expect(await ask('(filter: { milestone: [SOLD, PERMISSION_TO_OPERATE] })')).toBe('d1 d3')
  expect(aurora.takeCalls()).toEqual(['GET /projects/p1/designs'])
  expect(await ask('(filter: { hasMilestone: false })')).toBe('d2')
  expect(await ask('(filter: { hasMilestone: true, systemSizeStc: { to: 9000 } })')).toBe('d4')
  expect(
    await ask('(filter: { systemSizeStc: { from: 9000 } }, sort: { by: SYSTEM_SIZE_STC, direction: DESC })'),
  ).toBe('d2 d1')
  expect(await ask('(filter: { milestone: [] })')).toBe('')
  expect(await ask('(filter: {}, sort: { by: CREATED_AT })')).toBe('d3 d1 d2 d4')
  expect(await ask('(sort: { by: NAME, direction: DESC })')).toBe('d4 d1 d2 d3')
  expect(await ask('')).toBe('d1 d2 d3 d4')
  expect(aurora.takeCalls()).toEqual([])
})

it('a design of which the list does not show what is filtered by is read, and a plan counts what may match', async () => {
  await using aurora = await askFixedAurora({
    'GET /projects/p1/designs': { designs: [{ id: 'd1' }] },
    'GET /designs/d1': { design: { id: 'd1', milestone: { milestone: 'sold' } } },
  })
  const query =
    '{ project(id: "p1") { designs(filter: { milestone: SOLD }) { auroraId pricing { __typename } } } }'
  expect((await explain(aurora.gateway, query)).calls).toMatchObject({ expected: 3 })
  expect(
    (await aurora.ask('{ project(id: "p1") { designs(filter: { milestone: SOLD }) { auroraId } } }')).data,
  ).toEqual({
    project: { designs: [{ auroraId: 'd1' }] },
  })
  expect(aurora.takeCalls()).toEqual(['GET /designs/d1', 'GET /projects/p1/designs'])
})

async function open(projects: readonly ListedProject[], config: object = {}) {
  const aurora = await openProjectList(projects)
  const clock = createManualClock()
  const gateway = await createTestGateway({ baseUrl: aurora.url, clock, config: { pageSize: 50, ...config } })
  return {
    aurora,
    gateway,
    clock,
    look: async (id: string, selection = 'auroraId name') => {
      const { data, errors } = await gateway.ask<{ project: unknown }>(
        `{ project(externalProviderId: "${id}") { ${selection} } }`,
      )
      return { found: data?.project, code: errors?.[0]?.extensions.code, calls: aurora.takeCalls() }
    },
    async [Symbol.asyncDispose]() {
      await gateway[Symbol.asyncDispose]()
      await aurora[Symbol.asyncDispose]()
    },
  }
}

it('a look-up by an external id reads pages up to the one that shows it, and then costs nothing', async () => {
  await using world = await open(buildList(120))
  expect(await world.look('CRM-100')).toEqual({
    found: { auroraId: 'p100', name: 'Customer 100' },
    code: undefined,
    calls: ['GET 1'],
  })
  expect((await world.look('CRM-60')).calls).toEqual(['GET 2'])
  expect(await world.look('CRM-61')).toMatchObject({ found: { auroraId: 'p61' }, calls: [] })
  expect(await world.look('crm-61')).toMatchObject({ found: null, code: 'NOT_FOUND', calls: ['GET 3'] })
  expect(await world.look('CRM-3')).toMatchObject({ found: { auroraId: 'p3' }, calls: [] })
  const planned = await explain(
    world.gateway,
    '{ project(externalProviderId: "CRM-9") { name designs { id } } }',
  )
  expect(planned.calls).toMatchObject({ expected: 1 })
})

it('a look-up shows what was written, and never what was before it', async () => {
  await using world = await open(buildList(60))
  await world.look('CRM-59')
  await world.gateway.ask('mutation { updateProject(id: "p59", input: { name: "New" }) { __typename } }')
  expect((await world.look('CRM-59')).found).toEqual({ auroraId: 'p59', name: 'New' })
  await world.gateway.ask('mutation { deleteProject(id: "p59") { __typename } }')
  expect(await world.look('CRM-59')).toMatchObject({ found: null, code: 'NOT_FOUND' })
})

it('what several projects have leads to the newest of them', async () => {
  const twice = [buildListed(2, { external_provider_id: 'A' }), buildListed(1, { external_provider_id: 'A' })]
  await using world = await open(twice)
  expect((await world.look('A')).found).toMatchObject({ auroraId: 'p2' })
  expect((await world.look('none')).code).toBe('NOT_FOUND')
  expect((await world.look('A')).found).toMatchObject({ auroraId: 'p2' })
})

it('NOT_FOUND is no answer about a part of the list', async () => {
  await using limited = await open(buildList(120), { rateLimit: 2, rateWindowMs: 60_000, maxWaitMs: 0 })
  expect(await limited.look('none')).toEqual({ found: null, code: 'RATE_LIMITED', calls: ['GET 1', 'GET 2'] })
  await using unknown = await open([buildListed(1, { external_provider_id: undefined })])
  expect((await unknown.look('none')).code).toBe('UPSTREAM_INVALID')
  await using moving = await open(buildList(60))
  moving.aurora.onCall = async (call) => {
    if (call === 'GET 2') await moving.gateway.ask('mutation { deleteProject(id: "p7") { __typename } }')
  }
  expect((await moving.look('none')).code).toBe('CONFLICT')
  await using apart = await open(buildList(60))
  await apart.look('CRM-55')
  await apart.clock.advance(120_000)
  expect((await apart.look('none')).code).toBe('CONFLICT')
})

it('a user is found by the address in any case, with what the list does not show', async () => {
  await using aurora = await askFixedAurora({
    ...BODIES,
    'GET /users/x4': { user: { id: 'x4', title: 'Boss' } },
  })
  const ask = (fields: string) => aurora.ask(`{ user(email: "USER4@example.test") { ${fields} } }`)
  expect((await ask('auroraId firstName')).data).toEqual({ user: { auroraId: 'x4', firstName: 'Sam' } })
  expect(aurora.takeCalls()).toEqual(['GET /users'])
  expect((await ask('title')).data).toEqual({ user: { title: 'Boss' } })
  expect(aurora.takeCalls()).toEqual(['GET /users/x4'])
})
