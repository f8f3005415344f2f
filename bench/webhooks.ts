// What a flood of webhooks costs, and how much longer an honest reader waits beside it: `npm run bench:webhooks`. Short slices of the
// reader alone, beside the flood at the gateway, and beside it at a bare server come in turn. All samples of a kind are one pool;
// the ratio is also computed for each round.
import { parseArgs } from 'node:util'
import { createSimulator } from '../src/simulator/simulator.ts'
import { startRedis } from '../test/support/redis-server.ts'
import { ask } from './ask-gateway.ts'
import { startBareReceiver } from './bare-receiver.ts'
import { median, printNumber, printTable, quantile } from './figures.ts'
import { KEY, settingsOfFlooded } from './flooded-gateway.ts'
import { canPin, LOAD_CORE, pinThisProcess, SERVER_CORE } from './peers/processes.ts'
import { startPinned } from './pinned-server.ts'
import type { PinnedServer } from './pinned-server.ts'
import { createFloods } from './webhook-floods.ts'
import type { Flood } from './webhook-floods.ts'
import type { SenderForm } from './webhook-sender.ts'
import { createSlices, KINDS, SENDER_ADDRESS, watchTogether } from './webhook-slices.ts'
import type { Floodable, Kind, Slice, Slices } from './webhook-slices.ts'
import { PROGRAM } from './program.ts'

const { values } = parseArgs({
  options: {
    /** Each has one slice of each kind. */
    rounds: { type: 'string', default: '16' },
    seconds: { type: 'string', default: '1.5' },
    rate: { type: 'string', default: '1000' },
    replicas: { type: 'string', default: '1,2' },
    /** Of `kept`, `ids` and `new`: bench/webhook-sender.ts. */
    forms: { type: 'string', default: 'kept' },
    /** The address that webhooks come from; readers come from 127.0.0.1, as all do behind one proxy. */
    from: { type: 'string', default: SENDER_ADDRESS },
    /** Part of the name of a flood. */
    only: { type: 'string', default: '' },
    /** `no`: the system decides which core a process has. */
    pin: { type: 'string', default: 'yes' },
    /** A folder: the profile of the first replica is written there. */
    profile: { type: 'string', default: '' },
  },
})
const ROUNDS = Number(values.rounds)
/** In the first slices of a flood V8 still compiles what the flood needs, on the core of the server: a tenth of its CPU time, and more. */
const WARMING_ROUNDS = 4
const isPinned = values.pin === 'yes' && canPin
const serverCore = isPinned ? SERVER_CORE : null
const loadCore = isPinned ? LOAD_CORE : null

interface GatewayParts {
  readonly core: number | null
  readonly auroraUrl: string
  readonly redisUrl: string | null
  readonly profile?: string
}

const startGateway = ({ core, auroraUrl, redisUrl, profile = '' }: GatewayParts): Promise<PinnedServer> =>
  startPinned([...(profile ? ['--cpu-prof', `--cpu-prof-dir=${profile}`] : []), ...PROGRAM], {
    core,
    env: settingsOfFlooded(auroraUrl, redisUrl),
  })

interface Measured {
  readonly name: string
  readonly slices: ReadonlyMap<Kind, Slice[]>
  calls: number
}

const createMeasured = (name: string): Measured => ({
  name,
  slices: new Map(KINDS.map((kind) => [kind, []])),
  calls: 0,
})

/** Each second round goes backwards, so that what grows or shrinks with time concerns all kinds alike. */
async function measureRound(
  measured: Measured,
  { round, flood, form }: { readonly round: number; readonly flood: Flood; readonly form: SenderForm },
  { servers, slices, countCalls }: Running,
): Promise<void> {
  const { url } = servers.gateway
  if (flood.cached !== undefined) await ask(url, flood.cached)
  const watchers = flood.watched === undefined ? null : await watchTogether(url, flood.watched)
  const failures = watchers ? [watchers.failed] : []
  for (const kind of round % 2 === 0 ? KINDS : KINDS.toReversed()) {
    const before = countCalls()
    const slice = await Promise.race([slices.run(servers, kind, flood, form), ...failures])
    measured.slices.get(kind)?.push(slice)
    if (kind === 'gateway') measured.calls += countCalls() - before
  }
  watchers?.end()
}

interface Running {
  readonly servers: Floodable
  readonly slices: Slices
  readonly countCalls: () => number
}

