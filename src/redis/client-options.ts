// The options of every connection to Redis or to a Sentinel: time limits, nothing queued for later, and certificates that are checked.
import { isIP } from 'node:net'
import type { RedisOptions } from 'ioredis'

/** Texts in PEM; what is left out is as Node has it. */
export interface TlsOptions {
  readonly ca?: string
  readonly cert?: string
  readonly key?: string
  readonly servername?: string
}

const CONNECT_TIMEOUT_MS = 1000
const RECONNECT_MS = 500
/** A frozen Redis does not confirm the end of a connection. */
const DISCONNECT_TIMEOUT_MS = 100

/**
 * Without `connectionName`: ioredis waits for the answer to it, and takes a connection for ready although it was closed
 * meanwhile. It then never connects again. A balancer without a Redis behind it closes every connection at once.
 */
export const clientOptions = (tls: TlsOptions | null, host: string): RedisOptions => ({
  connectTimeout: CONNECT_TIMEOUT_MS,
  disconnectTimeout: DISCONNECT_TIMEOUT_MS,
  retryStrategy: () => RECONNECT_MS,
  maxRetriesPerRequest: 1,
  // Nothing is queued for later: a command for a Redis that is gone would be carried out when nobody needs it any more.
  enableOfflineQueue: false,
  autoResendUnfulfilledCommands: false,
  disableClientInfo: true,
  // The probe finds out more, and ioredis would write a line of its own where INFO is not allowed.
  enableReadyCheck: false,
  ...(tls && { tls: encryptedTo(tls, host) }),
})

export const encryptedTo = (tls: TlsOptions, host: string) => ({
  ...serverName(host),
  ...tls,
  rejectUnauthorized: true,
})

/** A server with several certificates chooses by this name. TLS has none for addresses. */
const serverName = (host: string): { readonly servername?: string } =>
  host === '' || isIP(host) !== 0 ? {} : { servername: host }
