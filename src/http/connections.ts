// The open connections and the requests in flight on each, both bounded. A request's signal aborts when its client leaves.

import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { networkOf } from '../callers/client-address.ts'
import type { GiveAgain, Given, GiveWebhook } from './again.ts'
import { watchBeforeParser } from './before-parser.ts'
import { createBoundaries } from './boundaries.ts'
import type { Boundaries } from './boundaries.ts'
import type { Clock } from '../clock.ts'
import { chooseClosed } from './choose-closed.ts'
import type { Place } from './choose-closed.ts'
import type { HttpLimits } from './limits.ts'
import { OpenExchange } from './exchange.ts'
import type { Exchange } from './exchange.ts'
import { readInPieces } from './read-pieces.ts'
import type { PieceReader } from './read-pieces.ts'
import type { Loop } from '../turns/loop.ts'
import type { Relief } from './relief.ts'
import type { UnreadAnswers } from './unread-answers.ts'

export interface Connections {
  add(socket: Socket): void
  /**
   * Passes the exchange to `serve`: at once, or when the parser has taken the whole piece that it is parsing, so that a short body
   * is there.
   */
  begin(incoming: IncomingMessage, outgoing: ServerResponse): void
  /** Closes connections on which the client has never sent anything: browsers open some in advance. */
  closeSilent(): void
  /** Closes those on which nothing is asked nor sent. Node's own, which is given, closes also where an answer is still being sent. */
  closeIdle(closeIdleByNode: () => void): void
  /** Aborts the requests in flight and closes every connection. */
  closeAll(): void
}

export interface ConnectionsOptions {
  readonly clock: Clock
  readonly loop: Pick<Loop, 'isFree' | 'hasTime' | 'later' | 'noteAccepted'>
  readonly limits: Pick<
    HttpLimits,
    | 'maxConnections'
    | 'spareConnections'
    | 'maxUnderWayOfConnection'
    | 'maxHeldConnections'
    | 'readMinBytes'
    | 'readFirstBytes'
    | 'readMaxBytes'
    | 'headMaxKeptBytes'
    | 'headersTimeoutMs'
    | 'keepAliveTimeoutMs'
  >
  readonly unreadAnswers: UnreadAnswers
  serve(exchange: Exchange): void
  /** Makes Node's parser listen to the connection. */
  startParser(socket: Socket): void
  /** Answers the request without the parser, if that is possible; left out, it never is. */
  readonly giveAgain?: GiveAgain
  readonly giveWebhook?: GiveWebhook | null
  /** Called for each connection that is closed to make room. */
  onRelief(relief: Relief): void
}

interface Open {
  readonly socket: Socket
  /** A network, where one client has a whole one. */
  readonly address: string
  readonly underWay: Set<UnderWay>
  readonly reader: PieceReader
  isParsed: boolean
  readonly boundaries: Boundaries
  /** Those that began in the piece that is being parsed. */
  begun: IncomingMessage[]
  last: IncomingMessage | null
  /** When it was opened, or when its last request came or was answered. */
  changedAtMs: number
  /** What had been received then. */
  bytesRead: number
}

interface UnderWay extends Pick<OpenExchange, 'leave'> {
  readonly isStream?: boolean
  readonly isAlone?: boolean
}

/** How many are closed together: to look at all connections takes a millisecond, and a flood opens thousands in a second. */
const CLOSED_TOGETHER = 20

/**
 * Signals are kept by connection and not by answer. When a client has sent several requests ahead on one connection,
 * Node emits 'close' only on the first answer, because the other answers do not have the connection yet.
 */
export function createConnections(options: ConnectionsOptions): Connections {
  const { clock, loop, limits, unreadAnswers, serve, onRelief } = options
  const open = new Map<Socket, Open>()

  const forget = ({ socket, underWay }: Open): void => {
    open.delete(socket)
    for (const exchange of underWay) exchange.leave()
  }
  const close = (connection: Open): void => {
    // Now, because the socket's 'close' comes only after the server's own.
    forget(connection)
    connection.socket.destroy()
  }
  const relieve = (relief: Relief, connection: Open): void => {
    close(connection)
    onRelief(relief)
  }
  const onHeld = (connection: Open): void => {
    if (countHeld(open.values()) > limits.maxHeldConnections) relieve('sentAhead', connection)
  }
  // Once: a copy of all options for each connection would be most of what a connection takes.
  const tracking: Tracking = { ...options, onHeld }
  const makeRoom = (newest: Open): void => {
    const { maxConnections, spareConnections } = limits
    if (open.size <= maxConnections - Math.min(spareConnections, maxConnections / 2)) return
    const places = [...open.values()].filter((connection) => connection !== newest).map(placeOf)
    const choice = { count: CLOSED_TOGETHER, nowMs: clock.monotonicMs() }
    for (const { connection } of chooseClosed(places, choice)) relieve('idleConnection', connection)
  }

  return {
    add(socket) {
      loop.noteAccepted()
      const connection = track(socket, tracking)
      open.set(socket, connection)
      socket.once('close', () => forget(connection))
      makeRoom(connection)
    },
    begin(incoming, outgoing) {
      const { socket } = incoming
      const exchange = new OpenExchange(incoming, outgoing, unreadAnswers.of(socket))
      const connection = open.get(socket)
      if (connection) {
        enter(connection, exchange, clock)
        connection.reader.afterPiece(() => serve(exchange))
      } else {
        // Its connection was closed while what it had sent was parsed.
        exchange.leave()
        serve(exchange)
      }
    },
    closeSilent() {
      for (const connection of open.values()) if (connection.socket.bytesRead === 0) close(connection)
    },
    closeIdle: (closeIdleByNode) => closeIdle([...open.values()], close, closeIdleByNode),
    closeAll() {
      for (const connection of open.values()) close(connection)
    },
  }
}