async function measure(replicas: number, slices: Slices): Promise<readonly (readonly string[])[]> {
  await using redis = replicas > 1 ? await startRedis() : null
  await using simulator = createSimulator({ limit: 1_000_000 })
  const { url: auroraUrl } = await simulator.listen()
  const parts = { auroraUrl, redisUrl: redis?.url ?? null }
  const gateway = await startGateway({ ...parts, core: serverCore, profile: values.profile })
  const others = Array.from({ length: replicas - 1 }, () => startGateway({ ...parts, core: loadCore }))
  const bare = await startBareReceiver(serverCore)
  const all = [gateway, bare, ...(await Promise.all(others))]
  const running: Running = {
    servers: { gateway, bare },
    slices,
    countCalls: () => simulator.calls.length,
  }
  const floods = createFloods(simulator).filter(({ name }) => name.includes(values.only))
  const forms = values.forms.split(',') as SenderForm[]
  try {
    return await Promise.race([
      measureAll(floods, forms, { ...running, place: replicas === 1 ? 'no Redis' : `${replicas} replicas` }),
      ...all.map(({ failed }) => failed),
    ])
  } catch (error) {
    // Before the servers, whose end they would report as well.
    slices.end()
    throw error
  } finally {
    await Promise.all(all.map((server) => server.end()))
  }
}

async function measureAll(
  floods: readonly Flood[],
  forms: readonly SenderForm[],
  { place, ...running }: Running & { readonly place: string },
): Promise<readonly (readonly string[])[]> {
  const rows: (readonly string[])[] = []
  for (const form of forms)
    for (const flood of floods) {
      const warming = createMeasured('')
      for (let round = 0; round < WARMING_ROUNDS; round += 1)
        await measureRound(warming, { round, flood, form }, running)
      const measured = createMeasured(`${flood.name}, ${form}, ${place}`)
      for (let round = 0; round < ROUNDS; round += 1)
        await measureRound(measured, { round, flood, form }, running)
      rows.push(...toRows(measured))
    }
  return rows
}

const HEAD = [
  'flood',
  'reader',
  'reads',
  'p50 ms',
  'p95 ms',
  'p99 ms',
  'p99.9 ms',
  'p99 of alone',
  'the same, median of rounds',
  'a second',
  'µs of CPU a webhook',
  'calls, refused',
]
const SHARES = [0.5, 0.95, 0.99, 0.999]

function toRows({ name, slices, calls }: Measured): readonly (readonly string[])[] {
  const poolOf = (kind: Kind): readonly number[] => (slices.get(kind) ?? []).flatMap(({ times }) => times)
  const sumOf = (kind: Kind, pick: (slice: Slice) => number): number =>
    (slices.get(kind) ?? []).reduce((sum, slice) => sum + pick(slice), 0)
  const aloneMs = quantile(poolOf('alone'), 0.99)
  const p99sOf = (kind: Kind): readonly number[] =>
    (slices.get(kind) ?? []).map(({ times }) => quantile(times, 0.99))
  const ratiosOf = (kind: Kind): readonly number[] =>
    p99sOf(kind).map((ms, round) => ms / (p99sOf('alone')[round] ?? Number.NaN))
  return KINDS.map((kind) => {
    const times = poolOf(kind)
    const waits = SHARES.map((share) => printNumber(quantile(times, share)))
    const reader =
      kind === 'alone' ? 'alone' : `beside the flood at ${kind === 'bare' ? 'a bare server' : 'the gateway'}`
    const start = [kind === 'alone' ? name : '', reader, String(times.length), ...waits]
    if (kind === 'alone') return [...start, '', '', '', '', '']
    const answered = sumOf(kind, ({ sent }) => sent?.answered ?? 0)
    const readerUs = kind === 'gateway' ? sumOf('alone', ({ cpuUs }) => cpuUs) : 0
    return [
      ...start,
      printNumber(quantile(times, 0.99) / aloneMs),
      printNumber(median(ratiosOf(kind))),
      printNumber(sumOf(kind, ({ sent }) => sent?.perSecond ?? 0) / ROUNDS),
      printNumber((sumOf(kind, ({ cpuUs }) => cpuUs) - readerUs) / answered),
      `${kind === 'gateway' ? calls : 0}, ${sumOf(kind, ({ sent }) => sent?.refused ?? 0)}`,
    ]
  })
}

// Before the helpers are started, because they inherit the core of this process.
if (isPinned) pinThisProcess()
const slices = createSlices({
  from: values.from,
  key: KEY,
  perSecond: Number(values.rate),
  seconds: Number(values.seconds),
})
const rows: (readonly string[])[] = []
try {
  for (const replicas of values.replicas.split(',').map(Number))
    rows.push(...(await measure(replicas, slices)))
} finally {
  slices.end()
}
console.log(printTable(HEAD, rows))
process.exit(0)
