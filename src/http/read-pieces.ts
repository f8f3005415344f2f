// Passes what a client sends to Node's parser in small pieces. Given a whole chunk of 64 KB, the parser would begin thousands of requests at once.

import type { Socket } from 'node:net'
import type { HttpLimits } from './limits.ts'
import type { Loop } from '../turns/loop.ts'

export interface PieceReader {
  /** To be called when the connection may have room for another request. */
  goOn(): void
  /** Whether requests of the client stay unread. */
  isHeld(): boolean
  /** Calls back when the parser has taken the piece that it is parsing; at once if it is parsing none. */
  afterPiece(callback: () => void): void
}

export interface PieceReaderOptions {
  readonly limits: Pick<HttpLimits, 'readMinBytes' | 'readFirstBytes' | 'readMaxBytes'>
  readonly loop: Pick<Loop, 'isFree' | 'later'>
  /** Addresses take turns, and so do the connections of one address. */
  readonly address: string
  /** Whether no further request can be taken from this connection now. */
  isFull(): boolean
  /** Makes Node's parser listen to the connection; called once, before it gets its first bytes. */
  startParser(socket: Socket): void
  /**
   * Takes the piece if the parser needs nothing of it, and returns whether it did; called before the piece is parsed.
   */
  take?(piece: Buffer): boolean
  /** As `take`, called if the piece would have to wait for others. It takes only what costs less than waiting. */
  takeSoon?(piece: Buffer): boolean
  /** Called when the parser has taken a piece, before the callbacks of `afterPiece`. */
  onParsed?(piece: Buffer): void
  /** Called when requests begin to stay unread. */
  onHeld(): void
}

/** A head ends with an empty line, so no request can end before one. */
const EMPTY_LINE = Buffer.from('\n\r\n')

/**
 * Takes the place of the parser's own listener on a connection that the server has just accepted; the parser begins with the first
 * bytes that it has to read. The rest of a chunk goes back into the socket, so that order, the end of the stream and Node's own
 * pauses stay as they are.
 */
export const readInPieces = (socket: Socket, options: PieceReaderOptions): PieceReader =>
  new SocketReader(socket, options)

/** A class, because each connection has one. */
class SocketReader implements PieceReader {
  readonly #socket: Socket
  readonly #options: PieceReaderOptions
  readonly #pieces: Pieces
  /**
   * Why nothing is read: `room`: no further request fits; `others`: other connections are first. The parser gets bytes
   * only while this is null.
   */
  #isPausedFor: 'room' | 'others' | null = null
  /** Whether the waiting step is the first one for the bytes that have come. */
  #isFirst = false
  #isStep = false
  /** Takes the waiting step out of the loop. */
  #takeOut: (() => void) | null = null

