// A gateway with the proof that webhooks about projects arrive, and with a clock that the test moves: an hour takes no time.
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'vitest'
import { ALL_NEEDED } from '../../src/aurora/proven-kinds.ts'
import type { Config } from '../../src/config/config.ts'
import { DEFAULT_TENANT_ID, DEFAULT_TOKEN } from '../../src/simulator/simulator.ts'
import type { Metrics } from '../../src/telemetry/metrics.ts'
import { createOwnAddress } from '../../src/webhooks/manage/own-address.ts'
import type { Received } from '../../src/webhooks/receive.ts'
import { nth } from './builders.ts'
import { createManualClock } from './manual-clock.ts'
import type { ManualClock } from './manual-clock.ts'
import { createTestGateway } from './test-gateway.ts'
import type { TestGateway } from './test-gateway.ts'
import { waitUntil } from './wait-until.ts'

const MINUTE_MS = 60_000
const SECRET = 'a-secret-of-the-test'
/** No server listens there, so the webhooks of the simulator are lost. */
const ADDRESS = new URL('http://127.0.0.1:9')
const COUNT = 6
const FOREVER_MS = 1_000_000_000

export interface ProvenGateway extends TestGateway {
  readonly clock: ManualClock
  /** Asks for six projects, each by its id and in a request of its own. */
  look(): Promise<Look>
  readonly ids: readonly string[]
  receive(id?: string, secret?: string): Promise<Received>
  /** In steps, with webhooks about other projects, as on any day. */
  pass(minutes: number): Promise<void>
  /** Calls for subscriptions are left out. */
  takeReads(): number
  /** In the app; its webhook is lost. */
  rename(id: string, name: string): Promise<void>
  /** Our subscription to this event. */
  switchOff(event: string): Promise<void>
  /** Of the metrics. */
  shows(line: string): Promise<boolean>
  isProven(): Promise<boolean>
}

/** All six answers together. */
export interface Look {
  readonly calls: number
  readonly cache: number
  readonly stale: number
  readonly text: string
  readonly validatedBy: readonly (string | undefined)[]
}

const STRANGER = '00000000-0000-4000-8000-000000000000'

