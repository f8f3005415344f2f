// P1: whatever clients do, Aurora never counts more than its limit in any window, and so never answers 429.
import { describe, expect, it } from 'vitest'
import { loadTheLimit } from '../support/limit-load.ts'
import { createTestGateway } from '../support/test-gateway.ts'

/** The bench of the same name runs 30 calls in 3 s for 20 s; here time is pressed together to spare the suite. */
const LIMIT = { limit: 30, windowMs: 500 }
const OURS = { rateLimit: LIMIT.limit, rateWindowMs: LIMIT.windowMs, maxWaitMs: 200 }

describe('the limit', () => {
  it.concurrent.each(['sliding', 'fixed'] as const)('holds when their window is %s', async (window) => {
    await using gateway = await createTestGateway({
      simulator: { ...LIMIT, window, latencyMs: 3 },
      config: OURS,
    })
    const report = await loadTheLimit(gateway, { clients: 20, durationMs: 2000 })
    expect(report).toMatchObject({ refusals: 0, withoutTime: 0 })
    expect(Object.keys(report.codes)).toEqual(['RATE_LIMITED'])
    expect(report.worstSliding).toBeLessThanOrEqual(LIMIT.limit)
    expect(report.worstFixed).toBeLessThanOrEqual(LIMIT.limit)
    // And it is used again when it frees.
    expect(report.calls).toBeGreaterThan(LIMIT.limit)
  })

  it('a client that comes back at retryAt gets the rest, and every repeat spends only what is missing', async () => {
    await using gateway = await createTestGateway({
      simulator: { limit: 10, windowMs: 1000 },
      config: { rateLimit: 10, rateWindowMs: 1000, maxWaitMs: 0 },
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

  it.each([404, 403])('repeats get to the end also where every answer is a %i', async (status) => {
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

  it('a 429 in spite of the count closes the key for every caller until Retry-After', async () => {
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
    expect(other.errors?.[0]?.extensions).toMatchObject({ code: 'RATE_LIMITED', retryAfter: 30 })
    expect(gateway.simulator.calls).toHaveLength(1)
  })
})
