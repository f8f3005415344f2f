// The figures for Prometheus, on a listener of their own: whoever may ask the gateway shall not see how it is run.
import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { listen } from './listen.ts'

export interface MetricsServer {
  /** Rejects with Node's own error (EADDRINUSE …) when the address cannot be had. */
  listen(): Promise<{ readonly url: string; readonly port: number }>
  /** At once: figures that were half read are of no use. */
  close(): Promise<void>
}

export interface MetricsServerOptions {
  readonly port: number
  readonly host: string
  render(): Promise<{ readonly contentType: string; readonly text: string }>
  readonly onError: (error: unknown) => void
}

/** A scraper or two, with some connections each. */
const MAX_CONNECTIONS = 16
/** A scrape is a line and a few headers. */
const MAX_HEADER_BYTES = 8 * 1024
/** Within this the whole request has come; Node looks every half of it. */
const REQUEST_TIMEOUT_MS = 2_000
/** Longer than the usual 15 to 60 s between two scrapes would only hold connections. */
const KEEP_ALIVE_MS = 5_000

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
  let rendering: ReturnType<typeof render> | null = null

  const renderOnce = (): ReturnType<typeof render> => {
    rendering ??= render().finally(() => (rendering = null))
    return rendering
  }

  async function serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    if (incoming.url?.split('?')[0] !== '/metrics')
      return say(outgoing, 404, 'Nothing is here: /metrics is.\n')
    if (incoming.method !== 'GET') {
      outgoing.setHeader('allow', 'GET')
      return say(outgoing, 405, 'Only GET is served here.\n')
    }
    const { contentType, text } = await renderOnce()
    outgoing.setHeader('content-type', contentType)
    say(outgoing, 200, text)
  }

  server.on('request', (incoming, outgoing) => {
    serve(incoming, outgoing).catch((error: unknown) => {
      onError(error)
      say(outgoing, 500, 'The figures could not be put together; the log says why.\n')
    })
  })

  return {
    listen: () => listen(server, { port, host }),
    close() {
      if (!server.listening) return Promise.resolve()
      const closed = new Promise<void>((resolve) => void server.once('close', resolve))
      server.close()
      server.closeAllConnections()
      return closed
    },
  }
}

/** A body that came along is not read: the connection ends with the answer. */
function say(outgoing: ServerResponse, status: number, text: string): void {
  if (!outgoing.hasHeader('content-type')) outgoing.setHeader('content-type', 'text/plain; charset=utf-8')
  if (status !== 200) outgoing.setHeader('connection', 'close')
  outgoing.setHeader('cache-control', 'no-store')
  outgoing.setHeader('x-content-type-options', 'nosniff')
  outgoing.statusCode = status
  outgoing.end(text)
}
