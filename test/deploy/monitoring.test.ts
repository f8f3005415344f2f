// The dashboard and the alerts of deploy/ in Prometheus' own tool, over the metrics that a real gateway serves.
import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { parse, stringify } from 'yaml'
import { createSimulator, DEFAULT_TENANT_ID, DEFAULT_TOKEN } from '../../src/simulator/simulator.ts'
import { findProgram } from '../support/needs.ts'
import { endPrograms, startProgram } from '../support/program.ts'
import { waitUntil } from '../support/wait-until.ts'

const promtool = findProgram('promtool', ['/usr/bin/promtool', '/usr/local/bin/promtool'])
const run = promisify(execFile)
const deploy = new URL('../../deploy/', import.meta.url)
const read = (path: string): string => readFileSync(new URL(path, deploy), 'utf8')
const folder = mkdtempSync(join(tmpdir(), 'monitoring-'))
afterAll(() => rmSync(folder, { recursive: true }))
afterEach(endPrograms)

interface Panel {
  readonly title: string
  readonly type: string
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number }
  readonly targets?: readonly { readonly expr: string; readonly legendFormat: string }[]
}

const dashboard = JSON.parse(read('grafana/gateway.json')) as { readonly panels: readonly Panel[] }
const shown = dashboard.panels.flatMap(({ title, targets = [] }) =>
  targets.map((target) => ({ title, ...target })),
)
/** As Grafana fills its variables in. */
const filled = (expr: string): string => expr.replaceAll('$job', '.*').replaceAll('$__rate_interval', '5m')
const alerts = (
  parse(read('prometheus/alerts.yml')) as { groups: { rules: { alert: string; expr: string }[] }[] }
).groups.flatMap(({ rules }) => rules)