const countHeld = (connections: Iterable<Open>): number =>
  [...connections].filter(({ reader }) => reader.isHeld()).length

/** Counts it among those of its connection until its answer is finished. */
function enter(connection: Open, exchange: OpenExchange, clock: Clock): void {
  exchange.boundaries = connection.boundaries
  connection.underWay.add(exchange)
  connection.last = exchange.incoming
  connection.begun.push(exchange.incoming)
  noteChange(connection, clock)
  exchange.outgoing.on('finish', () => {
    connection.underWay.delete(exchange)
    noteChange(connection, clock)
    connection.reader.goOn()
    exchange.end()
  })
}

interface Tracking extends Pick<
  ConnectionsOptions,
  'clock' | 'loop' | 'limits' | 'giveAgain' | 'giveWebhook' | 'startParser'
> {
  onHeld(connection: Open): void
}

function track(socket: Socket, tracking: Tracking): Open {
  const { clock, loop, limits, giveAgain, startParser, onHeld } = tracking
  // A request whose body is still coming is read to its end.
  const isFull = (): boolean =>
    connection.last?.complete !== false &&
    (connection.underWay.size >= limits.maxUnderWayOfConnection || isReadNoFurther(connection))
  const address = networkOf(socket.remoteAddress ?? '')
  const boundaries = createBoundaries(giveAgain ? limits.headMaxKeptBytes : 0)
  const before = watchBeforeParser(socket, limits)
  const connection: Open = {
    socket,
    address,
    underWay: new Set(),
    reader: readInPieces(socket, {
      limits,
      loop,
      address,
      isFull,
      onHeld: () => onHeld(connection),
      startParser() {
        connection.isParsed = true
        before.end()
        startParser(socket)
      },
      take: (piece) => piece.length <= limits.readMaxBytes && (give.webhook(piece) || give.known(piece)),
      takeSoon: (piece) => piece.length <= limits.readMaxBytes && loop.hasTime() && give.webhook(piece),
      onParsed: (piece) => noteParsed(connection, boundaries, piece),
    }),
    isParsed: false,
    boundaries,
    begun: [],
    last: null,
    changedAtMs: clock.monotonicMs(),
    bytesRead: 0,
  }
  const give = createGive(connection, tracking, before.noteRequest)
  return connection
}

/** Nothing of what follows could be answered before these are over. */
const isReadNoFurther = ({ underWay }: Open): boolean =>
  [...underWay].some(({ isStream, isAlone }) => isStream || isAlone)

function noteParsed(connection: Open, boundaries: Boundaries, piece: Buffer): void {
  boundaries.note(piece, connection.begun)
  if (connection.begun.length > 0) connection.begun = []
}

/** Whether the piece was a request that is answered now. */
function createGive(connection: Open, { giveAgain, giveWebhook, clock }: Tracking, onGiven: () => void) {
  const { socket, underWay, boundaries } = connection
  const enter = (given: 'taken' | Given | null): boolean => {
    if (given === null) return false
    noteChange(connection, clock)
    onGiven()
    if (given === 'taken') return true
    underWay.add(given)
    given.onTaken = () => {
      underWay.delete(given)
      noteChange(connection, clock)
      connection.reader.goOn()
    }
    return true
  }
  return {
    known(piece: Buffer): boolean {
      const request = underWay.size === 0 ? boundaries.recognize(piece) : null
      if (request === null) return false
      return enter(giveAgain?.({ socket, request, body: piece.subarray(request.headBytes.length) }) ?? null)
    },
    webhook: (bytes: Buffer): boolean =>
      underWay.size === 0 &&
      boundaries.isBetweenRequests() &&
      enter(giveWebhook?.({ socket, bytes }) ?? null),
  }
}

function noteChange(connection: Open, clock: Clock): void {
  connection.changedAtMs = clock.monotonicMs()
  connection.bytesRead = connection.socket.bytesRead
}

/** Node's parser knows nothing of what was put back to be read later, nor of bytes that the operating system has not taken. */
const isBusy = ({ socket, underWay }: Open): boolean =>
  underWay.size > 0 || socket.writableLength > 0 || socket.readableLength > 0

/** Node does not know of connections on which its parser has not begun; what was asked there is answered. */
const isIdleByOurselves = (connection: Open): boolean =>
  !connection.isParsed && connection.socket.bytesRead > 0 && !isBusy(connection)

/** Only Node knows where its parsers stand, so it chooses, and cannot destroy busy ones meanwhile. */
function closeIdle(
  connections: readonly Open[],
  close: (connection: Open) => void,
  closeIdleByNode: () => void,
): void {
  connections.filter(isIdleByOurselves).forEach(close)
  const busy = connections.filter(isBusy).map(({ socket }) => socket)
  for (const socket of busy) socket.destroy = () => socket
  closeIdleByNode()
  for (const socket of busy) Reflect.deleteProperty(socket, 'destroy')
}

function placeOf(connection: Open): Place & { readonly connection: Open } {
  const { address, underWay, last, socket, changedAtMs, bytesRead } = connection
  const isWaiting = underWay.size > 0 && last?.complete !== false
  const isSending = underWay.size > 0 || socket.bytesRead > bytesRead
  const state = isWaiting ? 'busy' : isSending ? 'sending' : 'idle'
  return { connection, address, state, sinceMs: changedAtMs }
}
