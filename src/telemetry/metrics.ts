// Hears the stations' events and counts them for Prometheus: every call that was spent, saved or refused, and why.
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'
import { ERROR_CODES } from '../errors/codes.ts'
import type { CallClass } from '../rest/terms.ts'
import type { Emit, EventName, UpstreamEvents } from './events.ts'

/** Of the budget, over all keys: never one by one, for the labels would grow with the tenants. */
export interface BudgetTotals {
  /** Calls that Aurora allows in one window, as it is set. */
  readonly limit: number
  /** The limit in force: lower after a 429 that the count did not foresee. */
  readonly learnedLimit: number
  /** Calls that could go at this moment. */
  readonly remaining: number
  readonly waiting: Readonly<Record<CallClass, number>>
  /** Keys that hold a slot or wait for one, and those at rest that are not forgotten yet. */
  readonly keys: number
}

/** What is looked at when somebody asks for the figures, and not counted as it happens. */
export interface Views {
  budget(): BudgetTotals
  cache(): { readonly bytes: number; readonly entries: number }
  /** Circuits that are open. */
  openCircuits(): number
  /** Each connection to Redis by its name, and whether it is up; none for a gateway that is alone. */
  redis(): readonly { readonly name: string; readonly isUp: boolean }[]
}

export interface MetricsOptions {
  /** Every operation there is: the only values that the label `operation` takes. */
  readonly operations: readonly string[]
  /** Whether memory, processor time, the event loop's delay and the like are told too; they are of the whole process. */
  readonly isWithProcess: boolean
}

export interface Metrics {
  readonly emit: Emit
  /** Once, when what is looked at has been made. */
  watch(views: Views): void
  /** The text format of Prometheus. */
  render(): Promise<{ readonly contentType: string; readonly text: string }>
}

const PREFIX = 'aurora_gateway_'

/** From a healthy read to an attempt that is cut off after `AURORA_TIMEOUT_MS`, 5 s, or after a longer one. */
const ATTEMPT_SECONDS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15]
/** 2 s is the usual `MAX_WAIT_MS`, 60 s the longest that `Prefer: wait` gets. */
const QUEUE_SECONDS = [0.01, 0.1, 0.5, 1, 2, 5, 15, 60]
/** From an answer out of the cache to one that was waited for. */
const REQUEST_SECONDS = [0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60]

/**
 * Labels take values of closed sets alone: operations of the tables, classes, codes, classes of statuses. Whatever
 * clients send, the number of series stays what the tables make it.
 */
export function createMetrics({ operations, isWithProcess }: MetricsOptions): Metrics {
  const registry = new Registry()
  if (isWithProcess) collectDefaultMetrics({ register: registry })
  const emit = createCounting(registry, new Set(operations))
  return {
    emit,
    watch: (views) => watchViews(registry, views),
    render: async () => ({ contentType: registry.contentType, text: await registry.metrics() }),
  }
}

type Listeners = { readonly [Name in EventName]?: (fact: UpstreamEvents[Name]) => void }

