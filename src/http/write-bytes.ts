// Writes an answer whose bytes are known, no faster than the client reads it.

import type { BytesAnswer } from './bytes-answer.ts'
import { ageIn, writeDate } from './date-field.ts'
import type { Exchange } from './exchange.ts'
import { limitStall, writePart } from './write-response.ts'
import type { WriteOptions } from './write-response.ts'

/**
 * Calls `onOver` once, when the operating system has all of it or the client has left, with the number of body bytes sent: at
 * once, as a rule.
 */
export function writeBytes(
  exchange: Exchange,
  { status, fields, body, bytes }: BytesAnswer,
  options: WriteOptions,
  onOver: (bytes: number) => void,
): void {
  const { incoming, outgoing } = exchange
  if (exchange.hasLeft) return onOver(0)
  const age = ageIn(fields)
  fields.push('x-request-id', options.requestId)
  // Node adds the date of this moment if none is given.
  if (age > 0) fields.push('Date', writeDate(options.clock.wallMs(), age))
  if (options.isLast) fields.push('connection', 'close')
  // Corked until the end of the answer: otherwise each part would be a write of its own.
  outgoing.cork()
  outgoing.writeHead(status, fields)
  const isBodySent = incoming.method !== 'HEAD' && bytes > 0
  if (isBodySent && bytes > options.limits.pieceBytes) {
    outgoing.uncork()
    return void writePieces(exchange, body, options).then((sent) =>
      finish(exchange, options, () => onOver(sent)),
    )
  }
  if (isBodySent) for (const part of body) outgoing.write(part)
  finish(exchange, options, () => onOver(isBodySent ? bytes : 0))
}

async function writePieces(
  exchange: Exchange,
  body: readonly Uint8Array[],
  options: WriteOptions,
): Promise<number> {
  let bytes = 0
  for (const part of body) bytes += await writePart(exchange, part, options)
  return bytes
}

/** Ends the answer. As `waitFor`, without the signal of the exchange, which is not needed here. */
function finish(exchange: Exchange, options: WriteOptions, onOver: () => void): void {
  const { outgoing, unread } = exchange
  if (exchange.hasLeft) return onOver()
  outgoing.end()
  // The operating system takes nearly every answer at once; only the others have to be counted and limited in time.
  if (outgoing.writableFinished) return onOver()
  unread.holdExpected()
  const cancel = limitStall(exchange, options)
  exchange.onOver = () => {
    cancel()
    onOver()
  }
}
