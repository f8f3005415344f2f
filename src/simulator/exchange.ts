// One HTTP call in the simulator: the two streams, its entry in the ledger, and how an answer is written.

import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http'
import { promisify } from 'node:util'
import { constants, gzip } from 'node:zlib'
import type { Clock } from '../clock.ts'
import type { OpenCall } from './ledger.ts'

export interface Exchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly clock: Clock
  /** Aborts when the connection has closed, by either side. */
  readonly signal: AbortSignal
  /** Begins the answer. */
  start(status: number, headers: OutgoingHttpHeaders): ServerResponse
  /** Ends the connection from the simulator's side: in good order, or as a crash does. */
  cut(how: 'end' | 'reset'): void
}

/** Without `call`, nothing is recorded. */
export function createExchange(
  request: IncomingMessage,
  response: ServerResponse,
  clock: Clock,
  call?: OpenCall,
): Exchange {
  const left = new AbortController()
  let isCut = false
  response.once('close', () => {
    if (call) call.aborted = !response.writableFinished && !isCut
    left.abort()
  })
  return {
    request,
    response,
    clock,
    signal: left.signal,
    start(status, headers) {
      if (call) call.status = status
      return response.writeHead(status, headers)
    },
    cut(how) {
      isCut = true
      if (how === 'reset') request.socket.resetAndDestroy()
      else response.destroy()
    },
  }
}

export const JSON_TYPE = { 'content-type': 'application/json; charset=utf-8' }

/** Less than this is sent as it is: the header costs more than compressing saves. */
const MIN_GZIP_BYTES = 1024

const compress = promisify(gzip)

export async function sendJson(
  exchange: Exchange,
  status: number,
  body: unknown,
  headers: OutgoingHttpHeaders = {},
): Promise<void> {
  if (body === undefined) return void exchange.start(status, headers).end()
  const text = JSON.stringify(body)
  const wantsGzip = /\bgzip\b/.test(String(exchange.request.headers['accept-encoding'] ?? ''))
  if (!wantsGzip || Buffer.byteLength(text) <= MIN_GZIP_BYTES) {
    exchange.start(status, { ...JSON_TYPE, 'content-length': Buffer.byteLength(text), ...headers }).end(text)
    return
  }
  // The fastest level: the simulator must not be what a benchmark measures.
  const packed = await compress(text, { level: constants.Z_BEST_SPEED })
  if (exchange.signal.aborted) return
  const gzipped = { 'content-encoding': 'gzip', 'content-length': packed.length, vary: 'accept-encoding' }
  exchange.start(status, { ...JSON_TYPE, ...gzipped, ...headers }).end(packed)
}

/** No operation accepts a longer body; files are the longest. */
const MAX_BODY_BYTES = 20_000_000

/** Undefined when the body is too long. */
export async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length
    if (length > MAX_BODY_BYTES) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}