async function api(gateway: TestGateway, path: string, method: string, body?: object): Promise<Response> {
  const [url = ''] = gateway.gateway.upstreamUrls()
  const response = await fetch(`${url}/tenants/${DEFAULT_TENANT_ID}${path}`, {
    method,
    headers: { authorization: `Bearer ${DEFAULT_TOKEN}`, 'content-type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  })
  expect(response.ok).toBe(true)
  return response
}

export async function openGateway(
  metrics: Metrics,
  { freshMs = 120 * MINUTE_MS, ...config }: Partial<Config> & { freshMs?: number } = {},
): Promise<ProvenGateway> {
  const clock = createManualClock()
  const gateway = await createTestGateway({
    clock,
    metrics,
    config: {
      // The simulator answers in real time.
      attemptTimeoutMs: FOREVER_MS,
      requestTimeoutMs: FOREVER_MS,
      ...config,
      webhooks: {
        keys: [SECRET],
        ofTenants: [],
        keyHeader: 'x-webhook-key',
        settleMs: 0,
        proof: freshMs > 0 ? { url: ADDRESS, freshMs } : null,
      },
    },
  })
  const ids = Array.from({ length: COUNT }, (_, index) => nth(gateway.simulator.data.projects, index).id)
  const address = createOwnAddress(ADDRESS, null)
  for (const event of ALL_NEEDED) {
    const template = { url_template: address.templateOf(event), enabled: true, description: 'ours' }
    const header = { header_auth_key: 'X-Webhook-Key', header_auth_value: SECRET }
    await api(gateway, '/webhooks', 'POST', { webhook: { event, ...template, ...header } })
  }
  gateway.takeCalls()
  const calls = watchCalls(new URL(nth(gateway.gateway.upstreamUrls(), 0)).origin, metrics)
  const callOurselves: typeof api = (...call) => {
    calls.skip()
    return api(...call)
  }

  const receive = async (id = STRANGER, secret = SECRET): Promise<Received> =>
    gateway.gateway.receiveWebhook({
      tenant: null,
      event: 'project_changed',
      query: new URLSearchParams({ PROJECT_ID: id }),
      fields: new Headers({ 'x-webhook-key': secret }),
      method: 'GET',
    })
  return {
    ...gateway,
    async [Symbol.asyncDispose]() {
      calls.close()
      await gateway[Symbol.asyncDispose]()
    },
    clock,
    async look() {
      const texts: string[] = []
      const sum = { calls: 0, cache: 0, stale: 0 }
      const validatedBy = new Set<string | undefined>()
      for (const id of ids) {
        const { text, extensions } = await gateway.ask(`{ project(id: "${id}") { name } }`)
        const { calls, saved, ...upstream } = extensions.upstream
        texts.push(text)
        validatedBy.add((upstream as { readonly validatedBy?: string }).validatedBy)
        sum.calls += calls
        sum.cache += saved.cache
        sum.stale += saved.stale
      }
      return { ...sum, text: texts.join(' '), validatedBy: [...validatedBy] }
    },
    ids,
    receive,
    async pass(minutes) {
      for (let left = minutes; left > 0; left -= 5) {
        await receive()
        for (let step = 0; step < Math.min(left, 5); step += 1) {
          await clock.advance(MINUTE_MS)
          await calls.end()
        }
      }
    },
    takeReads: () =>
      gateway
        .takeCalls()
        .filter((line) => !line.includes('/webhooks'))
        .reduce(sumOf, 0),
    async rename(id, name) {
      await callOurselves(gateway, `/projects/${id}`, 'PUT', { project: { name } })
      gateway.takeCalls()
    },
    async switchOff(event) {
      const { webhooks } = (await (await callOurselves(gateway, '/webhooks?per_page=250', 'GET')).json()) as {
        readonly webhooks: readonly {
          readonly id: string
          readonly event: string
          readonly url_template: string
        }[]
      }
      const own = webhooks.find((each) => each.event === event && each.url_template.startsWith(ADDRESS.href))
      await callOurselves(gateway, `/webhooks/${own?.id}`, 'PUT', { webhook: { enabled: false } })
      gateway.takeCalls()
    },
    shows: async (line) => (await metrics.render()).text.includes(`aurora_gateway_${line}`),
    async isProven() {
      const { text } = await metrics.render()
      return text.includes('aurora_gateway_proven_tenants{kind="project"} 1')
    },
  }
}

/** Turns of the event loop between the time for a call and the call, or between its end and what follows from it: a few. */
const TURNS = 20

/**
 * Waits for the calls that are under way: without that an hour would pass before the look at the subscriptions has its answer. A
 * call has ended when its attempt is counted, since its body is decoded outside of the event loop after the last byte has come.
 */
function watchCalls(url: string, metrics: Metrics) {
  let begun = 0
  const count = (message: unknown): void => {
    const { request } = message as { readonly request: { readonly origin?: unknown } }
    if (String(request.origin) === url) begun += 1
  }
  subscribe(BEGUN, count)
  return {
    async end(): Promise<void> {
      for (;;) {
        for (let turn = 0; turn < TURNS; turn += 1) await nextTurn()
        if ((await countAttempts(metrics)) >= begun) return
        await sleep(1)
      }
    },
    /** For a call of the test itself. */
    skip: (): void => void (begun -= 1),
    close: (): void => void unsubscribe(BEGUN, count),
  }
}

const BEGUN = 'undici:request:create'

async function countAttempts(metrics: Metrics): Promise<number> {
  const { text } = await metrics.render()
  const counts = text.matchAll(/^aurora_gateway_attempts_total\{[^}]*\} (?<count>\d+)$/gm)
  return [...counts].reduce((sum, { groups }) => sum + Number(groups?.['count']), 0)
}

const sumOf = (sum: number, line: string): number => sum + Number.parseInt(line, 10)

/** Every reply is read again where it is stale, however long the simulator takes to answer. */
export const lookUntilFresh = (gateway: ProvenGateway): Promise<void> =>
  waitUntil(async () => (await gateway.look()).stale === 0)

/** What happens then and when depends on calls that no client waits for, so time passes until it has happened. */
export async function passUntil(gateway: ProvenGateway, isThere: () => Promise<boolean>): Promise<number> {
  for (let looks = 0; looks < MAX_LOOKS; looks += 1) {
    if (await isThere()) return looks
    await lookUntilFresh(gateway)
    await gateway.pass(6)
    await new Promise((resolve) => void setImmediate(resolve))
  }
  throw new Error('it does not happen')
}

const MAX_LOOKS = 200

/** Reads the six projects every six minutes, until the proof is complete and all of them were read since. */
export async function prove(gateway: ProvenGateway): Promise<void> {
  await passUntil(gateway, () => gateway.isProven())
  await gateway.pass(6)
  await lookUntilFresh(gateway)
  gateway.takeCalls()
}
