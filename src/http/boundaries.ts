// Follows where the requests of one connection begin and end, so that an equal one can be recognized by its bytes.

import type { IncomingMessage } from 'node:http'
import { copyExactly } from '../answers/exact-bytes.ts'

/** A request that Node's parser has read. */
export interface ParsedRequest {
  readonly incoming: IncomingMessage
  /** From the first byte of its first line to the empty line. */
  readonly headBytes: Buffer
  readonly bodyBytes: number
}

export interface Boundaries {
  /**
   * The last request, where the piece is one whole request with the same head, byte for byte. So the parser would read the same
   * again, as it stands before the first byte of a request.
   */
  recognize(piece: Buffer): ParsedRequest | null
  /** To be called with each piece that the parser has taken. `begun`: the requests that began in it. */
  note(piece: Buffer, begun: readonly IncomingMessage[]): void
}

/** A client whose heads differ, as by an id in each, is not looked at any more after so many. */
const MAX_OTHERS = 20

const END_OF_HEAD = Buffer.from('\r\n\r\n')

/** One head is kept, of no more than these bytes. `lost`: where the next request begins is not known any more, and stays unknown. */
export function createBoundaries(maxHeadBytes: number): Boundaries {
  let isLost = maxHeadBytes === 0
  /** So many bytes of the body are still to come. */
  let leftBytes = 0
  let last: ParsedRequest | null = null
  let others = 0

  const isSameHead = (piece: Buffer): boolean =>
    last !== null && piece.length >= last.headBytes.length && beginsWith(piece, last.headBytes)
  const lose = (): void => {
    isLost = true
    last = null
  }
  const noteHead = (piece: Buffer, incoming: IncomingMessage): void => {
    const end = piece.indexOf(END_OF_HEAD)
    const bodyBytes = bodyBytesOf(incoming)
    const headLength = end + END_OF_HEAD.length
    if (end === -1 || bodyBytes === null || piece.length > headLength + bodyBytes) return lose()
    leftBytes = headLength + bodyBytes - piece.length
    if (isSameHead(piece)) return
    others += 1
    if (others > MAX_OTHERS) return lose()
    const isKept = leftBytes === 0 && incoming.complete && headLength <= maxHeadBytes && staysOpen(incoming)
    last = isKept ? { incoming, headBytes: copyExactly(piece.subarray(0, headLength)), bodyBytes } : null
  }

  return {
    recognize(piece) {
      if (last === null || leftBytes > 0 || piece.length !== last.headBytes.length + last.bodyBytes)
        return null
      if (!isSameHead(piece)) return null
      others = 0
      return last
    },
    note(piece, begun) {
      if (isLost) return
      const [first, ...more] = begun
      if (leftBytes === 0) return first && more.length === 0 ? noteHead(piece, first) : lose()
      leftBytes -= piece.length
      if (first || leftBytes < 0) lose()
    },
  }
}

const beginsWith = (piece: Buffer, beginning: Buffer): boolean =>
  piece.compare(beginning, 0, beginning.length, 0, beginning.length) === 0

/** Null where only its end shows how many there are. */
function bodyBytesOf({ headers }: IncomingMessage): number | null {
  if (headers['transfer-encoding'] !== undefined || headers.upgrade !== undefined) return null
  return Number(headers['content-length'] ?? 0)
}

function staysOpen({ httpVersion, headers }: IncomingMessage): boolean {
  const { connection = 'keep-alive', expect } = headers
  return httpVersion === '1.1' && connection.toLowerCase() === 'keep-alive' && expect === undefined
}