  constructor(socket: Socket, options: PieceReaderOptions) {
    this.#socket = socket
    this.#options = options
    const onData = (chunk: Buffer): void => this.#onData(chunk)
    this.#pieces = new Pieces(socket, options, onData)
    socket.on('data', onData)
    // A step of a closed socket would keep its unread bytes, and use up the time of others.
    socket.once('close', () => this.#takeOut?.())
  }

  isHeld(): boolean {
    return this.#isPausedFor === 'room'
  }

  afterPiece(callback: () => void): void {
    this.#pieces.afterPiece(callback)
  }

  goOn(): void {
    if (this.#isPausedFor !== 'room' || this.#options.isFull()) return
    // The next piece is never read at once: all requests of a client that takes its answers quickly would be answered in one turn.
    this.#isPausedFor = 'others'
    this.#isFirst = false
    this.#ask('readOn')
  }

  #onData(chunk: Buffer): void {
    const socket = this.#socket
    const options = this.#options
    const { loop, limits } = options
    // Node resumes a socket whenever a body is read, even one that waits its turn.
    if (this.#isPausedFor === 'others') return this.#pauseFor('others', chunk)
    if (!this.#isStep && !loop.isFree())
      return options.takeSoon?.(chunk) ? undefined : this.#waitForOthers(chunk, 'read')
    let from = 0
    while (from < chunk.length) {
      if (options.isFull()) return this.#pauseFor('room', chunk.subarray(from))
      if (from > 0 && (this.#isStep || !loop.isFree()))
        return this.#waitForOthers(chunk.subarray(from), 'readOn')
      this.#isPausedFor = null
      // Called before the chunk is cut: `take` costs less than parsing a piece of it.
      if (from === 0 && options.take?.(chunk)) return
      const end = endOfPiece(chunk, from, limits, this.#isStep && this.#isFirst)
      this.#pieces.parse(end - from === chunk.length ? chunk : chunk.subarray(from, end))
      from = end
      if (socket.destroyed) return
      // Node has paused the socket and will resume it: until then its parser takes nothing.
      if (socket.isPaused() && from < chunk.length) return socket.unshift(chunk.subarray(from))
    }
  }

  #pauseFor(reason: 'room' | 'others', rest: Buffer): void {
    this.#isPausedFor = reason
    this.#socket.pause()
    this.#socket.unshift(rest)
    if (reason === 'room') this.#options.onHeld()
  }

  #waitForOthers(rest: Buffer, kind: 'read' | 'readOn'): void {
    this.#pauseFor('others', rest)
    this.#isFirst = kind === 'read'
    this.#ask(kind)
  }

  /** Adds one step to the loop, unless one waits already. */
  #ask(kind: 'read' | 'readOn'): void {
    const socket = this.#socket
    const { loop, address } = this.#options
    if (!socket.destroyed) this.#takeOut = loop.later(kind, () => this.#readAgain(), ['', address, socket])
  }

  /** Calls the listener at once, with what was put back. */
  #readAgain(): void {
    const socket = this.#socket
    this.#takeOut = null
    this.#isPausedFor = null
    if (socket.destroyed) return
    this.#isStep = true
    socket.resume()
    socket.read()
    this.#isStep = false
  }
}

/**
 * Passes bytes to the parser. Its own listeners are removed when it begins. A piece may contain the ends of several
 * requests. Callbacks are called in their order, and none is called while bytes are parsed.
 */
class Pieces {
  readonly #socket: Socket
  readonly #options: PieceReaderOptions
  readonly #onData: (chunk: Buffer) => void
  #parsers: readonly ((bytes: Buffer) => void)[] | null = null
  #isParsing = false
  #waiting: (() => void)[] = []

  constructor(socket: Socket, options: PieceReaderOptions, onData: (chunk: Buffer) => void) {
    this.#socket = socket
    this.#options = options
    this.#onData = onData
  }

  parse(bytes: Buffer): void {
    this.#parsers ??= this.#begin()
    this.#isParsing = true
    for (const parse of this.#parsers) Reflect.apply(parse, this.#socket, [bytes])
    this.#isParsing = false
    this.#options.onParsed?.(bytes)
    if (this.#waiting.length === 0) return
    const callbacks = this.#waiting
    this.#waiting = []
    for (const callback of callbacks) callback()
  }

  afterPiece(callback: () => void): void {
    if (this.#isParsing) this.#waiting.push(callback)
    else callback()
  }

  #begin(): readonly ((bytes: Buffer) => void)[] {
    const socket = this.#socket
    socket.off('data', this.#onData)
    this.#options.startParser(socket)
    const found = socket.listeners('data') as ((bytes: Buffer) => void)[]
    socket.removeAllListeners('data')
    // Added again: when the parser begins, it reads from the operating system itself, and it stops that only when a listener is added.
    socket.on('data', this.#onData)
    return found
  }
}

/**
 * The piece ends with the first empty line after which another one follows, so that it never holds more than a few
 * short requests. `isFirst`: other connections wait to be read, too.
 */
function endOfPiece(
  chunk: Buffer,
  from: number,
  limits: PieceReaderOptions['limits'],
  isFirst: boolean,
): number {
  const minBytes = limits.readMinBytes
  const maxBytes = isFirst ? limits.readFirstBytes : limits.readMaxBytes
  const end = Math.min(chunk.length, from + maxBytes)
  if (end - from <= minBytes) return end
  // Searched up to its end: a chunk of 64 KB has sixteen of them.
  const piece = end - from === chunk.length ? chunk : chunk.subarray(from, end)
  const first = piece.indexOf(EMPTY_LINE, minBytes - EMPTY_LINE.length)
  const afterFirst = first + EMPTY_LINE.length
  if (first === -1 || afterFirst === piece.length) return end
  return piece.indexOf(EMPTY_LINE, afterFirst) === -1 ? end : from + afterFirst
}
