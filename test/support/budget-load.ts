// Clients of three groups that work with one key, as those of a company do, and what each of them got. All times are divided by `scale`.
import { countKept } from '../../src/budget/classes.ts'
import { DRIFT_MARGIN_MS } from '../../src/budget/window.ts'
import type { Config } from '../../src/config/config.ts'
import { createSimulator } from '../../src/simulator/simulator.ts'
import type { Simulator } from '../../src/simulator/simulator.ts'
import { createTestGateway } from './test-gateway.ts'
import type { Answer, TestGateway } from './test-gateway.ts'
import { createRandom } from './seeded-random.ts'
import type { Random } from './seeded-random.ts'

/** Before the division: 90 calls a minute, answers after 0.3 s. */
const REAL = { limit: 90, windowMs: 60_000, latencyMs: 300 } as const
/** How long a person looks at one screen before opening the next. */
const REAL_PAUSE_MS = 10_000
/** How long clients of the first and the third group wait for a slot. */
const REAL_SHORT_WAIT_MS = 1000
/** The wait that clients of the second group accept. A multiple of each scale, because `Prefer` has whole seconds. */
const REAL_LONG_WAIT_S = 15
/** The longest time on a busy machine from the taking of a slot to the arrival at the simulator. */
const ON_THE_WAY_MS = 500

export interface BudgetLoadOptions {
  readonly clients: number
  readonly minutes: number
  /** Settings of each replica; as many gateways are opened as there are. */
  readonly replicas: readonly Partial<Config>[]
  /** Every time is divided by it: 1, 3, 5 or 15. */
  readonly scale: number
  readonly size: LoadSize
  readonly window: 'sliding' | 'fixed'
  readonly seed?: number
}

/** What clients read: projects whose designs are listed, and designs whose details are read. */
export interface LoadSize {
  readonly projects: number
  readonly designs: number
}

/**
 * 332 objects in about 130 calls: 120 projects and their owners in a page each, the designs of 64 of them, summary and
 * price of 32 designs.
 */
export const OBJECTS_332: LoadSize = { projects: 64, designs: 32 }
/** About 332 calls: more than three minutes allow. */
export const CALLS_332: LoadSize = { projects: 110, designs: 110 }

export const TEMPERS = ['wait at most 1 s', 'Prefer: wait=15', 'come back at retryAt'] as const
export type Temper = (typeof TEMPERS)[number]

export interface Outcome {
  readonly temper: Temper
  readonly kind: string
  readonly beganAtMs: number
  readonly endedAtMs: number
  readonly verdict: 'full' | 'partial' | 'failed'
  /** No field was answered. */
  readonly isEmpty: boolean
  readonly codes: readonly string[]
  /** The latest time of a refused field, since the beginning; null where no field was refused, or one had no time. */
  readonly retryAtMs: number | null
  /** For a client that came back at that time: whether it got the rest. */
  readonly hadRest: boolean | null
}

export interface BudgetLoadReport {
  readonly durationMs: number
  readonly outcomes: readonly Outcome[]
  /** Distinct calls, and the time of the last one. */
  readonly distinctCalls: number
  readonly allFetchedAtMs: number
  readonly answered429: number
  readonly worstSliding: number
  /** Calls of each half, and the slots that it had. */
  readonly spent: { readonly whole: number; readonly secondHalf: number }
  readonly slots: { readonly whole: number; readonly secondHalf: number }
  /** Calls made more than once. */
  readonly repeated: readonly string[]
  /** Requests without a full answer although a slot was free then, or within the rest of their wait: counted from the calls. */
  readonly refusedInVain: readonly Outcome[]
}

/** Runs until the time is up and the last answer has come. The simulator is called over real HTTP, the gateways in process. */
export async function loadTheBudget(options: BudgetLoadOptions): Promise<BudgetLoadReport> {
  const { scale, minutes, replicas, window, size, clients } = options
  const windowMs = REAL.windowMs / scale
  const durationMs = (minutes * 60_000) / scale
  await using simulator = createSimulator({
    limit: REAL.limit,
    windowMs,
    window,
    latencyMs: REAL.latencyMs / scale,
  })
  const { url } = await simulator.listen()
  await using gateways = await openReplicas(replicas, url, {
    rateLimit: REAL.limit,
    rateWindowMs: windowMs,
    maxWaitMs: REAL_SHORT_WAIT_MS / scale,
  })
  const ask = createQuestions(simulator, size)
  await warmUp(simulator, ask)
  const startMs = performance.now()
  const run: Run = {
    scale,
    startMs,
    endMs: startMs + durationMs,
    ask,
    outcomes: [],
  }
  await Promise.all(
    Array.from({ length: clients }, async (_, index) => {
      const gateway = gateways.all[index % gateways.all.length]
      const random = createRandom((options.seed ?? 1) * 1000 + index)
      const temper = TEMPERS[index % TEMPERS.length] ?? TEMPERS[0]
      if (gateway) await beClient(run, { gateway, name: `client ${index}`, temper, random })
    }),
  )
  return report(run, simulator, { durationMs, windowMs })
}

