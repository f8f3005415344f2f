// A gateway with streams as apps meet it: over HTTP, with a key. The clock of the gateway is the test's, that of the server is not.
import { createHash } from 'node:crypto'
import { connect, createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import { expect } from 'vitest'
import { nth } from '../support/builders.ts'
import { createManualClock } from '../support/manual-clock.ts'
import { createTestGateway } from '../support/test-gateway.ts'
import { serveOnLoopback } from '../support/test-server.ts'
import { advanceUntil } from '../support/wait-until.ts'

export const KEY = { 'x-api-key': 'key-of-the-app' } as const
export const WRONG_KEY = { 'x-api-key': 'wrong' } as const

export interface StreamGateway extends AsyncDisposable {
  readonly url: string
  /** A subscription to the project that `rename` changes. */
  readonly subscription: string
  /** A live query of the same project. */
  readonly live: string
  /** Gives the project another name, through another client. */
  rename(name: string): Promise<void>
  /** Waits, while the time of the gateway passes. */
  until(isSo: () => boolean | Promise<boolean>): Promise<void>
  countOpened(): number
  /** Why streams have ended. */
  readonly ends: readonly string[]
  /** Ends all streams without an error, as at the end of their life. */
  endAll(): void
  /** Resets all connections, as a network does that is gone. */
  cutAll(): void
  close(): Promise<void>
  /** Calls since the last look. */
  takeCalls(): string[]
}

export async function openStreamGateway(): Promise<StreamGateway> {
  const clock = createManualClock()
  const sha256 = createHash('sha256').update(KEY['x-api-key']).digest('hex')
  const gateway = await createTestGateway({
    clock,
    config: { callerAuth: 'keys', gatewayKeys: [{ name: 'app', sha256, isReadOnly: false }] },
    credentials: KEY,
  })
  let suffix = ''
  let opened = 0
  const ends: string[] = []
  const authenticate: typeof gateway.gateway.authenticate = async (headers) => {
    const caller = await gateway.gateway.authenticate(headers)
    return caller && { ...caller, name: caller.name + suffix }
  }
  const { url, server } = await serveOnLoopback(
    { ...gateway, gateway: { ...gateway.gateway, authenticate } },
    {
      random: () => 0,
      metrics: {
        emit(name, fact) {
          if (name === 'streamOpened') opened += 1
          if (name === 'streamEnded' && 'end' in fact) ends.push(fact.end)
        },
      },
    },
  )
  const line = await openLine(Number(new URL(url).port))
  const { id } = nth(gateway.simulator.data.projects, 0)
  return {
    url: `http://127.0.0.1:${line.port}/graphql`,
    subscription: `subscription Changed { projectChanged(id: "${id}") { id name } }`,
    live: `query Shown @live { project(id: "${id}") { id name } }`,
    async rename(name) {
      const input = JSON.stringify(name)
      await gateway.ask(
        `mutation { updateProject(id: "${id}", input: { name: ${input} }) { errors { code } } }`,
      )
    },
    until: (isSo) => advanceUntil(clock, 100, isSo),
    countOpened: () => opened,
    ends,
    endAll() {
      suffix += ' under another name'
      server.recheckCallers()
    },
    cutAll: line.cutAll,
    close: () => server.close(10_000),
    takeCalls: gateway.takeCalls,
    async [Symbol.asyncDispose]() {
      line.close()
      await server.close(0)
      await gateway[Symbol.asyncDispose]()
    },
  }
}

/** The client that puts what it gets into `results` gets each answer at once, and connects again after an end that is none of the operation. */
export async function expectGoesOn(gateway: StreamGateway, results: readonly string[]): Promise<void> {
  await gateway.until(() => results.length === 1)
  await gateway.rename('second')
  await gateway.until(() => results.length === 2)
  expect(results[1]).toContain('second')
  gateway.takeCalls()
  gateway.endAll()
  await gateway.until(() => results.length === 3)
  expect(results[2]).toContain('second')
}

/** Passes on the bytes of each connection to `port`, until it is cut. */
async function openLine(port: number) {
  const sockets = new Set<Socket>()
  const server = createServer((near) => {
    const far = connect(port, '127.0.0.1')
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from)
      from.on('error', () => to.destroy())
      from.on('close', () => void sockets.delete(from))
      from.pipe(to)
    }
  })
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  const cutAll = (): void => {
    for (const socket of sockets) socket.resetAndDestroy()
  }
  return {
    port: (server.address() as AddressInfo).port,
    cutAll,
    close() {
      cutAll()
      server.close()
    },
  }
}
