// Makes everything that the replicas of one gateway share, and the layers of the line for it.
import { randomUUID } from 'node:crypto'
import { FLIGHT_MARGIN_MS } from '../budget/ledger.ts'
import type { OpenLedger } from '../budget/ledger.ts'
import type { Cache } from '../cache/cache.ts'
import type { LogPosition } from '../cache/log-position.ts'
import type { Clock } from '../clock.ts'
import type { Call, Layer } from '../rest/call.ts'
import type { BudgetKey } from '../rest/scope.ts'
import type { Standings } from '../rest/standings.ts'
import type { Emit } from '../telemetry/events.ts'
import { createCompletions } from './completions.ts'
import { createAcceptedCredentials } from './accepted-credentials.ts'
import type { AcceptedCredentials } from './accepted-credentials.ts'
import { createConnection } from './connection.ts'
import type { Connection } from './connection.ts'
import { createCommonLog } from './common-log.ts'
import type { CommonLog, OnFacts } from './common-log.ts'
import type { Drop } from './drop-text.ts'
import { createKeys } from './keys.ts'
import type { Keys } from './keys.ts'
import { askReplicationId, createPrimaryHistory } from './primary-history.ts'
import { createReplyStore } from './reply-store.ts'
import { createExchange } from './pool-exchange.ts'
import { openWatch } from './open-watch.ts'
import type { WatchedRedis } from './open-watch.ts'
import { openSharedLedger } from './shared-ledger.ts'
import type { SharedLedgerOptions } from './shared-ledger.ts'
import { findSlotHistory } from './slot-history.ts'
import { followStreams } from './streams.ts'
import { withSecondLevel } from './with-second-level.ts'
import { withSharedFlight } from './with-shared-flight.ts'

export interface Shared {
  /** The cache of this replica; its drops are applied by every replica. */
  readonly cache: Cache
  /** Opens the ledger that counts the slots of a key. */
  readonly openLedger: OpenLedger
  /** A layer before the cache, which stores in it what another replica has fetched. */
  readonly withSecondLevel: Layer
  /** A layer after the single flight of this replica, by which one replica makes the call for all. */
  readonly withSharedFlight: Layer
  /** A layer around writes: before a write is acknowledged, no other replica serves as fresh what it changed. */
  readonly withDropNotice: Layer
  /** The brought credentials that Aurora has accepted from any replica. */
  readonly credentials: Pick<AcceptedCredentials, 'has' | 'note' | 'forget'>
  /** Resolves when no other replica serves dropped answers as fresh any more. */
  known(): Promise<boolean>
  /**
   * Notifies the other replicas of what events have made outdated, and what this cache has applied already. True: no
   * replica serves it as fresh any more. False: Redis has not taken it. Null: there are no others.
   */
  readonly report: ((drop: Drop) => Promise<boolean>) | null
  /** How many replies this replica has taken from Redis. */
  repliesTaken(): number
  /** How far the log of drops has been applied to the cache; null if there is no log. */
  position(): LogPosition | null
  /** Whether each of its connections is up. */
  connections(): readonly { readonly name: string; readonly isUp: boolean }[]
  /** Resolves at the first contact with Redis, or if there is none for a while. */
  ready(): Promise<void>
  /** To be called when no request is under way any more. */
  close(): Promise<void>
}

export interface RedisOptions extends WatchedRedis {
  readonly prefix: string
  readonly maxReplicas: number
}

export interface SharedOptions {
  readonly redis: RedisOptions
  readonly cache: Cache
  readonly clock: Clock
  readonly emit: Emit
  readonly attemptTimeoutMs: number
  readonly standings: Standings
  /**
   * Whether callers bring their credentials, which may be made up; a key is then shared only after its first success.
   */
  readonly isBrought: boolean
  /** Called for what another replica has reported about webhooks. */
  readonly onFacts?: OnFacts | undefined
  /** How far the log of drops had been applied to the answers that the cache has already; null if that is unknown. */
  readonly filed?: LogPosition | null
  /** Models pass a Redis in memory. */
  readonly connect?: typeof createConnection
}

