// Ends the socket of a connection to Redis or to a Sentinel.
import type { Redis } from 'ioredis'

/**
 * A socket of TLS that is ended while it is being made may report a second error: that the certificate was refused, and then
 * what the other side says about the end. The client listens for one, and an error without a listener would end the process.
 */
export function disconnect(client: Pick<Redis, 'disconnect' | 'stream'>, isAgain = false): void {
  // There is none yet before the first attempt, whatever the type says.
  const stream = client.stream as Redis['stream'] | undefined
  stream?.on('error', () => {})
  client.disconnect(isAgain)
}
