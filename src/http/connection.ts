// One open connection: the requests in flight on it, and whether the parser or a faster way takes what its client sends.

import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { networkOf } from '../callers/client-address.ts'
import type { Clock } from '../clock.ts'
import type { Loop } from '../turns/loop.ts'
import type { GiveAgain, Given, GiveWebhook } from './again.ts'
import { watchBeforeParser } from './before-parser.ts'
import type { BeforeParser } from './before-parser.ts'
import { createBoundaries } from './boundaries.ts'
import type { Boundaries } from './boundaries.ts'
import type { OpenExchange } from './exchange.ts'
import type { HttpLimits } from './limits.ts'
import { readInPieces } from './read-pieces.ts'
import type { PieceReader, PieceReaderOptions } from './read-pieces.ts'

/** What all connections have in common. */
export interface ConnectionOptions {
  readonly clock: Clock
  readonly loop: Pick<Loop, 'isFree' | 'hasTime' | 'later'>
  readonly limits: Pick<
    HttpLimits,
    | 'maxUnderWayOfConnection'
    | 'readMinBytes'
    | 'readFirstBytes'
    | 'readMaxBytes'
    | 'headMaxKeptBytes'
    | 'headersTimeoutMs'
    | 'keepAliveTimeoutMs'
  >
  /** Makes Node's parser listen to the connection. */
  startParser(socket: Socket): void
  /** Answers a request without the parser, if that is possible. Left out: the parser reads all requests. */
  readonly giveAgain?: GiveAgain
  readonly giveWebhook?: GiveWebhook | null
  /** Called when the connection begins to leave requests unread. */
  onHeld(connection: Connection): void
}

interface UnderWay extends Pick<OpenExchange, 'leave'> {
  readonly isStream?: boolean
  readonly isAlone?: boolean
  /** Left out: the request was answered without the parser. */
  readonly incoming?: Pick<IncomingMessage, 'complete'>
  readonly outgoing?: Pick<ServerResponse, 'headersSent'>
}

/** A class, because thousands exist at a time, and closures for each would take most of its memory. */
export class Connection implements PieceReaderOptions {
  readonly socket: Socket
  /** The address of the client; its network if one client may have a whole network (IPv6). */
  readonly address: string
  readonly underWay = new Set<UnderWay>()
  readonly reader: PieceReader
  readonly boundaries: Boundaries
  isParsed = false
  last: IncomingMessage | null = null
  /** When it was opened, or when its last request came or was answered. */
  changedAtMs: number
  /** How many bytes had been received at `changedAtMs`. */
  bytesRead = 0
  /** The requests that began in the piece that is being parsed. */
  #begun: IncomingMessage[] = []
  readonly #options: ConnectionOptions
  readonly #before: BeforeParser

  constructor(socket: Socket, options: ConnectionOptions) {
    const { clock, limits, giveAgain } = options
    this.socket = socket
    this.#options = options
    this.address = networkOf(socket.remoteAddress ?? '')
    this.boundaries = createBoundaries(giveAgain ? limits.headMaxKeptBytes : 0)
    this.changedAtMs = clock.monotonicMs()
    this.#before = watchBeforeParser(socket, limits)
    this.reader = readInPieces(socket, this)
  }

  get limits(): ConnectionOptions['limits'] {
    return this.#options.limits
  }

  get loop(): ConnectionOptions['loop'] {
    return this.#options.loop
  }

  /** Counts the exchange as under way on its connection until its answer is finished. */
  enter(exchange: OpenExchange): void {
    exchange.boundaries = this.boundaries
    this.underWay.add(exchange)
    this.last = exchange.incoming
    this.#begun.push(exchange.incoming)
    this.#noteChange()
    exchange.outgoing.on('finish', () => {
      this.#leave(exchange)
      exchange.end()
    })
  }

  /** The connection is not full while a body is still coming: that body is read to its end. */
  isFull(): boolean {
    if (this.last?.complete === false) return false
    return this.underWay.size >= this.limits.maxUnderWayOfConnection || this.#isReadNoFurther()
  }

  onHeld(): void {
    this.#options.onHeld(this)
  }

  startParser(): void {
    this.isParsed = true
    this.#before.end()
    this.#options.startParser(this.socket)
  }

  take(piece: Buffer): boolean {
    return piece.length <= this.limits.readMaxBytes && (this.#giveWebhook(piece) || this.#giveKnown(piece))
  }

  takeSoon(piece: Buffer): boolean {
    return piece.length <= this.limits.readMaxBytes && this.loop.hasTime() && this.#giveWebhook(piece)
  }

  onParsed(piece: Buffer): void {
    this.boundaries.note(piece, this.#begun)
    if (this.#begun.length > 0) this.#begun = []
  }

  /**
   * Node's parser does not count bytes that were put back to be read later, nor bytes that the operating system has not
   * taken.
   */
  isBusy(): boolean {
    const { socket, underWay } = this
    return underWay.size > 0 || socket.writableLength > 0 || socket.readableLength > 0
  }

  /** Whether the next bytes that the client gets belong to the answer to a request that is whole, or to one that has begun. */
  get isAnswerOwed(): boolean {
    // An answer that was given without the parser is written already, so the next bytes are behind it.
    const first = [...this.underWay].find(({ incoming }) => incoming)
    return first?.incoming?.complete === true || first?.outgoing?.headersSent === true
  }

  /** Requests that follow could not be answered before these are finished. */
  #isReadNoFurther(): boolean {
    for (const { isStream, isAlone } of this.underWay) if (isStream || isAlone) return true
    return false
  }

  #giveKnown(piece: Buffer): boolean {
    const { socket, underWay, boundaries } = this
    const request = underWay.size === 0 ? boundaries.recognize(piece) : null
    if (request === null) return false
    const body = piece.subarray(request.headBytes.length)
    return this.#enterGiven(this.#options.giveAgain?.({ socket, request, body }) ?? null)
  }

  #giveWebhook(bytes: Buffer): boolean {
    const { socket, underWay, boundaries } = this
    if (underWay.size > 0 || !boundaries.isBetweenRequests()) return false
    return this.#enterGiven(this.#options.giveWebhook?.({ socket, bytes }) ?? null)
  }

  /** Whether the piece was a request that is being answered. */
  #enterGiven(given: 'taken' | Given | null): boolean {
    if (given === null) return false
    this.#noteChange()
    this.#before.noteRequest()
    if (given === 'taken') return true
    this.underWay.add(given)
    given.onTaken = () => this.#leave(given)
    return true
  }

  #leave(ended: UnderWay): void {
    this.underWay.delete(ended)
    this.#noteChange()
    this.reader.goOn()
  }

  #noteChange(): void {
    this.changedAtMs = this.#options.clock.monotonicMs()
    this.bytesRead = this.socket.bytesRead
  }
}
