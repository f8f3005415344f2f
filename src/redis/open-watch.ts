// Chooses how the primary is found: by the address alone, by Sentinels, or by the nodes of a cluster.
import type { Clock } from '../clock.ts'
import { createCluster } from './cluster.ts'
import type { ConnectionOptions } from './connection.ts'
import type { PrimaryWatch, RedisServerAddress } from './primary-watch.ts'
import { createSentinels } from './sentinels.ts'
import type { SentinelsOptions } from './sentinels.ts'

/** If neither Sentinels nor nodes are named, the URL leads to the primary. */
export interface WatchedRedis extends Pick<ConnectionOptions, 'url' | 'tls'> {
  readonly sentinel?: Omit<SentinelsOptions, 'tls' | 'clock'> | null | undefined
  /** User and password are those of the URL. */
  readonly cluster?: { readonly servers: readonly RedisServerAddress[] } | null | undefined
}

/** Null if there are neither Sentinels nor nodes. `key` is one of the keys of the gateway. */
export function openWatch(
  { url, tls, sentinel, cluster }: WatchedRedis,
  key: string,
  clock: Clock,
): PrimaryWatch | null {
  if (sentinel) return createSentinels({ ...sentinel, tls, clock })
  return cluster ? createCluster({ ...cluster, ...loginOf(url), tls, key, clock }) : null
}

function loginOf(url: string) {
  const { username, password } = new URL(url)
  return {
    ...(username !== '' && { user: decodeURIComponent(username) }),
    ...(password !== '' && { password: decodeURIComponent(password) }),
  }
}
