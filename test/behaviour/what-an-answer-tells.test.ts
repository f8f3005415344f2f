// The report on the budget in every answer: `extensions.upstream` in the body, and the same in a header.
import { describe, expect, it } from 'vitest'
import { createSystemClock } from '../../src/clock.ts'
import type { Clock } from '../../src/clock.ts'
import { KINDS } from '../../src/aurora/kinds.ts'
import { createMetrics } from '../../src/telemetry/metrics.ts'
import { nth } from '../support/builders.ts'
import { createManualClock } from '../support/manual-clock.ts'
import { createTestGateway } from '../support/test-gateway.ts'
import type { Answer, TestGateway } from '../support/test-gateway.ts'
import { advanceUntil } from '../support/wait-until.ts'

const LIST = '{ projects(first: 2) { nodes { name } } }'
const NOTHING_SAVED = { cache: 0, joined: 0, stale: 0 }

/** The real time; a test may skip some of it. */
function createSkippingClock(): Clock & { skip(ms: number): void } {
  const clock = createSystemClock()
  let skippedMs = 0
  return {
    ...clock,
    monotonicMs: () => clock.monotonicMs() + skippedMs,
    wallMs: () => clock.wallMs() + skippedMs,
    skip: (ms) => void (skippedMs += ms),
  }
}

async function send(gateway: TestGateway, query: string, headers: Record<string, string> = {}) {
  const response = await gateway.handle(
    new Request('http://gateway.test/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ query }),
    }),
  )
  return { response, answer: (await response.json()) as Answer<Record<string, unknown>> }
}

const aProject = (gateway: TestGateway, index: number): string =>
  `{ project(id: "${gateway.simulator.data.projects[index]?.id}") { consumptionProfile { utility } } }`

