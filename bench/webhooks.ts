// What a flood of webhooks costs, and how much longer an honest reader waits beside it: `npm run bench:webhooks`. The gateway has a
// core of its own where the system can do that; the sender, the reader, Aurora, Redis and other replicas share another one.
import { fork } from 'node:child_process'
import { request } from 'node:http'
import type { IncomingMessage } from 'node:http'
import { parseArgs } from 'node:util'
import { createSimulator, DEFAULT_TENANT_ID, DEFAULT_TOKEN } from '../src/simulator/simulator.ts'
import type { Simulator } from '../src/simulator/simulator.ts'
import { startRedis } from '../test/support/redis-server.ts'
import { ask } from './ask-gateway.ts'
import { median, printNumber, printTable, quantile } from './figures.ts'
import { LOAD_CORE, pinThisProcess, SERVER_CORE } from './peers/processes.ts'
import { startPinned } from './pinned-server.ts'
import type { PinnedServer } from './pinned-server.ts'
import { createFloods } from './webhook-floods.ts'
import type { Flood } from './webhook-floods.ts'
import type { Reading } from './webhook-reader.ts'
import type { Sending, Sent } from './webhook-sender.ts'

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '3' },
    rate: { type: 'string', default: '1000' },
    replicas: { type: 'string', default: '1,2' },
    /** Part of the name of a flood. */
    only: { type: 'string', default: '' },
    /** A folder: the profile of the first replica is written there. */
    profile: { type: 'string', default: '' },
  },
})
const SECONDS = Number(values.seconds)
const KEY = 'bench-webhook-key-0123456789abcdef'
/** With Redis each is answered after up to two reports, of 40 ms each. */
const CONNECTIONS = 96
const READ_EACH_MS = 4
const WATCHERS = 20
/** No event is about it. */
const READ = '{ tenant { name } }'

/** A server that does nothing but answer 204 with the same header fields. */
const BARE = `require('node:http').createServer((_, answer) => { answer.writeHead(204, ['cache-control', 'no-store', 'x-request-id',
  '0f5b7c1e-1111-4222-8333-444455556666']); answer.end() }).listen(0, '127.0.0.1', function () {
  console.log('http://127.0.0.1:' + this.address().port) })`

interface Helper<Task, Result> {
  do(task: Task): Promise<Result>
  end(): void
}

/** A process that stays, since each new one would be slow at first. */
function startHelper<Task extends object, Result>(file: string): Helper<Task, Result> {
  const child = fork(new URL(file, import.meta.url), { execArgv: process.execArgv })
  return {
    do: (task) =>
      new Promise((resolve, reject) => {
        child.removeAllListeners('error').once('error', reject)
        child.once('message', (result) => resolve(result as Result))
        child.send(task)
      }),
    end: () => void child.kill(),
  }
}

const sender = startHelper<Sending, Sent>('./webhook-sender.ts')
const reader = startHelper<Reading, readonly number[]>('./webhook-reader.ts')

const send = ({ url }: PinnedServer, targets: readonly string[]): Promise<Sent> =>
  sender.do({
    port: Number(new URL(url).port),
    targets,
    key: KEY,
    perSecond: Number(values.rate),
    seconds: SECONDS,
    connections: CONNECTIONS,
  })

const read = ({ url }: PinnedServer): Promise<readonly number[]> =>
  reader.do({ url, query: READ, eachMs: READ_EACH_MS, seconds: SECONDS })

const startGateway = (core: number, auroraUrl: string, redisUrl: string | null, profile = '') =>
  startPinned(core, [...(profile ? ['--cpu-prof', `--cpu-prof-dir=${profile}`] : []), 'dist/main.js'], {
    AURORA_BASE_URL: auroraUrl,
    AURORA_TENANT_ID: DEFAULT_TENANT_ID,
    AURORA_API_TOKEN: DEFAULT_TOKEN,
    AURORA_RATE_LIMIT: '100000',
    WEBHOOK_KEYS: KEY,
    PORT: '0',
    METRICS_PORT: '0',
    ACCESS_LOG: 'on',
    STATE_DIR: 'off',
    CALLER_RATE_LIMIT: '0',
    ...(redisUrl !== null && { REDIS_URL: redisUrl }),
  })

const watch = (url: string, query: string): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', accept: 'text/event-stream' }
    request(`${url}/graphql`, { method: 'POST', agent: false, headers }, (answer) => {
      answer.on('error', () => {}).resume()
      resolve(answer)
    })
      .on('error', reject)
      .end(JSON.stringify({ query }))
  })

