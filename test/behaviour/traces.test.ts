// Traces as a collector gets them: one span per request, one per attempt at Aurora, and no delay for requests.
import { expect, it } from 'vitest'
import { createSystemClock } from '../../src/clock.ts'
import { READS } from '../../src/aurora/reads.ts'
import { WRITES } from '../../src/aurora/writes.ts'
import { createTraces } from '../../src/telemetry/traces.ts'
import type { Traces } from '../../src/telemetry/traces.ts'
import { openCollector } from '../support/collector.ts'
import type { CollectedSpan, Collector } from '../support/collector.ts'
import { createTestGateway } from '../support/test-gateway.ts'
import type { TestGatewayOptions } from '../support/test-gateway.ts'

interface Lost {
  readonly fault: string
  readonly spans: number
}

const tracesTo = (url: URL, share = 1, lost: Lost[] = []): Traces =>
  createTraces({
    url,
    headers: { 'x-team': 'solar' },
    resource: { 'service.name': 'my gateway' },
    share,
    operations: { ...READS, ...WRITES },
    clock: createSystemClock(),
    onLost: (each) => void lost.push(each),
  })

const request = (query: string, headers: Record<string, string> = {}): Request =>
  new Request('http://gateway.test/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query }),
  })

/** Runs `ask` with one gateway, and returns the spans of it. */
async function spansOf(
  ask: (gateway: Awaited<ReturnType<typeof createTestGateway>>) => Promise<unknown>,
  options: TestGatewayOptions = {},
  share = 1,
): Promise<{ spans: CollectedSpan[]; collector: Collector }> {
  await using collector = await openCollector()
  const traces = tracesTo(collector.url, share)
  {
    await using gateway = await createTestGateway({ ...options, traces })
    await ask(gateway)
  }
  await traces.close()
  return { spans: collector.spans(), collector }
}

const SCREEN = 'query Screen { projects(first: 2) { nodes { name owner { firstName } } } }'
const TRACE_ID = '0af7651916cd43dd8448eb211c80319c'
const PARENT = `00-${TRACE_ID}-b7ad6b7169203331-01`