function createCounting(registry: Registry, operations: ReadonlySet<string>): Emit {
  const { counter, histogram } = createMakers(registry)
  const calls = counter(
    'upstream_calls_total',
    'Attempts at Aurora; all but those with `none` were certainly counted by Aurora',
    ['operation', 'class', 'status'],
  )
  const attemptSeconds = histogram(
    'attempt_seconds',
    'How long an attempt took, to the last byte of its answer',
    { buckets: ATTEMPT_SECONDS, labelNames: ['operation'] },
  )
  const faults = counter('faults_total', 'Attempts that brought no whole answer', ['operation', 'code'])
  const saved = counter(
    'saved_total',
    'Calls that were not spent; what `extensions.upstream.saved` tells, where `listed` counts as `cache`',
    ['operation', 'by'],
  )
  const refused = counter('refused_total', 'Calls for which no slot came in time', ['operation', 'class'])
  const retries = counter('retries_total', 'Reads that were sent again', ['operation'])
  const pauses = counter(
    'pauses_total',
    'Answers 429 in spite of the count: another program uses the key, or the limit is lower than it is set',
  )
  const refreshes = counter(
    'refresh_failures_total',
    'Refreshes behind a stale answer that came to nothing; `RATE_LIMITED`: no slot was to spare',
    ['code'],
  )
  const unreadable = counter('unreadable_items_total', 'Items of lists that had no id and were left out', [
    'operation',
  ])
  const errors = counter(
    'errors_total',
    'Errors that clients were given, as errors or as data of a mutation',
    ['code'],
  )
  const requests = counter(
    'requests_total',
    "Requests for GraphQL, the editor's page included, by the status of their answer",
    ['status'],
  )
  const requestSeconds = histogram(
    'request_seconds',
    'How long those that were let in took, waiting for slots included',
    {
      buckets: REQUEST_SECONDS,
    },
  )
  const queueSeconds = histogram(
    'queue_seconds',
    'How long calls waited for a slot, those included that got none',
    {
      buckets: QUEUE_SECONDS,
      labelNames: ['class'],
    },
  )
  const others = counter('events_total', 'Whatever else happened that has no metric of its own', ['event'])

  for (const code of Object.keys(ERROR_CODES)) errors.inc({ code }, 0)

  const known = (operation: string): string => (operations.has(operation) ? operation : 'other')
  const listeners: Listeners = {
    attempted({ operation, callClass, status, durationMs }) {
      calls.inc({ operation: known(operation), class: callClass, status: statusClass(status) })
      attemptSeconds.observe({ operation: known(operation) }, durationMs / 1000)
    },
    faulted: ({ operation, code }) => faults.inc({ operation: known(operation), code }),
    saved: ({ operation, by }) => saved.inc({ operation: known(operation), by }),
    queued: ({ callClass, waitedMs }) => queueSeconds.observe({ class: callClass }, waitedMs / 1000),
    refused: ({ operation, callClass }) => refused.inc({ operation: known(operation), class: callClass }),
    retried: ({ operation }) => retries.inc({ operation: known(operation) }),
    paused: () => pauses.inc(),
    revalidationFailed: ({ code }) => refreshes.inc({ code }),
    itemUnreadable: ({ operation, count }) => unreadable.inc({ operation: known(operation) }, count),
    errorPresented: ({ code }) => errors.inc({ code }),
    turnedAway({ status, code }) {
      requests.inc({ status: statusClass(status) })
      errors.inc({ code })
    },
    answered({ status, durationMs }) {
      requests.inc({ status: statusClass(status) })
      requestSeconds.observe(durationMs / 1000)
    },
  }
  return (name, fact) => {
    const listen = listeners[name]
    if (listen) listen(fact)
    else others.inc({ event: name })
  }
}

function watchViews(registry: Registry, { budget, cache, openCircuits, redis }: Views): void {
  const { watch } = createMakers(registry)
  watch('budget_limit', 'Calls that a key may make in one window: `AURORA_RATE_LIMIT`', (gauge) =>
    gauge.set(budget().limit),
  )
  watch('budget_learned_limit', 'The limit in force, lower for a while after an unforeseen 429', (gauge) =>
    gauge.set(budget().learnedLimit),
  )
  watch('budget_remaining', 'Calls that could go now', (gauge) => gauge.set(budget().remaining))
  watch('budget_waiting', 'Calls that wait for a slot now, of all keys', (gauge) => {
    for (const [callClass, count] of Object.entries(budget().waiting)) gauge.set({ class: callClass }, count)
  })
  watch('budget_keys', 'Credentials whose calls are counted now', (gauge) => gauge.set(budget().keys))
  watch('circuits_open', 'Operations that are left alone, and one more where all of Aurora is', (gauge) =>
    gauge.set(openCircuits()),
  )
  watch('redis_up', '1 while Redis answers on a connection, else 0; none without `REDIS_URL`', (gauge) => {
    for (const { name, isUp } of redis()) gauge.set({ connection: name }, isUp ? 1 : 0)
  })
  watch('cache_bytes', 'Memory of the cached answers, estimated; bounded by `CACHE_MAX_MB`', (gauge) =>
    gauge.set(cache().bytes),
  )
  watch('cache_entries', 'Cached answers, and objects that are found in cached lists', (gauge) =>
    gauge.set(cache().entries),
  )
}

function createMakers(registry: Registry) {
  const registers = [registry]
  return {
    counter: <Label extends string>(name: string, help: string, labelNames: readonly Label[] = []) =>
      new Counter({ name: PREFIX + name, help, labelNames, registers }),
    histogram: <Label extends string>(
      name: string,
      help: string,
      form: { readonly buckets: number[]; readonly labelNames?: readonly Label[] },
    ) => new Histogram({ name: PREFIX + name, help, registers, ...form }),
    /** Looked at whenever somebody asks. */
    watch: (name: string, help: string, look: (gauge: Gauge<'class' | 'connection'>) => void) =>
      new Gauge({
        name: PREFIX + name,
        help,
        registers,
        labelNames: ['class', 'connection'],
        collect() {
          look(this)
        },
      }),
  }
}

/** 429 by itself, since none should ever come; `none` where no answer did. */
function statusClass(status: number | null): string {
  if (status === null) return 'none'
  if (status === 429) return '429'
  const hundreds = Math.floor(status / 100)
  return hundreds >= 1 && hundreds <= 5 ? `${hundreds}xx` : 'other'
}
