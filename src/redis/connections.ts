// Opens the two connections of a replica to Redis. The names of its keys follow the history of the primary that they lead to.
import { randomUUID } from 'node:crypto'
import type { Clock } from '../clock.ts'
import type { Emit } from '../telemetry/events.ts'
import { createConnection } from './connection.ts'
import type { Connection } from './connection.ts'
import { createKeys } from './keys.ts'
import type { Keys } from './keys.ts'
import { openWatch } from './open-watch.ts'
import type { WatchedRedis } from './open-watch.ts'
import { askReplicationId, createPrimaryHistory } from './primary-history.ts'
import type { PrimaryHistory } from './primary-history.ts'
import { findSlotHistory } from './slot-history.ts'

export interface Connections {
  /** For commands. */
  readonly main: Connection
  /** For commands that wait for new entries of streams. */
  readonly tail: Connection
  /** Their names change with the history. */
  readonly keys: Keys
  readonly history: PrimaryHistory
  /** Whether each connection is up. */
  states(): readonly { readonly name: string; readonly isUp: boolean }[]
  /** Resolves when Redis has answered all that was sent before. */
  close(): Promise<void>
}

export interface ConnectionsOptions {
  readonly redis: WatchedRedis & { readonly prefix: string }
  readonly clock: Clock
  readonly emit: Emit
  /** Models pass a Redis in memory. */
  readonly connect?: typeof createConnection
}

const MAIN = 'gateway'
const TAIL = 'gateway-news'

export function openConnections(options: ConnectionsOptions): Connections {
  const { redis, clock, emit, connect = createConnection } = options
  const isCluster = Boolean(redis.cluster)
  const keys = createKeys(redis.prefix, isCluster)
  const history = createPrimaryHistory(
    keys.turnTo,
    isCluster
      ? findSlotHistory({ key: keys.history, formerKey: keys.formerHistory, newToken: randomUUID })
      : askReplicationId,
  )
  const watch = openWatch(redis, keys.probe, clock)
  const to = { url: redis.url, tls: redis.tls, watch, isCluster, clock, emit, probeKey: keys.probe }
  const main = connect({ ...to, name: MAIN, history: watch ? history : undefined })
  const tail = connect({ ...to, name: TAIL, isWaiting: true })
  main.onUp(() => void deleteOlderLog(main, history.name(), keys, isCluster))
  return {
    main,
    tail,
    keys,
    history,
    states: () => [
      { name: MAIN, isUp: main.isUp() },
      { name: TAIL, isUp: tail.isUp() },
    ],
    async close() {
      // Redis answers in order: everything sent before has arrived when this is answered, the ledgers' last messages too.
      await main.ask((client) => client.ping())
      main.close()
      tail.close()
      watch?.close()
    },
  }
}

/** Deletes the log of an older history, because a log does not expire: one for each failover would fill Redis. */
async function deleteOlderLog(
  main: Connection,
  current: string,
  keys: Keys,
  isCluster: boolean,
): Promise<void> {
  if (current === '') return
  const former = await main.ask((client) =>
    isCluster ? client.get(keys.formerHistory) : client.set(keys.history, current, 'GET'),
  )
  if (former !== null && former !== current) await main.ask((client) => client.del(...keys.logOf(former)))
}