it('a request is a span in the trace of its client, and its attempts are spans below it', async () => {
  const { spans, collector } = await spansOf((gateway) =>
    gateway.handle(request(SCREEN, { traceparent: PARENT })),
  )
  const [served] = spans.filter(({ kind }) => kind === 2)
  expect(served).toMatchObject({
    name: 'query',
    traceId: TRACE_ID,
    parentSpanId: 'b7ad6b7169203331',
    isError: false,
    attributes: {
      'url.path': '/graphql',
      'http.route': '/graphql',
      'http.response.status_code': 200,
      'graphql.operation.type': 'query',
      'graphql.operation.name': 'Screen',
      'aurora_gateway.calls': 2,
      'aurora_gateway.request_id': expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
    },
  })
  const attempts = spans.filter(({ kind }) => kind === 3)
  expect(attempts.map(({ name }) => name).toSorted()).toEqual([
    'GET /tenants/{tenant_id}/projects',
    'GET /tenants/{tenant_id}/users',
  ])
  for (const attempt of attempts)
    expect(attempt).toMatchObject({
      traceId: TRACE_ID,
      parentSpanId: served?.spanId,
      isError: false,
      attributes: {
        'http.request.method': 'GET',
        'http.response.status_code': 200,
        'server.address': '127.0.0.1',
        'aurora.call_class': 'interactive',
      },
    })
  expect(attempts.every(({ durationMs }) => durationMs > 0 && durationMs <= (served?.durationMs ?? 0))).toBe(
    true,
  )
  expect(collector.bodies.join()).toContain('{"key":"service.version","value":{"stringValue":"0.1.0"}}')
  expect(collector.bodies.join()).toMatch(/"service.instance.id","value":\{"stringValue":"[0-9a-f-]{36}"/)
  expect(collector.bodies.join()).toContain('{"key":"service.name","value":{"stringValue":"my gateway"}}')
  expect(collector.headers[0]).toMatchObject({ 'x-team': 'solar' })
})

it.each([
  ['mutation Change { updateTenant { a } }', 'POST /graphql', undefined],
  ['{ tenant {', 'POST /graphql', undefined],
  ['query Named { tenant { name } }', 'query', 'query'],
  [
    'mutation { updateProject(id: "none", input: { name: "a" }) { errors { code } } }',
    'mutation',
    'mutation',
  ],
])('%s is the span %s, and no attribute has its text', async (query, name, type) => {
  const { spans, collector } = await spansOf((gateway) => gateway.handle(request(query)))
  const [served] = spans.filter(({ kind }) => kind === 2)
  expect(served?.name).toBe(name)
  expect(served?.attributes['graphql.operation.type']).toBe(type)
  expect(collector.bodies.join()).not.toContain('graphql.document')
})

it.each([
  ['not-json', { 'error.type': 'UPSTREAM_INVALID', 'http.response.status_code': 200 }],
  ['reset', { 'error.type': 'UPSTREAM_UNAVAILABLE' }],
  [{ status: 500 }, { 'error.type': '500', 'http.response.status_code': 500 }],
] as const)('an attempt that failed by %j says how', async (fault, attributes) => {
  const { spans } = await spansOf(async (gateway) => {
    gateway.simulator.faults.set('/projects', fault)
    await gateway.ask('{ projects(first: 1) { nodes { id } } }')
  })
  const attempts = spans.filter(({ kind }) => kind === 3)
  expect(attempts[0]).toMatchObject({ isError: true, attributes })
})

it('the wait for a slot is a span, and shows where none came', async () => {
  const { spans } = await spansOf(
    async (gateway) => {
      await gateway.ask('{ tenant { name } }')
      await gateway.ask('{ teams { name } }')
    },
    { config: { rateLimit: 1, rateWindowMs: 60_000, maxWaitMs: 20 } },
  )
  // On a busy machine the other call may wait for a moment as well.
  const waits = spans.filter(({ kind, attributes }) => kind === 1 && 'error.type' in attributes)
  expect(waits).toMatchObject([
    {
      name: 'wait for a slot',
      attributes: { 'aurora.operation': 'listTeams', 'error.type': 'RATE_LIMITED' },
    },
  ])
  expect(waits[0]?.parentSpanId).toBe(spans.filter(({ kind }) => kind === 2)[1]?.spanId)
})

it('a request that joins the flight of another is linked to it', async () => {
  const { spans } = await spansOf(async (gateway) => {
    gateway.simulator.faults.set('/teams', { latency: 100 })
    await Promise.all([gateway.ask('{ teams { name } }'), gateway.ask('{ teams { name } }')])
  })
  const served = spans.filter(({ kind }) => kind === 2)
  const attempts = spans.filter(({ kind }) => kind === 3)
  expect(attempts).toHaveLength(1)
  const first = served.find(({ spanId }) => spanId === attempts[0]?.parentSpanId)
  const second = served.find(({ spanId }) => spanId !== first?.spanId)
  expect(second?.links).toMatchObject([{ traceId: first?.traceId, spanId: first?.spanId }])
  expect(first?.links).toEqual([])
})

it.each([
  ['no traceparent', {}, 0],
  ['one that is not sampled', { traceparent: PARENT.replace(/01$/, '00') }, 0],
  ['one that is', { traceparent: PARENT }, 2],
  ['one of zeros', { traceparent: `00-${'0'.repeat(32)}-b7ad6b7169203331-01` }, 0],
  ['one of no version', { traceparent: PARENT.replace(/^00/, 'ff') }, 0],
  ['one that is none', { traceparent: 'sk_prod_canary' }, 0],
  ['two of them', { traceparent: `${PARENT}, ${PARENT}` }, 0],
] as const)('with a share of 0, %s makes so many spans', async (_name, headers, count) => {
  const { spans } = await spansOf(
    (gateway) => gateway.handle(request('{ tenant { name } }', { ...headers })),
    {},
    0,
  )
  // On a busy machine any call waits for a moment.
  expect(spans.filter(({ kind }) => kind !== 1)).toHaveLength(count)
})

it('a collector that does not answer delays nothing, and is logged once', async () => {
  const lost: Lost[] = []
  await using collector = await openCollector()
  const { url } = collector
  collector.setStatus(400)
  const traces = tracesTo(url, 1, lost)
  await using gateway = await createTestGateway({ traces })
  // More than one batch: each is refused.
  for (let turn = 0; turn < 600; turn += 1) {
    const record = { id: 'r', caller: null, scope: null, operation: null, refusedWith: null, tally: null }
    traces.begin(record, new Request('http://gateway.test'))
    traces.end(record, 200)
  }
  expect((await gateway.ask('{ tenant { name } }')).errors).toBeUndefined()
  await traces.close()
  expect(collector.bodies.length).toBeGreaterThan(1)
  expect(lost).toMatchObject([{ fault: '400' }])
})

it('a collector that hangs delays the end for two seconds at most', async () => {
  await using collector = await openCollector()
  collector.setStatus(undefined)
  const sleeps: number[] = []
  const clock = createSystemClock()
  const traces = createTraces({
    url: collector.url,
    headers: {},
    resource: { 'service.name': 's' },
    share: 1,
    operations: {},
    clock: {
      ...clock,
      sleep: async (waitMs) => void sleeps.push(waitMs),
    },
    onLost: () => {},
  })
  const record = { id: 'r', caller: null, scope: null, operation: null, refusedWith: null, tally: null }
  traces.begin(record, new Request('http://gateway.test'))
  traces.end(record, 200)
  await traces.close()
  expect(sleeps).toEqual([2000])
})
