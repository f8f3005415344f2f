// Cached reads as fast as they go, of the program as it is deployed: `npm run bench:reads [seconds] [clients]`.
import { spawn } from 'node:child_process'
import { Pool } from 'undici'
import { PROGRAM } from './program.ts'

const SECONDS = Number(process.argv[2] ?? 10)
const CLIENTS = Number(process.argv[3] ?? 50)
const WARM_SECONDS = 5

const root = new URL('..', import.meta.url).pathname
const QUERIES = {
  'one object': '{ tenant { name } }',
  'a screen of 20 projects':
    '{ projects(first: 20) { nodes { id name owner { firstName } designs { id name systemSizeStc } } } }',
} as const

async function startGateway(env: Record<string, string>) {
  const { PATH = '' } = process.env
  const child = spawn(process.execPath, [...PROGRAM], {
    cwd: root,
    env: { PATH, PORT: '0', METRICS_PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let printed = ''
  const [, origin = '', metricsUrl = ''] = await new Promise<RegExpExecArray>((resolve) => {
    child.stdout.on('data', (chunk) => {
      printed += String(chunk)
      const match = /gateway: (http:\S+)\/graphql\nFigures for Prometheus: (\S+)/.exec(printed)
      if (match) resolve(match)
    })
  })
  return { child, origin, metricsUrl }
}

async function measure(pool: Pool, query: string, seconds: number) {
  const body = JSON.stringify({ query })
  const times: number[] = []
  let failed = 0
  const endAt = performance.now() + seconds * 1000
  await Promise.all(
    Array.from({ length: CLIENTS }, async () => {
      while (performance.now() < endAt) {
        const sentAt = performance.now()
        const answer = await pool.request({
          path: '/graphql',
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body,
        })
        const text = await answer.body.text()
        if (answer.statusCode !== 200 || text.includes('"errors"')) failed += 1
        times.push(performance.now() - sentAt)
      }
    }),
  )
  times.sort((left, right) => left - right)
  const quantile = (share: number): string => (times[Math.floor(times.length * share)] ?? 0).toFixed(1)
  return `${(times.length / seconds).toFixed(0)} a second, p50 ${quantile(0.5)} ms, p99 ${quantile(0.99)} ms, failed ${failed}`
}

for (const [name, answersMb] of [
  ['remembered', '16'],
  ['executed each time', '0'],
] as const) {
  const { child, origin, metricsUrl } = await startGateway({ ANSWERS_MAX_MB: answersMb })
  const pool = new Pool(origin, { connections: CLIENTS })
  for (const [what, query] of Object.entries(QUERIES)) {
    await measure(pool, query, WARM_SECONDS)
    console.log(`${what}, ${name}: ${await measure(pool, query, SECONDS)}`)
  }
  const figures = await (await fetch(metricsUrl)).text()
  console.log(
    `  event loop's delay, p99: ${(Number(/^nodejs_eventloop_lag_p99_seconds (\S+)/m.exec(figures)?.[1]) * 1000).toFixed(0)} ms`,
  )
  await pool.close()
  child.kill('SIGTERM')
}
