// A day of work compressed: 60 clients look at screens while others change 300 things in the app. `npm run bench:day [hours]`.
// Prints how many calls each way needs and how old the oldest shown value was, and draws bench/day-of-work.svg.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createSystemClock } from '../src/clock.ts'
import { readConfig } from '../src/config/read-config.ts'
import { createGateway } from '../src/gateway/gateway.ts'
import type { Gateway } from '../src/gateway/gateway.ts'
import { createGatewayServer } from '../src/gateway/serve.ts'
import { createRandom } from '../src/simulator/random.ts'
import { createSimulator, DEFAULT_TENANT_ID, DEFAULT_TOKEN } from '../src/simulator/simulator.ts'
import type { Simulator } from '../src/simulator/simulator.ts'
import { createManualClock } from '../test/support/manual-clock.ts'
import type { ManualClock } from '../test/support/manual-clock.ts'
import { createLook, createTruth, PROJECTS } from './day-screens.ts'
import type { Truth } from './day-screens.ts'
import { drawPicture } from './picture.ts'

const HOURS = Number(process.argv[2] ?? 8)
const CLIENTS = 60
/** A client looks at a screen again after this time, on average. */
const LOOK_EVERY_MS = 60_000
const CHANGES = Math.round((300 * HOURS) / 8)
/** A webhook arrives after a time between nothing and this. */
const DELIVERY_MS = 2000
/** What polling clients accept, so that what they see is as fresh as with webhooks. */
const POLLED_AGE_SECONDS = 2
const SECRET = 'secret-of-the-webhooks'

/** Calls that the screens cost where nothing is kept. */
const CALLS_OF = { board: 1, page: 3 }

interface Way {
  readonly name: string
  readonly hasWebhooks?: true
  readonly loss?: number
  readonly cacheControl?: string
}

const WAYS: readonly Way[] = [
  { name: 'webhooks', hasWebhooks: true },
  { name: 'webhooks, a tenth of them lost', hasWebhooks: true, loss: 0.1 },
  { name: 'no webhooks' },
  { name: `polling, at most ${POLLED_AGE_SECONDS} s old`, cacheControl: `max-age=${POLLED_AGE_SECONDS}` },
]

interface Outcome {
  readonly name: string
  readonly looks: number
  readonly calls: number
  readonly worstMinute: number
  readonly worstMs: number
  /** Of the looks, those that showed something that was not so any more. */
  readonly staleShare: number
}

interface Work {
  readonly atMs: number
  readonly run: () => Promise<void> | void
}

async function runDay(way: Way): Promise<Outcome> {
  const clock = createManualClock()
  const simulator = createSimulator({ clock, limit: Infinity })
  const { url: aurora } = await simulator.listen()
  const config = readConfig({
    AURORA_BASE_URL: aurora,
    AURORA_TENANT_ID: DEFAULT_TENANT_ID,
    AURORA_API_TOKEN: DEFAULT_TOKEN,
    AURORA_RATE_LIMIT: '1000000',
    AURORA_TIMEOUT_MS: '120000',
    STATE_DIR: 'off',
    WEBHOOK_KEYS: SECRET,
  })
  const log = { info: () => {}, warn: () => {}, error: () => {} }
  const gateway = await createGateway(config, { log, clock })
  // Its end waits by a clock that goes on.
  const options = {
    port: 0,
    host: '127.0.0.1',
    log,
    accessLog: false,
    metrics: null,
    clock: createSystemClock(),
  }
  const server = createGatewayServer(gateway, options)
  const { url } = await server.listen()
  if (way.hasWebhooks) await subscribe(simulator, url)
  simulator.webhooks.setFaults({ delayMs: DELIVERY_MS, loss: way.loss ?? 0 })

  const day = createDay({ way, gateway, simulator, clock })
  simulator.clearCalls()
  const startMs = clock.monotonicMs()
  for (const { atMs, run } of day.work) {
    await clock.advance(startMs + atMs - clock.monotonicMs())
    await run()
    await rest(simulator)
  }
  const outcome = { name: way.name, ...day.seen(), calls: simulator.calls.length }
  const worstMinute = simulator.worstWindow(60_000)
  await server.close(0)
  await gateway.close()
  await simulator.close()
  return { ...outcome, worstMinute }
}

/** As `npm run webhooks` does. */
async function subscribe(simulator: Simulator, url: string): Promise<void> {
  const events = {
    project_status_changed: 'project_id=<PROJECT_ID>',
    project_changed: 'project_id=<PROJECT_ID>',
  }
  const ofDesign = 'project_id=<PROJECT_ID>&design_id=<DESIGN_ID>'
  const all = {
    ...events,
    milestone_created: ofDesign,
    agreement_status_changed: `${ofDesign}&agreement_id=<AGREEMENT_ID>`,
  }
  for (const [event, query] of Object.entries(all))
    simulator.data.changes.webhook.add('', {
      id: event,
      event,
      url_template: `${url}/webhooks/aurora/${event}?${query}`,
      description: null,
      enabled: true,
      header_auth_key: 'X-Webhook-Key',
      header_auth_value: SECRET,
    })
}

interface DayParts {
  readonly way: Way
  readonly gateway: Gateway
  readonly simulator: Simulator
  readonly clock: ManualClock
}

