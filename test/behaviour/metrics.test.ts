// The metrics of a whole gateway: they agree with the answers, clients cannot make them grow, and they contain no secret.
import { describe, expect, it } from 'vitest'
import { DEFAULT_TENANT_ID, DEFAULT_TOKEN } from '../../src/simulator/simulator.ts'
import { READS } from '../../src/aurora/reads.ts'
import { WRITES } from '../../src/aurora/writes.ts'
import { createMetrics } from '../../src/telemetry/metrics.ts'
import type { Metrics } from '../../src/telemetry/metrics.ts'
import { createTestGateway } from '../support/test-gateway.ts'
import type { UpstreamReport } from '../support/test-gateway.ts'

const openMetrics = (): Metrics =>
  createMetrics({ operations: Object.keys({ ...READS, ...WRITES }), isWithProcess: false })

/** Every series with its value. */
async function readSeries(metrics: Metrics): Promise<Map<string, number>> {
  const { text } = await metrics.render()
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  return new Map(
    lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ')))]),
  )
}

function sum(series: ReadonlyMap<string, number>, pattern: RegExp): number {
  return [...series].reduce((total, [name, value]) => (pattern.test(name) ? total + value : total), 0)
}

const SCREEN = '{ projects(first: 5) { nodes { name owner { firstName } designs { name } } } }'

describe('the metrics of a gateway', () => {
  it('agree with the reports to clients, call by call', async () => {
    const metrics = openMetrics()
    await using gateway = await createTestGateway({
      metrics,
      simulator: { latencyMs: 10 },
      config: { rateLimit: 12, maxWaitMs: 0 },
    })
    const answers = [
      ...(await Promise.all([gateway.ask(SCREEN), gateway.ask(SCREEN)])),
      await gateway.ask(SCREEN),
      await gateway.ask(`{ project(id: "${gateway.simulator.data.projects[3]?.id}") { name } }`),
      await gateway.ask('{ projects(first: 12) { nodes { consumptionProfile { utility } } } }'),
    ]
    const told = answers.map(({ extensions }) => extensions.upstream)
    const add = (count: (upstream: UpstreamReport) => number): number =>
      told.reduce((total, upstream) => total + count(upstream), 0)
    const series = await readSeries(metrics)
    expect(sum(series, /upstream_calls_total/)).toBe(gateway.simulator.calls.length)
    expect(sum(series, /upstream_calls_total/)).toBe(add(({ calls }) => calls))
    expect(sum(series, /saved_total.*by="(cache|listed)"/)).toBe(add(({ saved }) => saved.cache))
    expect(sum(series, /saved_total.*by="joined"/)).toBe(add(({ saved }) => saved.joined))
    expect(sum(series, /saved_total.*by="listed"/)).toBeGreaterThan(0)
    const errors = answers.flatMap((answer) => answer.errors ?? [])
    expect(errors.length).toBeGreaterThan(0)
    expect(series.get('aurora_gateway_errors_total{code="RATE_LIMITED"}')).toBe(errors.length)
    expect(
      series.get('aurora_gateway_refused_total{operation="retrieveConsumptionProfile",class="interactive"}'),
    ).toBe(errors.length)
    expect(series.get('aurora_gateway_requests_total{status="2xx"}')).toBe(answers.length)
    expect(series.get('aurora_gateway_budget_limit')).toBe(12)
    expect(series.get('aurora_gateway_budget_remaining')).toBe(0)
    expect(sum(series, /budget_waiting/)).toBe(0)
    expect(series.get('aurora_gateway_cache_entries')).toBeGreaterThan(0)
    expect(series.get('aurora_gateway_cache_bytes')).toBeGreaterThan(0)
  })

  it('count writes in their own class, and 429 separately', async () => {
    const metrics = openMetrics()
    await using gateway = await createTestGateway({ metrics, config: { maxWaitMs: 0 } })
    const id = gateway.simulator.data.projects[0]?.id
    gateway.simulator.faults.set(/projects\/[^/]+$/, { status: 429, retryAfter: 30 }, { times: 1 })
    await gateway.ask(
      `mutation { updateProject(id: "${id}", input: { name: "Other" }) { errors { message } } }`,
    )
    const series = await readSeries(metrics)
    expect(
      series.get(
        'aurora_gateway_upstream_calls_total{operation="updateProject",class="mutation",status="429"}',
      ),
    ).toBe(1)
    expect(series.get('aurora_gateway_pauses_total')).toBe(1)
    expect(series.get('aurora_gateway_errors_total{code="RATE_LIMITED"}')).toBe(1)
  })

  it('show the calls that wait for a slot, without those of a client that has left', async () => {
    const metrics = openMetrics()
    await using gateway = await createTestGateway({
      metrics,
      simulator: { limit: 1 },
      config: { rateLimit: 1, maxWaitMs: 120_000, requestTimeoutMs: 120_000 },
    })
    await gateway.ask('{ tenant { name } }')
    const leaving = new AbortController()
    const left = gateway.ask('{ teams { name } }', {}, leaving.signal).catch((error: unknown) => error)
    const waiting = 'aurora_gateway_budget_waiting{class="interactive"}'
    await expect.poll(async () => (await readSeries(metrics)).get(waiting)).toBe(1)
    leaving.abort()
    await left
    await expect.poll(async () => (await readSeries(metrics)).get(waiting)).toBe(0)
    expect(gateway.takeCalls()).toHaveLength(1)
  })

  it('S13 grow by no more than 50 series for 10,000 made-up names, addresses and ids', async () => {
    const metrics = openMetrics()
    await using gateway = await createTestGateway({ metrics })
    const before = (await readSeries(metrics)).size
    const made = (nth: number): string => `x${nth}_${Math.random().toString(36).slice(2)}`
    const address = 'http://gateway.test/graphql'
    // New documents are parsed and checked, and unknown objects are read: both take longest, so they are fewer.
    const makeRequest = (nth: number, name: string): Request => {
      if (nth === 0) return post(address, { query: `{ project(id: "${name}") { name } }` })
      if (nth === 1) return post(address, { query: `{ ${name} }` })
      if (nth < 10) return post(address, { query: `query ${name} { __typename }` })
      if (nth < 50) return post(`${address}?${name}=1`, { query: '{ __typename }', operationName: name })
      return new Request(`${address}?query={__typename}&operationName=${name}&extensions={"${name}":1}`)
    }
    for (let round = 0; round < 100; round += 1) {
      await Promise.all(
        Array.from({ length: 100 }, async (_, nth) => {
          await (await gateway.handle(makeRequest(nth, made(round)))).text()
        }),
      )
    }
    const series = await readSeries(metrics)
    expect(series.size - before).toBeLessThanOrEqual(50)
    expect(sum(series, /requests_total/)).toBe(10_000)
    expect([...series.keys()].filter((name) => /x\d+_/.test(name))).toEqual([])
  }, 120_000)

  it('contain no credential, tenant or id, whatever has failed', async () => {
    const metrics = openMetrics()
    await using gateway = await createTestGateway({ metrics })
    const [project] = gateway.simulator.data.projects
    for (const fault of [{ status: 401 }, { status: 422 }, { status: 500 }, 'reset', 'not-json'] as const) {
      gateway.simulator.faults.set(/./, fault)
      await gateway.ask(`{ project(id: "${project?.id}") { name } tenant { name } }`)
    }
    const { text } = await metrics.render()
    for (const secret of [DEFAULT_TOKEN, DEFAULT_TENANT_ID, String(project?.id), 'http://'])
      expect(text).not.toContain(secret)
  })
})

const post = (url: string, body: object): Request =>
  new Request(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
