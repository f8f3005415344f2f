// Writes an answer whose bytes are known, no faster than the client reads it.

import type { BytesAnswer } from './bytes-answer.ts'
import type { Exchange } from './connections.ts'
import type { MaybeLater } from './maybe-later.ts'
import { limitStall, writePart } from './write-response.ts'
import type { WriteOptions } from './write-response.ts'

/** Resolves when the operating system has all of it or the client has left, with the number of body bytes sent. */
export function writeBytes(
  exchange: Exchange,
  { status, fields, body, bytes }: BytesAnswer,
  options: WriteOptions,
): MaybeLater<number> {
  const { incoming, outgoing } = exchange
  if (exchange.hasLeft) return 0
  fields.push('x-request-id', options.requestId)
  if (options.isLast) fields.push('connection', 'close')
  outgoing.writeHead(status, fields)
  if (incoming.method === 'HEAD' || bytes === 0) return finish(exchange, { bytes: 0 }, options)
  if (bytes > options.limits.pieceBytes)
    return writePieces(exchange, body, options).then((sent) => finish(exchange, { bytes: sent }, options))
  for (const part of body.slice(0, -1)) outgoing.write(part)
  return finish(exchange, { last: body.at(-1), bytes }, options)
}

async function writePieces(
  exchange: Exchange,
  body: readonly Buffer[],
  options: WriteOptions,
): Promise<number> {
  let bytes = 0
  for (const part of body) bytes += await writePart(exchange, part, options)
  return bytes
}

/** Ends the answer. As `waitFor`, without the signal of the exchange, which nothing else needs here. */
function finish(
  exchange: Exchange,
  { last, bytes }: { readonly last?: Buffer | undefined; readonly bytes: number },
  options: WriteOptions,
): MaybeLater<number> {
  const { outgoing } = exchange
  if (exchange.hasLeft) return bytes
  outgoing.end(last)
  if (outgoing.writableFinished) return bytes
  return new Promise((resolve) => {
    let cancel: (() => void) | null = null
    let isDone = false
    const leave = (): void => {
      isDone = true
      cancel?.()
      exchange.onLeft = null
      resolve(bytes)
    }
    outgoing.once('finish', leave)
    exchange.onLeft = leave
    // The operating system takes nearly every answer at once, in this turn: a timer is for the others.
    process.nextTick(() => {
      if (!isDone && !outgoing.writableFinished) cancel = limitStall(exchange, options)
    })
  })
}
