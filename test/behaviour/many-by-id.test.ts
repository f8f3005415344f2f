// Many objects by id in one query: read from pages of the list where those cost fewer calls, at the risk of one call at most.
import { describe, expect, it } from 'vitest'
import { createTestGateway } from '../support/test-gateway.ts'
import type { TestGateway } from '../support/test-gateway.ts'

const PAGE = (page: number): string => `1 GET /tenants/{}/projects?page=${page}&per_page=250`
const SINGLES = (count: number): string => `${count} GET /tenants/{}/projects/{}`
const NODES = 'query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Project { auroraId name } } }'
const MANY = 30

type Projects = readonly { readonly id: string; readonly name: string }[]

/** The right answer, without regard to its calls. */
async function askForNodes(gateway: TestGateway, projects: Projects): Promise<string[]> {
  const ids = projects.map(({ id }) => `Project:${id}`)
  const { data, errors } = await gateway.ask(NODES, { ids })
  expect(errors).toBeUndefined()
  expect(data).toEqual({ nodes: projects.map(({ id, name }) => ({ auroraId: id, name })) })
  return gateway.takeCalls()
}

const everyNth = (projects: Projects, step: number, from = 0, count = MANY): Projects =>
  Array.from({ length: count }, (_, index) => projects[from + index * step] ?? { id: '', name: '' })

const sum = (lines: readonly string[]): number =>
  lines.reduce((calls, line) => calls + Number(line.split(' ')[0]), 0)

describe('30 projects by id', () => {
  it.each([620, 5000])('of the newest 250 of %i cost 1 call', async (projectCount) => {
    await using gateway = await createTestGateway({ simulator: { projectCount } })
    const { projects } = gateway.simulator.data
    expect(await askForNodes(gateway, everyNth(projects, 8))).toEqual([PAGE(1)])
    // Nothing else of that page costs a call any more.
    expect(await askForNodes(gateway, everyNth(projects, 8, 3))).toEqual([])
  })

  it('cost the same as aliases, each a field of its own', async () => {
    await using gateway = await createTestGateway()
    const wanted = everyNth(gateway.simulator.data.projects, 8).slice(0, 20)
    const fields = wanted.map(({ id }, index) => `p${index}: project(id: "${id}") { name }`)
    const { data, errors } = await gateway.ask(`{ ${fields.join(' ')} }`)
    expect(errors).toBeUndefined()
    expect(data).toEqual(Object.fromEntries(wanted.map(({ name }, index) => [`p${index}`, { name }])))
    expect(gateway.takeCalls()).toEqual([PAGE(1)])
  })

  it('scattered over 5,000 cost 31 calls at most, however often such are asked for', async () => {
    await using gateway = await createTestGateway({ simulator: { projectCount: 5000 } })
    const { projects } = gateway.simulator.data
    const costs: number[] = []
    // None is on the newest page, so the first guess is wrong.
    for (let round = 0; round < 8; round += 1)
      costs.push(sum(await askForNodes(gateway, everyNth(projects, 157, 251 + round))))
    expect(costs[0]).toBe(MANY + 1)
    expect(Math.max(...costs)).toBe(MANY + 1)
    // Pages that were tried are cached, and contain some of the projects of the next query.
    expect(costs.at(-1)).toBeLessThan(MANY)
  })

  it('spread over all pages are read page by page as long as that saves calls', async () => {
    await using gateway = await createTestGateway({ simulator: { projectCount: 1000 } })
    const wanted = everyNth(gateway.simulator.data.projects, 20)
    // 12 or 13 on each page, and 5 on the third.
    expect(await askForNodes(gateway, wanted)).toEqual([PAGE(1), PAGE(2), PAGE(3)])
  })

  it('behind a cached page come from the next page', async () => {
    await using gateway = await createTestGateway({ simulator: { projectCount: 1000 } })
    await gateway.ask('{ projects(first: 5) { nodes { name } } }')
    gateway.takeCalls()
    const wanted = everyNth(gateway.simulator.data.projects, 8, 250)
    expect(await askForNodes(gateway, wanted)).toEqual([PAGE(2)])
  })

  it('that were read one by one and are cached cost no call: no page is read for them', async () => {
    await using gateway = await createTestGateway({ simulator: { projectCount: 5000 } })
    const wanted = everyNth(gateway.simulator.data.projects, 157, 251)
    await askForNodes(gateway, wanted)
    expect(await askForNodes(gateway, wanted)).toEqual([])
  })

  it('with one that does not exist: that one is not found, and the others are there', async () => {
    await using gateway = await createTestGateway()
    const wanted = everyNth(gateway.simulator.data.projects, 8)
    const ids = ['00000000-0000-4000-8000-000000000000', ...wanted.map(({ id }) => id)]
    const { data, errors } = await gateway.ask<{ nodes: unknown[] }>(NODES, {
      ids: ids.map((id) => `Project:${id}`),
    })
    expect(errors?.map(({ path, extensions }) => [path, extensions.code])).toEqual([
      [['nodes', 0], 'NOT_FOUND'],
    ])
    expect(data?.nodes).toEqual([null, ...wanted.map(({ id, name }) => ({ auroraId: id, name }))])
    expect(gateway.takeCalls()).toEqual([PAGE(1), SINGLES(1)])
  })
})

describe('few projects by id', () => {
  it.each([1, 2])('are read one by one: %i', async (count) => {
    await using gateway = await createTestGateway()
    const { projects } = gateway.simulator.data
    expect(await askForNodes(gateway, everyNth(projects, 8, 0, count))).toEqual([SINGLES(count)])
  })
})