describe('extensions.upstream', () => {
  it('counts calls when they are made, and saved calls by how they were saved', async () => {
    const clock = createSkippingClock()
    await using gateway = await createTestGateway({ clock, config: { rateLimit: 90 } })
    const first = await gateway.ask(LIST)
    expect(first.extensions.upstream).toMatchObject({ calls: 1, saved: NOTHING_SAVED, remaining: 89 })
    const again = await gateway.ask(LIST)
    expect(again.extensions.upstream).toMatchObject({ calls: 0, saved: { ...NOTHING_SAVED, cache: 1 } })
    clock.skip(KINDS.project.lifetime.freshMs + 1000)
    const later = await gateway.ask(LIST)
    expect(later.data).toEqual(first.data)
    // The refresh afterwards belongs to no request: no answer is charged for it.
    expect(later.extensions.upstream).toMatchObject({ calls: 0, saved: { ...NOTHING_SAVED, stale: 1 } })
  })

  it('of two equal requests at once charges one and counts a joined call for the other', async () => {
    await using gateway = await createTestGateway({ simulator: { latencyMs: 20 } })
    const answers = await Promise.all([gateway.ask(LIST), gateway.ask(LIST)])
    const told = answers.map(
      ({ extensions: { upstream } }) => `${upstream.calls} and ${upstream.saved.joined}`,
    )
    expect(told.toSorted((left, right) => (left < right ? -1 : 1))).toEqual(['0 and 1', '1 and 0'])
    expect(gateway.takeCalls()).toHaveLength(1)
  })

  it('of two different requests at once charges each for its own', async () => {
    await using gateway = await createTestGateway({ simulator: { latencyMs: 20 } })
    const [one, two] = await Promise.all([
      gateway.ask('{ tenant { name } }'),
      gateway.ask('{ users { firstName } teams { name } }'),
    ])
    expect([one.extensions.upstream.calls, two.extensions.upstream.calls]).toEqual([1, 2])
  })

  it('counts every attempt, also one whose failure the client never sees', async () => {
    await using gateway = await createTestGateway({ config: { rateLimit: 90 } })
    gateway.simulator.faults.set(/\/tenants\/[^/]+$/, { status: 503 }, { times: 1 })
    const { errors, extensions } = await gateway.ask('{ tenant { name } }')
    expect(errors).toBeUndefined()
    expect(extensions.upstream).toMatchObject({ calls: 2, remaining: 88 })
  })

  it('reports how long its calls queued', async () => {
    const clock = createManualClock()
    const windowMs = 20_000
    await using gateway = await createTestGateway({
      clock,
      config: { rateLimit: 1, rateWindowMs: windowMs, maxWaitMs: 60_000, requestTimeoutMs: 60_000 },
    })
    const first = await gateway.ask('{ tenant { name } }')
    expect(first.extensions.upstream.queuedMs).toBe(0)
    await clock.advance(windowMs / 2)
    const answers: Answer<object>[] = []
    void gateway.ask('{ teams { name } }').then((answer) => answers.push(answer))
    await advanceUntil(clock, 1000, () => answers.length > 0)
    const { queuedMs, ...rest } = nth(answers, 0).extensions.upstream
    expect(rest).toMatchObject({ calls: 1, limit: 1, remaining: 0 })
    // The time passes as soon as the request is sent, which may be before its call queues.
    expect(queuedMs).toBeGreaterThan(0)
    expect(queuedMs).toBeLessThanOrEqual(windowMs / 2)
    expect(gateway.takeCalls()).toHaveLength(2)
  })

  it('after a refusal of the budget reports no call, nothing remaining, and when slots are free', async () => {
    await using gateway = await createTestGateway({
      simulator: { limit: 1 },
      config: { rateLimit: 1, maxWaitMs: 0 },
    })
    await gateway.ask('{ tenant { name } }')
    const { errors, extensions } = await gateway.ask('{ teams { name } }')
    const retryAt = errors?.[0]?.extensions['retryAt']
    expect(extensions.upstream).toMatchObject({ calls: 0, saved: NOTHING_SAVED, limit: 1, remaining: 0 })
    // There is one slot, so all are free when it is free.
    const betweenMs = Date.parse(String(retryAt)) - Date.parse(extensions.upstream.resetAt ?? '')
    expect(Math.abs(betweenMs)).toBeLessThan(1000)
    expect(gateway.takeCalls()).toHaveLength(1)
  })

  it('reports the limit in force, learned from a 429, in body, header and metrics', async () => {
    const metrics = createMetrics({ operations: [], isWithProcess: false })
    await using gateway = await createTestGateway({ metrics, config: { rateLimit: 90, maxWaitMs: 0 } })
    await gateway.ask('{ tenant { name } }')
    gateway.simulator.faults.set(/teams$/, { status: 429, retryAfter: 1 }, { times: 1 })
    const { response, answer } = await send(gateway, '{ teams { name } }')
    expect(answer.errors).toMatchObject([{ extensions: { code: 'RATE_LIMITED', status: 429 } }])
    const { limit, remaining } = answer.extensions.upstream
    expect(limit).toBeLessThan(90)
    expect(remaining).toBe(0)
    expect(response.headers.get('ratelimit-policy')).toBe(`"aurora";q=${limit};w=60`)
    expect(response.headers.get('ratelimit')).toMatch(/^"aurora";r=0;t=\d+$/)
    const { text } = await metrics.render()
    expect(text).toContain('aurora_gateway_budget_limit 90\n')
    expect(text).toContain(`aurora_gateway_budget_learned_limit ${limit}\n`)
  })

  it('charges a mutation for its write and for its reads afterwards', async () => {
    await using gateway = await createTestGateway({ config: { rateLimit: 90 } })
    const id = gateway.simulator.data.projects[0]?.id
    const { errors, extensions } = await gateway.ask(
      `mutation { updateProject(id: "${id}", input: { name: "Other" }) { project { name } errors { message } } }`,
    )
    expect(errors).toBeUndefined()
    expect(extensions.upstream).toMatchObject({ calls: gateway.simulator.calls.length, saved: NOTHING_SAVED })
    expect(extensions.upstream.remaining).toBe(90 - gateway.simulator.calls.length)
  })

  it('has no resetAt while no slot is held', async () => {
    await using gateway = await createTestGateway({ config: { rateLimit: 90 } })
    const { extensions } = await gateway.ask('{ __typename }')
    expect(extensions.upstream).toEqual({
      calls: 0,
      saved: NOTHING_SAVED,
      limit: 90,
      remaining: 90,
      resetAt: null,
      queuedMs: 0,
    })
  })
})

