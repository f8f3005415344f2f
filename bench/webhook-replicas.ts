// What a flood of webhooks costs each process of two replicas: `npm run bench:replicas`. CPU time of both gateways and of
// Redis, commands and bytes of Redis for each webhook, and how long one turn of the event loop takes. `--against` names a second
// build, which has a Redis of its own and is measured in turn with this one.
import { spawn } from 'node:child_process'
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { createSimulator } from '../src/simulator/simulator.ts'
import { startRedis } from '../test/support/redis-server.ts'
import type { RedisServer } from '../test/support/redis-server.ts'
import { ask } from './ask-gateway.ts'
import { median, printNumber, printTable, quantile } from './figures.ts'
import { KEY, settingsOfFlooded } from './flooded-gateway.ts'
import { startHelper } from './helper-process.ts'
import { createFloods } from './webhook-floods.ts'
import type { Flood } from './webhook-floods.ts'
import type { Sending, Sent } from './webhook-sender.ts'
import { LOAD_CORE, onCore, pinThisProcess, SERVER_CORE } from './peers/processes.ts'
import { SENDER_ADDRESS, watchTogether } from './webhook-slices.ts'
import { PROGRAM } from './program.ts'

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '10' },
    seconds: { type: 'string', default: '1.5' },
    rate: { type: 'string', default: '1000' },
    /** Part of the name of a flood. */
    only: { type: 'string', default: '' },
    /** The folder of another checkout that is built. */
    against: { type: 'string', default: '' },
    /** A folder: the profiles of the gateways are written there. */
    profile: { type: 'string', default: '' },
  },
})
const ROUNDS = Number(values.rounds)
const WARMING_ROUNDS = 3
const CONNECTIONS = 96

interface Gateway {
  readonly url: string
  cpuUs(): number
  /** Begins to note how long turns are, or ends it and returns them. */
  toggle(): Promise<readonly number[]>
  end(): Promise<unknown>
}