/**
 * The first compilation in a process, and data that the simulator makes when first asked, take as long as some waits
 * here. So another gateway gets every kind of query first, and the data are read once.
 */
async function warmUp(simulator: Simulator, ask: Run['ask']): Promise<void> {
  await using gateway = await createTestGateway()
  const random = createRandom(0)
  for (let count = 0; count < 60; count += 1) await send(gateway, 'warm up', ask(random), {})
  for (const id of simulator.data.projectIds.slice(0, 250)) simulator.data.designsOf(id)
}

async function openReplicas(replicas: readonly Partial<Config>[], baseUrl: string, shared: Partial<Config>) {
  const all = await Promise.all(
    // Each has a simulator of its own, which gets no call.
    replicas.map((config) =>
      createTestGateway({ baseUrl, simulator: { projectCount: 1 }, config: { ...shared, ...config } }),
    ),
  )
  return {
    all,
    async [Symbol.asyncDispose]() {
      await Promise.all(all.map((gateway) => gateway[Symbol.asyncDispose]()))
    },
  }
}

interface Run {
  readonly scale: number
  readonly startMs: number
  readonly endMs: number
  readonly ask: (random: Random) => Question
  readonly outcomes: Outcome[]
}

interface Client {
  readonly gateway: TestGateway
  readonly name: string
  readonly temper: Temper
  readonly random: Random
}

async function beClient(run: Run, client: Client): Promise<void> {
  const { random } = client
  const pause = (): Promise<void> => sleep((REAL_PAUSE_MS * (0.5 + random())) / run.scale)
  await sleep((REAL_PAUSE_MS * random()) / run.scale)
  while (performance.now() < run.endMs) {
    const question = run.ask(random)
    const outcome = await put(run, client, question)
    const { retryAtMs } = outcome
    const isBack = retryAtMs !== null && run.startMs + retryAtMs < run.endMs
    if (client.temper !== 'come back at retryAt' || !isBack) {
      run.outcomes.push(outcome)
    } else {
      // Timers may fire up to a millisecond early.
      await sleep(run.startMs + retryAtMs - performance.now() + 1)
      const second = await put(run, client, question)
      run.outcomes.push({ ...outcome, hadRest: second.verdict === 'full' }, second)
    }
    await pause()
  }
}

const send = (
  gateway: TestGateway,
  name: string,
  { query, variables }: Question,
  headers: Readonly<Record<string, string>>,
): Promise<Response> =>
  gateway.handle(
    new Request('http://gateway.test/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ query, variables }),
    }),
    { name },
  )

async function put(run: Run, { gateway, name, temper }: Client, question: Question): Promise<Outcome> {
  const beganAtMs = performance.now()
  const wait = { prefer: `wait=${REAL_LONG_WAIT_S / run.scale}` }
  const response = await send(gateway, name, question, temper === 'Prefer: wait=15' ? wait : {})
  const { data, errors = [] } = (await response.json()) as Answer<Record<string, unknown>>
  const isWhole = response.status === 200 && data !== null && data !== undefined
  // From the wall clock of the errors to the clock of durations.
  const startWallMs = Date.now() - (performance.now() - run.startMs)
  const retryAts = errors.map(({ extensions }) => Date.parse(String(extensions['retryAt'])))
  return {
    temper,
    kind: question.kind,
    beganAtMs: beganAtMs - run.startMs,
    endedAtMs: performance.now() - run.startMs,
    verdict: errors.length === 0 && isWhole ? 'full' : isWhole ? 'partial' : 'failed',
    isEmpty: isWhole && errors.length > 0 && Object.values(data).every(isNothing),
    codes: errors.map(({ extensions }) => extensions.code),
    retryAtMs: errors.length > 0 && !retryAts.some(Number.isNaN) ? Math.max(...retryAts) - startWallMs : null,
    hadRest: null,
  }
}

const isNothing = (value: unknown): boolean =>
  value === null || (Array.isArray(value) && value.every((item) => item === null))

