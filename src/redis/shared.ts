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
import { createCompletions } from './completions.ts'
import { createAcceptedCredentials } from './accepted-credentials.ts'
import type { AcceptedCredentials } from './accepted-credentials.ts'
import { createCommonLog } from './common-log.ts'
import type { CommonLog, OnFacts } from './common-log.ts'
import type { Connection } from './connection.ts'
import { openConnections } from './connections.ts'
import type { Connections, ConnectionsOptions } from './connections.ts'
import type { Drop } from './drop-text.ts'
import { createReplyStore } from './reply-store.ts'
import { createExchange } from './pool-exchange.ts'
import { openSharedLedger } from './shared-ledger.ts'
import type { SharedLedgerOptions } from './shared-ledger.ts'
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
  readonly connections: Connections['states']
  /** Resolves at the first contact with Redis, or if there is none for a while. */
  ready(): Promise<void>
  /** To be called when no request is under way any more. */
  close(): Promise<void>
}

export interface SharedOptions extends ConnectionsOptions {
  readonly redis: ConnectionsOptions['redis'] & { readonly maxReplicas: number }
  readonly cache: Cache
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
}

/** Long enough to be unique among a few replicas, short because each of its slots contains it. */
const ID_LENGTH = 13
/** Before the first contact it is unknown which slots other replicas hold. After this time the gateway serves without it. */
const FIRST_CONTACT_MS = 1000

export function createShared({ redis, cache: own, ...rest }: SharedOptions): Shared {
  const { clock, standings, isBrought, filed = null } = rest
  const replicaId = randomUUID()
  const connections = openConnections({ ...rest, redis })
  const { main, tail, keys, history } = connections
  const parts = { ...rest, main, keys, history, replicaId, newToken: randomUUID }
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
    connections: connections.states,
    ready: () => firstContact(main, log, clock),
    async close() {
      ending.abort()
      await log.close()
      await connections.close()
    },
  }
}

const lookForPool =
  (credentials: AcceptedCredentials, standings: Standings): NonNullable<SharedLedgerOptions['isPooled']> =>
  async (name) => {
    if (await credentials.isCounted(name)) return 'seen'
    return standings.isCounted(keyOfQuota(name)) ? 'unseen' : 'no'
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
