// Ends the socket of a connection to Redis or to a Sentinel.
import type { Redis } from 'ioredis'

/**
 * A socket of TLS that is ended while it is being made may report a second error: first that the certificate was
 * refused, then what the other side reports about the end. The client listens for one, and an error without a listener
 * would end the process.
 */
export function disconnect(client: Pick<Redis, 'disconnect' | 'stream'>, isAgain = false): void {
  // Before the first attempt there is no stream, although its type claims one.
  const stream = client.stream as Redis['stream'] | undefined
  stream?.on('error', () => {})
  client.disconnect(isAgain)
}
