// P1: Aurora never counts more calls than its limit in any window, whatever clients do, so it never answers 429.
import { describe, expect, it } from 'vitest'
import { loadTheLimit } from '../support/limit-load.ts'
import { createTestGateway } from '../support/test-gateway.ts'
import type { Answer } from '../support/test-gateway.ts'

/**
 * The bench of the same name runs 30 calls in 3 s for 20 s. Here all times are shorter to keep the suite quick, and the limit
 * is so low that even a busy machine asks for more calls.
 */
const LIMIT = { limit: 15, windowMs: 1000 }
const OURS = {
  rateLimit: LIMIT.limit,
  rateWindowMs: LIMIT.windowMs,
  maxWaitMs: 200,
  requestTimeoutMs: 60_000,
}
/** Longer than a busy machine takes for one request and the request right after it. */
const ROOMY_MS = 3000

describe('the limit', () => {
  it.concurrent.each(['sliding', 'fixed'] as const)('holds when their window is %s', async (window) => {
    await using gateway = await createTestGateway({
      simulator: { ...LIMIT, window, latencyMs: 3 },
      config: OURS,
    })
    const report = await loadTheLimit(gateway, { clients: 20, durationMs: 3000 })
    expect(report).toMatchObject({ refusals: 0, withoutTime: 0 })
    expect(Object.keys(report.codes)).toEqual(['RATE_LIMITED'])
    expect(report.worstSliding).toBeLessThanOrEqual(LIMIT.limit)
    expect(report.worstFixed).toBeLessThanOrEqual(LIMIT.limit)
    // The limit is used again when slots are free.
    expect(report.calls).toBeGreaterThan(LIMIT.limit)
  })

  it('a client that comes back at retryAt gets the rest, and every repeat makes only the missing calls', async () => {
    await using gateway = await createTestGateway({
      simulator: { limit: 10, windowMs: ROOMY_MS },
      config: { rateLimit: 10, rateWindowMs: ROOMY_MS, maxWaitMs: 0 },
    })
    const query = '{ projects(first: 15) { nodes { designs { name } } } }'
    const first = await gateway.ask(query)
    expect(first.errors).toHaveLength(6)
    expect(first.extensions.upstream).toMatchObject({ calls: 10, limit: 10, remaining: 0 })
    const retryAts = new Set(first.errors?.map(({ extensions }) => extensions['retryAt']))
    expect(retryAts.size).toBe(1)
    const [retryAt] = retryAts
    await new Promise((resolve) => setTimeout(resolve, Date.parse(String(retryAt)) - Date.now() + 2))
    const second = await gateway.ask(query)
    expect(second.errors).toBeUndefined()
    expect(second.extensions.upstream).toMatchObject({ calls: 6 })
    expect(gateway.simulator.refusals).toBe(0)
  })

  it('retryAt is the time of the last slot needed, or of the first full window where more is needed', async () => {
    await using gateway = await createTestGateway({
      simulator: { limit: 10 },
      config: { rateLimit: 10, rateWindowMs: 60_000, maxWaitMs: 0 },
    })
    const askedAtMs = Date.now()
    const { errors = [] } = await gateway.ask('{ projects(first: 24) { nodes { designs { name } } } }')
    const answeredAtMs = Date.now()
    // 25 calls, 10 a window: unused slots are lost, so a later time than that of the next ten would not help.
    expect(errors).toHaveLength(15)
    for (const { extensions } of errors) {
      const retryAtMs = Date.parse(String(extensions['retryAt']))
      expect(retryAtMs).toBeGreaterThanOrEqual(askedAtMs + 60_000)
      expect(retryAtMs).toBeLessThanOrEqual(answeredAtMs + 61_000)
    }
  })

  it('a request may set how long its calls queue, with Prefer: wait', async () => {
    await using gateway = await createTestGateway({
      simulator: { limit: 10, windowMs: ROOMY_MS },
      config: { rateLimit: 10, rateWindowMs: ROOMY_MS, maxWaitMs: 0, maxPreferredWaitMs: 2.5 * ROOMY_MS },
    })
    const ask = async (wait: string) => {
      const body = JSON.stringify({ query: '{ projects(first: 15) { nodes { designs { name } } } }' })
      const headers = { 'content-type': 'application/json', prefer: wait }
      const answer = await gateway.handle(
        new Request('http://gateway.test/graphql', { method: 'POST', headers, body }),
      )
      return JSON.parse(await answer.text()) as Answer<unknown>
    }

    expect((await ask('wait=0')).errors).toHaveLength(6)
    // Asks for more than the maximum, and gets enough.
    const patient = await ask('respond-async, wait=60')
    expect(patient.errors).toBeUndefined()
    expect(patient.extensions.upstream.queuedMs).toBeGreaterThan(0)
    expect(gateway.simulator.refusals).toBe(0)
  })

  it('a mutation is carried out where reads have used all slots but the reserve', async () => {
    await using gateway = await createTestGateway({
      simulator: { limit: 20 },
      config: { rateLimit: 20, rateWindowMs: 60_000, maxWaitMs: 0 },
    })
    const reads = await gateway.ask('{ projects(first: 30) { nodes { designs { name } } } }')
    expect(reads.extensions.upstream).toMatchObject({ calls: 19, remaining: 1 })
    const id = gateway.simulator.data.projects[0]?.id
    const write = 'mutation ($id: ID!) { updateProject(id: $id, input: { name: "n" }) { errors { code } } }'

    expect((await gateway.ask(write, { id })).data).toEqual({ updateProject: { errors: [] } })
  })

  it.each([404, 403])('repeats complete the query also where every answer is a %i', async (status) => {
    await using gateway = await createTestGateway({
      simulator: { limit: 10, windowMs: 500 },
      config: { rateLimit: 10, rateWindowMs: 500, maxWaitMs: 0 },
    })
    gateway.simulator.faults.set(/consumption_profile$/, { status })
    const query = '{ projects(first: 20) { nodes { consumptionProfile { utility } } } }'
    const spent: number[] = []
    let refused: number
    do {
      const { errors = [], extensions } = await gateway.ask(query)
      spent.push(extensions.upstream.calls)
      const late = errors.filter(({ extensions: { code } }) => code === 'RATE_LIMITED')
      refused = late.length
      const waitMs = late[0] ? Date.parse(String(late[0].extensions['retryAt'])) - Date.now() : 0
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, waitMs) + 2))
    } while (refused > 0 && spent.length < 6)
    expect(refused).toBe(0)
    expect(spent.reduce((sum, calls) => sum + calls, 0)).toBe(21)
  })

  it('a 429 despite the count pauses the key for every caller until Retry-After', async () => {
    await using gateway = await createTestGateway({ config: { maxWaitMs: 0 } })
    const [project] = gateway.simulator.data.projects
    gateway.simulator.faults.set(
      new RegExp(`/projects/${project?.id}$`),
      { status: 429, retryAfter: 30 },
      { times: 1 },
    )
    const refused = await gateway.ask(`{ project(id: "${project?.id}") { name } }`)
    expect(refused.errors?.[0]?.extensions).toMatchObject({ code: 'RATE_LIMITED', status: 429 })
    const other = await gateway.ask('{ tenant { name } }')
    expect(other.errors?.[0]?.extensions.code).toBe('RATE_LIMITED')
    // The rest of the pause.
    expect(other.errors?.[0]?.extensions['retryAfter']).toSatisfy((left: number) => left > 20 && left <= 30)
    expect(gateway.simulator.calls).toHaveLength(1)
  })
})
