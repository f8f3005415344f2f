// What a connection needs as long as Node's parser has not begun on it: an end, a time limit, and somebody who takes its errors.

import type { Server } from 'node:http'
import type { Socket } from 'node:net'
import type { HttpLimits } from './limits.ts'

export type BeforeParserLimits = Pick<HttpLimits, 'headersTimeoutMs' | 'keepAliveTimeoutMs'>

export interface BeforeParser {
  /** To be called when a request is answered without the parser: the next one may take longer to come. */
  noteRequest(): void
  /** To be called when the parser begins, which has all this of its own. */
  end(): void
}

/** As Node writes it. */
const TOO_LATE = 'HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n'

/**
 * As Node adds it: a client may send its next request up to the time that the Keep-Alive header names, and would meet a connection that
 * is being closed.
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

/** It is closed already, and whoever waits for it is notified of that. */
const ignore = (): void => {}

/** Takes the place of Node's own listener to new connections; returns what makes its parser listen to one. */
export function takeParserStart(server: Server): (socket: Socket) => void {
  const listeners = server.listeners('connection')
  server.removeAllListeners('connection')
  return (socket) => {
    for (const listen of listeners) Reflect.apply(listen, server, [socket])
  }
}
