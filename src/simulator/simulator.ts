// A simulated Aurora: the operations of the contract over HTTP, with the real limit and switchable faults.

import { createServer } from 'node:http'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createSystemClock } from '../clock.ts'
import type { Clock } from '../clock.ts'
import type { Controlled } from './control.ts'
import { createDataSet } from './data.ts'
import type { DataSet } from './data.ts'
import { createDecide } from './decide.ts'
import { createFaultPlan } from './faults.ts'
import { createJobs } from './jobs.ts'
import { createLedger } from './ledger.ts'
import type { RecordedCall } from './ledger.ts'
import type { LimiterOptions } from './limiter.ts'
import type { Job, Maker } from './operation.ts'
import { createRandom } from './random.ts'
import { createServeCall } from './serve-call.ts'
import type { ServeCallOptions } from './serve-call.ts'
import { createSwitches } from './switches.ts'
import type { SwitchOptions } from './switches.ts'
import { createAppChanges } from './webhooks/app-changes.ts'
import type { ChangeInApp } from './webhooks/app-changes.ts'
import { eventsOfJob } from './webhooks/events-of-writes.ts'
import { createWebhooks } from './webhooks/webhooks.ts'
import type { WebhookOptions } from './webhooks/webhooks.ts'

export const DEFAULT_TENANT_ID = '7d0c5a52-6f1e-4b5c-9a0e-2f4c8e6b1a90'
export const DEFAULT_TOKEN = 'sk_sand_simulator'

type Passed = Pick<ServeCallOptions, 'hmac' | 'retryAfter' | 'latencyMs'>

export interface SimulatorOptions extends Partial<LimiterOptions>, SwitchOptions, Passed {
  readonly seed?: number
  readonly projectCount?: number
  readonly tenantId?: string
  /** The accepted bearer token; each of several has a limit of its own. */
  readonly token?: string | readonly string[]
  readonly clock?: Clock
  readonly webhooks?: WebhookOptions
}

export interface Simulator extends AsyncDisposable, Omit<Controlled, 'ledger' | 'windowMs'> {
  /** Port 0 takes any free one. */
  listen(port?: number, host?: string): Promise<{ readonly url: string }>
  /** Ends open connections too. */
  close(): Promise<void>
  readonly data: DataSet
  readonly calls: readonly RecordedCall[]
  clearCalls(): void
  /** The most calls of one key that were counted in any `windowMs`; without it, the limit's own window. */
  worstWindow(windowMs?: number): number
  /** The same for windows that begin at the multiples of `windowMs`. */
  worstFixedWindow(windowMs?: number): number
  /** How many calls were answered 429. */
  readonly refusals: number
}

/** Aurora's limit unless it was arranged otherwise: 90 requests a minute. */
const DEFAULT_LIMIT = { limit: 90, windowMs: 60_000, window: 'sliding', countRefused: false } as const

/** Longer than a client keeps an idle connection, so that the simulator never closes one just as it is used. */
const KEEP_ALIVE_MS = 65_000

export function createSimulator(options: SimulatorOptions = {}): Simulator {
  const { seed = 1, clock = createSystemClock() } = options
  const limits: LimiterOptions = { ...DEFAULT_LIMIT, ...options }
  const tenant = createTenant(options, seed, clock)
  const { data, webhooks, jobs, changeInApp } = tenant
  const { setShape, setForbidden, setJobMs } = tenant.switches
  const ledger = createLedger()
  const faults = createFaultPlan()
  const setters = { setShape, setForbidden, setJobMs, setFailingJobs: jobs.setFailing }
  const controls = { ...setters, faults, webhooks, changeInApp }
  const serve = createServeCall({
    ...options,
    tokens: [options.token ?? DEFAULT_TOKEN].flat(),
    clock,
    limits,
    ledger,
    faults,
    decide: createDecide({ ...tenant, random: createRandom(seed, 'answers') }),
    control: { ...controls, ledger, windowMs: limits.windowMs },
  })
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) => {
    serve(request, response).catch((error: unknown) => {
      // A client that left during the wait is no defect; any other error is one, and shows as one.
      if (response.headersSent) response.destroy()
      else if (!response.destroyed) response.writeHead(500).end(`defect in the simulator: ${String(error)}`)
    })
  })
  const close = (): Promise<void> => {
    webhooks.close()
    return closeServer(server)
  }
  return {
    listen: (port = 0, host = '127.0.0.1') => listen(server, port, host),
    close,
    [Symbol.asyncDispose]: close,
    data,
    ...controls,
    calls: ledger.calls,
    clearCalls: () => ledger.clear(),
    worstWindow: (windowMs = limits.windowMs) => ledger.worstWindow(windowMs),
    worstFixedWindow: (windowMs = limits.windowMs) => ledger.worstFixedWindow(windowMs),
    get refusals() {
      return ledger.refusals()
    },
  }
}

/** One company of Aurora, with everything that changes it and reports its changes. */
function createTenant(options: SimulatorOptions, seed: number, clock: Clock) {
  const { projectCount = 620, tenantId = DEFAULT_TENANT_ID } = options
  const data = createDataSet({ seed, projectCount, tenantId })
  const ids = createRandom(seed, 'made')
  const maker: Maker = { newId: () => ids.uuid(), nowMs: () => clock.wallMs() }
  const switches = createSwitches(options)
  const webhooks = createWebhooks({ ...options.webhooks, data, clock, seed })
  const { emit } = webhooks
  const ended = (job: Job): void => emit(eventsOfJob(job))
  const jobs = createJobs({ data, maker, clock, jobMs: switches.jobMs, ended })
  const change = createAppChanges({ data, maker, jobs, shape: switches.shape })
  const changeInApp: ChangeInApp = (asked) => {
    const events = change(asked)
    emit(events)
    return events
  }
  return { data, maker, switches, webhooks, emit, jobs, changeInApp }
}

async function listen(server: Server, port: number, host: string): Promise<{ readonly url: string }> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve()
    })
  })
  return { url: `http://${host.includes(':') ? `[${host}]` : host}:${portOf(server.address())}` }
}

async function closeServer(server: Server): Promise<void> {
  if (!server.listening) return
  const closed = new Promise((resolve) => server.once('close', resolve))
  server.close()
  server.closeAllConnections()
  await closed
}

function portOf(address: string | AddressInfo | null): number {
  return typeof address === 'object' && address !== null ? address.port : 0
}
