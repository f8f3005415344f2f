// Planning: the cost of a request is reported, capped and adhered to, and no imagined data is ever shown.
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { createTestGateway } from '../support/test-gateway.ts'
import type { AnswerError } from '../support/test-gateway.ts'
import { askWith, explain, EXPLAIN } from '../support/explain.ts'
import type { PlanAnswer } from '../support/explain.ts'

const NESTED =
  '{ projects(first: 20) { nodes { name owner { lastName } designs { name pricing { systemPrice } } } } }'

/** Longer than a busy machine takes for one or two requests. */
const ROOMY_MS = 4000

const codes = (errors: readonly AnswerError[] = []): string[] => [
  ...new Set(errors.map(({ extensions }) => extensions.code)),
]

/** Waits until the time that all errors name, not earlier. */
async function waitUntilRetry(errors: readonly AnswerError[] = []): Promise<void> {
  const times = new Set(errors.map(({ extensions }) => String(extensions['retryAt'])))
  expect(times.size).toBe(1)
  const [retryAt = ''] = times
  await sleep(Math.max(0, Date.parse(retryAt) - Date.now()) + 2)
}

describe('progress', () => {
  it('a cold query of 161 calls against 90 a window is complete after the second repeat of what is missing', async () => {
    await using gateway = await createTestGateway({
      simulator: { limit: 90, windowMs: ROOMY_MS },
      config: { rateLimit: 90, rateWindowMs: ROOMY_MS, maxWaitMs: 0 },
    })
    const query = '{ projects(first: 160) { nodes { designs { name } } } }'
    const first = await gateway.ask(query)
    expect(codes(first.errors)).toEqual(['RATE_LIMITED'])
    // Calls are made in the order of the document, so its end is missing.
    const missing = (first.errors ?? []).map(({ path = [] }) => Number(path[2])).toSorted((a, b) => a - b)
    // Two slots are reserved for mutations.
    expect(missing).toEqual(Array.from({ length: 73 }, (_, index) => 87 + index))
    await waitUntilRetry(first.errors)

    const second = await gateway.ask(query)
    expect(second.errors).toBeUndefined()
    expect([first, second].map(({ extensions }) => extensions.upstream.calls)).toEqual([88, 73])
    expect(gateway.simulator.refusals).toBe(0)
  })

  it('retryAt covers the whole query, also the fields below a refused one, and failures as data', async () => {
    await using gateway = await createTestGateway({
      simulator: { limit: 10, windowMs: ROOMY_MS },
      config: { rateLimit: 10, rateWindowMs: ROOMY_MS, maxWaitMs: 0 },
    })
    const { data } = gateway.simulator
    const project = data.projects.find(({ id }) => data.designsOf(id).length === 2)
    // Half of the slots are free earlier than the other half: a refused call could be made then, but not those below it.
    await gateway.ask(
      '{ roles { name } teams { name } partners { name } users { email } webhooks { event } }',
    )
    await sleep(1000)
    const query = `{
      proposalTemplates { name } designRequests { status } modules(first: 1) { nodes { name } }
      inverters(first: 1) { nodes { name } } dcOptimizers(first: 1) { nodes { name } }
      project(id: "${project?.id}") {
        name
        designs { pricing { systemPrice } summary { arrays { size } } billSummary { raw } roofSummary { roofs { area } } }
      }
      nodeResult(id: "Project:${project?.id}") { node { id ... on Project { name } } errors { ... on RateLimitedError { retryAt } } }
    }`
    const first = await gateway.ask<{ nodeResult: { errors: { retryAt: string }[] } }>(query)
    expect(first.errors?.map(({ path }) => path)).toEqual([['project']])
    const toldAt = Date.parse(String(first.errors?.[0]?.extensions['retryAt']))
    const toldAsDataAt = Date.parse(String(first.data?.nodeResult.errors[0]?.retryAt))
    expect(Math.abs(toldAt - toldAsDataAt)).toBeLessThan(500)
    await waitUntilRetry(first.errors)

    const second = await gateway.ask(query)
    expect(second.errors).toBeUndefined()
    expect(second.extensions.upstream.calls).toBe(10)
    expect(gateway.simulator.refusals).toBe(0)
  })
})