interface Round {
  readonly quietMs: number
  readonly busyMs: number
  readonly ratio: number
  /** What the flood added, for each webhook. */
  readonly cpuUs: number
  readonly perSecond: number
  readonly calls: number
  readonly refused: number
}

const p99 = (times: readonly number[]): number => quantile(times, 0.99)

/** The reader alone, then beside the flood: next to each other, since the machine changes. */
async function measureRound(
  { gateway, receiver, simulator }: { gateway: PinnedServer; receiver: PinnedServer; simulator: Simulator },
  flood: Flood,
): Promise<Round> {
  const { url } = gateway
  if (flood.cached !== undefined) await ask(url, flood.cached)
  const { watched } = flood
  const streams = await Promise.all(
    Array.from({ length: watched === undefined ? 0 : WATCHERS }, () => watch(url, watched ?? '')),
  )
  const cpuUs = (): number => gateway.cpuUs() + (receiver === gateway ? 0 : receiver.cpuUs())
  const atFirst = cpuUs()
  const quietMs = p99(await read(gateway))
  const between = cpuUs()
  simulator.clearCalls()
  const [times, { answered, perSecond, refused }] = await Promise.all([
    read(gateway),
    send(receiver, flood.targets),
  ])
  const added = cpuUs() - between - (between - atFirst)
  for (const stream of streams) stream.destroy()
  const busyMs = p99(times)
  return {
    quietMs,
    busyMs,
    ratio: busyMs / quietMs,
    cpuUs: added / answered,
    perSecond,
    calls: simulator.calls.length,
    refused,
  }
}

async function measure(replicas: number): Promise<readonly (readonly string[])[]> {
  await using redis = replicas > 1 ? await startRedis() : null
  await using simulator = createSimulator({ limit: 1_000_000 })
  const { url } = await simulator.listen()
  const redisUrl = redis?.url ?? null
  const gateway = await startGateway(SERVER_CORE, url, redisUrl, values.profile)
  const others = await Promise.all(
    Array.from({ length: replicas - 1 }, () => startGateway(LOAD_CORE, url, redisUrl)),
  )
  const bare = await startPinned(SERVER_CORE, ['-e', BARE])
  const floods = createFloods(simulator).filter(({ name }) => name.includes(values.only))
  const rounds = new Map<Flood, Round[]>(floods.map((flood) => [flood, []]))
  const ofBare: Round[] = []
  const targets = floods[0]?.targets ?? []
  // The first seconds of a process are slow.
  for (const server of [gateway, bare]) await send(server, targets)
  await read(gateway)
  for (let round = 0; round < Number(values.rounds); round += 1) {
    ofBare.push(await measureRound({ gateway, receiver: bare, simulator }, { name: 'bare', targets }))
    for (const [flood, those] of rounds)
      those.push(await measureRound({ gateway, receiver: gateway, simulator }, flood))
  }
  await Promise.all([gateway, bare, ...others].map((server) => server.end()))
  const place = replicas === 1 ? 'no Redis' : `${replicas} replicas`
  return [
    ...[...rounds].map(([{ name }, those]) => [`${name}, ${place}`, ...toRow(those)]),
    [`the first one, sent to a bare node:http server on the same core, ${place}`, ...toRow(ofBare)],
  ]
}

function toRow(rounds: readonly Round[]): readonly string[] {
  const of = (name: keyof Round): string => printNumber(median(rounds.map((round) => round[name])))
  const sum = (name: keyof Round): string => String(rounds.reduce((all, round) => all + round[name], 0))
  const ratios = rounds.map(({ ratio }) => printNumber(ratio)).join(', ')
  return [
    of('perSecond'),
    of('quietMs'),
    of('busyMs'),
    `${of('ratio')} (${ratios})`,
    of('cpuUs'),
    `${sum('calls')}, ${sum('refused')}`,
  ]
}

const HEAD = [
  'flood',
  'a second',
  'p99 ms without',
  'p99 ms beside it',
  'ratio (of each round)',
  'µs of CPU a webhook',
  'calls, refused',
]

pinThisProcess()
const rows: (readonly string[])[] = []
for (const replicas of values.replicas.split(',').map(Number)) rows.push(...(await measure(replicas)))
console.log(printTable(HEAD, rows))
sender.end()
reader.end()
process.exit(0)
