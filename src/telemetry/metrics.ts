// The metrics for Prometheus: counted events, and views of the budget, the cache and Redis that each scrape reads.
import { collectDefaultMetrics, Registry } from 'prom-client'
import type { CallClass, Emit } from './events.ts'
import { createCounting } from './count-events.ts'
import { VERSION } from '../network/user-agent.ts'
import { createMakers } from './instrument-makers.ts'
import type { MetricValues } from './otlp-metrics.ts'

/** The budget over all keys. There is no label per key, because the labels would grow with the tenants. */
export interface BudgetTotals {
  /** Calls that Aurora allows in one window, by the settings. */
  readonly limit: number
  /** The limit in force: lower after a 429 that the count did not predict. */
  readonly learnedLimit: number
  /** Calls that could be sent at this moment. */
  readonly remaining: number
  readonly waiting: Readonly<Record<CallClass, number>>
  /** Keys that hold a slot or wait for one, and idle keys that are still counted. */
  readonly keys: number
}

/** Values that are read at each scrape. Everything else is counted when it happens. */
export interface Views {
  budget(): BudgetTotals
  cache(): { readonly bytes: number; readonly entries: number }
  /** Circuit breakers that are open. */
  openCircuits(): number
  /** Each connection to Redis by its name, and whether it is up; none without Redis. */
  redis(): readonly { readonly name: string; readonly isUp: boolean }[]
  /** Of how many tenants webhooks about each kind provably arrive; left out if this is not examined. */
  readonly proven?: () => Readonly<Record<string, number>>
}

export interface MetricsOptions {
  /** All operations of the tables: the only values of the label `operation`, beside `other`. */
  readonly operations: readonly string[]
  /** Whether to add memory, processor time, the event loop's delay and the like, which are of the whole process. */
  readonly isWithProcess: boolean
  /** Lines of the log that stdout did not take; left out: none. */
  readonly lostLines?: () => number
}

export interface Metrics {
  readonly emit: Emit
  /** To be called once, when everything in the views exists. */
  watch(views: Views): void
  /** The text format of Prometheus. */
  render(): Promise<{ readonly contentType: string; readonly text: string }>
  /** The same values, for a collector. */
  snapshot(): Promise<MetricValues>
}

/**
 * Labels have values of closed sets only: operations of the tables, classes, codes, classes of statuses. Clients cannot
 * make the number of series grow.
 */
export function createMetrics({ operations, isWithProcess, lostLines = () => 0 }: MetricsOptions): Metrics {
  const registry = new Registry()
  if (isWithProcess) collectDefaultMetrics({ register: registry })
  const makers = createMakers(registry)
  makers.info('build_info', 'The version of the gateway and of Node; always 1', {
    version: VERSION,
    node: process.versions.node,
  })
  makers.watchTotal(
    'log_lines_lost_total',
    'Lines of the log that stdout did not take: its reader is slow or gone, or its disk is full',
    lostLines,
  )
  const emit = createCounting(registry, new Set(operations))
  return {
    emit,
    watch: (views) => watchViews(registry, views),
    snapshot: () => registry.getMetricsAsJSON(),
    render: async () => ({ contentType: registry.contentType, text: await registry.metrics() }),
  }
}

function watchViews(
  registry: Registry,
  { budget, cache, openCircuits, redis, proven = () => ({}) }: Views,
): void {
  const { watch } = createMakers(registry)
  watch('budget_limit', 'Calls that a key may make in one window: `AURORA_RATE_LIMIT`', (gauge) =>
    gauge.set(budget().limit),
  )
  watch('budget_learned_limit', 'The limit in force, lower for a while after an unexpected 429', (gauge) =>
    gauge.set(budget().learnedLimit),
  )
  watch('budget_remaining', 'Calls that could be sent now', (gauge) => gauge.set(budget().remaining))
  watch('budget_waiting', 'Calls of all keys that wait for a slot now', (gauge) => {
    for (const [callClass, count] of Object.entries(budget().waiting)) gauge.set({ class: callClass }, count)
  })
  watch('budget_keys', 'Credentials whose calls are counted now', (gauge) => gauge.set(budget().keys))
  watch('circuits_open', 'Open circuit breakers: of operations, of tenants, and of each Aurora', (gauge) =>
    gauge.set(openCircuits()),
  )
  watch('redis_up', '1 while Redis answers on a connection, else 0; absent without `REDIS_URL`', (gauge) => {
    for (const { name, isUp } of redis()) gauge.set({ connection: name }, isUp ? 1 : 0)
  })
  watch(
    'proven_tenants',
    'Tenants of which webhooks about a kind provably arrive, so that its replies are fresh for longer; absent without `WEBHOOK_URL`',
    (gauge) => {
      for (const [kind, count] of Object.entries(proven())) gauge.set({ kind }, count)
    },
  )
  watch('cache_bytes', 'Estimated memory of the cached answers, bounded by `CACHE_MAX_MB`', (gauge) =>
    gauge.set(cache().bytes),
  )
  watch('cache_entries', 'Cached answers, and objects that are found in cached lists', (gauge) =>
    gauge.set(cache().entries),
  )
}