describe('a request over the cap', () => {
  it('is rejected as a whole, with its plan, before a call is made', async () => {
    await using gateway = await createTestGateway({ config: { maxPlannedCalls: 50 } })
    await gateway.ask('{ projects(first: 20) { nodes { designs { id } } } }')
    gateway.takeCalls()
    const answer = await askWith(gateway, { query: NESTED }, { 'cache-control': 'no-cache' })
    const { data, errors = [], httpStatus, extensions } = answer
    expect(data ?? null).toBeNull()
    expect(httpStatus).toBe(400)
    expect(errors).toHaveLength(1)
    const { code, limit, actual, plan } = (errors[0]?.extensions ?? {}) as Record<string, unknown>
    expect({ code, limit }).toEqual({ code: 'QUERY_REJECTED', limit: 50 })
    const { calls, steps } = plan as PlanAnswer
    expect(calls.expected).toBe(actual)
    expect(actual).toBeGreaterThan(50)
    expect(steps.map(({ path, operation, calls: { expected } }) => [path, operation, expected])).toEqual([
      ['projects', 'listProjects', 1],
      ['projects.nodes.designs', 'listDesigns', 20],
      ['projects.nodes.owner', 'listUsers', 1],
      ['projects.nodes.designs.pricing', 'retrieveDesignPricing', Number(actual) - 22],
    ])
    expect(extensions.upstream.calls).toBe(0)
    expect(gateway.takeCalls()).toEqual([])
  })

  it('is accepted while the plan is a guess: a list that was never read counts as one item', async () => {
    await using gateway = await createTestGateway({ config: { maxPlannedCalls: 50 } })
    expect((await explain(gateway, NESTED)).calls.expected).toBeGreaterThan(50)
    expect((await gateway.ask(NESTED)).errors).toBeUndefined()
    // The length of the list is known now.
    const anew = await askWith(gateway, { query: NESTED }, { 'cache-control': 'no-cache' })
    expect(codes(anew.errors)).toEqual(['QUERY_REJECTED'])
  })

  it('is accepted when the cache answers enough of it, and always where there is no cap', async () => {
    await using gateway = await createTestGateway({ config: { maxPlannedCalls: 50 } })
    await gateway.ask('{ projects(first: 20) { nodes { designs { name } } } }')
    const { errors, extensions } = await gateway.ask(NESTED)
    expect(errors).toBeUndefined()
    expect(extensions.upstream.calls).toBeLessThanOrEqual(50)

    await using free = await createTestGateway({ config: { maxPlannedCalls: 0 } })
    expect((await free.ask(NESTED)).errors).toBeUndefined()
  })

  it('that is a mutation makes no change', async () => {
    await using gateway = await createTestGateway({ config: { maxPlannedCalls: 2 } })
    const name = (index: number): string =>
      `p${index}: createProject(input: { name: "x", location: { propertyAddress: "1 Main St" } }) { project { name } errors { code } }`
    const { errors, httpStatus } = await gateway.ask(`mutation { ${[0, 1, 2].map(name).join(' ')} }`)
    expect(codes(errors)).toEqual(['QUERY_REJECTED'])
    expect(httpStatus).toBe(400)
    expect(gateway.simulator.calls).toEqual([])
  })
})

