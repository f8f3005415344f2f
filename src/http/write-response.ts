// Writes a Response to the client, no faster than the client reads it.

import type { ServerResponse } from 'node:http'
import type { Clock } from '../clock.ts'
import { readAge, writeDate } from './date-field.ts'
import type { Exchange } from './exchange.ts'
import { lengthOf, withoutHopByHop } from './headers.ts'
import type { HttpLimits } from './limits.ts'
import { isBodyUnread } from './read-body.ts'
import { afterReading } from '../turns/after-reading.ts'

export interface WriteOptions {
  readonly requestId: string
  /** Whether the connection closes after this answer. */
  readonly isLast: boolean
  readonly clock: Clock
  readonly limits: Pick<HttpLimits, 'pieceBytes' | 'stallTimeoutMs' | 'lingerMs'>
}

type Body = ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>>

/**
 * Resolves when the operating system has taken all of it or the client has left, with the number of body bytes sent;
 * rejects if the body itself fails.
 */
export async function writeResponse(
  exchange: Exchange,
  response: Response,
  options: WriteOptions,
): Promise<number> {
  const { incoming, outgoing } = exchange
  let bytes = 0
  const body: Body | undefined = response.body?.getReader()
  const drop = (): void => void body?.cancel().catch(() => {})
  if (exchange.hasLeft) {
    drop()
    return bytes
  }
  const isUnread = isBodyUnread(incoming)
  outgoing.setHeader('x-request-id', options.requestId)
  writeHead(outgoing, response, { isLast: options.isLast || isUnread, wallMs: options.clock.wallMs() })
  // The only way to end a stream that waits for its next event when the client leaves.
  if (body) exchange.gone.addEventListener('abort', drop, { once: true })
  if (incoming.method === 'HEAD') drop()
  else if (body) bytes = await writeBody(exchange, body, { isCounted: lengthOf(response) > 0, ...options })
  if (isUnread) await discardBody(exchange, options)
  if (exchange.hasLeft) return bytes
  outgoing.end()
  if (!outgoing.writableFinished) await waitFor('finish', exchange, options)
  return bytes
}

function writeHead(
  outgoing: ServerResponse,
  response: Response,
  { isLast, wallMs }: { readonly isLast: boolean; readonly wallMs: number },
): void {
  outgoing.statusCode = response.status
  for (const [name, value] of withoutHopByHop(response.headers)) outgoing.appendHeader(name, value)
  const age = readAge(response.headers.get('age'))
  if (age > 0) outgoing.setHeader('Date', writeDate(wallMs, age))
  if (isLast) outgoing.setHeader('connection', 'close')
  // A body of unknown length may take long, so the client gets the headers at once.
  if (response.body && !response.headers.has('content-length')) outgoing.flushHeaders()
}

interface WriteBodyOptions extends WriteOptions {
  /** Whether the whole body is counted among the unread answers already; if not, each part is counted. */
  readonly isCounted: boolean
}

async function writeBody(exchange: Exchange, body: Body, options: WriteBodyOptions): Promise<number> {
  let bytes = 0
  for (let part = await body.read(); !part.done; part = await body.read()) {
    if (!options.isCounted) exchange.unread.resize(part.value.length)
    bytes += await writePart(exchange, part.value, options)
    if (exchange.hasLeft) return bytes
  }
  return bytes
}

/** Writes it in pieces. Resolves with the number of bytes that were written: all of them, unless the client has left. */
export async function writePart(
  exchange: Exchange,
  part: Uint8Array,
  options: WriteOptions,
): Promise<number> {
  const { pieceBytes } = options.limits
  for (let from = 0; from < part.length; from += pieceBytes) {
    if (exchange.hasLeft) return from
    if (exchange.outgoing.write(part.subarray(from, from + pieceBytes))) continue
    await waitFor('drain', exchange, options)
    exchange.unread.progress()
  }
  return part.length
}

/** The client may still be sending a body that was refused unread, so it gets a moment to read the answer. */
async function discardBody({ incoming, gone }: Exchange, { clock, limits }: WriteOptions): Promise<void> {
  const ended = new AbortController()
  incoming.once('end', () => ended.abort()).resume()
  await clock.sleep(limits.lingerMs, AbortSignal.any([ended.signal, gone])).catch(() => {})
}

/** Waits for the event. A client that reads nothing for too long is disconnected, which ends the wait, too. */
function waitFor(event: 'drain' | 'finish', exchange: Exchange, options: WriteOptions): Promise<void> {
  const { outgoing, gone } = exchange
  return new Promise((resolve) => {
    const leave = (): void => {
      cancel()
      outgoing.off(event, leave)
      gone.removeEventListener('abort', leave)
      resolve()
    }
    const cancel = limitStall(exchange, options)
    outgoing.once(event, leave)
    gone.addEventListener('abort', leave, { once: true })
  })
}

/**
 * Disconnects a client that takes nothing. The time begins when the answer has the connection: until then, the answers
 * to earlier requests are written. Returns the function that ends the limit.
 */
export function limitStall(
  { incoming, outgoing }: Exchange,
  { clock, limits }: Pick<WriteOptions, 'clock' | 'limits'>,
): () => void {
  let cancel: (() => void) | null = null
  const begin = (): void => {
    cancel = afterReading(clock, limits.stallTimeoutMs, () => incoming.socket.destroy())
  }
  if (outgoing.socket) begin()
  else outgoing.once('socket', begin)
  return () => {
    outgoing.off('socket', begin)
    cancel?.()
  }
}
