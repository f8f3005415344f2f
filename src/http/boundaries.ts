// Follows where the requests of one connection begin and end, so that an equal one can be recognized by its bytes.

import type { IncomingMessage } from 'node:http'
import { copyExactly } from '../answers/exact-bytes.ts'

/** A request that Node's parser has read. */
export interface ParsedRequest {
  readonly incoming: IncomingMessage
  /** The head: from the first byte of its first line to the empty line. */
  readonly headBytes: Buffer
  readonly bodyBytes: number
}

export interface Boundaries {
  /**
   * Returns the last request if the piece is one whole request with the same head, byte for byte: the parser would read
   * the same request again.
   */
  recognize(piece: Buffer): ParsedRequest | null
  /**
   * Whether the next byte is certainly the first one of a request, because the parser has read only whole requests, or
   * nothing.
   */
  isBetweenRequests(): boolean
  /** To be called with each piece that the parser has taken. `begun`: the requests that began in this piece. */
  note(piece: Buffer, begun: readonly IncomingMessage[]): void
  /** From now on an equal request is not recognized, so it is parsed. */
  forget(incoming: IncomingMessage): void
}

/**
 * If the heads of a client differ, for example by an id in each, no head is kept after this many. The ends of its
 * requests are still followed.
 */
const MAX_OTHERS = 20

const END_OF_HEAD = Buffer.from('\r\n\r\n')

/** One head is kept, of no more than these bytes. */
export const createBoundaries = (maxHeadBytes: number): Boundaries => new FollowedRequests(maxHeadBytes)

/** A class, because each connection has one. */
class FollowedRequests implements Boundaries {
  readonly #maxHeadBytes: number
  /** Whether it is unknown where the next request begins. It stays unknown then. */
  #isLost: boolean
  /** How many bytes of the body are still to come. */
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
    // No head that came in several pieces is kept.
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

/** In most cases `before` is empty. */
const join = (before: Buffer, piece: Buffer): Buffer =>
  before.length === 0 ? piece : Buffer.concat([before, piece])

const beginsWithLineOf = (piece: Buffer, { method, url }: IncomingMessage): boolean => {
  const line = `${method} ${url} HTTP/1.1\r\n`
  return piece.toString('latin1', 0, line.length) === line
}

/**
 * How many bytes of the piece belong to the head, and how many of the body are still to come; null if the request does not end
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

/** Whether the piece begins with a method and not with an empty line. */
const isLineBegun = (piece: Buffer): boolean => /^[A-Z]/.test(piece.toString('latin1', 0, 1))

const beginsWith = (piece: Buffer, beginning: Buffer): boolean =>
  piece.compare(beginning, 0, beginning.length, 0, beginning.length) === 0

/** Null if only the end of the body shows how many there are. */
function bodyBytesOf({ headers }: IncomingMessage): number | null {
  if (headers['transfer-encoding'] !== undefined || headers.upgrade !== undefined) return null
  return Number(headers['content-length'] ?? 0)
}

function staysOpen({ httpVersion, headers }: IncomingMessage): boolean {
  const { connection = 'keep-alive', expect } = headers
  return httpVersion === '1.1' && connection.toLowerCase() === 'keep-alive' && expect === undefined
}
