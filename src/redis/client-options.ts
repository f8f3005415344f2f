// The options of every connection to Redis or to a Sentinel: time limits, no queue of commands for later, and checked certificates.
import { isIP } from 'node:net'
import type { RedisOptions } from 'ioredis'

/** Texts in PEM; Node's own values replace those that are left out. */
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
 * `connectionName` is left out: ioredis would wait for the answer to it, and take a connection for ready although it
 * was closed meanwhile. It then never connects again. A balancer without a Redis behind it closes every connection at
 * once.
 */
export const clientOptions = (tls: TlsOptions | null, host: string): RedisOptions => ({
  connectTimeout: CONNECT_TIMEOUT_MS,
  disconnectTimeout: DISCONNECT_TIMEOUT_MS,
  retryStrategy: () => RECONNECT_MS,
  maxRetriesPerRequest: 1,
  // No command is queued for later, because it would be carried out when it is no longer needed.
  enableOfflineQueue: false,
  autoResendUnfulfilledCommands: false,
  disableClientInfo: true,
  // The probe finds out more, and ioredis would write a log line of its own if INFO is not allowed.
  enableReadyCheck: false,
  ...(tls && { tls: encryptedTo(tls, host) }),
})

export const encryptedTo = (tls: TlsOptions, host: string) => ({
  ...serverName(host),
  ...tls,
  rejectUnauthorized: true,
})

/** A server with several certificates chooses by this name. TLS has no such name for addresses. */
const serverName = (host: string): { readonly servername?: string } =>
  host === '' || isIP(host) !== 0 ? {} : { servername: host }
