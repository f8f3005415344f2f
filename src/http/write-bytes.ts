// Writes an answer whose bytes are known, no faster than the client reads it.

import type { BytesAnswer } from './bytes-answer.ts'
import type { Exchange } from './connections.ts'
import { waitFor } from './write-response.ts'
import type { WriteOptions } from './write-response.ts'

/** Resolves when the operating system has all of it or the client has left, with the number of body bytes sent. */
export async function writeBytes(
  exchange: Exchange,
  { status, fields, body, bytes }: BytesAnswer,
  options: WriteOptions,
): Promise<number> {
  const { incoming, outgoing } = exchange
  if (exchange.hasLeft) return 0
  fields.push('x-request-id', options.requestId)
  if (options.isLast) fields.push('connection', 'close')
  outgoing.writeHead(status, fields)
  const isSent = incoming.method !== 'HEAD' && bytes > 0
  const sent = !isSent
    ? 0
    : bytes > options.limits.pieceBytes
      ? await writePieces(exchange, body, options)
      : bytes
  if (exchange.hasLeft) return sent
  if (isSent && bytes <= options.limits.pieceBytes) for (const part of body) outgoing.write(part)
  outgoing.end()
  if (!outgoing.writableFinished) await finish(exchange, options)
  return sent
}

async function writePieces(
  exchange: Exchange,
  body: readonly Buffer[],
  options: WriteOptions,
): Promise<number> {
  let bytes = 0
  for (const part of body)
    for (let from = 0; from < part.length; from += options.limits.pieceBytes) {
      if (exchange.hasLeft) return bytes
      const piece = part.subarray(from, from + options.limits.pieceBytes)
      const isTaken = exchange.outgoing.write(piece)
      bytes += piece.length
      if (isTaken) continue
      await waitFor('drain', exchange, options)
      exchange.unread.progress()
    }
  return bytes
}

/** As `waitFor`, without the signal of the exchange, which nothing else needs here. */
function finish(exchange: Exchange, { clock, limits }: WriteOptions): Promise<void> {
  const { incoming, outgoing } = exchange
  return new Promise((resolve) => {
    const cancel = clock.after(limits.stallTimeoutMs, () => incoming.socket.destroy())
    const leave = (): void => {
      cancel()
      exchange.onLeft = null
      resolve()
    }
    outgoing.once('finish', leave)
    exchange.onLeft = leave
  })
}
