// The events that are counted. Clients cannot make the number of labels grow, and the page about the metrics is true.
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { Emit } from '../../../src/telemetry/events.ts'
import { createMetrics } from '../../../src/telemetry/metrics.ts'
import type { Metrics, Views } from '../../../src/telemetry/metrics.ts'

const OPERATIONS = ['listProjects', 'retrieveProject']
const WAITING = { mutation: 1, interactive: 7, revalidation: 0, warmUp: 0 }

const BUDGET = { limit: 90, learnedLimit: 45, remaining: 12, waiting: WAITING, keys: 2 }

const VIEWS: Views = {
  budget: () => BUDGET,
  cache: () => ({ bytes: 2048, entries: 3 }),
  openCircuits: () => 1,
  redis: () => [
    { name: 'gateway', isUp: true },
    { name: 'gateway-news', isUp: false },
  ],
  proven: () => ({ project: 2, consumptionProfile: 0 }),
}

function openMetrics(lostLines = (): number => 0): Metrics {
  const metrics = createMetrics({ operations: OPERATIONS, isWithProcess: false, lostLines })
  metrics.watch(VIEWS)
  return metrics
}

const attempt = {
  operation: 'listProjects',
  host: 'h',
  callClass: 'interactive',
  code: null,
  durationMs: 120,
} as const

/** The lines of one metric without its prefix, comments left out. */
async function linesOf(metrics: Metrics, name: string): Promise<string[]> {
  const { text } = await metrics.render()
  const prefix = `aurora_gateway_${name}`
  return text.split('\n').filter((line) => new RegExp(`^${prefix}[{ ]`).test(line))
}

it('the versions of the gateway and of Node are labels of a series of their own', async () => {
  expect(await linesOf(openMetrics(), 'build_info')).toEqual([
    `aurora_gateway_build_info{version="0.1.0",node="${process.versions.node}"} 1`,
  ])
})

/** One of each event. */
function tellEverything(emit: Emit): void {
  emit('attempted', { ...attempt, status: 200 })
  emit('faulted', { operation: 'listProjects', code: 'UPSTREAM_TIMEOUT', fault: 'timeout' })
  emit('saved', { operation: 'listProjects', by: 'joined' })
  emit('queued', {
    operation: 'listProjects',
    callClass: 'interactive',
    waitedMs: 700,
    isGranted: true,
  })
  emit('refused', { operation: 'listProjects', callClass: 'mutation', retryInMs: 100 })
  emit('retried', { operation: 'listProjects', attempt: 1, delayMs: 100 })
  emit('paused', { operation: 'listProjects', pauseMs: 1000 })
  emit('revalidationFailed', { operation: 'listProjects', code: 'RATE_LIMITED' })
  emit('itemUnreadable', { operation: 'listProjects', count: 2 })
  emit('errorPresented', { code: 'NOT_FOUND' })
  emit('turnedAway', { status: 401, code: 'UNAUTHENTICATED' })
  emit('answered', { status: 200, durationMs: 1500 })
  emit('relieved', { relief: 'idle' })
  emit('webhookReceived', { event: 'project_changed', outcome: 'recorded' })
  emit('proofEnded', { kind: 'project', reason: 'audit' })
  emit('routerNotified', { outcome: 'done' })
  emit('proofAudited', { kind: 'project', outcome: 'same' })
  emit('watchBegun', {})
  emit('watchBegun', {})
  emit('watchEnded', {})
  emit('liveAnswerMade', { reason: 'change', outcome: 'equal' })
  // A stand-in for one that a room has begun to emit and that has no metric of its own.
  ;(emit as (name: string, fact: object) => void)('somethingNew', {})
}

