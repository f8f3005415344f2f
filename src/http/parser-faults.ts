// Ends a connection whose bytes Node's parser cannot read, or that are too slow or too large for it.

import type { Duplex } from 'node:stream'

/** The same bytes that Node writes where a server has no listener for these faults. */
const STATUS_LINES: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  HPE_CHUNK_EXTENSIONS_OVERFLOW: '413 Payload Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
}

export interface FaultyConnection {
  /** Whether the next bytes that the client gets belong to the answer to a request that is whole, or to one that has begun. */
  readonly isAnswerOwed: boolean
  readonly underWay: ReadonlySet<{ leave(): void }>
}

/**
 * A refusal is written only if the client can only take it for that of the bytes with the fault: with an answer owed, it would
 * seem that an earlier request was refused, perhaps a write, which is executed. A closed connection means that the
 * outcome is unknown. `connection` is null if it is closed already.
 */
export function refuseFault(
  error: Error & { readonly code?: string },
  socket: Duplex,
  connection: FaultyConnection | null,
): void {
  if (socket.writable && connection?.isAnswerOwed === false) {
    const line = STATUS_LINES[error.code ?? ''] ?? '400 Bad Request'
    socket.write(`HTTP/1.1 ${line}\r\nConnection: close\r\n\r\n`)
  }
  // The socket's 'close' comes later: requests of the same piece would be executed until then.
  for (const exchange of connection?.underWay ?? []) exchange.leave()
  socket.destroy(error)
}
