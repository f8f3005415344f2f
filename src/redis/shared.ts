// What the replicas of one gateway share, put together: wraps the stations of the line where a Redis is set.
import { randomUUID } from 'node:crypto'
import { openMemoryLedger } from '../budget/ledger.ts'
import type { OpenLedger } from '../budget/ledger.ts'
import type { Cache } from '../cache/cache.ts'
import type { Clock } from '../clock.ts'
import type { Layer } from '../rest/call.ts'
import type { Emit } from '../telemetry/events.ts'
import { createCompletions } from './completions.ts'
import { createConnection } from './connection.ts'
import { createDropLog } from './drop-log.ts'
import { createKeys } from './keys.ts'
import { createReplyStore } from './reply-store.ts'
import { createExchange } from './pool-exchange.ts'
import { openSharedLedger } from './shared-ledger.ts'
import { followStreams } from './streams.ts'
import { withSecondLevel } from './with-second-level.ts'
import { withSharedFlight } from './with-shared-flight.ts'

export interface Shared {
  /** The cache, whose drops reach every replica. */
  readonly cache: Cache
  /** Where the slots of a key are counted. */
  readonly openLedger: OpenLedger
  /** Before the cache: brings what another replica has fetched into it. */
  readonly withSecondLevel: Layer
  /** Behind the single flight of this replica: one replica makes the call for all. */
  readonly withSharedFlight: Layer
  /** Around writes: before a write is acknowledged, the other replicas are notified of what it changed. */
  readonly withDropNotice: Layer
  /** Whether each of its connections is up. */
  connections(): readonly { readonly name: string; readonly isUp: boolean }[]
  /** Resolves at the first contact with Redis, or when there is none for a while. */
  ready(): Promise<void>
  /** Once nothing is under way any more. */
  close(): Promise<void>
}

export interface SharedOptions {
  readonly redis: { readonly url: string; readonly prefix: string; readonly maxReplicas: number } | null
  readonly cache: Cache
  readonly clock: Clock
  readonly emit: Emit
  readonly attemptTimeoutMs: number
}

/** Names a replica among a few, in every slot that it holds. */
const ID_LENGTH = 13
/** Between the pool's word and the sending, and from the end of an attempt to its being noticed. */
const FLIGHT_MARGIN_MS = 2000
/** Before it, nothing is known of the slots that others hold. Beyond it, whoever starts a gateway wants it to serve. */
const FIRST_CONTACT_MS = 1000

export function createShared({ redis, cache: own, ...rest }: SharedOptions): Shared {
  if (redis === null) return { cache: own, openLedger: openMemoryLedger(rest.clock), ...ALONE }
  const { clock, emit } = rest
  const keys = createKeys(redis.prefix)
  const replicaId = randomUUID()
  const main = createConnection({ url: redis.url, clock, emit, name: 'gateway' })
  const tail = createConnection({ url: redis.url, clock, emit, name: 'gateway-news', isWaiting: true })
  const drops = createDropLog({
    main,
    clock,
    keys,
    emit,
    replicaId,
    newToken: randomUUID,
    forget: (drop) => (drop === null ? own.dropAll() : own.drop(drop.scope, drop.touches)),
  })
  const replies = createReplyStore({ main, drops, keys, clock, emit })
  const completions = createCompletions(keys, clock)
  const ending = new AbortController()
  void followStreams(tail, [{ ...drops, key: keys.drops }, completions], { clock, signal: ending.signal })

  const cache: Cache = {
    ...own,
    drop(scope, touches) {
      own.drop(scope, touches)
      drops.publish(scope, touches)
    },
  }
  const parts = { ...rest, main, cache, replies, drops, completions, keys, newToken: randomUUID }
  return {
    cache,
    openLedger: openSharedLedger({
      exchange: createExchange(main, keys),
      clock,
      replicaId: replicaId.slice(0, ID_LENGTH),
      newToken: randomUUID,
      maxReplicas: redis.maxReplicas,
      maxFlightMs: rest.attemptTimeoutMs + FLIGHT_MARGIN_MS,
    }),
    withSecondLevel: withSecondLevel(parts),
    withSharedFlight: withSharedFlight(parts),
    withDropNotice: (next) => async (call) => {
      try {
        return await next(call)
      } finally {
        await drops.told()
      }
    },
    connections: () => [
      { name: 'gateway', isUp: main.isUp() },
      { name: 'gateway-news', isUp: tail.isUp() },
    ],
    async ready() {
      const found = new AbortController()
      main.onUp(() => found.abort())
      if (!main.isUp()) await clock.sleep(FIRST_CONTACT_MS, found.signal).catch(() => {})
    },
    async close() {
      ending.abort()
      // What was asked before this has left by the time it is answered: the ledgers' goodbyes, too.
      await main.ask((client) => client.ping())
      main.close()
      tail.close()
    },
  }
}

const transparent: Layer = (next) => next

const ALONE = {
  withSecondLevel: transparent,
  withSharedFlight: transparent,
  withDropNotice: transparent,
  connections: () => [],
  ready: async (): Promise<void> => {},
  close: async (): Promise<void> => {},
}