describe('the metrics', () => {
  it('count attempts by operation, class and status, 429 by itself', async () => {
    const metrics = openMetrics()
    for (const status of [200, 201, 404, 429, 500, 503, null, 999])
      metrics.emit('attempted', { ...attempt, status })
    const name = 'aurora_gateway_upstream_calls_total{operation="listProjects",class="interactive",status='
    expect((await linesOf(metrics, 'upstream_calls_total')).sort()).toEqual([
      `${name}"2xx"} 2`,
      `${name}"429"} 1`,
      `${name}"4xx"} 1`,
      `${name}"5xx"} 2`,
      `${name}"none"} 1`,
      `${name}"other"} 1`,
    ])
  })

  it('count attempts of all operations by their outcome', async () => {
    const metrics = openMetrics()
    for (const status of [200, 304, 404, 429, 500, 503, null])
      metrics.emit('attempted', { ...attempt, status })
    metrics.emit('attempted', { ...attempt, status: null, code: 'UPSTREAM_TIMEOUT' })
    metrics.emit('attempted', { ...attempt, status: 200, code: 'UPSTREAM_INVALID' })
    const name = 'aurora_gateway_attempts_total{outcome='
    expect(await linesOf(metrics, 'attempts_total')).toEqual([
      `${name}"answered"} 3`,
      `${name}"limited"} 1`,
      `${name}"failed"} 4`,
      `${name}"abandoned"} 1`,
    ])
  })

  it('count the live answers that are watched, and how often they were made', async () => {
    const metrics = openMetrics()
    tellEverything(metrics.emit)
    expect(await linesOf(metrics, 'live_watches')).toEqual(['aurora_gateway_live_watches 1'])
    expect(await linesOf(metrics, 'live_answers_total')).toEqual([
      'aurora_gateway_live_answers_total{reason="change",outcome="equal"} 1',
    ])
  })

  it('tell seconds, not milliseconds', async () => {
    const metrics = openMetrics()
    tellEverything(metrics.emit)
    expect(await linesOf(metrics, 'attempt_seconds_sum')).toEqual([
      'aurora_gateway_attempt_seconds_sum{operation="listProjects"} 0.12',
    ])
    expect(await linesOf(metrics, 'queue_seconds_sum')).toEqual([
      'aurora_gateway_queue_seconds_sum{class="interactive"} 0.7',
    ])
    expect(await linesOf(metrics, 'request_seconds_sum')).toEqual(['aurora_gateway_request_seconds_sum 1.5'])
  })

  it('show who waits, by class', async () => {
    expect(await linesOf(openMetrics(), 'budget_waiting')).toEqual([
      'aurora_gateway_budget_waiting{class="mutation"} 1',
      'aurora_gateway_budget_waiting{class="interactive"} 7',
      'aurora_gateway_budget_waiting{class="revalidation"} 0',
      'aurora_gateway_budget_waiting{class="warmUp"} 0',
    ])
  })

  it('look at budget and cache when they are asked for', async () => {
    const metrics = createMetrics({ operations: OPERATIONS, isWithProcess: false })
    let remaining = 90
    metrics.watch({ ...VIEWS, budget: () => ({ ...BUDGET, remaining }) })
    expect(await linesOf(metrics, 'budget_remaining')).toEqual(['aurora_gateway_budget_remaining 90'])
    remaining = 12
    expect(await linesOf(metrics, 'budget_remaining')).toEqual(['aurora_gateway_budget_remaining 12'])
    expect(await linesOf(metrics, 'budget_learned_limit')).toEqual(['aurora_gateway_budget_learned_limit 45'])
    expect(await linesOf(metrics, 'cache_bytes')).toEqual(['aurora_gateway_cache_bytes 2048'])
  })

  it('show of how many tenants webhooks provably arrive', async () => {
    expect(await linesOf(openMetrics(), 'proven_tenants')).toEqual([
      'aurora_gateway_proven_tenants{kind="project"} 2',
      'aurora_gateway_proven_tenants{kind="consumptionProfile"} 0',
    ])
  })

  it('show each connection to Redis, and what is left alone', async () => {
    expect(await linesOf(openMetrics(), 'redis_up')).toEqual([
      'aurora_gateway_redis_up{connection="gateway"} 1',
      'aurora_gateway_redis_up{connection="gateway-news"} 0',
    ])
    expect(await linesOf(openMetrics(), 'circuits_open')).toEqual(['aurora_gateway_circuits_open 1'])
    expect(await linesOf(openMetrics(), 'budget_keys')).toEqual(['aurora_gateway_budget_keys 2'])
  })

  it('have one series for whatever is no operation of the tables', async () => {
    const metrics = openMetrics()
    for (let nth = 0; nth < 10_000; nth += 1)
      metrics.emit('saved', { operation: `/tenants/t/projects/${nth}`, by: 'cache' })
    expect(await linesOf(metrics, 'saved_total')).toEqual([
      'aurora_gateway_saved_total{operation="other",by="cache"} 10000',
    ])
  })

  it('have the errors from the start, so that the first of a kind is seen as a change', async () => {
    expect(await linesOf(openMetrics(), 'errors_total')).toContain(
      'aurora_gateway_errors_total{code="INTERNAL_SERVER_ERROR"} 0',
    )
  })

  it('of two gateways in one process do not mix', async () => {
    const [one, other] = [openMetrics(), openMetrics()]
    one.emit('paused', { operation: 'listProjects', pauseMs: 1 })
    expect(await linesOf(one, 'pauses_total')).toEqual(['aurora_gateway_pauses_total 1'])
    expect(await linesOf(other, 'pauses_total')).toEqual(['aurora_gateway_pauses_total 0'])
  })
})

