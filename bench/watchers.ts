// What 1,000 watchers of one screen cost on two replicas: calls, executions, memory, how late a change is, and what a flood of
// webhooks does to other readers: `npm run bench:watchers [-- --watchers 1000] [--changes 20]`.
import { request } from 'node:http'
import type { IncomingMessage } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { createSimulator, DEFAULT_TENANT_ID, DEFAULT_TOKEN } from '../src/simulator/simulator.ts'
import type { Simulator } from '../src/simulator/simulator.ts'
import { endPrograms } from '../test/support/program.ts'
import type { Program } from '../test/support/program.ts'
import { startRedis } from '../test/support/redis-server.ts'
import { waitUntil } from '../test/support/wait-until.ts'
import { KEY } from './flooded-gateway.ts'
import { printNumber, printTable, quantile } from './figures.ts'
import { floodBesideWatchers } from './flood-beside-watchers.ts'
import { memoryOf, startBare, startMeasured } from './stream-memory.ts'
import type { Memory } from './stream-memory.ts'

const { values } = parseArgs({
  options: {
    watchers: { type: 'string', default: '1000' },
    changes: { type: 'string', default: '20' },
  },
})
const WATCHERS = Number(values.watchers)
const CHANGES = Number(values.changes)
/** Twenty projects and their designs: 21 replies, of which a change of one project touches two. */
const SCREEN = 'query Board @live { projects(first: 20) { nodes { id name status } } }'
/** A live answer comes once a second at the most; changes further apart than that do not wait for each other. */
const BETWEEN_CHANGES_MS = [1_500, 5_000, 2_500, 3_300]
/** More requests of one caller at once would be refused. */
const OPENED_TOGETHER = 100
const SETTLED_MS = 3_000

interface Replica {
  readonly url: string
  readonly program: Program
}

async function startReplica(simulator: { readonly url: string }, redisUrl: string): Promise<Replica> {
  const program = startMeasured({
    AURORA_BASE_URL: simulator.url,
    AURORA_TENANT_ID: DEFAULT_TENANT_ID,
    AURORA_API_TOKEN: DEFAULT_TOKEN,
    AURORA_RATE_LIMIT: '100000',
    REDIS_URL: redisUrl,
    WEBHOOK_KEYS: KEY,
    STREAMS_MAX: '1000',
    STREAMS_MAX_OF_CALLER: '1000',
    CALLER_RATE_LIMIT: '0',
  })
  return { url: await program.listening, program }
}

async function subscribe(simulatorUrl: string, { url }: Replica): Promise<void> {
  const webhook = {
    event: 'project_status_changed',
    url_template: `${url}/webhooks/aurora/project_status_changed?PROJECT_ID=<PROJECT_ID>`,
    enabled: true,
    header_auth_key: 'X-Webhook-Key',
    header_auth_value: KEY,
  }
  const made = await fetch(`${simulatorUrl}/tenants/${DEFAULT_TENANT_ID}/webhooks`, {
    method: 'POST',
    headers: { authorization: `Bearer ${DEFAULT_TOKEN}`, 'content-type': 'application/json' },
    body: JSON.stringify({ webhook }),
  })
  if (!made.ok) throw new Error(`no subscription: ${made.status} ${await made.text()}`)
}

/** Times at which each stream has got an answer that contains the text. */
function watch({ url }: Replica, onEvent: (text: string) => void): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const asking = request(
      `${url}/graphql`,
      {
        method: 'POST',
        agent: false,
        headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
      },
      (answer) => {
        let text = ''
        answer.setEncoding('utf8').on('data', (chunk: string) => {
          text += chunk
          const events = text.split('\n\n')
          text = events.pop() ?? ''
          for (const event of events) if (/^event: next$/m.test(event)) onEvent(event)
        })
        answer.on('error', () => {})
        resolve(answer)
      },
    )
    asking.on('error', reject)
    asking.end(JSON.stringify({ query: SCREEN }))
  })
}