describe('explain', () => {
  it('reports the calls of each path, what the cache answers, and when the budget allows all of it', async () => {
    await using gateway = await createTestGateway({ config: { rateLimit: 30, rateWindowMs: 60_000 } })
    await gateway.ask('{ projects(first: 20) { nodes { name } } }')
    const plan = await explain(gateway, NESTED)
    expect(plan.calls.expected).toBe(61)
    expect(plan.remaining).toBe(29)
    // 29 now, 30 in the next window and the rest in the one after it.
    const waitMs = Date.parse(String(plan.readyAt)) - Date.now()
    expect(waitMs).toBeGreaterThan(60_000)
    expect(waitMs).toBeLessThan(121_000)
    expect(plan.steps[0]).toMatchObject({
      path: 'projects',
      route: 'GET /tenants/{tenant_id}/projects',
      calls: { min: 0, expected: 0, max: 0 },
      cached: 1,
    })
    expect(gateway.takeCalls()).toHaveLength(1)
  })

  it('continues behind a cursor in the way that the list is read', async () => {
    await using gateway = await createTestGateway({ config: { pageSize: 10 } })
    const page =
      '($after: String) { projects(first: 10, after: $after) { nodes { designs { name } } pageInfo { endCursor } } }'
    const first = await gateway.ask<{ projects: { pageInfo: { endCursor: string } } }>(`query ${page}`)
    const after = first.data?.projects.pageInfo.endCursor
    const plan = await explain(gateway, `query ${page}`, { after })
    const second = await gateway.ask(`query ${page}`, { after })
    expect(plan.calls.expected).toBe(second.extensions.upstream.calls)
    expect(plan.calls.expected).toBe(11)
  })

  it('finds any user in a list of all users, listed or imagined, cached or not', async () => {
    await using gateway = await createTestGateway()
    const users = gateway.simulator.data.users.slice(0, 3).map(({ id }) => `User:${id}`)
    const query =
      'query ($ids: [ID!]!) { projects(first: 3) { nodes { owner { email } } } nodes(ids: $ids) { ... on User { email } } }'
    expect((await explain(gateway, query, { ids: users })).calls.expected).toBe(2)
    await gateway.ask('{ users { id } }')
    expect((await explain(gateway, query, { ids: users })).calls.expected).toBe(1)
  })

  it('plans a mutation and the reads after it, without carrying it out', async () => {
    await using gateway = await createTestGateway()
    const [project] = gateway.simulator.data.projects
    const change = `mutation { updateProject(id: "${project?.id}", input: { name: "x" }) { project { name owner { email } } errors { code } } }`
    const plan = await explain(gateway, change)
    expect(gateway.simulator.calls).toEqual([])
    expect(plan.steps[0]).toMatchObject({
      path: 'updateProject',
      operation: 'updateProject',
      calls: { expected: 1 },
    })
    const { extensions } = await gateway.ask(change)
    expect(plan.calls.expected).toBe(extensions.upstream.calls)
  })

  it('applies the rules for requests to the explained document, each with its code', async () => {
    await using gateway = await createTestGateway({ config: { introspection: false } })
    const ask = async (query: string, more: object = {}) =>
      codes((await gateway.ask(EXPLAIN, { query, ...more })).errors)
    expect(await ask('{ projects(')).toEqual(['GRAPHQL_PARSE_FAILED'])
    expect(await ask('{ nothing }')).toEqual(['GRAPHQL_VALIDATION_FAILED'])
    expect(await ask('{ __schema { types { name } } }')).toEqual(['GRAPHQL_VALIDATION_FAILED'])
    expect(await ask(`{ a${'a'.repeat(17 * 1024)} }`)).toEqual(['QUERY_REJECTED'])
    expect(await ask('query A { roles { id } } query B { roles { id } }')).toEqual(['BAD_REQUEST'])
    expect(await ask('query ($id: ID!) { project(id: $id) { name } }', { variables: {} })).toEqual([
      'BAD_USER_INPUT',
    ])
    expect(await ask('{ roles { id } }', { variables: 'x' })).toEqual(['BAD_USER_INPUT'])
    expect(gateway.simulator.calls).toEqual([])
  })

  it('inside an explained document has no cost and no result, so it cannot explain itself without end', async () => {
    await using gateway = await createTestGateway()
    const inner = '{ explain(query: \\"{ roles { name } }\\") { calls { expected } } }'
    const plan = await explain(
      gateway,
      `{ explain(query: "${inner}") { calls { expected } } roles { name } }`,
    )
    expect(plan.calls).toEqual({ min: 1, expected: 1, max: 1 })
  })

  it('explains a mutation also by GET, and one operation among several', async () => {
    await using gateway = await createTestGateway()
    const query =
      'mutation Change { deleteWebhook(id: "w-1") { deletedWebhookId } } query Look { roles { name } teams { name } }'
    const ask = async (operationName: string) => {
      const url = new URL('http://gateway.test/graphql')
      const outer =
        'query Outer($query: String!, $name: String) { explain(query: $query, operationName: $name) { calls { expected } } }'
      url.searchParams.set('query', outer)
      url.searchParams.set('operationName', 'Outer')
      url.searchParams.set('variables', JSON.stringify({ query, name: operationName }))
      const { data } = (await (await gateway.handle(new Request(url))).json()) as { data: unknown }
      return data
    }
    expect(await ask('Change')).toEqual({ explain: { calls: { expected: 1 } } })
    expect(await ask('Look')).toEqual({ explain: { calls: { expected: 2 } } })
    expect(gateway.simulator.calls).toEqual([])
  })

  it('is limited in width, because imagined lists are long', async () => {
    const wideOpen = { tokens: 5000, depth: 10, fields: 1000, aliases: 1000 }
    await using gateway = await createTestGateway({ config: { queryLimits: wideOpen } })
    const fields = (count: number) => Array.from({ length: count }, (_, index) => `f${index}: id`).join(' ')
    const wide = `{ users { ...All } } fragment All on User { ${fields(500)} }`
    const { data, errors } = await gateway.ask(
      'query ($wide: String!, $narrow: String!) { wide: explain(query: $wide) { remaining } narrow: explain(query: $narrow) { remaining } }',
      { wide, narrow: `{ users { ${fields(499)} } }` },
    )
    expect(errors?.map(({ extensions }) => extensions)).toEqual([
      { code: 'QUERY_REJECTED', limit: 500, actual: 501 },
    ])
    expect(data?.['narrow']).not.toBeNull()
    // As a request of its own it is still answered.
    expect((await gateway.ask(wide)).errors).toBeUndefined()
  })

  it.each([
    ['a date that no clock shows', [1005, 'x', '+275760-09-13T00:00:00.000Z']],
    ['the end of the last list', [1e9, 'x', '2026-01-01T00:00:00Z']],
    ['beyond it', [9e12, 'x', '2026-01-01T00:00:00Z']],
  ])('a cursor forged to %s brings an answer or an error, and the gateway goes on', async (_, parts) => {
    await using gateway = await createTestGateway()
    const { data } = await gateway.ask<{ projects: { edges: { cursor: string }[] } }>(
      '{ projects(first: 1) { edges { cursor } } }',
    )
    const given = data?.projects.edges[0]?.cursor ?? ''
    const [mark] = JSON.parse(Buffer.from(given, 'base64url').toString()) as [string]
    const after = Buffer.from(JSON.stringify([mark, ...parts])).toString('base64url')
    const query =
      'query ($after: String) { a: projects(first: 1, after: $after) { nodes { id } } b: projects(first: 5) { nodes { id } } }'
    const anew = { 'cache-control': 'no-cache' }
    const answer = await askWith(gateway, { query, variables: { after } }, anew)
    for (const code of codes(answer.errors)) expect(code).toBe('BAD_USER_INPUT')
    expect((await gateway.ask('{ tenant { name } }')).errors).toBeUndefined()
  })

  it('is limited in number', async () => {
    await using gateway = await createTestGateway()
    const many = Array.from(
      { length: 4 },
      (_, index) => `e${index}: explain(query: "{ apiVersions }") { remaining }`,
    )
    const { data, errors } = await gateway.ask(`{ ${many.join(' ')} }`)
    expect(codes(errors)).toEqual(['BAD_USER_INPUT'])
    expect(errors).toHaveLength(1)
    expect(data?.['e2']).not.toBeNull()
  })

  it('stops counting where the count would take too long', async () => {
    await using gateway = await createTestGateway()
    const fields = Array.from(
      { length: 20 },
      (_, index) => `f${index}: designs { pricing { systemPrice } summary { arrays { size } } }`,
    )
    const plan = await explain(
      gateway,
      `{ projects(first: 250) { nodes { ${fields.join(' ')} consumptionProfile { utility } billSummary { raw } agreements { id } assets { id } siteSurveys { id } } } }`,
    )
    expect(plan.calls).toEqual({ min: 1, expected: 2001, max: 2001 })
  })

  it('accepts the ages that its own request accepts', async () => {
    await using gateway = await createTestGateway()
    await gateway.ask('{ roles { name } }')
    const expected = async (cacheControl: string) =>
      (await explain(gateway, '{ roles { name } teams { name } }', {}, { 'cache-control': cacheControl }))
        .calls.expected
    expect(await expected('max-age=60')).toBe(1)
    expect(await expected('no-cache')).toBe(2)
    expect(await expected('only-if-cached')).toBe(0)
  })

  it('leaves no trace: nothing imagined is served, cached, learned or counted', async () => {
    await using gateway = await createTestGateway()
    const before = await explain(gateway, NESTED)
    await explain(gateway, NESTED)
    const { calls, remaining, steps } = await explain(gateway, NESTED)
    expect({ calls, remaining, steps }).toEqual({
      calls: before.calls,
      remaining: before.remaining,
      steps: before.steps,
    })
    const kept = await askWith(gateway, { query: NESTED }, { 'cache-control': 'only-if-cached' })
    expect(codes(kept.errors)).toEqual(['NOT_CACHED'])
    expect(kept.extensions.upstream).toMatchObject({ calls: 0, saved: { cache: 0, joined: 0, stale: 0 } })
    const { text } = await gateway.ask(NESTED)
    expect(text).not.toContain('imagined')
    expect(gateway.logged.join()).not.toContain('imagined')
  })

  it('learns the lengths of lists from real answers', async () => {
    await using gateway = await createTestGateway()
    const unseen = await explain(gateway, NESTED, {}, { 'cache-control': 'no-cache' })
    const { extensions } = await gateway.ask(NESTED)
    const seen = await explain(gateway, NESTED, {}, { 'cache-control': 'no-cache' })
    expect(seen.calls.expected).toBe(extensions.upstream.calls)
    expect(unseen.calls.expected).not.toBe(seen.calls.expected)
    expect(seen.calls.max).toBeLessThan(unseen.calls.max)
  })
})