function createDay(parts: DayParts) {
  const { way, simulator, clock } = parts
  const truth = createTruth()
  const random = createRandom(7, 'day')
  const { data } = simulator
  const projects = data.projects.slice(0, PROJECTS).filter(({ id }) => data.designsOf(id).length > 0)
  for (const { id, status } of data.projects.slice(0, PROJECTS)) {
    truth.set(`status ${id}`, String(status), 0)
    truth.set(`milestone ${id}`, String(data.designsOf(id)[0]?.design.milestone?.milestone), 0)
    truth.set(`agreements ${id}`, String(data.agreementsOf(id).length), 0)
  }
  const seen = { looks: 0, worstMs: 0, stale: 0 }
  const look = createLook({ ...parts, cacheControl: way.cacheControl }, truth, (ageMs) => {
    seen.looks += 1
    seen.worstMs = Math.max(seen.worstMs, ageMs)
    if (ageMs > 0) seen.stale += 1
  })
  const dayMs = HOURS * 3_600_000
  const looks = Array.from({ length: CLIENTS }, () => random.next() * LOOK_EVERY_MS).flatMap((firstMs) => {
    const all: Work[] = []
    for (let atMs = firstMs; atMs < dayMs; atMs += LOOK_EVERY_MS * random.between(0.5, 1.5)) {
      const id = random.chance(0.5) ? random.pick(projects).id : null
      all.push({ atMs, run: () => look(id) })
    }
    return all
  })
  const changes = Array.from({ length: CHANGES }, (_, index): Work => {
    const { id } = random.pick(projects)
    const kind = random.int(0, 3)
    return { atMs: random.next() * dayMs, run: () => change(simulator, truth, { id, kind, index, clock }) }
  })
  const work = [...looks, ...changes].sort((a, b) => a.atMs - b.atMs)
  return {
    work,
    seen: () => ({ looks: seen.looks, worstMs: seen.worstMs, staleShare: seen.stale / seen.looks }),
  }
}

interface Change {
  readonly id: string
  readonly kind: number
  readonly index: number
  readonly clock: ManualClock
}

/** Half of the changes are of the status, a quarter each of a milestone and of agreements. */
function change(simulator: Simulator, truth: Truth, { id, kind, index, clock }: Change): void {
  const nowMs = clock.monotonicMs()
  const design_id = simulator.data.designsOf(id)[0]?.design.id ?? ''
  if (kind === 2) {
    const stage = `stage ${index}`
    simulator.changeInApp({ event: 'milestone_created', ids: { design_id }, members: { stage } })
    truth.set(`milestone ${id}`, stage, nowMs)
  } else if (kind === 3) {
    simulator.changeInApp({ event: 'agreement_status_changed', ids: { design_id } })
    truth.set(`agreements ${id}`, String(simulator.data.agreementsOf(id).length), nowMs)
  } else {
    const status = `status ${index}`
    simulator.changeInApp({ event: 'project_status_changed', ids: { project_id: id }, members: { status } })
    truth.set(`status ${id}`, status, nowMs)
  }
}

/** Until no call is under way: the clock stands still while something is sent. */
async function rest(simulator: Simulator): Promise<void> {
  for (let quietTurns = 0; quietTurns < 3;) {
    await new Promise((resolve) => void setImmediate(resolve))
    quietTurns = simulator.calls.slice(-50).every(({ status }) => status !== null) ? quietTurns + 1 : 0
  }
}

const outcomes: Outcome[] = []
for (const way of WAYS) {
  const outcome = await runDay(way)
  outcomes.push(outcome)
  console.error(JSON.stringify(outcome))
}

const looks = outcomes[0]?.looks ?? 0
/** The calls where each client calls Aurora itself each time. Calculated, because no limit would allow them. */
const direct = Math.round((looks * (CALLS_OF.board + CALLS_OF.page)) / 2)
const polled = outcomes.at(-1)?.calls ?? 1
const inSeconds = (ms: number): string =>
  ms < 60_000 ? `${(ms / 1000).toFixed(1)} s` : `${(ms / 60_000).toFixed(1)} min`

console.log(`${HOURS} hours, ${CLIENTS} clients, ${looks} looks at screens, ${CHANGES} changes by others\n`)
console.log('| way | calls | of polling | busiest minute | oldest value shown | looks that showed one |')
console.log('| --- | --- | --- | --- | --- | --- |')
for (const { name, calls, worstMinute, worstMs, staleShare } of outcomes)
  console.log(
    `| ${[name, calls, (calls / polled).toFixed(2), worstMinute, inSeconds(worstMs), `${(100 * staleShare).toFixed(1)} %`].join(' | ')} |`,
  )
console.log(`| without a gateway (reckoned) | ${direct} | ${(direct / polled).toFixed(2)} | | 0 s | 0 % |`)

writeFileSync(
  join(import.meta.dirname, 'day-of-work.svg'),
  drawPicture([
    {
      title: `Calls to Aurora in a day: ${CLIENTS} clients, ${CHANGES} changes by others`,
      bars: outcomes.map(({ name, calls, worstMs }) => ({
        label: name,
        value: calls,
        text: `${calls}, at most ${inSeconds(worstMs)} behind`,
        isOurs: name.startsWith('webhooks'),
      })),
    },
  ]),
)
