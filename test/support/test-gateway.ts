// A whole gateway over a simulator of its own, used through its public door; `await using` closes it.
import { randomUUID } from 'node:crypto'
import { createSystemClock } from '../../src/clock.ts'
import type { Clock } from '../../src/clock.ts'
import { readConfig } from '../../src/config/read-config.ts'
import type { Config } from '../../src/config/config.ts'
import { createGateway } from '../../src/gateway/gateway.ts'
import type { Gateway } from '../../src/gateway/gateway.ts'
import type { Caller } from '../../src/callers/caller.ts'
import { createSimulator, DEFAULT_TENANT_ID, DEFAULT_TOKEN } from '../../src/simulator/simulator.ts'
import type { Simulator, SimulatorOptions } from '../../src/simulator/simulator.ts'
import type { Log } from '../../src/telemetry/log.ts'
import type { Metrics } from '../../src/telemetry/metrics.ts'
import { createRequestRecord } from '../../src/telemetry/request-record.ts'
import type { Traces } from '../../src/telemetry/traces.ts'

export interface TestGateway extends AsyncDisposable {
  readonly simulator: Simulator
  /** Everything that was logged, as text. */
  readonly logged: string[]
  readonly log: Log
  ask<Data = Record<string, unknown>>(
    query: string,
    variables?: object,
    signal?: AbortSignal,
  ): Promise<Answer<Data>>
  /** The gateway itself, for tests that put a server before it. */
  readonly gateway: Gateway
  /** Its settings. */
  readonly config: Config
  handle(request: Request, caller?: Partial<Caller>): Promise<Response>
  /** Upstream calls since the last call of this function, one line per kind, such as `20 GET /tenants/{}/projects/{}/designs`. */
  takeCalls(): string[]
}

export interface Answer<Data> {
  readonly httpStatus: number
  /** The body as it came. */
  readonly text: string
  readonly data: Data | null
  readonly errors?: readonly AnswerError[]
  readonly extensions: { readonly upstream: UpstreamReport }
}

export interface AnswerError {
  readonly message: string
  readonly path?: readonly (string | number)[]
  readonly extensions: Readonly<Record<string, unknown>> & { readonly code: string }
}

export interface UpstreamReport {
  readonly calls: number
  readonly saved: { readonly cache: number; readonly joined: number; readonly stale: number }
  readonly limit: number
  readonly remaining: number
  readonly resetAt: string | null
  readonly queuedMs: number
}

export interface TestGatewayOptions {
  readonly simulator?: SimulatorOptions
  readonly config?: Partial<Config>
  /** Another Aurora than the simulator. */
  readonly baseUrl?: string
  readonly metrics?: Metrics
  readonly traces?: Traces
  /** Takes the place of `logged`. */
  readonly log?: Log
  /** Headers of the caller where a request names no other. */
  readonly credentials?: Readonly<Record<string, string>>
  /** The clock of the gateway; the simulator uses the real time. */
  readonly clock?: Clock
}

/** Far more calls than any test makes. Tests about the limit set another one. */
const NO_LIMIT = 1_000_000

let usual: Config | null = null

/** Read once, as that takes a third of the time of opening a gateway; the tests differ in the address of Aurora. */
function settingsFor(address: string): Config {
  usual ??= readConfig({
    AURORA_BASE_URL: address,
    AURORA_TENANT_ID: DEFAULT_TENANT_ID,
    AURORA_API_TOKEN: DEFAULT_TOKEN,
    AURORA_RATE_LIMIT: String(NO_LIMIT),
  })
  const baseUrl = new URL(address)
  return { ...usual, auroraBaseUrl: baseUrl, aurora: usual.aurora && { ...usual.aurora, baseUrl } }
}

export async function createTestGateway(options: TestGatewayOptions = {}): Promise<TestGateway> {
  const simulator = createSimulator({ limit: NO_LIMIT, ...options.simulator })
  const { url } = await simulator.listen()
  const logged: string[] = []
  const note = (fields: object, message: string): void =>
    void logged.push(JSON.stringify({ message, ...fields }))
  const log: Log = options.log ?? { info: note, warn: note, error: note }
  const config: Config = { ...settingsFor(options.baseUrl ?? url), ...options.config }
  const gateway = await createGateway(config, {
    log,
    clock: options.clock ?? createSystemClock(),
    metrics: options.metrics ?? null,
    traces: options.traces ?? null,
  })
  let seenCalls = 0
  /** The server authenticates callers, and tests of the gateway itself do not go through the server. */
  const known = await gateway.authenticate(new Headers({ host: 'localhost', ...options.credentials }))
  const handle = (request: Request, caller?: Partial<Caller>): Promise<Response> => {
    if (!known) throw new Error('the gateway refuses this caller')
    return gateway.handle(request, { ...known, name: 'test', ...caller }, createRequestRecord(randomUUID()))
  }
  return {
    simulator,
    logged,
    log,
    gateway,
    config,
    handle,
    async ask<Data>(query: string, variables: object = {}, signal?: AbortSignal) {
      const response = await handle(
        new Request('http://gateway.test/graphql', {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ query, variables }),
          ...(signal && { signal }),
        }),
      )
      const text = await response.text()
      return { ...(JSON.parse(text) as Answer<Data>), text, httpStatus: response.status }
    },
    takeCalls() {
      const fresh = simulator.calls.slice(seenCalls)
      seenCalls = simulator.calls.length
      return countByKind(fresh)
    },
    async [Symbol.asyncDispose]() {
      await gateway.close()
      await simulator.close()
    },
  }
}

/** Calls of one wave arrive in any order, so kinds are counted and sorted, shallow paths first. */
function countByKind(calls: Simulator['calls']): string[] {
  const counts = new Map<string, number>()
  for (const { method, path, query } of calls) {
    const ids = path.replace(/\/[0-9a-f]{8}-[0-9a-f-]{27}(?=\/|$)/g, '/{}')
    const search = new URLSearchParams(query).toString()
    const line = `${method} ${ids}${search && `?${search}`}`
    counts.set(line, (counts.get(line) ?? 0) + 1)
  }
  const depth = (line: string): number => line.split('/').length
  return [...counts]
    .sort(([left], [right]) => depth(left) - depth(right) || (left < right ? -1 : 1))
    .map(([line, count]) => `${count} ${line}`)
}
