// The open connections and the requests in flight on each. A request's signal aborts when its client leaves.

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
  /** Closes connections on which the client has never sent anything: browsers open some in advance. */
  closeSilent(): void
  /** Aborts the requests in flight and closes every connection. */
  closeAll(): void
}

/**
 * Signals are kept by connection and not by answer. When a client has sent several requests ahead on one connection,
 * Node emits 'close' only on the first answer, because the other answers do not have the connection yet.
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
        // Now, because the socket's 'close' comes only after the server's own.
        abandon(underWay)
        socket.destroy()
      }
    },
  }
}

function createGoneReason(): DOMException {
  return new DOMException('The connection to the client is closed', 'AbortError')
}
