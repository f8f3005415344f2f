// Ten minutes of a day's work at a steady rate, with 256 MB of heap: `npm run bench:soak [seconds] [requests a second]`.
// Prints at the end whether memory still grew once all was warm, and exits with 1 if it did.
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { createHash } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { Agent, request } from 'undici'
import { DEFAULT_TENANT_ID, DEFAULT_TOKEN } from '../src/simulator/simulator.ts'

const SECONDS = Number(process.argv[2] ?? 600)
const RATE = Number(process.argv[3] ?? 100)
const SAMPLE_MS = 2000
/** Of the run, from which on memory is watched: caches of documents and answers take some minutes to fill, and then stay. */
const WARM_SHARE = 0.6
const SLOT_SECONDS = 60
/** More in a minute is a leak. Less is the ordinary variation of garbage collection. */
const MAX_GROWTH_MB = 1

const root = new URL('..', import.meta.url).pathname
const children: ChildProcess[] = []
const agent = new Agent({ connections: 64 })

function start(
  words: readonly string[],
  env: Record<string, string>,
  pattern: RegExp,
): Promise<RegExpExecArray> {
  const { PATH = '' } = process.env
  const child = spawn(process.execPath, words, {
    cwd: root,
    env: { PATH, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  children.push(child)
  let printed = ''
  return new Promise((resolve, reject) => {
    child.stdout.on('data', (chunk) => {
      if (printed.length > 100_000) return
      printed += String(chunk)
      const match = pattern.exec(printed)
      if (match) resolve(match)
    })
    child.on('close', (code) => reject(new Error(`ended with ${code}: ${printed.slice(-500)}`)))
  })
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')
const CALLERS = ['web', 'phone', 'report']

const [, simulatorUrl = ''] = await start(
  ['--import', 'tsx', 'src/simulator/main.ts', '--limit', '1000', '--projects', '620', '--latency-ms', '20'],
  {},
  /url\s+(http:\S+)/,
)
const [, url = '', metricsUrl = ''] = await start(
  ['--max-old-space-size=256', '--import', 'tsx', 'src/main.ts'],
  {
    PORT: '0',
    METRICS_PORT: '0',
    AURORA_BASE_URL: simulatorUrl,
    AURORA_TENANT_ID: DEFAULT_TENANT_ID,
    AURORA_API_TOKEN: DEFAULT_TOKEN,
    AURORA_RATE_LIMIT: '1000',
    MAX_WAIT_MS: '500',
    WARM_UP: 'full',
    // Full within minutes, so that its filling is not taken for a leak.
    ANSWERS_MAX_MB: '1',
    ACCESS_LOG: 'on',
    CALLER_AUTH: 'keys',
    CALLER_RATE_LIMIT: '0',
    GATEWAY_KEYS: CALLERS.map((name) => `${name}:${sha256(name)}`).join(','),
  },
  /gateway: (http:\S+\/graphql)\nFigures for Prometheus: (\S+)/,
)

interface Work {
  /** Of a hundred requests. */
  readonly share: number
  send(turn: number): Promise<number>
}

const post = async (body: object, turn: number, signal?: AbortSignal): Promise<number> => {
  const answer = await request(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-api-key': CALLERS[turn % CALLERS.length] ?? '' },
    body: JSON.stringify(body),
    dispatcher: agent,
    ...(signal && { signal }),
  })
  await answer.body.dump()
  return answer.statusCode
}

const get = async (search: Record<string, string>, headers: Record<string, string>): Promise<number> => {
  const answer = await request(`${url}?${new URLSearchParams(search)}`, {
    headers: { 'x-api-key': 'phone', 'accept-encoding': 'br', ...headers },
    dispatcher: agent,
  })
  tag = String(answer.headers['etag'] ?? tag)
  await answer.body.dump()
  return answer.statusCode
}

const SCREEN =
  '{ projects(first: 20) { nodes { id name owner { firstName } designs { id name systemSizeStc } } } }'
const ids = await readIds()
const idAt = (turn: number): string => ids[(turn * 7919) % ids.length] ?? ''
let tag = ''

const WORK: readonly Work[] = [
  { share: 35, send: (turn) => post({ query: SCREEN }, turn) },
  {
    share: 20,
    send: (turn) =>
      post(
        {
          query: 'query ($id: ID!) { project(id: $id) { name designs { name milestone { milestone } } } }',
          variables: { id: idAt(turn) },
        },
        turn,
      ),
  },
  // A phone that holds the answer.
  { share: 15, send: () => get({ query: SCREEN }, { 'if-none-match': tag }) },
  // Other words each time: nothing may be kept for each of them.
  {
    share: 10,
    send: (turn) => post({ query: `query Name${turn} { project(id: "${idAt(turn)}") { name } }` }, turn),
  },
  {
    share: 5,
    send: (turn) =>
      post(
        {
          query: `{ teams { name } } # ${turn}`,
          extensions: { persistedQuery: { version: 1, sha256Hash: sha256(`{ teams { name } } # ${turn}`) } },
        },
        turn,
      ),
  },
  { share: 3, send: (turn) => post({ query: `{ nothing${turn} }` }, turn) },
  { share: 2, send: (turn) => post({ query: `{ ${'a '.repeat(2000)}}`, variables: { turn } }, turn) },
  {
    share: 2,
    send: (turn) =>
      post(
        {
          query:
            'query ($id: ID!) { explain(query: "{ users { id } }") { calls { expected } } project(id: $id) { name } }',
          variables: { id: idAt(turn) },
        },
        turn,
      ),
  },
  {
    share: 1,
    send: (turn) =>
      post(
        {
          query:
            'mutation ($id: ID!, $n: String!) { updateProject(id: $id, input: { name: $n }) { errors { code } } }',
          variables: { id: idAt(turn), n: `Name ${turn}` },
        },
        turn,
      ),
  },
  // A client that leaves before the answer.
  {
    share: 5,
    send: async (turn) => {
      const leave = new AbortController()
      const answer = post(
        {
          query: 'query ($id: ID!) { project(id: $id) { billSummary { __typename } } }',
          variables: { id: idAt(turn) },
        },
        turn,
        leave.signal,
      )
      await delay(turn % 20)
      leave.abort()
      return answer.catch(() => 0)
    },
  },
  {
    share: 2,
    send: () =>
      request(url, { method: 'POST', headers: { 'x-api-key': 'wrong' }, body: '{}', dispatcher: agent }).then(
        async ({ statusCode, body }) => (await body.dump(), statusCode),
      ),
  },
]
const PLAN = WORK.flatMap(({ share, send }) => Array.from({ length: share }, () => send))

async function readIds(): Promise<readonly string[]> {
  const answer = await request(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-api-key': 'web' },
    body: JSON.stringify({ query: '{ projects(first: 100) { nodes { id } } }' }),
    dispatcher: agent,
  })
  const { data } = (await answer.body.json()) as { data: { projects: { nodes: { id: string }[] } } }
  return data.projects.nodes.map(({ id }) => id)
}

interface Sample {
  readonly atS: number
  readonly rssMb: number
  readonly heapMb: number
}

async function sample(atS: number): Promise<Sample & { text: string }> {
  const text = await (await request(metricsUrl, { dispatcher: agent })).body.text()
  const valueOf = (name: string): number =>
    Number(
      text
        .split('\n')
        .find((line) => line.startsWith(`${name} `))
        ?.slice(name.length),
    )
  const MB = 1024 * 1024
  return {
    atS,
    rssMb: valueOf('process_resident_memory_bytes') / MB,
    heapMb: valueOf('nodejs_heap_space_size_used_bytes{space="old"}') / MB,
    text,
  }
}

const begunAt = performance.now()
const secondsNow = (): number => (performance.now() - begunAt) / 1000
const samples: Sample[] = []
const statuses = new Map<number, number>()
const times: number[] = []
let failures = 0
let underWay = 0
let turn = 0
let lastText = ''

const sampling = (async () => {
  while (secondsNow() < SECONDS) {
    const { text, ...taken } = await sample(secondsNow())
    lastText = text
    samples.push(taken)
    await delay(SAMPLE_MS)
  }
})()

while (secondsNow() < SECONDS) {
  const due = Math.floor(secondsNow() * RATE)
  // A request that cannot be sent in time is left out, so that a gateway that is behind can catch up.
  while (turn < due && underWay < 200) {
    const mine = turn
    turn += 1
    underWay += 1
    const sentAt = performance.now()
    PLAN[(mine * 37) % PLAN.length]?.(mine)
      .then(
        (status) => {
          statuses.set(status, (statuses.get(status) ?? 0) + 1)
          times.push(performance.now() - sentAt)
        },
        () => (failures += 1),
      )
      .finally(() => (underWay -= 1))
  }
  if (underWay >= 200) turn = Math.max(turn, due)
  await delay(5)
}
await sampling
await delay(1000)

/** The lowest of each minute: what is left of the old space once garbage is collected, which is not every second. */
function lowestOf(pick: (sample: Sample) => number): { atS: number; value: number }[] {
  const lowest = new Map<number, number>()
  for (const each of samples.filter(({ atS }) => atS >= SECONDS * WARM_SHARE)) {
    const slot = Math.floor(each.atS / SLOT_SECONDS)
    lowest.set(slot, Math.min(lowest.get(slot) ?? Infinity, pick(each)))
  }
  return [...lowest].map(([slot, value]) => ({ atS: slot * SLOT_SECONDS, value }))
}

/** Least squares, in MB a minute. */
function slopeOf(points: readonly { atS: number; value: number }[]): number {
  const meanX = points.reduce((sum, { atS }) => sum + atS, 0) / points.length
  const meanY = points.reduce((sum, { value }) => sum + value, 0) / points.length
  const above = points.reduce((sum, { atS, value }) => sum + (atS - meanX) * (value - meanY), 0)
  const below = points.reduce((sum, { atS }) => sum + (atS - meanX) ** 2, 0)
  return below === 0 ? 0 : (above / below) * 60
}

times.sort((left, right) => left - right)
const quantile = (share: number): number => Math.round(times[Math.floor(times.length * share)] ?? 0)
const rss = lowestOf(({ rssMb }) => rssMb)
const heap = lowestOf(({ heapMb }) => heapMb)
const series = lastText.split('\n').filter((line) => line !== '' && !line.startsWith('#')).length
const refusedByAurora = [
  ...lastText.matchAll(/upstream_calls_total\{[^}]*status="429"[^}]*\} (\d+)/g),
].reduce((sum, [, count]) => sum + Number(count), 0)
const growth = { rss: slopeOf(rss), heap: slopeOf(heap) }

