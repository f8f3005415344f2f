// A gateway behind its server, with raw connections on which tests send bytes. Shows which requests Node's parser has read.
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { once } from 'node:events'
import { connect } from 'node:net'
import type { Socket } from 'node:net'
import type { Authenticate } from '../../src/callers/caller.ts'
import { createSystemClock } from '../../src/clock.ts'
import type { Config } from '../../src/config/config.ts'
import { createGatewayServer } from '../../src/gateway/serve.ts'
import type { ServedGateway, ServeOptions } from '../../src/gateway/serve.ts'
import type { Log } from '../../src/telemetry/log.ts'
import type { Metrics } from '../../src/telemetry/metrics.ts'
import type { Loop } from '../../src/turns/loop.ts'
import type { ReceiveWebhook } from '../../src/webhooks/receive.ts'
import { createManualClock } from './manual-clock.ts'
import { createTestGateway } from './test-gateway.ts'
import type { TestGateway } from './test-gateway.ts'

export interface RawGatewayOptions extends Partial<Omit<ServeOptions, 'clock' | 'metrics'>> {
  readonly config?: Partial<Config>
  readonly metrics?: Metrics
  /** These replace what the gateway has. */
  readonly handle?: (gateway: TestGateway) => ServedGateway['handle']
  readonly authenticate?: (own: Authenticate) => Authenticate
  readonly receive?: (own: ReceiveWebhook) => ReceiveWebhook
  readonly loop?: (own: Loop) => Loop
}

/** With one connection. */
export async function openRawGateway({
  config,
  handle,
  authenticate,
  receive,
  loop,
  metrics,
  ...options
}: RawGatewayOptions = {}) {
  const clock = createManualClock()
  const gateway = await createTestGateway({ clock, ...(config && { config }), ...(metrics && { metrics }) })
  const lines: object[] = []
  const note = (fields: object): void => void lines.push(fields)
  const log: Log = { info: note, warn: note, error: note }
  const own = gateway.gateway
  const served: ServedGateway = {
    ...own,
    ...(authenticate && { authenticate: authenticate(own.authenticate) }),
    ...(receive && { receiveWebhook: receive(own.receiveWebhook) }),
    ...(loop && { loop: loop(own.loop) }),
    ...(handle && { handle: handle(gateway), handlePlain: null }),
  }
  const server = createGatewayServer(served, {
    port: 0,
    host: '127.0.0.1',
    clock: createSystemClock(),
    log,
    accessLog: true,
    metrics: null,
    ...options,
  })
  const { port } = await server.listen()
  const parser = watchParser(port)
  const client = await connectTo(port)
  return {
    ...client,
    ...parser,
    clock,
    gateway,
    server,
    lines,
    port,
    async [Symbol.asyncDispose]() {
      parser.unsubscribe()
      client.socket.destroy()
      await server.close(0)
      await gateway[Symbol.asyncDispose]()
    },
  }
}

function watchParser(port: number) {
  let parsed = 0
  let own: Socket | null = null
  const count = (message: unknown): void => {
    const { socket } = message as { readonly socket: Socket }
    if (socket.localPort !== port) return
    parsed += 1
    own = socket
  }
  subscribe('http.server.request.start', count)
  return {
    /** That of the server, of the last request that was parsed. */
    ownSocket: () => own,
    /** How many requests Node's parser has read since the last call. */
    takeParsed(): number {
      const before = parsed
      parsed = 0
      return before
    },
    unsubscribe: (): void => void unsubscribe('http.server.request.start', count),
  }
}

/** A raw connection; `read` resolves with the next answer, whose body has the length that its head names. */
export async function connectTo(port: number) {
  const socket: Socket = connect(port, '127.0.0.1')
  await once(socket, 'connect')
  let text = ''
  const waiting: { readonly isHead: boolean; readonly resolve: (text: string) => void }[] = []
  const take = (): void => {
    for (let next = waiting[0]; next; next = waiting[0]) {
      const end = text.indexOf('\r\n\r\n') + 4
      const bytes = next.isHead ? 0 : Number(/content-length: (\d+)/i.exec(text.slice(0, end))?.[1] ?? 0)
      if (end < 4 || text.length < end + bytes) return
      waiting.shift()
      next.resolve(text.slice(0, end + bytes))
      text = text.slice(end + bytes)
    }
  }
  socket.on('data', (chunk: Buffer) => {
    text += chunk.toString('latin1')
    take()
  })
  const read = (isHead = false): Promise<string> =>
    new Promise((resolve) => {
      waiting.push({ isHead, resolve })
      take()
    })
  return {
    socket,
    read,
    ask(message: string, isHead = false): Promise<string> {
      socket.write(message)
      return read(isHead)
    },
  }
}

/** An answer without what differs from answer to answer. */
export const withoutIds = (answer: string): string =>
  answer.replace(/^x-request-id: .*$/im, 'x-request-id').replace(/^date: .*$/im, 'date')