describe('the RateLimit fields', () => {
  it('report limit, window and remaining slots, as the body does', async () => {
    await using gateway = await createTestGateway({ config: { rateLimit: 90 } })
    const beganAtMs = Date.now()
    const { response, answer } = await send(gateway, aProject(gateway, 0))
    const endedAtMs = Date.now()
    const { remaining, limit } = answer.extensions.upstream
    expect(remaining).toBeLessThan(90)
    expect(response.headers.get('ratelimit-policy')).toBe(`"aurora";q=${limit};w=60`)
    const [, left, seconds] = /^"aurora";r=(\d+);t=(\d+)$/.exec(response.headers.get('ratelimit') ?? '') ?? []
    expect(Number(left)).toBe(remaining)
    // Whole seconds, rounded up: never before the time that the body names, and at most one second after it.
    const resetAtMs = Date.parse(answer.extensions.upstream.resetAt ?? '')
    expect(endedAtMs + Number(seconds) * 1000).toBeGreaterThanOrEqual(resetAtMs)
    expect(beganAtMs + Number(seconds) * 1000).toBeLessThanOrEqual(resetAtMs + 1000)
  })

  it('of an unused budget report the limit in a whole window', async () => {
    await using gateway = await createTestGateway({ config: { rateLimit: 90, rateWindowMs: 30_000 } })
    const { response } = await send(gateway, '{ __typename }')
    expect(response.headers.get('ratelimit-policy')).toBe('"aurora";q=90;w=30')
    expect(response.headers.get('ratelimit')).toBe('"aurora";r=90;t=30')
  })

  it.each([
    ['no GraphQL', '{ projects('],
    ['an unknown field', '{ nothingLikeIt }'],
  ])('are on the answer to %s too', async (_, query) => {
    await using gateway = await createTestGateway({ config: { rateLimit: 90 } })
    const { response } = await send(gateway, query)
    expect(response.headers.get('ratelimit')).toBe('"aurora";r=90;t=60')
  })

  it('are not on the page of the editor, which is no answer', async () => {
    await using gateway = await createTestGateway()
    const response = await gateway.gateway.page?.open()
    expect(response?.headers.get('content-type')).toContain('text/html')
    expect(response?.headers.has('ratelimit')).toBe(false)
    await response?.text()
  })

  it('have no Retry-After on a 200: each refused field names its time to retry', async () => {
    await using gateway = await createTestGateway({
      simulator: { limit: 1 },
      config: { rateLimit: 1, maxWaitMs: 0 },
    })
    await gateway.ask('{ tenant { name } }')
    const { response, answer } = await send(gateway, '{ teams { name } }')
    expect(response.status).toBe(200)
    expect(answer.errors).toMatchObject([{ extensions: { code: 'RATE_LIMITED' } }])
    expect(response.headers.get('ratelimit')).toMatch(/^"aurora";r=0;t=\d+$/)
    expect(response.headers.has('retry-after')).toBe(false)
  })
})

describe('Prefer: wait', () => {
  it.each([
    ['as it was asked', 'wait=15', 'wait=15'],
    ['as far as it is granted', 'respond-async, wait=999', 'wait=60'],
    ['also where it is not at all', 'wait=0', 'wait=0'],
  ])('is said to have been applied, %s', async (_, prefer, applied) => {
    await using gateway = await createTestGateway()
    const { response } = await send(gateway, '{ __typename }', { prefer })
    expect(response.headers.get('preference-applied')).toBe(applied)
  })

  it.each([['respond-async'], ['wait=soon']])('is not reported as applied for %s', async (prefer) => {
    await using gateway = await createTestGateway()
    const { response } = await send(gateway, '{ __typename }', { prefer })
    expect(response.headers.has('preference-applied')).toBe(false)
  })

  it('makes another answer, which no shared cache may store', async () => {
    await using gateway = await createTestGateway()
    const { response } = await send(gateway, '{ __typename }')
    expect(response.headers.get('vary')).toMatch(/\bPrefer\b/)
    expect(response.headers.get('cache-control')).toBe('no-store')
  })
})
