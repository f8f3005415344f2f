// The first station: bytes in, a known caller and a whole request out, and the answer back. Bounded on every side.

import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Clock } from '../clock.ts'
import { createRequestRecord, type Served } from '../telemetry/request-record.ts'
import { createAdmission, type AdmissionOptions } from './admission.ts'
import { answer, readTarget, type AnswerOptions } from './answer.ts'
import { createCompress } from './compress.ts'
import { createConnections } from './connections.ts'
import { createCors } from './cors.ts'
import { readRequestId } from './headers.ts'
import { httpLimits, type HttpLimits } from './limits.ts'
import { listen } from './listen.ts'
import { createUploads } from './uploads.ts'
import { writeResponse } from './write-response.ts'

export interface HttpServer {
  /** Rejects with Node's own error (EADDRINUSE …) when the address cannot be had. */
  listen(): Promise<{ readonly url: string; readonly port: number }>
  /**
   * /ready turns 503, then nobody new is accepted, and all that is in flight is answered with `Connection: close`.
   * Resolves when the last connection has closed; after `graceMs`, counted from the call, closes what is left.
   * A second call waits for the first.
   */
  close(graceMs: number): Promise<void>
}

export interface HttpServerOptions
  extends
    Pick<AnswerOptions, 'handle' | 'isReady' | 'page' | 'onError' | 'onTurnedAway'>,
    Pick<AdmissionOptions, 'authenticate'>,
    Partial<Pick<AdmissionOptions, 'callerRateLimit' | 'trustedProxies'>> {
  /** Origins of web pages that may ask; left out, none. */
  readonly corsOrigins?: readonly string[]
  readonly port: number
  readonly host: string
  readonly clock: Clock
  readonly limits?: Partial<HttpLimits>
  /** Names requests whose clients did not, and errors. */
  readonly newId?: () => string
  /** Called once for each request, when its answer is with the client or the client is gone. */
  onServed?(served: Served): void
}

export function createHttpServer(options: HttpServerOptions): HttpServer {
  const { clock, onError, newId = randomUUID } = options
  const limits: HttpLimits = { ...httpLimits, ...options.limits }
  const connections = createConnections()
  let closing: Promise<void> | null = null
  const isReady = (): boolean => closing === null && options.isReady()
  const answerOptions: AnswerOptions = {
    ...options,
    isReady,
    admit: createAdmission({ callerRateLimit: 0, trustedProxies: 0, ...options }),
    compress: createCompress(),
    cors: createCors(options.corsOrigins ?? []),
    uploads: createUploads(limits),
  }

  const serve = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const exchange = connections.begin(incoming, outgoing)
    const beganAtMs = clock.monotonicMs()
    const record = createRequestRecord(readRequestId(incoming) ?? newId())
    outgoing.setHeader('x-request-id', record.id)
    let status: number | null = null
    let bytes = 0
    try {
      const response = await answer(exchange, record, answerOptions)
      status = response?.status ?? null
      if (response)
        bytes = await writeResponse(exchange, response, { isLast: closing !== null, clock, limits })
    } catch (error) {
      // The answer had begun, so all that can still be said is that it is not whole.
      if (!exchange.gone.aborted) onError(error, newId(), record.id)
      incoming.socket.destroy()
    }
    options.onServed?.({
      record,
      method: incoming.method ?? '',
      path: readTarget(incoming.url ?? '')?.pathname ?? null,
      status,
      bytes,
      durationMs: clock.monotonicMs() - beganAtMs,
      isCutShort: !outgoing.writableFinished,
    })
    // Also a connection whose answer had promised to stay open before the draining began.
    if (closing) server.closeIdleConnections()
  }

  const server = createBoundedServer(limits)
  server.on('connection', (socket) => connections.add(socket))
  server.on('request', (incoming, outgoing) => void serve(incoming, outgoing))
  // Listening for it keeps Node from sending "100 Continue" before the size and the caller are known.
  server.on('checkContinue', (incoming, outgoing) => void serve(incoming, outgoing))

  const drain = async (graceMs: number): Promise<void> => {
    const closed = new AbortController()
    server.once('close', () => closed.abort())
    const cancelGrace = clock.after(graceMs, () => connections.closeAll())
    await clock.sleep(Math.min(limits.noticeMs, graceMs))
    server.close()
    await clock.sleep(limits.silenceMs, closed.signal).catch(() => {})
    connections.closeSilent()
    if (!closed.signal.aborted) await new Promise((resolve) => server.once('close', resolve))
    cancelGrace()
  }

  return {
    listen: () => listen(server, options),
    close(graceMs) {
      closing ??= server.listening ? drain(graceMs) : Promise.resolve()
      return closing
    },
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
