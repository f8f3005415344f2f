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

export function watchBeforeParser(socket: Socket, limits: BeforeParserLimits): BeforeParser {
  let hasAsked = false
  const onTimeout = (): void => {
    if (!hasAsked && socket.writable) socket.write(TOO_LATE)
    socket.destroySoon()
  }
  // The server's sockets can be half open.
  const onEnd = (): void => void socket.end()
  socket.on('timeout', onTimeout).on('end', onEnd).on('error', ignore)
  socket.setTimeout(limits.headersTimeoutMs)
  return {
    noteRequest() {
      if (hasAsked) return
      hasAsked = true
      socket.setTimeout(limits.keepAliveTimeoutMs)
    },
    end() {
      socket.setTimeout(0)
      socket.off('timeout', onTimeout).off('end', onEnd)
    },
  }
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
