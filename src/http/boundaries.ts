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
  /** Whether the next byte is surely the first one of a request, because the parser has read whole requests, or nothing. */
  isBetweenRequests(): boolean
  /** To be called with each piece that the parser has taken. `begun`: the requests that began in it. */
  note(piece: Buffer, begun: readonly IncomingMessage[]): void
  /** An equal request is not recognized, and is parsed. */
  forget(incoming: IncomingMessage): void
}

/** Of a client whose heads differ, as by an id in each, none is kept any more after so many. Where its requests end is followed on. */
const MAX_OTHERS = 20

const END_OF_HEAD = Buffer.from('\r\n\r\n')

/** One head is kept, of no more than these bytes. */
export const createBoundaries = (maxHeadBytes: number): Boundaries => new FollowedRequests(maxHeadBytes)

/** A class, because each connection has one. */
class FollowedRequests implements Boundaries {
  readonly #maxHeadBytes: number
  /** Where the next request begins is not known any more, and stays unknown. */
  #isLost: boolean
  /** So many bytes of the body are still to come. */
  #leftBytes = 0
  /** The last bytes of a head whose end is still to come; null: the connection is not within a head. */
  #headTail: Buffer | null = null
  #last: ParsedRequest | null = null
  #others = 0

  constructor(maxHeadBytes: number) {
    this.#maxHeadBytes = maxHeadBytes
    this.#isLost = maxHeadBytes === 0
  }

  isBetweenRequests(): boolean {
    return !this.#isLost && this.#leftBytes === 0 && this.#headTail === null
  }

  recognize(piece: Buffer): ParsedRequest | null {
    const last = this.#last
    if (last === null || !this.isBetweenRequests()) return null
    if (piece.length !== last.headBytes.length + last.bodyBytes || !this.#isSameHead(piece)) return null
    this.#others = 0
    return last
  }

  forget(incoming: IncomingMessage): void {
    if (this.#last?.incoming === incoming) this.#last = null
  }

  note(piece: Buffer, begun: readonly IncomingMessage[]): void {
    if (this.#isLost) return
    const [first, ...more] = begun
    if (more.length > 0) return this.#lose()
    if (this.#leftBytes > 0) {
      this.#leftBytes -= piece.length
      if (first || this.#leftBytes < 0) this.#lose()
    } else if (first) this.#noteHead(piece, first)
    else if (this.#headTail || isLineBegun(piece)) this.#headTail = tailOf(this.#headTail ?? NOTHING, piece)
    else this.#lose()
  }

  #noteHead(piece: Buffer, incoming: IncomingMessage): void {
    const before = this.#headTail
    this.#headTail = null
    // The parser skips empty lines before a request.
    const isRight = before ? staysOpen(incoming) : beginsWithLineOf(piece, incoming)
    const ends = isRight ? endsOf(piece, incoming, before ?? NOTHING) : null
    if (ends === null) return this.#lose()
    const { headLength, leftBytes } = ends
    this.#leftBytes = leftBytes
    // Of a head that came in several pieces nothing is kept.
    if (before || this.#isSameHead(piece)) return
    this.#others += 1
    if (this.#others > MAX_OTHERS) return void (this.#last = null)
    const isShort = headLength <= this.#maxHeadBytes
    const isKept = leftBytes === 0 && incoming.complete && isShort && staysOpen(incoming)
    const bodyBytes = piece.length - headLength
    this.#last = isKept
      ? { incoming, headBytes: copyExactly(piece.subarray(0, headLength)), bodyBytes }
      : null
  }

  #isSameHead(piece: Buffer): boolean {
    const last = this.#last
    return last !== null && piece.length >= last.headBytes.length && beginsWith(piece, last.headBytes)
  }

  #lose(): void {
    this.#isLost = true
    this.#last = null
  }
}

const NOTHING = Buffer.alloc(0)

/** Nearly always nothing is before the piece. */
const join = (before: Buffer, piece: Buffer): Buffer =>
  before.length === 0 ? piece : Buffer.concat([before, piece])

const beginsWithLineOf = (piece: Buffer, { method, url }: IncomingMessage): boolean => {
  const line = `${method} ${url} HTTP/1.1\r\n`
  return piece.toString('latin1', 0, line.length) === line
}

/**
 * How many bytes of the piece belong to the head, and how many of the body are still to come; null where the request does not end
 * with this piece or a later one.
 */
function endsOf(
  piece: Buffer,
  incoming: IncomingMessage,
  before: Buffer,
): { readonly headLength: number; readonly leftBytes: number } | null {
  const end = join(before, piece).indexOf(END_OF_HEAD)
  const bodyBytes = bodyBytesOf(incoming)
  const headLength = end + END_OF_HEAD.length - before.length
  if (end === -1 || bodyBytes === null || piece.length > headLength + bodyBytes) return null
  return { headLength, leftBytes: headLength + bodyBytes - piece.length }
}

const tailOf = (before: Buffer, piece: Buffer): Buffer =>
  copyExactly(join(before, piece).subarray(1 - END_OF_HEAD.length))

/** A method, and not an empty line before it. */
const isLineBegun = (piece: Buffer): boolean => /^[A-Z]/.test(piece.toString('latin1', 0, 1))

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
