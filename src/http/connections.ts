// The open connections and the requests in flight on each, both bounded. A request's signal aborts when its client leaves.

import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { chooseClosed } from './choose-closed.ts'
import type { Place } from './choose-closed.ts'
import { Connection } from './connection.ts'
import type { ConnectionOptions } from './connection.ts'
import { OpenExchange } from './exchange.ts'
import type { Exchange } from './exchange.ts'
import type { HttpLimits } from './limits.ts'
import type { Loop } from '../turns/loop.ts'
import { refuseFault } from './parser-faults.ts'
import type { Relief } from './relief.ts'
import type { UnreadAnswers } from './unread-answers.ts'

export interface Connections {
  add(socket: Socket): void
  /**
   * Passes the exchange to `serve`: at once, or when the parser has taken the whole piece that it is parsing, so that
   * `serve` finds a short body complete.
   */
  begin(incoming: IncomingMessage, outgoing: ServerResponse): void
  /** To be called with each `clientError` of the server. Requests that came in the same piece are not executed. */
  endFaulty(error: Error, socket: Duplex): void
  /** Closes connections on which the client has never sent anything: browsers open some in advance. */
  closeSilent(): void
  /**
   * Closes connections on which no request is under way. `closeIdleByNode` alone would also close some whose answer is
   * still being sent.
   */
  closeIdle(closeIdleByNode: () => void): void
  /** Aborts the requests in flight and closes every connection. */
  closeAll(): void
}

export interface ConnectionsOptions extends Omit<ConnectionOptions, 'onHeld'> {
  readonly loop: ConnectionOptions['loop'] & Pick<Loop, 'noteAccepted'>
  readonly limits: ConnectionOptions['limits'] &
    Pick<HttpLimits, 'maxConnections' | 'spareConnections' | 'maxHeldConnections'>
  readonly unreadAnswers: UnreadAnswers
  serve(exchange: Exchange): void
  /** Called for each connection that is closed to make room. */
  onRelief(relief: Relief): void
}

/**
 * How many are closed together: looking at all connections takes a millisecond, and a flood opens thousands in a
 * second.
 */
const CLOSED_TOGETHER = 20

/**
 * Signals are kept by connection and not by answer. When a client has sent several requests ahead on one connection,
 * Node emits 'close' only on the first answer, because the other answers do not have the connection yet.
 */
export function createConnections(options: ConnectionsOptions): Connections {
  const { clock, loop, limits, unreadAnswers, serve, onRelief } = options
  const open = new Map<Socket, Connection>()

  const forget = ({ socket, underWay }: Connection): void => {
    open.delete(socket)
    for (const exchange of underWay) exchange.leave()
  }
  const close = (connection: Connection): void => {
    // Done now, because the socket's 'close' comes only after the server's own.
    forget(connection)
    connection.socket.destroy()
  }
  const relieve = (relief: Relief, connection: Connection): void => {
    close(connection)
    onRelief(relief)
  }
  const onHeld = (connection: Connection): void => {
    if (countHeld(open.values()) > limits.maxHeldConnections) relieve('sentAhead', connection)
  }
  // Made once: a copy of all options for each connection would be most of a connection's memory.
  const ofEach: ConnectionOptions = { ...options, onHeld }
  const makeRoom = (newest: Connection): void => {
    const { maxConnections, spareConnections } = limits
    if (open.size <= maxConnections - Math.min(spareConnections, maxConnections / 2)) return
    const places = [...open.values()].filter((connection) => connection !== newest).map(placeOf)
    const choice = { count: CLOSED_TOGETHER, nowMs: clock.monotonicMs() }
    for (const { connection } of chooseClosed(places, choice)) relieve('idleConnection', connection)
  }

  return {
    add(socket) {
      loop.noteAccepted()
      const connection = new Connection(socket, ofEach)
      open.set(socket, connection)
      socket.once('close', () => forget(connection))
      makeRoom(connection)
    },
    begin(incoming, outgoing) {
      const { socket } = incoming
      const exchange = new OpenExchange(incoming, outgoing, unreadAnswers.of(socket))
      const connection = open.get(socket)
      if (connection) {
        connection.enter(exchange)
        connection.reader.afterPiece(() => serve(exchange))
      } else {
        // The connection was closed while its piece was parsed.
        exchange.leave()
        serve(exchange)
      }
    },
    endFaulty: (error, socket) => refuseFault(error, socket, open.get(socket as Socket) ?? null),
    closeSilent() {
      for (const connection of open.values()) if (connection.socket.bytesRead === 0) close(connection)
    },
    closeIdle: (closeIdleByNode) => closeIdle([...open.values()], close, closeIdleByNode),
    closeAll: () => [...open.values()].forEach(close),
  }
}

const countHeld = (connections: Iterable<Connection>): number =>
  [...connections].filter(({ reader }) => reader.isHeld()).length

/**
 * Node does not list connections on which its parser has not begun, so the gateway finds the idle ones among them
 * itself.
 */
const isIdleByOurselves = (connection: Connection): boolean =>
  !connection.isParsed && connection.socket.bytesRead > 0 && !connection.isBusy()

/** Only Node can tell where its parsers stand, so Node chooses; busy connections cannot be destroyed meanwhile. */
function closeIdle(
  connections: readonly Connection[],
  close: (connection: Connection) => void,
  closeIdleByNode: () => void,
): void {
  connections.filter(isIdleByOurselves).forEach(close)
  const busy = connections.filter((connection) => connection.isBusy()).map(({ socket }) => socket)
  for (const socket of busy) socket.destroy = () => socket
  closeIdleByNode()
  for (const socket of busy) Reflect.deleteProperty(socket, 'destroy')
}

function placeOf(connection: Connection): Place & { readonly connection: Connection } {
  const { address, underWay, last, socket, changedAtMs, bytesRead } = connection
  const isWaiting = underWay.size > 0 && last?.complete !== false
  const isSending = underWay.size > 0 || socket.bytesRead > bytesRead
  const state = isWaiting ? 'busy' : isSending ? 'sending' : 'idle'
  return { connection, address, state, sinceMs: changedAtMs }
}