console.log(
  `${SECONDS} s, ${times.length + failures} requests, ${(times.length / SECONDS).toFixed(0)} a second`,
)
console.log(
  `answers by status (0: left before): ${JSON.stringify(Object.fromEntries([...statuses].toSorted(([a], [b]) => a - b)))}`,
)
console.log(
  `without any answer: ${failures}; p50 ${quantile(0.5)} ms, p99 ${quantile(0.99)} ms; Aurora answered 429: ${refusedByAurora}; series of metrics: ${series}`,
)
console.log(`lowest of each minute from ${SECONDS * WARM_SHARE} s on, in MB:`)
console.log(`  rss  ${rss.map(({ value }) => value.toFixed(0)).join(' ')}: ${growth.rss.toFixed(2)} a minute`)
console.log(
  `  old space ${heap.map(({ value }) => value.toFixed(0)).join(' ')}: ${growth.heap.toFixed(2)} a minute`,
)

const hasGrown = growth.rss > MAX_GROWTH_MB || growth.heap > MAX_GROWTH_MB
const hasFailed = failures > 0 || [...statuses.keys()].some((status) => status >= 500)
console.log(hasGrown ? 'memory grew' : 'no growth', hasFailed ? 'and something failed' : 'and nothing failed')
for (const child of children) child.kill('SIGTERM')
await agent.close()
process.exit(hasGrown || hasFailed ? 1 : 0)
