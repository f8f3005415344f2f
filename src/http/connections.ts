// The open connections and what is under way on each: how a request hears that its client has left.

import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/** One request and its answer on the wire. */
export interface Exchange {
  readonly incoming: IncomingMessage
  readonly outgoing: ServerResponse
  /** Aborts when the connection closes before the answer is finished. */
  readonly gone: AbortSignal
}

export interface Connections {
  add(socket: Socket): void
  begin(incoming: IncomingMessage, outgoing: ServerResponse): Exchange
  /** Closes those that were opened and have never said anything: browsers open some in advance. */
  closeSilent(): void
  /** Ends what is under way and closes everything. */
  closeAll(): void
}

/**
 * By connection and not by answer: of several requests sent ahead on one connection, Node tells only the first that
 * the connection has closed, because the answers to the others do not have it yet.
 */
export function createConnections(): Connections {
  const open = new Map<Socket, Set<AbortController>>()
  const abandon = (underWay: ReadonlySet<AbortController>): void => {
    for (const controller of underWay) controller.abort(createGoneReason())
  }
  return {
    add(socket) {
      const underWay = new Set<AbortController>()
      open.set(socket, underWay)
      socket.once('close', () => {
        open.delete(socket)
        abandon(underWay)
      })
    },
    begin(incoming, outgoing) {
      const controller = new AbortController()
      const underWay = open.get(incoming.socket)
      underWay?.add(controller)
      outgoing.once('finish', () => underWay?.delete(controller))
      return { incoming, outgoing, gone: controller.signal }
    },
    closeSilent() {
      for (const socket of open.keys()) if (socket.bytesRead === 0) socket.destroy()
    },
    closeAll() {
      for (const [socket, underWay] of open) {
        // Not left to the socket's 'close', which comes only after the server's own.
        abandon(underWay)
        socket.destroy()
      }
    },
  }
}

function createGoneReason(): DOMException {
  return new DOMException('The connection to the client is closed', 'AbortError')
}
