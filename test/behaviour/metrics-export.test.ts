// Metrics as a collector gets them by OTLP: the same series as Prometheus reads, and no wait for a collector that is down.
import { describe, expect, it } from 'vitest'
import { createSystemClock } from '../../src/clock.ts'
import type { Clock } from '../../src/clock.ts'
import { READS } from '../../src/aurora/reads.ts'
import { WRITES } from '../../src/aurora/writes.ts'
import { createMetrics } from '../../src/telemetry/metrics.ts'
import type { Metrics } from '../../src/telemetry/metrics.ts'
import { startMetricsExport } from '../../src/telemetry/metrics-export.ts'
import { createTraces } from '../../src/telemetry/traces.ts'
import { openCollector } from '../support/collector.ts'
import { createManualClock } from '../support/manual-clock.ts'
import { createTestGateway } from '../support/test-gateway.ts'
import { waitUntil } from '../support/wait-until.ts'

interface Point {
  readonly attributes: readonly { readonly key: string; readonly value: { readonly stringValue: string } }[]
  readonly startTimeUnixNano: string
  readonly timeUnixNano: string
  readonly asDouble?: number | string
  readonly count?: string
  readonly sum?: number
  readonly bucketCounts?: readonly string[]
  readonly explicitBounds?: readonly number[]
}

interface Points {
  readonly dataPoints: readonly Point[]
  readonly aggregationTemporality?: number
  readonly isMonotonic?: boolean
}

interface Sent {
  readonly resourceMetrics: readonly [
    {
      readonly resource: Pick<Point, 'attributes'>
      readonly scopeMetrics: readonly [
        {
          readonly metrics: readonly {
            readonly name: string
            readonly sum?: Points
            readonly gauge?: Points
            readonly histogram?: Points
          }[]
        },
      ]
    },
  ]
}

const openMetrics = (): Metrics =>
  createMetrics({ operations: Object.keys({ ...READS, ...WRITES }), isWithProcess: false })

interface Started {
  readonly faults?: string[]
  readonly clock?: Clock
}

function start(metrics: Metrics, url: URL, intervalMs: number, started: Started = {}) {
  const about = { headers: { 'x-team': 'solar' }, resource: { 'service.name': 'my gateway' } }
  const { faults = [], clock = createSystemClock() } = started
  return startMetricsExport({
    ...about,
    metrics,
    url,
    intervalMs,
    clock,
    onLost: (fault) => void faults.push(fault),
  })
}

const NEVER_MS = 3_600_000

/** As Prometheus names it, with labels in one order. */
const toSeries = (name: string, labels: readonly (readonly [string, string])[]): string => {
  const texts = labels.map(([key, value]) => `${key}="${value}"`).toSorted()
  return texts.length > 0 ? `${name}{${texts.join(',')}}` : name
}

/** What Prometheus would have read, from what the collector got. */
function seriesOf({
  resourceMetrics: [
    {
      scopeMetrics: [{ metrics }],
    },
  ],
}: Sent): Map<string, number> {
  const series = new Map<string, number>()
  for (const { name, sum, gauge, histogram } of metrics) {
    for (const { attributes, asDouble } of [...(sum?.dataPoints ?? []), ...(gauge?.dataPoints ?? [])])
      series.set(toSeries(name, toLabels(attributes)), Number(asDouble))
    for (const point of histogram?.dataPoints ?? []) {
      const labels = toLabels(point.attributes)
      let upTo = 0
      for (const [index, count] of (point.bucketCounts ?? []).entries()) {
        upTo += Number(count)
        const le = String(point.explicitBounds?.[index] ?? '+Inf')
        series.set(toSeries(`${name}_bucket`, [...labels, ['le', le]]), upTo)
      }
      series.set(toSeries(`${name}_sum`, labels), point.sum ?? Number.NaN)
      series.set(toSeries(`${name}_count`, labels), Number(point.count))
    }
  }
  return series
}

const toLabels = (attributes: Point['attributes']) =>
  attributes.map(({ key, value }) => [key, value.stringValue] as const)

async function seriesOfPrometheus(metrics: Metrics): Promise<Map<string, number>> {
  const { text } = await metrics.render()
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  return new Map(
    lines.map((line) => {
      const [, name = '', labels = '', value = ''] = /^(\w+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? []
      const pairs = [...labels.matchAll(/(\w+)="([^"]*)"/g)].map(
        ([, key = '', text = '']) => [key, text] as const,
      )
      return [toSeries(name, pairs), Number(value)]
    }),
  )
}

