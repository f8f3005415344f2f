// The first room: takes bytes, passes on a known caller with a whole request, and sends the answer. Each part has a limit.

import { randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import type { Server } from 'node:http'
import { createLoop } from '../turns/loop.ts'
import type { Loop } from '../turns/loop.ts'
import { createTenantsSeen } from '../turns/tenants-seen.ts'
import { takeParserStart } from './before-parser.ts'
import { createConnections } from './connections.ts'
import type { Connections } from './connections.ts'
import { drain } from './drain.ts'
import { createGiveAgain } from './give-again.ts'
import { createGiveWebhook } from './give-webhook.ts'
import { httpLimits } from './limits.ts'
import type { HttpLimits } from './limits.ts'
import { listen } from './listen.ts'
import { createWriteRaw } from './raw-answers.ts'
import type { Relief } from './relief.ts'
import { createServeExchange } from './serve-exchange.ts'
import type { ServeExchangeOptions } from './serve-exchange.ts'
import { createSharedByAnswers } from './shared-by-answers.ts'
import type { SharedByAnswersOptions } from './shared-by-answers.ts'
import { createUnreadAnswers } from './unread-answers.ts'

export interface HttpServer {
  /** Rejects with Node's own error (EADDRINUSE …) when the address cannot be had. */
  listen(): Promise<{ readonly url: string; readonly port: number }>
  /**
   * /ready answers 503, then no new connection is accepted, and every request in flight is answered with
   * `Connection: close`. Resolves when the last connection has closed; after `graceMs`, counted from the call, closes
   * the connections that are left. A second call waits for the first.
   */
  close(graceMs: number): Promise<void>
  /** Ends the streams of callers who are no longer known; to be called when the set of callers may have changed. */
  recheckCallers(): void
}

export interface HttpServerOptions
  extends SharedByAnswersOptions, Pick<ServeExchangeOptions, 'onServed' | 'onStream'> {
  /** Called for each request that is refused, and each connection that is closed, to keep room for others. */
  readonly onRelief?: (relief: Relief) => void
  readonly port: number
  readonly host: string
  /** Left out: the server makes one of its own. */
  readonly loop?: Loop
  readonly limits?: Partial<HttpLimits>
  /** Makes the ids of errors, and of requests whose clients sent none. */
  readonly newId?: () => string
  /** 0 to 1; spreads the heartbeats and ends of streams. */
  readonly random?: () => number
}

export function createHttpServer(options: HttpServerOptions): HttpServer {
  const { clock, loop = createLoop({ clock }), newId = randomUUID, random = Math.random } = options
  const limits: HttpLimits = { ...httpLimits, ...options.limits }
  const { onRelief = () => {}, receiveWebhook: receive = null } = options
  const bounded = { clock, loop, limits, seen: createTenantsSeen(clock) }
  const unreadAnswers = createUnreadAnswers({ ...bounded, onSlowReader: () => onRelief('slowReader') })
  let closing: Promise<void> | null = null
  const isClosing = (): boolean => closing !== null
  const isReady = (): boolean => !isClosing() && options.isReady()
  const answerOptions = createSharedByAnswers({ ...options, isReady, onRelief }, bounded)
  const { streams } = answerOptions
  // An answer from before the draining may have said that its connection stays open: it is closed here, too. During the notice it is
  // not, because a proxy may be sending on it, and answers 502 if it is reset: that request gets `Connection: close`.
  const onOver = (): void =>
    void (closing && !server.listening && setImmediate(() => server.closeIdleConnections()))
  const serving = { ...options, loop, newId, random, limits, isClosing, answerOptions, onRelief, onOver }
  const raw = { ...serving, writeRaw: createWriteRaw({ clock, limits, unreadAnswers }) }
  const server = createBoundedServer(limits)
  const connections = createConnections({
    ...raw,
    unreadAnswers,
    serve: createServeExchange(serving),
    startParser: takeParserStart(server),
    giveAgain: createGiveAgain(raw),
    giveWebhook: receive && createGiveWebhook({ ...raw, receive }),
  })
  const closeIdleByNode = server.closeIdleConnections.bind(server)
  // Called by `server.close()`, too.
  server.closeIdleConnections = () => connections.closeIdle(closeIdleByNode)
  server.on('drop', () => onRelief('noConnection'))
  passOn(server, connections)

  return {
    listen: () => listen(server, options),
    close(graceMs) {
      closing ??= server.listening
        ? drain({ server, connections, streams, clock, limits }, graceMs)
        : Promise.resolve()
      return closing
    },
    recheckCallers: streams.recheckCallers,
  }
}

function createBoundedServer(limits: HttpLimits): Server {
  const server = createServer({
    maxHeaderSize: limits.headerMaxBytes,
    headersTimeout: limits.headersTimeoutMs,
    requestTimeout: limits.requestTimeoutMs,
    connectionsCheckingInterval: limits.checkIntervalMs,
    keepAliveTimeout: limits.keepAliveTimeoutMs,
  })
  server.maxConnections = limits.maxConnections
  return server
}

function passOn(server: Server, connections: Pick<Connections, 'add' | 'begin' | 'endFaulty'>): void {
  server.on('connection', (socket) => connections.add(socket))
  server.on('clientError', connections.endFaulty)
  server.on('request', connections.begin)
  // Without this listener Node sends "100 Continue" before the size and the caller are known.
  server.on('checkContinue', connections.begin)
}