describe('a page that cannot be had', () => {
  it('because the key may not list: each is read by itself, and the list is not tried again', async () => {
    await using gateway = await createTestGateway({ simulator: { forbidden: ['listProjects'] } })
    const { projects } = gateway.simulator.data
    expect(await askForNodes(gateway, everyNth(projects, 8))).toEqual([PAGE(1), SINGLES(MANY)])
    expect(await askForNodes(gateway, everyNth(projects, 8, 3))).toEqual([SINGLES(MANY)])
  })

  it.each([
    ['a 500', { status: 500 }],
    ['JSON of another shape', 'wrong-shape'],
  ] as const)('because of %s: each is read by itself, and fails nobody', async (_, fault) => {
    await using gateway = await createTestGateway()
    gateway.simulator.faults.set(/\/projects$/, fault)
    const { projects } = gateway.simulator.data
    expect(await askForNodes(gateway, everyNth(projects, 8))).toEqual([PAGE(1), SINGLES(MANY)])
  })

  it('because no slot is free: a client that comes back at retryAt gets all of them for 1 call', async () => {
    const limit = { rateLimit: 10, rateWindowMs: 3000 }
    await using gateway = await createTestGateway({ config: { ...limit, maxWaitMs: 0 } })
    const { projects, designIds } = gateway.simulator.data
    const designs = designIds.slice(0, 10).map((id) => `Design:${id}`)
    await gateway.ask('query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Design { name } } }', {
      ids: designs,
    })
    gateway.takeCalls()
    const wanted = everyNth(projects, 8)
    const { errors } = await gateway.ask(NODES, { ids: wanted.map(({ id }) => `Project:${id}`) })
    expect(errors?.map(({ extensions }) => extensions.code)).toEqual(wanted.map(() => 'RATE_LIMITED'))
    const retryAts = new Set(errors?.map(({ extensions }) => String(extensions['retryAt'])))
    expect(retryAts.size).toBe(1)
    expect(gateway.takeCalls()).toEqual([])
    const [retryAt = ''] = retryAts
    await new Promise((resolve) => setTimeout(resolve, Date.parse(retryAt) - Date.now() + 2))
    expect(await askForNodes(gateway, wanted)).toEqual([PAGE(1)])
  })

  it('because its projects lack the members asked for: each is read by itself, and the list is not read again', async () => {
    await using gateway = await createTestGateway({ simulator: { shape: { listedProjects: 'thin' } } })
    const { projects } = gateway.simulator.data
    const query = 'query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Project { name status } } }'
    const ask = async (from: number): Promise<string[]> => {
      const wanted = everyNth(projects, 7, 250 + from)
      const { errors } = await gateway.ask(query, { ids: wanted.map(({ id }) => `Project:${id}`) })
      expect(errors).toBeUndefined()
      return gateway.takeCalls()
    }
    const costs = [sum(await ask(0)), sum(await ask(1)), sum(await ask(2)), sum(await ask(3))]
    expect(costs.every((cost) => cost <= MANY + 1)).toBe(true)
    expect(costs.at(-1)).toBe(MANY)
  })
})

describe('relations', () => {
  it('of many cached objects lead to their projects for 1 call', async () => {
    await using gateway = await createTestGateway()
    const { data } = gateway.simulator
    const designIds = data.projects.slice(0, 40).flatMap(({ id }) => data.designIdsOf(id).slice(0, 1))
    const ids = designIds.map((id) => `Design:${id}`)
    const query = (fields: string): string =>
      `query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Design { ${fields} } } }`
    await gateway.ask(query('name'), { ids })
    gateway.takeCalls()
    const { errors } = await gateway.ask(query('project { name }'), { ids })
    expect(errors).toBeUndefined()
    expect(gateway.takeCalls()).toEqual([PAGE(1)])
  })

  it('of objects that arrive one after another lead to their projects for few calls', async () => {
    await using gateway = await createTestGateway({ simulator: { latencyMs: 5 } })
    const { data } = gateway.simulator
    const designIds = data.projects.slice(0, 40).flatMap(({ id }) => data.designIdsOf(id).slice(0, 1))
    const { errors } = await gateway.ask(
      'query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Design { project { name } } } }',
      { ids: designIds.map((id) => `Design:${id}`) },
    )
    expect(errors).toBeUndefined()
    const calls = gateway.takeCalls().filter((line) => line.includes('/projects'))
    // Three single reads at most, before the gateway expects more.
    expect(calls.filter((line) => line.includes('per_page'))).toEqual([PAGE(1)])
    expect(sum(calls)).toBeLessThanOrEqual(4)
  })
})

describe('other kinds of which the tenant has a list', () => {
  it.each([
    ['Module', 'modules'],
    ['Inverter', 'inverters'],
    ['DcOptimizer', 'dcOptimizers'],
    ['ProposalTemplate', 'proposalTemplates'],
    ['Webhook', 'webhooks'],
  ] as const)('%s: as many as a screen shows cost 1 call', async (typeName, name) => {
    await using gateway = await createTestGateway()
    const listed = [...gateway.simulator.data[name]].slice(0, 12)
    expect(listed.length).toBeGreaterThan(3)
    const { errors, data } = await gateway.ask(
      'query ($ids: [ID!]!) { nodes(ids: $ids) { id ... on Module { name } ... on Inverter { name } ' +
        '... on DcOptimizer { name } ... on ProposalTemplate { name } ... on Webhook { description } } }',
      { ids: listed.map(({ id }) => `${typeName}:${id}`) },
    )
    expect(errors).toBeUndefined()
    expect(data).toEqual({
      nodes: listed.map(({ id }) => expect.objectContaining({ id: `${typeName}:${id}` }) as object),
    })
    expect(sum(gateway.takeCalls())).toBe(1)
  })
})
