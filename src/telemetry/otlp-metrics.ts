// Turns the values of the registry into a message of OTLP in JSON (opentelemetry-proto, metrics.proto). Pure.
import type { MetricObjectWithValues, MetricValue, MetricValueWithName } from 'prom-client'

/** As prom-client has them; a histogram has values with names. */
export type MetricValues = readonly MetricObjectWithValues<MetricValue<string>>[]

export interface OtlpOptions {
  /** Attributes of the gateway. */
  readonly resource: Readonly<Record<string, string>>
  /** The time since which the totals count. */
  readonly startedAtMs: number
  readonly nowMs: number
}

interface Times {
  readonly startTimeUnixNano: string
  readonly timeUnixNano: string
}

type Labels = Readonly<Partial<Record<string, string | number>>>

/** Totals since the start, as Prometheus has them (AGGREGATION_TEMPORALITY_CUMULATIVE). */
const CUMULATIVE = 2
const NANOS_PER_MS = 1_000_000n

export function toOtlpMetrics(values: MetricValues, { resource, startedAtMs, nowMs }: OtlpOptions): object {
  const times = { startTimeUnixNano: toNanos(startedAtMs), timeUnixNano: toNanos(nowMs) }
  const metrics = values.flatMap((metric) => toMetric(metric, times))
  const scope = { name: 'aurora-graphql-gateway' }
  return {
    resourceMetrics: [
      { resource: { attributes: toAttributes(resource) }, scopeMetrics: [{ scope, metrics }] },
    ],
  }
}

/** At run time, prom-client has the type as a word, although its types claim otherwise. */
function toMetric({ name, help, type, values }: MetricValues[number], times: Times): object[] {
  const about = { name, description: help }
  switch (String(type)) {
    case 'counter':
      return [
        {
          ...about,
          sum: {
            dataPoints: values.map((value) => toPoint(value, times)),
            aggregationTemporality: CUMULATIVE,
            isMonotonic: true,
          },
        },
      ]
    case 'histogram':
      return [
        {
          ...about,
          histogram: { dataPoints: toHistogramPoints(values, times), aggregationTemporality: CUMULATIVE },
        },
      ]
    case 'gauge':
      return [{ ...about, gauge: { dataPoints: values.map((value) => toPoint(value, times)) } }]
    default:
      // The gateway has no summaries.
      return []
  }
}

const toPoint = ({ labels, value }: MetricValue<string>, times: Times) => ({
  attributes: toAttributes(labels),
  ...times,
  asDouble: toDouble(value),
})

interface Series {
  readonly labels: Labels
  readonly bounds: number[]
  /** The count up to each bound, including all values below. */
  readonly upTo: number[]
  sum: number
  count: number
}

/** Prometheus counts up to each bound and from nothing; OTLP counts between two bounds. */
function toHistogramPoints(
  values: readonly (MetricValue<string> | MetricValueWithName<string>)[],
  times: Times,
) {
  const all = new Map<string, Series>()
  for (const each of values) {
    const { le, ...labels }: Labels = each.labels
    const name = 'metricName' in each ? (each.metricName ?? '') : ''
    const key = JSON.stringify(labels)
    const series = all.get(key) ?? { labels, bounds: [], upTo: [], sum: 0, count: 0 }
    all.set(key, series)
    if (name.endsWith('_sum')) series.sum = each.value
    else if (name.endsWith('_count')) series.count = each.value
    else if (typeof le === 'number') {
      series.bounds.push(le)
      series.upTo.push(each.value)
    }
  }
  return [...all.values()].map(({ labels, bounds, upTo, sum, count }) => ({
    attributes: toAttributes(labels),
    ...times,
    count: String(count),
    sum: toDouble(sum),
    bucketCounts: [...upTo, count].map((total, index) => String(total - (upTo[index - 1] ?? 0))),
    explicitBounds: bounds,
  }))
}

/** JSON has no NaN and writes null, for which a collector may refuse the whole message; Protobuf's JSON has these texts. */
const toDouble = (value: number): number | string => (Number.isFinite(value) ? value : String(value))

const toAttributes = (labels: Labels) =>
  Object.entries(labels).map(([key, value]) => ({ key, value: { stringValue: String(value) } }))

const toNanos = (ms: number): string => String(BigInt(Math.round(ms)) * NANOS_PER_MS)