async function changeAndMeasure(
  simulator: Simulator,
  heard: Map<string, number[]>,
): Promise<{ readonly delays: number[]; readonly missing: number; readonly calls: number }> {
  const delays: number[] = []
  let missing = 0
  const id = String(simulator.data.projects[0]?.id)
  simulator.clearCalls()
  for (let change = 0; change < CHANGES; change += 1) {
    const status = `Status ${change}.`
    heard.set(status, [])
    const changedAtMs = performance.now()
    simulator.changeInApp({ event: 'project_status_changed', ids: { project_id: id }, members: { status } })
    await delay(BETWEEN_CHANGES_MS[change % BETWEEN_CHANGES_MS.length])
    const times = heard.get(status) ?? []
    delays.push(...times.map((at) => at - changedAtMs))
    missing += WATCHERS - times.length
  }
  const calls = simulator.calls.length
  await delay(SETTLED_MS)
  return { delays, missing, calls }
}

async function openStreams(
  to: readonly Replica[],
  onEvent: (text: string) => void,
): Promise<readonly IncomingMessage[]> {
  const streams: IncomingMessage[] = []
  while (streams.length < WATCHERS) {
    const group = Array.from({ length: Math.min(OPENED_TOGETHER, WATCHERS - streams.length) }, (_, index) => {
      const replica = to[index % to.length]
      if (!replica) throw new Error('no replica')
      return watch(replica, onEvent)
    })
    streams.push(...(await Promise.all(group)))
  }
  return streams
}

const eachOf = (before: Memory, after: Memory): Memory => ({
  heapKb: (after.heapKb - before.heapKb) / WATCHERS,
  residentKb: (after.residentKb - before.residentKb) / WATCHERS,
})

/** All streams were open before, so that the code for them is compiled and the young generation has grown. */
async function warmed(servers: readonly Replica[]): Promise<Memory> {
  for (const stream of await openStreams(servers, () => {})) stream.destroy()
  await delay(SETTLED_MS)
  return memoryOf(servers.map(({ program }) => program))
}

/** Two as well, with the same number of streams. */
async function measureBare(): Promise<Memory> {
  const programs = [startBare(), startBare()]
  const servers = await Promise.all(
    programs.map(async (program) => ({ url: await program.listening, program })),
  )
  const before = await warmed(servers)
  const streams = await openStreams(servers, () => {})
  await delay(SETTLED_MS)
  const bare = eachOf(before, await memoryOf(programs))
  for (const stream of streams) stream.destroy()
  for (const { child } of programs) child.kill()
  return bare
}

async function measure(): Promise<void> {
  await using redis = await startRedis()
  await using simulator = createSimulator({ limit: 1_000_000 })
  const { url } = await simulator.listen()
  const replicas = [await startReplica({ url }, redis.url), await startReplica({ url }, redis.url)]
  try {
    const [first, second] = replicas
    if (!first || !second) throw new Error('two replicas')
    await subscribe(url, first)
    const heard = new Map<string, number[]>()
    let events = 0
    const onEvent = (text: string): void => {
      events += 1
      const status = /"status":"(Status \d+\.)"/.exec(text)?.[1]
      if (status !== undefined) heard.get(status)?.push(performance.now())
    }
    const before = await warmed(replicas)
    simulator.clearCalls()
    const streams = await openStreams([first, second], onEvent)
    await waitUntil(() => events >= WATCHERS)
    const openCalls = simulator.calls.length
    await delay(SETTLED_MS)
    const grown = eachOf(before, await memoryOf(replicas.map(({ program }) => program)))
    const bare = await measureBare()
    const { delays, missing, calls } = await changeAndMeasure(simulator, heard)
    const flood = await floodBesideWatchers(first, simulator)
    console.log(
      printTable(
        ['what', 'figure'],
        [
          ['watchers, on two replicas', printNumber(WATCHERS)],
          ['calls when all have connected', printNumber(openCalls)],
          ['KB of heap a watcher', printNumber(grown.heapKb)],
          ['the same at a bare server', printNumber(bare.heapKb)],
          ['KB resident a watcher', printNumber(grown.residentKb)],
          ['the same at a bare server', printNumber(bare.residentKb)],
          [`calls for ${CHANGES} changes`, printNumber(calls)],
          ['answers that did not come before the next change', printNumber(missing)],
          ['from the change to the event, p50 ms', printNumber(quantile(delays, 0.5))],
          ['p95 ms', printNumber(quantile(delays, 0.95))],
          ...flood,
        ],
      ),
    )
    for (const stream of streams) stream.destroy()
  } finally {
    endPrograms()
  }
}

await measure()