/** What a gateway serves after it was used, refused calls, lost some, had more streams than its bound, and was sent a webhook with a wrong secret. */
async function scrape(): Promise<string> {
  await using simulator = createSimulator({ projectCount: 1 })
  const { url } = await simulator.listen()
  simulator.faults.set('/users', 'reset')
  const program = startProgram({
    AURORA_BASE_URL: url,
    AURORA_TENANT_ID: DEFAULT_TENANT_ID,
    AURORA_API_TOKEN: DEFAULT_TOKEN,
    AURORA_RATE_LIMIT: '4',
    MAX_WAIT_MS: '0',
    METRICS_PORT: '0',
    REDIS_URL: 'redis://127.0.0.1:1',
    MAX_REPLICAS: '1',
    WEBHOOK_KEYS: 'secret-of-the-webhooks',
    STREAMS_MAX: '1',
  })
  const at = await program.listening
  const send = (query: string, accept: string, signal?: AbortSignal): Promise<Response> =>
    fetch(`${at}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept },
      body: JSON.stringify({ query }),
      signal: signal ?? null,
    })
  const ask = async (query: string): Promise<string> => (await send(query, 'application/json')).text()
  await ask('{ tenant { name } }')
  await ask('{ users { firstName } }')
  await ask('{ teams { name } }')
  await ask('{ partners { name } }')
  const leaving = new AbortController()
  const live = ['query @live { tenant { name } }', 'text/event-stream'] as const
  await send(...live, leaving.signal)
  // There is room for one stream.
  await (await send(...live)).text()
  leaving.abort()
  await fetch(`${at}/webhooks/aurora/project_changed?project_id=x`)
  const metricsUrl = () => /http:\/\/\S+\/metrics/.exec(program.stdout())?.[0]
  await waitUntil(() => metricsUrl() !== undefined)
  const page = await fetch(metricsUrl() ?? '')
  return await page.text()
}

interface Series {
  readonly name: string
  readonly labels: readonly string[]
  readonly text: string
}

const TARGET = 'job="aurora-graphql-gateway",instance="gateway-1:9464"'

const seriesOf = (page: string): readonly Series[] =>
  page.split('\n').flatMap((line) => {
    const [, name, labels = ''] = /^([a-z_]\w*)(?:\{(.*)\})? \S+$/.exec(line) ?? []
    if (name === undefined) return []
    const names = [...labels.matchAll(/(\w+)="/g)].map(([, label = '']) => label)
    return [{ name, labels: names, text: `${name}{${[labels, TARGET].filter(Boolean).join(',')}}` }]
  })

/** The names of metrics in an expression. */
const metricsIn = (expr: string): readonly string[] => [
  ...new Set(expr.replaceAll(/\{[^}]*\}/g, '').match(/\b(?:aurora_gateway|process|nodejs)_\w+/g)),
]

/** The labels by which an expression sums up, and those by which it selects. */
const labelsIn = (expr: string): readonly string[] => [
  ...[...expr.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, names = '']) =>
    names.split(',').map((name) => name.trim()),
  ),
  ...[...expr.matchAll(/[{,]\s*(\w+)=~?"/g)].map(([, name = '']) => name),
]

describe.skipIf(promtool === null)('the files for Prometheus and Grafana', () => {
  it('are what Prometheus reads, and each alert fires when it should', async () => {
    const { stdout } = await run(promtool ?? '', ['check', 'config', 'prometheus/prometheus.yml'], {
      cwd: deploy,
    })
    expect(stdout).toContain(`SUCCESS: ${alerts.length} rules found`)
    await run(promtool ?? '', ['test', 'rules', 'prometheus/alerts.test.yml'], { cwd: deploy })
    const tested = read('prometheus/alerts.test.yml')
    expect(
      alerts.filter(({ alert }) => !new RegExp(`alertname: ${alert}\\n +exp_alerts:\\n`).test(tested)),
    ).toEqual([])
  })

  it('show what there is: every expression finds series, by names and labels of a gateway', async () => {
    const series = seriesOf(await scrape())
    const labelsOf = (name: string): readonly string[] =>
      series.filter((each) => each.name === name).flatMap(({ labels }) => labels)
    const unknown = [...shown, ...alerts].flatMap(({ expr }) => {
      const known = ['job', 'instance', ...metricsIn(expr).flatMap(labelsOf)]
      return labelsIn(expr)
        .filter((label) => !known.includes(label))
        .map((label) => `${label} in ${expr}`)
    })
    expect(unknown).toEqual([])
    expect(
      shown.filter(({ expr, legendFormat }) =>
        [...legendFormat.matchAll(/\{\{(\w+)\}\}/g)].some(([, label = '']) =>
          /\bby \(/.test(expr) ? !labelsIn(expr).includes(label) : label !== 'instance',
        ),
      ),
    ).toEqual([])
    const file = join(folder, 'dashboard.test.yml')
    const expressions = shown.map(({ expr }) => filled(expr))
    const tests = expressions.map((expr) => ({ expr: `absent(${expr})`, eval_time: '70m', exp_samples: [] }))
    // A name that is in no scrape is noticed.
    tests.push({
      expr: `absent(rate(aurora_gateway_no_such_total[5m]))`,
      eval_time: '70m',
      exp_samples: [{ labels: '{}', value: 1 }] as never[],
    })
    const values = ({ name }: Series): string =>
      /(_total|_bucket|_sum|_count)$/.test(name) ? '0+1x80' : '1+0x80'
    const input = series.map((each) => ({ series: each.text, values: values(each) }))
    writeFileSync(
      file,
      stringify({ tests: [{ interval: '1m', input_series: input, promql_expr_test: tests }] }),
    )
    await run(promtool ?? '', ['test', 'rules', file])
    expect(expressions.length).toBeGreaterThan(25)
  })
})

describe('the dashboard', () => {
  it('has no panel over another one, and none without an expression', () => {
    const cells = dashboard.panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, at) => `${x + (at % w)}:${y + Math.floor(at / w)}`),
    )
    expect(new Set(cells).size).toBe(cells.length)
    expect(
      dashboard.panels.filter(({ type, targets = [] }) => type !== 'row' && targets.length === 0),
    ).toEqual([])
  })
})