/** Long enough to be unique among a few replicas, short because each of its slots contains it. */
const ID_LENGTH = 13
/** Before the first contact it is unknown which slots other replicas hold. After this time the gateway serves without it. */
const FIRST_CONTACT_MS = 1000

export function createShared({ redis, cache: own, ...rest }: SharedOptions): Shared {
  const { clock, standings, isBrought, filed = null } = rest
  const replicaId = randomUUID()
  const { main, tail, watch, ...named } = connectBoth(redis, rest)
  const { keys } = named
  const parts = { ...rest, ...named, main, replicaId, newToken: randomUUID }
  const log = createCommonLog({
    ...parts,
    cache: own,
    filed,
    isShared: (scope) => !isBrought || standings.isAccepted(scope),
    isAlone: redis.maxReplicas === 1,
  })
  const { drops, cache } = log
  const replies = createReplyStore({ ...parts, drops, cache: own })
  const completions = createCompletions(keys, clock)
  const ending = new AbortController()
  void followStreams(tail, [...log.followed, completions], { clock, signal: ending.signal })

  const credentials = createAcceptedCredentials(main, keys)
  const isShared = ({ terms }: Call): boolean => standings.of(terms.scope) === 'accepted'
  const flightParts = { ...parts, cache, replies, drops, known: log.known, completions, isShared }
  return {
    cache,
    openLedger: openSharedLedger({
      ...parts,
      exchange: createExchange(main, keys),
      replicaId: replicaId.slice(0, ID_LENGTH),
      maxReplicas: redis.maxReplicas,
      maxFlightMs: rest.attemptTimeoutMs + FLIGHT_MARGIN_MS,
      ...(isBrought && { isPooled: lookForPool(credentials, standings) }),
    }),
    credentials,
    withSecondLevel: withSecondLevel(flightParts),
    withSharedFlight: withSharedFlight(flightParts),
    withDropNotice: log.withDropNotice,
    known: log.known,
    report: log.report,
    repliesTaken: replies.taken,
    position: () => drops.mark() ?? filed,
    connections: () => [
      { name: 'gateway', isUp: main.isUp() },
      { name: 'gateway-news', isUp: tail.isUp() },
    ],
    ready: () => firstContact(main, log, clock),
    async close() {
      ending.abort()
      await log.close()
      // Redis answers in order: everything sent before has arrived when this is answered, the ledgers' last messages too.
      await main.ask((client) => client.ping())
      main.close()
      tail.close()
      watch?.close()
    },
  }
}

const lookForPool =
  (credentials: AcceptedCredentials, standings: Standings): NonNullable<SharedLedgerOptions['isPooled']> =>
  async (name) => {
    if (await credentials.isCounted(name)) return 'seen'
    return standings.isCounted(keyOfQuota(name)) ? 'unseen' : 'no'
  }

function connectBoth(
  redis: RedisOptions,
  { clock, emit, connect = createConnection }: Pick<SharedOptions, 'clock' | 'emit' | 'connect'>,
) {
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
  const main = connect({ ...to, name: 'gateway', history: watch ? history : undefined })
  const tail = connect({ ...to, name: 'gateway-news', isWaiting: true })
  main.onUp(() => void deleteOlderLog(main, history.name(), keys, isCluster))
  return { main, tail, watch, keys, history }
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

/** The name of a quota is a key, or a key, a space, and the operation with a limit of its own. */
const keyOfQuota = (name: string) => name.split(' ', 1)[0] as BudgetKey

/**
 * Waits for the first contact and then for a lease, so that answers from a cache file are served as fresh at once if
 * the log shows that they are.
 */
async function firstContact(main: Connection, log: CommonLog, clock: Clock): Promise<void> {
  const found = new AbortController()
  main.onUp(() => void log.ready().finally(() => found.abort()))
  if (!main.isUp()) await clock.sleep(FIRST_CONTACT_MS, found.signal).catch(() => {})
}