describe('the alerts of deploy/prometheus', () => {
  const rules = readFileSync(new URL('../../../deploy/prometheus/alerts.yml', import.meta.url), 'utf8')
  /** Each counter over which an alert computes a change, with its labels. */
  const selectors = [...rules.matchAll(/(?:rate|increase)\((aurora_gateway_\w+)(?:\{(.*?)\})?\[/g)].map(
    ([selector, name = '', labels = '']) => ({ selector, name, labels: labels.split(',').filter(Boolean) }),
  )
  const seriesOf = async (metrics: Metrics): Promise<ReadonlyMap<string, number>> => {
    const lines = (await metrics.render()).text.split('\n').filter((line) => line.startsWith('aurora'))
    return new Map(lines.map((line) => [line.replace(/ \S+$/, ''), Number(line.replace(/^.* /, ''))]))
  }

  it('look at several counters', () => {
    expect(selectors.length).toBeGreaterThan(5)
  })

  it.each(selectors)(
    'see the first event, because all that $selector selects exists from the start',
    async ({ name, labels }) => {
      let lost = 0
      const metrics = openMetrics(() => lost)
      const isSelected = (series: string): boolean =>
        new RegExp(`^${name}(\\{|$)`).test(series) && labels.every((label) => series.includes(label))
      const before = [...(await seriesOf(metrics))].filter(([series]) => isSelected(series))
      expect(before.length).toBeGreaterThan(0)
      expect(before.filter(([, value]) => value !== 0)).toEqual([])
      tellEverything(metrics.emit)
      for (const status of [200, 304, 404, 429, 500, null])
        metrics.emit('attempted', { ...attempt, operation: 'retrieveProject', status })
      metrics.emit('attempted', { ...attempt, status: null, code: 'UPSTREAM_TIMEOUT' })
      for (const by of ['cache', 'listed', 'joined', 'stale'] as const)
        metrics.emit('saved', { operation: 'retrieveProject', by })
      metrics.emit('errorPresented', { code: 'INTERNAL_SERVER_ERROR' })
      lost = 3
      const after = [...(await seriesOf(metrics))].filter(([series]) => isSelected(series))
      expect(after.map(([series]) => series)).toEqual(before.map(([series]) => series))
      expect(after.some(([, value]) => value > 0)).toBe(true)
    },
  )
})

describe('docs/metrics.md', () => {
  const page = readFileSync(new URL('../../../docs/metrics.md', import.meta.url), 'utf8')
  const rows = page
    .split('\n')
    .filter((line) => /^\| `(aurora_gateway|process|nodejs)_/.test(line))
    .map((line) => line.split(' | ').map((cell) => cell.replaceAll(/^\| | \|$/g, '').trim()))

  it('has every metric of ours, with its type, labels and meaning, and no other', async () => {
    const metrics = openMetrics()
    tellEverything(metrics.emit)
    const { text } = await metrics.render()
    const told = described(text).map(({ name, type, help, labels }) => [
      `\`${name}\``,
      type,
      labels.map((label) => `\`${label}\``).join(', '),
      help,
    ])
    const ours = rows.filter(([name]) => name?.startsWith('`aurora_gateway_'))
    expect(byName(ours)).toEqual(byName(told))
  })

  it.runIf(process.platform === 'linux')('has every metric of the process', async () => {
    const { text } = await createMetrics({ operations: [], isWithProcess: true }).render()
    const told = described(text).filter(({ name }) => !name.startsWith('aurora_gateway_'))
    const theirs = rows.filter(([name]) => !name?.startsWith('`aurora_gateway_'))
    expect(byName(theirs.map((row) => row.slice(0, 2)))).toEqual(
      byName(told.map(({ name, type }) => [`\`${name}\``, type])),
    )
  })
})

const byName = (table: readonly string[][]): string[][] =>
  table.toSorted(([left = ''], [right = '']) => (left < right ? -1 : 1))

/** Read off the text itself, as whoever scrapes it would. */
function described(text: string) {
  return [...text.matchAll(/^# HELP (\S+) (.*)\n# TYPE \S+ (\S+)\n([^#]*)/gm)].map(
    ([, name = '', help = '', type = '', series = '']) => ({
      name,
      help,
      type,
      labels: [...new Set([...series.matchAll(/[{,](\w+)="/g)].map(([, label = '']) => label))].filter(
        (label) => label !== 'le',
      ),
    }),
  )
}
