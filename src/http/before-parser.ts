// What a connection needs until Node's parser begins on it: an end, a time limit, and a listener for its errors.

import type { Server } from 'node:http'
import type { Socket } from 'node:net'
import type { HttpLimits } from './limits.ts'

export type BeforeParserLimits = Pick<HttpLimits, 'headersTimeoutMs' | 'keepAliveTimeoutMs'>

export interface BeforeParser {
  /**
   * To be called when a request is answered without the parser: from then on the longer time limit between requests
   * counts.
   */
  noteRequest(): void
  /** To be called when the parser begins: it has an end, a time limit and a listener of its own. */
  end(): void
}

/** The same bytes that Node writes. */
const TOO_LATE = 'HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n'

/**
 * Node adds the same. A client may send its next request up to the time that the Keep-Alive header names, and the
 * connection must not be closed at that very moment.
 */
const LATER_THAN_NAMED_MS = 1000

export const watchBeforeParser = (socket: Socket, limits: BeforeParserLimits): BeforeParser =>
  new WatchedSocket(socket, limits)

class WatchedSocket implements BeforeParser {
  #hasAsked = false
  #hasEnded = false
  readonly #socket: Socket
  readonly #limits: BeforeParserLimits
  readonly #onTimeout = (): void => this.#endLate()

  constructor(socket: Socket, limits: BeforeParserLimits) {
    this.#socket = socket
    this.#limits = limits
    socket.on('timeout', this.#onTimeout).on('end', endAsWell).on('error', ignore)
    socket.setTimeout(limits.headersTimeoutMs)
  }

  noteRequest(): void {
    if (this.#hasAsked || this.#hasEnded) return
    this.#hasAsked = true
    this.#socket.setTimeout(this.#limits.keepAliveTimeoutMs + LATER_THAN_NAMED_MS)
  }

  end(): void {
    this.#hasEnded = true
    this.#socket.setTimeout(0)
    this.#socket.off('timeout', this.#onTimeout).off('end', endAsWell)
  }

  #endLate(): void {
    if (!this.#hasAsked && this.#socket.writable) this.#socket.write(TOO_LATE)
    this.#socket.destroySoon()
  }
}

/** The server's sockets can be half open. */
function endAsWell(this: Socket): void {
  this.end()
}

/** The socket is closed already, and its `close` event reports that. */
const ignore = (): void => {}

/** Removes Node's own listener for new connections; returns a function that makes Node's parser listen to one. */
export function takeParserStart(server: Server): (socket: Socket) => void {
  const listeners = server.listeners('connection')
  server.removeAllListeners('connection')
  return (socket) => {
    for (const listen of listeners) Reflect.apply(listen, server, [socket])
  }
}
