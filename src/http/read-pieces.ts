// Gives Node's parser what a client sends in small pieces. By itself it makes thousands of requests of one chunk of 64 KB.

import type { Socket } from 'node:net'
import type { HttpLimits } from './limits.ts'
import type { Loop } from '../turns/loop.ts'

export interface PieceReader {
  /** To be called when the connection may have room for another request. */
  goOn(): void
  /** Whether requests of the client stay unread. */
  isHeld(): boolean
  /** Calls back when the parser has taken the piece that it is parsing; at once, where it is parsing none. */
  afterPiece(callback: () => void): void
}

export interface PieceReaderOptions {
  readonly limits: Pick<HttpLimits, 'readMinBytes' | 'readFirstBytes' | 'readMaxBytes'>
  readonly loop: Pick<Loop, 'isFree' | 'later'>
  /** Addresses take turns, and the connections of an address do. */
  readonly address: string
  /** Whether no further request can be taken from this connection now. */
  isFull(): boolean
  /** Makes Node's parser listen to the connection; called once, before it gets its first bytes. */
  startParser(socket: Socket): void
  /** Whether the piece is dealt with and the parser needs nothing of it; called before it is parsed. */
  take?(piece: Buffer): boolean
  /** The same, called where the piece would have to wait for others: only for what takes less time than to let it wait. */
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
export function readInPieces(socket: Socket, options: PieceReaderOptions): PieceReader {
  const { loop, limits, isFull, onHeld } = options
  const { parse, afterPiece } = createPieces(createParse(socket, options, onData), options)
  /** Why nothing is read: no room for a request, or others are first. Only without a reason does the parser get bytes. */
  let isPausedFor: 'room' | 'others' | null = null
  /** Whether the step that waits is the first for what has come. */
  let isFirst = false

  const pauseFor = (reason: 'room' | 'others', rest: Buffer): void => {
    isPausedFor = reason
    socket.pause()
    socket.unshift(rest)
    if (reason === 'room') onHeld()
  }
  const waitForOthers = (rest: Buffer, kind: 'read' | 'readOn'): void => {
    pauseFor('others', rest)
    isFirst = kind === 'read'
    ask(kind)
  }
  let isStep = false
  const ask = createAsk(socket, options, () => {
    isPausedFor = null
    isStep = true
    readAgain(socket)
    isStep = false
  })

  function onData(chunk: Buffer): void {
    // Node resumes a socket whenever a body is read, also one that waits already.
    if (isPausedFor === 'others') return pauseFor('others', chunk)
    if (!isStep && !loop.isFree()) return options.takeSoon?.(chunk) ? undefined : waitForOthers(chunk, 'read')
    let from = 0
    while (from < chunk.length) {
      if (isFull()) return pauseFor('room', chunk.subarray(from))
      if (from > 0 && (isStep || !loop.isFree())) return waitForOthers(chunk.subarray(from), 'readOn')
      isPausedFor = null
      // Before it is cut: what is dealt with so costs less than to parse a piece of it.
      if (from === 0 && options.take?.(chunk)) return
      const end = endOfPiece(chunk, from, limits, isStep && isFirst)
      parse(end - from === chunk.length ? chunk : chunk.subarray(from, end))
      from = end
      if (socket.destroyed) return
      // Node has paused it, and will resume it: until then its parser takes nothing.
      if (socket.isPaused() && from < chunk.length) return socket.unshift(chunk.subarray(from))
    }
  }
  socket.on('data', onData)

  return {
    isHeld: () => isPausedFor === 'room',
    afterPiece,
    goOn() {
      if (isPausedFor !== 'room' || isFull()) return
      // Never at once: a client that takes its answers quickly would have all its requests answered in one turn.
      isPausedFor = 'others'
      isFirst = false
      ask('readOn')
    },
  }
}

/** Calls the listener at once, with what was put back. */
function readAgain(socket: Socket): void {
  if (socket.destroyed) return
  socket.resume()
  socket.read()
}

/**
 * For one step at a time. It is taken out when the connection closes: it keeps what is unread, and would use up the time of
 * others.
 */
function createAsk(
  socket: Socket,
  { loop, address }: PieceReaderOptions,
  step: () => void,
): (kind: 'read' | 'readOn') => void {
  let takeOut = (): void => {}
  socket.once('close', () => takeOut())
  return (kind) => {
    if (!socket.destroyed) takeOut = loop.later(kind, step, [address, socket])
  }
}

/** Returns what gives bytes to the parser, whose own listeners are taken out when it begins. */
function createParse(
  socket: Socket,
  { startParser }: PieceReaderOptions,
  onData: (chunk: Buffer) => void,
): (bytes: Buffer) => void {
  let parsers: readonly ((bytes: Buffer) => void)[] | null = null
  const begin = (): readonly ((bytes: Buffer) => void)[] => {
    socket.off('data', onData)
    startParser(socket)
    const found = socket.listeners('data') as ((bytes: Buffer) => void)[]
    socket.removeAllListeners('data')
    // Anew: the parser has begun to take bytes from the operating system itself, and ends that when somebody listens.
    socket.on('data', onData)
    return found
  }
  return (bytes) => {
    parsers ??= begin()
    for (const parse of parsers) Reflect.apply(parse, socket, [bytes])
  }
}

/** A piece may contain the ends of several requests. Callbacks are called in their order, and none is called while bytes are parsed. */
function createPieces(
  parseBytes: (bytes: Buffer) => void,
  { onParsed = () => {} }: PieceReaderOptions,
): {
  parse(bytes: Buffer): void
  afterPiece(callback: () => void): void
} {
  let isParsing = false
  let waiting: (() => void)[] = []
  return {
    parse(bytes) {
      isParsing = true
      parseBytes(bytes)
      isParsing = false
      onParsed(bytes)
      if (waiting.length === 0) return
      const callbacks = waiting
      waiting = []
      for (const callback of callbacks) callback()
    },
    afterPiece(callback) {
      if (isParsing) waiting.push(callback)
      else callback()
    },
  }
}

/**
 * Up to the first empty line where another one follows, so that a piece is never more than a few short requests.
 * `isFirst`: others wait to be read, too.
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
  const first = chunk.indexOf(EMPTY_LINE, from + minBytes - EMPTY_LINE.length)
  if (first === -1 || first + EMPTY_LINE.length >= end) return end
  const afterFirst = first + EMPTY_LINE.length
  const second = chunk.indexOf(EMPTY_LINE, afterFirst)
  return second === -1 || second + EMPTY_LINE.length > end ? end : afterFirst
}