interface Question {
  readonly kind: string
  readonly query: string
  readonly variables: object
}

/** Of ten requests, six are for a list, two for one object, and two for a screen of eight projects with their designs. */
function createQuestions({ data }: Simulator, size: LoadSize): (random: Random) => Question {
  const projects = data.projects.slice(0, size.projects)
  const designIds = projects.flatMap(({ id }) => data.designIdsOf(id).slice(0, 1))
  const closely = data.projects
    .flatMap(({ id }) => data.designIdsOf(id).slice(0, 1))
    .slice(0, Math.max(size.designs, 0))
  const screen = 8
  const kinds: readonly ((random: Random) => Question)[] = [
    (random) => ({
      kind: 'list',
      query:
        'query ($n: Int!) { projects(first: $n) { nodes { name status owner { firstName lastName } } } }',
      variables: { n: 20 + Math.floor(random() * 100) },
    }),
    (random) => ({
      kind: 'project',
      query: 'query ($id: ID!) { project(id: $id) { name status location { propertyAddress } } }',
      variables: { id: pick(projects, random)?.id },
    }),
    (random) => ({
      kind: 'design',
      query: 'query ($id: ID!) { design(id: $id) { summary { systemSizeStc } pricing { systemPrice } } }',
      variables: { id: pick(closely.length > 0 ? closely : designIds, random) },
    }),
    (random) => {
      const from = Math.floor(random() * Math.max(1, projects.length - screen))
      return {
        kind: 'screen',
        query:
          'query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Project { name designs { name systemSizeStc } } } }',
        variables: { ids: projects.slice(from, from + screen).map(({ id }) => `Project:${id}`) },
      }
    },
  ]
  const shares = [0, 0, 0, 1, 1, 2, 2, 2, 3, 3]
  return (random) => {
    const kind = kinds[pick(shares, random) ?? 0]
    if (!kind) throw new Error('no such question')
    return kind(random)
  }
}

function report(
  run: Run,
  simulator: Simulator,
  { durationMs, windowMs }: { durationMs: number; windowMs: number },
): BudgetLoadReport {
  const { outcomes, startMs, scale } = run
  const calls = simulator.calls.map(({ at, ...call }) => ({ ...call, atMs: at - startMs }))
  const first = new Map<string, number>()
  const repeated: string[] = []
  for (const { method, path, query, atMs } of calls) {
    const line = `${method} ${path}?${new URLSearchParams(query).toString()}`
    if (first.has(line)) repeated.push(line)
    else first.set(line, atMs)
  }
  /** A slot is held until a window after its answer. */
  const heldMs = windowMs + REAL.latencyMs / scale + DRIFT_MARGIN_MS
  const isFree = (atMs: number): boolean =>
    calls.filter((call) => call.atMs - ON_THE_WAY_MS <= atMs && atMs < call.atMs + heldMs).length <
    REAL.limit - countKept('interactive', REAL.limit)
  const couldGo = ({ temper, beganAtMs, endedAtMs }: Outcome): boolean => {
    const realMs = temper === 'Prefer: wait=15' ? REAL_LONG_WAIT_S * 1000 : REAL_SHORT_WAIT_MS
    const untilMs = beganAtMs + realMs / scale
    const frees = calls.map(({ atMs }) => atMs + heldMs).filter((atMs) => atMs > endedAtMs && atMs < untilMs)
    return [endedAtMs, ...frees].some(isFree)
  }
  const slotsUntil = (ms: number): number => Math.ceil(ms / heldMs) * REAL.limit
  const inTime = calls.filter(({ atMs }) => atMs < durationMs)
  return {
    durationMs,
    outcomes,
    distinctCalls: first.size,
    allFetchedAtMs: Math.max(0, ...first.values()),
    answered429: simulator.refusals,
    worstSliding: simulator.worstWindow(),
    spent: {
      whole: inTime.length,
      secondHalf: inTime.filter(({ atMs }) => atMs >= durationMs / 2).length,
    },
    slots: { whole: slotsUntil(durationMs), secondHalf: slotsUntil(durationMs) - slotsUntil(durationMs / 2) },
    repeated,
    refusedInVain: outcomes.filter((outcome) => outcome.verdict !== 'full' && couldGo(outcome)),
  }
}

const pick = <Item>(items: readonly Item[], random: Random): Item | undefined =>
  items[Math.floor(random() * items.length)]

const sleep = (ms: number): Promise<void> =>
  new Promise((resolve) => void setTimeout(resolve, Math.max(0, ms)))
