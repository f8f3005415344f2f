// A gateway as apps meet it: over HTTP, with keys, and with the cache that a browser or a phone has before it.
import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Agent, cacheStores, fetch as fetchWith, interceptors } from 'undici'
import { createLocks } from '../../client/src/device.ts'
import type { Device } from '../../client/src/device.ts'
import type { Clock } from '../../src/clock.ts'
import type { Config } from '../../src/config/config.ts'
import { createManualClock } from '../support/manual-clock.ts'
import { createTestGateway } from '../support/test-gateway.ts'
import type { TestGateway } from '../support/test-gateway.ts'
import { serveOnLoopback } from '../support/test-server.ts'
import { advanceUntil } from '../support/wait-until.ts'

/** Not as `Authorization`: undici's cache keeps nothing that was asked with it, as if it were shared (RFC 9111, 3.5). */
export const HEADERS = { 'x-api-key': 'key-of-the-app' } as const

export interface AppGateway extends AsyncDisposable {
  /** Of the app, with the gateway's clock. */
  readonly device: Device
  /** Waits, while the time of the gateway and of the app passes. */
  until(isSo: () => boolean | Promise<boolean>): Promise<void>
  readonly url: string
  readonly gateway: TestGateway
  /** Method and status of each answer since the last look, such as `GET 304`. */
  takeAnswers(): string[]
  /** The fetch of a device: it keeps what it may, and asks again with the tag of what it holds. */
  createCachingFetch(): typeof fetch
}

/** With a manifest, by id, the gateway executes no other documents. */
export async function openAppGateway(
  config: Partial<Config> = {},
  manifest: Readonly<Record<string, string>> | null = null,
): Promise<AppGateway> {
  const folder = mkdtempSync(join(tmpdir(), 'app-'))
  const path = join(folder, 'documents.json')
  if (manifest) writeFileSync(path, JSON.stringify(manifest))
  const sha256 = createHash('sha256').update('key-of-the-app').digest('hex')
  const clock = createManualClock()
  const gateway = await createTestGateway({
    clock,
    config: {
      callerAuth: 'keys',
      gatewayKeys: [{ name: 'app', sha256, isReadOnly: false }],
      ...(manifest && { documents: { path, mode: 'only-trusted' } }),
      ...config,
    },
    credentials: HEADERS,
  })
  const answers: string[] = []
  const server = await serveOnLoopback(gateway, {
    async handle(request, caller, record) {
      const response = await gateway.gateway.handle(request, caller, record)
      answers.push(`${request.method} ${response.status}`)
      return response
    },
  })
  const agents: Agent[] = []
  return {
    url: `${server.url}/graphql`,
    gateway,
    device: createManualDevice(clock),
    until: (isSo) => advanceUntil(clock, 100, isSo),
    takeAnswers: () => answers.splice(0),
    createCachingFetch() {
      const agent = new Agent()
      agents.push(agent)
      const dispatcher = agent.compose(
        interceptors.cache({ store: new cacheStores.MemoryCacheStore(), methods: ['GET'], type: 'private' }),
      )
      return ((input: string, init: object) =>
        fetchWith(input, { ...init, dispatcher })) as unknown as typeof fetch
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(agents.map((agent) => agent.close()))
      await server[Symbol.asyncDispose]()
      await gateway[Symbol.asyncDispose]()
      rmSync(folder, { recursive: true })
    },
  }
}

/** Never hidden, and never spread: a test says otherwise. */
export const createManualDevice = (clock: Clock): Device => ({
  nowMs: () => clock.monotonicMs(),
  random: () => 0,
  after: (waitMs, then) => clock.after(waitMs, then),
  locks: createLocks(),
  isHidden: () => false,
  onVisibility: () => () => {},
})

/** A screen of 5 projects with their designs costs a list of projects and 5 of designs: two of those do not fit. */
export const FEW_CALLS = { rateLimit: 4, rateWindowMs: 1000, maxWaitMs: 0 } as const