describe('metrics by OTLP', () => {
  it('are the series that Prometheus reads, with the same values', async () => {
    await using collector = await openCollector()
    const metrics = openMetrics()
    const exported = start(metrics, collector.url, NEVER_MS)
    await using gateway = await createTestGateway({ metrics })
    await gateway.ask('{ projects(first: 5) { nodes { name owner { firstName } designs { name } } } }')
    await gateway.ask('{ project(id: "none") { name } }')
    const expected = await seriesOfPrometheus(metrics)
    await exported.close()

    expect(collector.bodies).toHaveLength(1)
    const sent = JSON.parse(collector.bodies[0] ?? '') as Sent
    expect(seriesOf(sent)).toEqual(expected)
    expect([...expected.keys()].join()).toContain('aurora_gateway_attempt_seconds_bucket')
    const { metrics: all } = sent.resourceMetrics[0].scopeMetrics[0]
    for (const { sum, histogram } of all) {
      expect((sum ?? histogram)?.aggregationTemporality ?? 2).toBe(2)
      expect(sum?.isMonotonic ?? true).toBe(true)
      for (const point of [...(sum?.dataPoints ?? []), ...(histogram?.dataPoints ?? [])])
        expect(BigInt(point.startTimeUnixNano)).toBeLessThanOrEqual(BigInt(point.timeUnixNano))
    }
  })

  it('begin before they end, also after the wall clock was set back', async () => {
    await using collector = await openCollector()
    const clock = createManualClock()
    const beganMs = clock.wallMs()
    const exported = start(openMetrics(), collector.url, NEVER_MS, { clock })
    await clock.advance(60_000)
    clock.jumpWall(-3_600_000)
    await exported.close()
    const sent = JSON.parse(collector.bodies[0] ?? '') as Sent
    const points = sent.resourceMetrics[0].scopeMetrics[0].metrics.flatMap(({ sum }) => sum?.dataPoints ?? [])
    expect(points.length).toBeGreaterThan(0)
    for (const { startTimeUnixNano, timeUnixNano } of points) {
      expect(Number(startTimeUnixNano) / 1e6).toBe(beganMs - 3_600_000)
      expect(Number(timeUnixNano) / 1e6).toBe(beganMs - 3_540_000)
    }
  })

  it('come with the attributes of the gateway and the headers of the settings, again and again', async () => {
    await using collector = await openCollector()
    const exported = start(openMetrics(), collector.url, 1)
    await waitUntil(() => collector.bodies.length >= 3)
    await exported.close()
    const sent = JSON.parse(collector.bodies[0] ?? '') as Sent
    expect(Object.fromEntries(toLabels(sent.resourceMetrics[0].resource.attributes))).toEqual({
      'service.name': 'my gateway',
      'service.version': '0.1.0',
      'service.instance.id': expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
    })
    expect(collector.headers[0]).toMatchObject({ 'x-team': 'solar', 'content-type': 'application/json' })
  })

  it('have the id of the process that its traces have', async () => {
    await using collector = await openCollector()
    const about = { headers: {}, resource: {}, clock: createSystemClock() }
    const traces = createTraces({
      ...about,
      url: collector.url,
      share: 1,
      operations: READS,
      onLost: () => {},
    })
    await using gateway = await createTestGateway({ traces })
    await gateway.ask('{ tenant { name } }')
    await traces.close()
    await start(openMetrics(), collector.url, NEVER_MS).close()
    const ids = collector.bodies.map(
      (body) => /"service\.instance\.id","value":\{"stringValue":"([^"]+)"/.exec(body)?.[1],
    )
    expect([ids.length > 1, new Set(ids).size]).toEqual([true, 1])
    expect(ids[0]).toBeDefined()
  })

  it('that a collector refuses are reported once, and sent again with the next ones', async () => {
    await using collector = await openCollector()
    collector.setStatus(503)
    const faults: string[] = []
    const exported = start(openMetrics(), collector.url, 1, { faults })
    await waitUntil(() => collector.bodies.length >= 3)
    await exported.close()
    expect(faults).toEqual(['503'])
  })

  it('have a text for what is no number, where JSON has none', async () => {
    await using collector = await openCollector()
    const labels = { operation: 'none' }
    const values = [Number.NaN, Infinity, -Infinity].map((value) => ({ labels, value }))
    const gauge = { name: 'lag', help: '', type: 'gauge', aggregator: 'sum', values } as never
    const metrics = { ...openMetrics(), snapshot: async () => [gauge] }
    await start(metrics, collector.url, NEVER_MS).close()
    const { metrics: all } = (JSON.parse(collector.bodies[0] ?? '') as Sent).resourceMetrics[0]
      .scopeMetrics[0]
    expect(all[0]?.gauge?.dataPoints.map(({ asDouble }) => asDouble)).toEqual([
      'NaN',
      'Infinity',
      '-Infinity',
    ])
  })

  it('that cannot be read are reported, and do not end the process', async () => {
    await using collector = await openCollector()
    const faults: string[] = []
    let looks = 0
    const snapshot = async (): Promise<never> => ((looks += 1), Promise.reject(new TypeError('not a number')))
    const exported = start({ ...openMetrics(), snapshot }, collector.url, 1, { faults })
    await waitUntil(() => looks >= 3)
    await exported.close()
    expect(faults).toEqual(['TypeError'])
    expect(collector.bodies).toEqual([])
  })

  it('do not hold up the end for a collector that does not answer', async () => {
    await using collector = await openCollector()
    collector.setStatus(undefined)
    const faults: string[] = []
    const exported = start(openMetrics(), collector.url, NEVER_MS, { faults })
    await exported.close()
    expect(faults).toEqual([])
  })

  it('go nowhere where nobody listens, and the report has no address', async () => {
    const collector = await openCollector()
    await collector[Symbol.asyncDispose]()
    const faults: string[] = []
    const exported = start(openMetrics(), collector.url, NEVER_MS, { faults })
    await exported.close()
    expect(faults).toEqual(['ECONNREFUSED'])
  })
})
