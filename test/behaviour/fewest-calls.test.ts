// The cheapest source first: the calls of a query, after what was read before.
import { describe, expect, it } from 'vitest'
import { createTestGateway } from '../support/test-gateway.ts'
import type { TestGateway } from '../support/test-gateway.ts'

const OWNERS = 'owner { firstName lastName }'
const page = (first: number, fields: string): string =>
  `{ projects(first: ${first}) { nodes { ${fields} } } }`
const PROJECTS = '1 GET /tenants/{}/projects?page=1&per_page=250'
const USERS = '1 GET /tenants/{}/users?page=1&per_page=250'

async function spend(gateway: TestGateway, query: string, variables?: object): Promise<string[]> {
  const answer = await gateway.ask(query, variables)
  expect(answer.errors).toBeUndefined()
  return gateway.takeCalls()
}

describe('calls to Aurora', () => {
  it('20 projects with owners cost 2; the same again, fewer, or one of them by id cost none', async () => {
    await using gateway = await createTestGateway()
    expect(await spend(gateway, page(20, `id name ${OWNERS}`))).toEqual([PROJECTS, USERS])
    expect(await spend(gateway, page(20, `id name ${OWNERS}`))).toEqual([])
    expect(await spend(gateway, page(5, `id name ${OWNERS}`))).toEqual([])
    const { id } = gateway.simulator.data.projects[11] ?? { id: '' }
    expect(await spend(gateway, `{ project(id: "${id}") { name status ${OWNERS} } }`)).toEqual([])
    expect(await spend(gateway, `{ node(id: "Project:${id}") { ... on Project { name } } }`)).toEqual([])
  })

  it.each([
    { what: 'all users, so that another page may follow', pageSize: 60, users: 1 },
    { what: 'a third of the users: the others are looked for on the other pages', pageSize: 20, users: 4 },
  ])('owners cost no more pages than have them: the first has $what', async ({ pageSize, users }) => {
    await using gateway = await createTestGateway({ config: { pageSize } })
    await spend(gateway, page(10, 'id'))
    const calls = Array.from(
      { length: users },
      (_, index) => `1 GET /tenants/{}/users?page=${index + 1}&per_page=${pageSize}`,
    )
    expect(await spend(gateway, page(10, OWNERS))).toEqual(calls)
    expect(await spend(gateway, page(10, OWNERS))).toEqual([])
  })

  it('designs of those 20 with sizes and milestones cost 20 more; foreign keys and links back cost none', async () => {
    await using gateway = await createTestGateway()
    await spend(gateway, page(20, `name ${OWNERS}`))
    const designs =
      'designs { name systemSizeStc systemSizePtc systemSizeAc milestone { milestone } project { id } }'
    expect(await spend(gateway, page(20, `owner { id } ${designs}`))).toEqual([
      '20 GET /tenants/{}/projects/{}/designs?page=1&per_page=250',
    ])
    expect(await spend(gateway, page(20, `${designs} team { id } partner { id }`))).toEqual([])
    const [designId] = gateway.simulator.data.designIds
    const query = `{ design(id: "${designId}") { name systemSizeStc project { id name } } }`
    expect(await spend(gateway, query)).toEqual([])
  })

  it.each([
    { first: 250, queries: 3 },
    { first: 20, queries: 31 },
  ])(
    'slices of $first: all of 620 projects in $queries queries and 3 calls, each exactly once',
    async (slices) => {
      await using gateway = await createTestGateway()
      const seen: string[] = []
      let after: string | null = null
      let queries = 0
      do {
        const slice: Slice = await readSlice(gateway, slices.first, after)
        queries += 1
        seen.push(...slice.nodes.map(({ auroraId }) => auroraId))
        after = slice.pageInfo.hasNextPage ? slice.pageInfo.endCursor : null
      } while (after !== null)
      expect(queries).toBe(slices.queries)
      expect(seen).toEqual(gateway.simulator.data.projects.map(({ id }) => id))
      expect(gateway.simulator.calls).toHaveLength(3)
    },
  )

  it('where Aurora lists projects without some members, each project that needs them costs one read', async () => {
    await using full = await createTestGateway()
    await using thin = await createTestGateway({ simulator: { shape: { listedProjects: 'thin' } } })
    const query = page(6, `name status location { latitude } ${OWNERS}`)
    const [expected, answer] = [await full.ask(query), await thin.ask(query)]
    expect(answer.data).toEqual(expected.data)
    expect(thin.takeCalls()).toEqual([PROJECTS, USERS, '6 GET /tenants/{}/projects/{}'])
    // Even the thin list carries the name.
    expect(await spend(thin, page(20, 'name'))).toEqual([])
    expect(await spend(thin, page(6, 'name status team { id }'))).toEqual([])
  })

  it.each([
    { listedDesigns: 'thin', designSizes: true },
    { listedDesigns: 'thin', designSizes: false },
  ] as const)(
    'where Aurora lists designs without sizes, each design costs its summary: %j',
    async (shape) => {
      await using gateway = await createTestGateway({ simulator: { shape } })
      const { data } = gateway.simulator
      const project = data.projects.find(({ id }) => data.designsOf(id).length === 2)
      const designs = `{ project(id: "${project?.id}") { name designs { systemSizeStc } } }`
      expect(await spend(gateway, designs)).toEqual([
        '1 GET /tenants/{}/projects/{}',
        '2 GET /tenants/{}/designs/{}/summary',
        '1 GET /tenants/{}/projects/{}/designs?page=1&per_page=250',
      ])
    },
  )

  it('sizes of a single design come from its summary, which alone carries them', async () => {
    await using gateway = await createTestGateway()
    const { data } = gateway.simulator
    const record = data.design(data.designIds[0] ?? '')
    const answer = await gateway.ask(`{ design(id: "${record?.design.id}") { systemSizeStc systemSizeAc } }`)
    const { system_size_stc: systemSizeStc, system_size_ac: systemSizeAc } = record?.design ?? {}
    expect(answer.data).toEqual({ design: { systemSizeStc, systemSizeAc } })
    expect(gateway.takeCalls()).toEqual(['1 GET /tenants/{}/designs/{}/summary'])
  })

  it('50 callers who ask for one cold design and its summary at once cost 2', async () => {
    await using gateway = await createTestGateway({ simulator: { latencyMs: 20 } })
    const [designId] = gateway.simulator.data.designIds
    const query = `{ design(id: "${designId}") { name summary { systemSizeStc } } }`
    const answers = await Promise.all(Array.from({ length: 50 }, () => gateway.ask(query)))
    expect(new Set(answers.map(({ data }) => JSON.stringify(data))).size).toBe(1)
    expect(gateway.takeCalls()).toEqual([
      '1 GET /tenants/{}/designs/{}',
      '1 GET /tenants/{}/designs/{}/summary',
    ])
    const joined = answers.reduce((sum, { extensions }) => sum + extensions.upstream.saved.joined, 0)
    expect(joined).toBe(98)
  })

  it('a key that may not list users still reads the users that it needs', async () => {
    await using gateway = await createTestGateway()
    gateway.simulator.faults.set(/\/users$/, { status: 403 })
    const answer = await gateway.ask(page(20, OWNERS))
    expect(answer.errors).toBeUndefined()
    const owners = new Set(
      gateway.simulator.data.projects.slice(0, 20).flatMap(({ owner_id: owner }) => owner ?? []),
    )
    expect(gateway.takeCalls()).toEqual([PROJECTS, USERS, `${owners.size} GET /tenants/{}/users/{}`])
  })

  it('refuses a text that is no id before a call is spent', async () => {
    await using gateway = await createTestGateway()
    for (const id of [
      '..',
      '.',
      '%2e%2e',
      'a/b',
      'a?x=1',
      'a#b',
      'a\\r\\nX: y',
      '',
      'User:x',
      'Project:../x',
    ]) {
      const { errors, data } = await gateway.ask(`{ project(id: "${id}") { name } }`)
      expect({ id, code: errors?.[0]?.extensions.code, data }).toEqual({
        id,
        code: 'BAD_USER_INPUT',
        data: { project: null },
      })
    }
    expect(gateway.simulator.calls).toHaveLength(0)
  })
})

async function readSlice(gateway: TestGateway, first: number, after: string | null): Promise<Slice> {
  const query = `query ($first: Int, $after: String) {
    projects(first: $first, after: $after) { nodes { auroraId } pageInfo { hasNextPage endCursor } }
  }`
  const { data } = await gateway.ask<{ projects: Slice }>(query, { first, after })
  if (!data) throw new Error('no data')
  return data.projects
}

interface Slice {
  readonly nodes: readonly { readonly auroraId: string }[]
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null }
}
