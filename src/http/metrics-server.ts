// Serves the metrics for Prometheus on a port of its own, so that callers of the gateway cannot read them.
import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { createSystemClock } from '../clock.ts'
import { createLoop } from '../turns/loop.ts'
import { takeParserStart } from './before-parser.ts'
import { createConnections } from './connections.ts'
import type { Connections } from './connections.ts'
import type { Exchange } from './exchange.ts'
import { faultOfHead } from './head-faults.ts'
import { httpLimits } from './limits.ts'
import { listen } from './listen.ts'
import { createTenantsSeen } from '../turns/tenants-seen.ts'
import { createUnreadAnswers } from './unread-answers.ts'

export interface MetricsServer {
  /** Rejects with Node's own error (EADDRINUSE …) when the address cannot be had. */
  listen(): Promise<{ readonly url: string; readonly port: number }>
  /** Closes at once, because half a page of metrics is of no use. */
  close(): Promise<void>
}

export interface MetricsServerOptions {
  readonly port: number
  readonly host: string
  render(): Promise<{ readonly contentType: string; readonly text: string }>
  readonly onError: (error: unknown) => void
}

/** Enough for two scrapers with some connections each. */
const MAX_CONNECTIONS = 16
/** A scrape is one line and a few headers. */
const MAX_HEADER_BYTES = 8 * 1024
/** The whole request has to come within this time; Node checks twice in it. */
const REQUEST_TIMEOUT_MS = 2_000
/** A keep-alive up to the next scrape, 15 to 60 s later, would only occupy connections. */
const KEEP_ALIVE_MS = 5_000
/** A scraper that takes nothing of a page for this long only occupies its connection. */
const SILENCE_MS = 10_000

/** Answers `GET /metrics` and nothing else. Scrapes that overlap share one rendering. */
export function createMetricsServer({ port, host, render, onError }: MetricsServerOptions): MetricsServer {
  const server = createServer({
    maxHeaderSize: MAX_HEADER_BYTES,
    headersTimeout: REQUEST_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    connectionsCheckingInterval: REQUEST_TIMEOUT_MS / 2,
    keepAliveTimeout: KEEP_ALIVE_MS,
  })
  server.maxConnections = MAX_CONNECTIONS
  server.setTimeout(SILENCE_MS)
  const connections = createOwnConnections(server, ({ incoming, outgoing }) => {
    serve(incoming, outgoing).catch((error: unknown) => {
      onError(error)
      send(outgoing, 500, 'The figures could not be put together; the log says why.\n')
    })
  })
  server.on('connection', connections.add)
  let rendering: ReturnType<typeof render> | null = null

  const renderOnce = (): ReturnType<typeof render> => {
    rendering ??= render().finally(() => (rendering = null))
    return rendering
  }

  async function serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const fault = faultOfHead(incoming)
    if (fault) return send(outgoing, fault.status, `${fault.message}\n`)
    if (incoming.url?.split('?')[0] !== '/metrics')
      return send(outgoing, 404, 'Nothing is here: /metrics is.\n')
    if (incoming.method !== 'GET') {
      outgoing.setHeader('allow', 'GET')
      return send(outgoing, 405, 'Only GET is served here.\n')
    }
    const { contentType, text } = await renderOnce()
    outgoing.setHeader('content-type', contentType)
    send(outgoing, 200, text)
  }

  server.on('clientError', connections.endFaulty)
  server.on('request', connections.begin)

  return {
    listen: () => listen(server, { port, host }),
    close() {
      if (!server.listening) return Promise.resolve()
      const closed = new Promise<void>((resolve) => void server.once('close', resolve))
      server.close()
      connections.closeAll()
      return closed
    },
  }
}

/** Bounds what a client sends ahead, and keeps some connections free, as at the gateway's own port. */
function createOwnConnections(server: Server, serve: (exchange: Exchange) => void): Connections {
  const clock = createSystemClock()
  const limits = { ...httpLimits, maxConnections: MAX_CONNECTIONS, headersTimeoutMs: REQUEST_TIMEOUT_MS }
  return createConnections({
    clock,
    limits,
    loop: createLoop({ clock }),
    unreadAnswers: createUnreadAnswers({
      clock,
      seen: createTenantsSeen(clock),
      limits,
      onSlowReader: () => {},
    }),
    serve,
    startParser: takeParserStart(server),
    onRelief: () => {},
  })
}

/** A body of the request is not read: the connection ends with the answer. */
function send(outgoing: ServerResponse, status: number, text: string): void {
  if (!outgoing.hasHeader('content-type')) outgoing.setHeader('content-type', 'text/plain; charset=utf-8')
  if (status !== 200) outgoing.setHeader('connection', 'close')
  outgoing.setHeader('cache-control', 'no-store')
  outgoing.setHeader('x-content-type-options', 'nosniff')
  outgoing.statusCode = status
  outgoing.end(text)
}