async function startGateway(folder: string, env: Record<string, string>, core: number): Promise<Gateway> {
  const profile =
    values.profile === '' ? [] : ['--cpu-prof', '--cpu-prof-interval=200', `--cpu-prof-dir=${values.profile}`]
  const watch = join(import.meta.dirname, 'turn-watch.js')
  const [program = '', ...words] = onCore(core, [process.execPath, ...profile, '--import', watch, ...PROGRAM])
  const child = spawn(program, words, {
    cwd: folder,
    env: { PATH: process.env['PATH'] ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let errors = ''
  child.stderr.on('data', (text) => (errors += String(text)))
  const url = await new Promise<string>((resolve, reject) => {
    let text = ''
    child.stdout.on('data', (chunk) => {
      if (text.length < 10_000) text += String(chunk)
      const found = /http:\/\/[\w.]+:\d+/.exec(text)?.[0]
      if (found) resolve(found)
    })
    child.once('exit', (code) => reject(new Error(`a gateway has ended with ${code}: ${text}${errors}`)))
  })
  const turnsOf = (): readonly (readonly number[])[] =>
    [...errors.matchAll(/^TURNS (.*)\n/gm)].map(([, text = '']) => JSON.parse(text) as number[])
  return {
    url,
    cpuUs: () => cpuUsOf(child.pid ?? 0),
    async toggle() {
      const before = turnsOf().length
      child.kill('SIGUSR2')
      for (;;) {
        const turns = turnsOf()[before]
        if (turns) return turns
        await new Promise((resolve) => setTimeout(resolve, 10))
      }
    },
    end() {
      const ended = new Promise((resolve) => child.once('exit', resolve))
      child.kill('SIGTERM')
      return ended
    },
  }
}

/** The first figure of schedstat is the time on the processor, in nanoseconds. */
function cpuUsOf(pid: number): number {
  const tasks = `/proc/${pid}/task`
  return readdirSync(tasks).reduce(
    (sum, task) => sum + Number(readFileSync(`${tasks}/${task}/schedstat`, 'utf8').split(' ')[0]) / 1000,
    0,
  )
}

interface Build {
  readonly name: string
  readonly redis: RedisServer
  readonly redisPid: number
  readonly gateways: readonly Gateway[]
}

async function startBuild(name: string, folder: string, auroraUrl: string): Promise<Build> {
  const redis = await startRedis()
  const info = await redis.admin((client) => client.info('server'))
  const env = settingsOfFlooded(auroraUrl, redis.url)
  const gateways = [await startGateway(folder, env, SERVER_CORE), await startGateway(folder, env, LOAD_CORE)]
  return { name, redis, redisPid: Number(/process_id:(\d+)/.exec(info)?.[1]), gateways }
}

interface Round {
  readonly rungUs: number
  readonly readingUs: number
  readonly redisUs: number
  readonly commands: number
  readonly inBytes: number
  readonly outBytes: number
  readonly rungTurns: readonly number[]
  readonly readingTurns: readonly number[]
}

async function readCounts({ redis }: Build): Promise<readonly [number, number, number]> {
  const text = await redis.admin((client) => client.info('everything'))
  const numberOf = (name: string): number => Number(new RegExp(`${name}:(\\d+)`).exec(text)?.[1] ?? 0)
  const commands = [...text.matchAll(/^cmdstat_[^:]+:calls=(\d+)/gm)].reduce(
    (sum, [, calls]) => sum + Number(calls),
    0,
  )
  return [commands, numberOf('total_net_input_bytes'), numberOf('total_net_output_bytes')]
}

async function measureRound(
  build: Build,
  flood: Flood,
  sender: ReturnType<typeof startSender>,
): Promise<Round> {
  const [rung, reading] = build.gateways as [Gateway, Gateway]
  if (flood.cached !== undefined) for (const { url } of build.gateways) await ask(url, flood.cached)
  const watchers = flood.watched === undefined ? null : await watchTogether(rung.url, flood.watched)
  const changing = flood.change ? setInterval(flood.change, 50) : null
  const send = (): Promise<Sent> =>
    sender.do({
      port: Number(new URL(rung.url).port),
      targets: flood.targets,
      from: SENDER_ADDRESS,
      key: KEY,
      form: 'kept',
      perSecond: Number(values.rate),
      seconds: Number(values.seconds),
      connections: CONNECTIONS,
    })
  const before = await readCounts(build)
  const beforeUs = [rung.cpuUs(), reading.cpuUs(), cpuUsOf(build.redisPid)] as const
  const { answered } = await send()
  const afterUs = [rung.cpuUs(), reading.cpuUs(), cpuUsOf(build.redisPid)] as const
  const after = await readCounts(build)
  // Turns are measured in a flood of their own, and not in a profile: the watch keeps the loop busy.
  const areTurnsMeasured = values.profile === ''
  if (areTurnsMeasured) await Promise.all([rung.toggle(), reading.toggle()])
  if (areTurnsMeasured) await send()
  const [rungTurns, readingTurns] = areTurnsMeasured
    ? await Promise.all([rung.toggle(), reading.toggle()])
    : [[0], [0]]
  if (changing) clearInterval(changing)
  watchers?.end()
  return {
    rungUs: (afterUs[0] - beforeUs[0]) / answered,
    readingUs: (afterUs[1] - beforeUs[1]) / answered,
    redisUs: (afterUs[2] - beforeUs[2]) / answered,
    commands: (after[0] - before[0]) / answered,
    inBytes: (after[1] - before[1]) / answered,
    outBytes: (after[2] - before[2]) / answered,
    rungTurns,
    readingTurns,
  }
}

const startSender = () => startHelper<Sending, Sent>('./webhook-sender.ts')

const HEAD = [
  'flood',
  'build',
  'µs rung',
  'least',
  'µs reading',
  'least',
  'µs Redis',
  'least',
  'commands',
  'bytes in',
  'bytes out',
  'turns rung µs: p50',
  'p99',
  'p99.9',
  'max',
  'turns reading µs: p50',
  'p99',
  'p99.9',
  'max',
]

function toRow(flood: string, build: string, rounds: readonly Round[]): readonly string[] {
  const both = (pick: (round: Round) => number) => [
    printNumber(median(rounds.map(pick))),
    printNumber(Math.min(...rounds.map(pick))),
  ]
  const turns = (pick: (round: Round) => readonly number[]) => {
    const all = rounds.flatMap(pick)
    return [
      ...[0.5, 0.99, 0.999].map((share) => printNumber(quantile(all, share))),
      printNumber(median(rounds.map((each) => Math.max(...pick(each))))),
    ]
  }
  return [
    flood,
    build,
    ...both(({ rungUs }) => rungUs),
    ...both(({ readingUs }) => readingUs),
    ...both(({ redisUs }) => redisUs),
    ...[
      ({ commands }: Round) => commands,
      ({ inBytes }: Round) => inBytes,
      ({ outBytes }: Round) => outBytes,
    ].map((pick) => printNumber(median(rounds.map(pick)))),
    ...turns(({ rungTurns }) => rungTurns),
    ...turns(({ readingTurns }) => readingTurns),
  ]
}

pinThisProcess()
const sender = startSender()
const simulator = createSimulator({ limit: 1_000_000 })
const { url: auroraUrl } = await simulator.listen()
const builds = [await startBuild('this', '.', auroraUrl)]
if (values.against !== '') builds.unshift(await startBuild('before', values.against, auroraUrl))
const rows: (readonly string[])[] = []
try {
  for (const flood of createFloods(simulator).filter(({ name }) => name.includes(values.only))) {
    const measured = builds.map((): Round[] => [])
    for (let round = -WARMING_ROUNDS; round < ROUNDS; round += 1)
      for (const [index, build] of round % 2 === 0
        ? [...builds.entries()]
        : [...builds.entries()].toReversed()) {
        const result = await measureRound(build, flood, sender)
        if (round >= 0) measured[index]?.push(result)
      }
    for (const [index, { name }] of builds.entries())
      rows.push(toRow(flood.name, name, measured[index] ?? []))
  }
} finally {
  sender.end()
  for (const { gateways, redis } of builds) {
    await Promise.all(gateways.map((gateway) => gateway.end()))
    await redis[Symbol.asyncDispose]()
  }
}
console.log(printTable(HEAD, rows))
process.exit(0)
