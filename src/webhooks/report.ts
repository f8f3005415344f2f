// Reports to the other replicas what webhooks have touched. Webhooks in quick succession share one report.
import type { Cache } from '../cache/cache.ts'
import type { Touch } from '../cache/invalidation.ts'
import { mergeFacts } from '../cache/proof-facts.ts'
import type { ProofFacts } from '../cache/proof-facts.ts'
import { createTouchSet } from '../cache/touch-set.ts'
import type { TouchSet } from '../cache/touch-set.ts'
import type { Clock } from '../clock.ts'
import type { Shared } from '../redis/shared.ts'
import type { TenantKey } from '../rest/scope.ts'
import { createShares } from '../turns/shares.ts'
import { createTenantsSeen } from '../turns/tenants-seen.ts'
import { nextTurn } from '../turns/next-turn.ts'

export interface Report {
  /**
   * To be called in the turn in which the cache has applied the touches. False: the other replicas could not be
   * notified, or too many webhooks wait for that.
   */
  (tenant: TenantKey, touches: readonly Touch[], facts?: ProofFacts): Promise<boolean>
}

interface Batch {
  readonly set: TouchSet
  /** How many replies had been taken from Redis before the first webhook. */
  readonly takenBefore: number
  facts: ProofFacts | undefined
}

/** The tenants of which the other replicas were notified. */
type Notified = ReadonlySet<TenantKey>

export interface ReportOptions {
  readonly report: NonNullable<Shared['report']>
  readonly repliesTaken: Shared['repliesTaken']
  readonly cache: Pick<Cache, 'outdate'>
  readonly clock: Clock
}

/**
 * With one tenant and one replica, the log of drops, which has room for 2,000 entries and 4 MB, then goes back for 40 s, and for some
 * 15 s if a thousand webhooks a second touch a thousand objects. Each further tenant and replica shortens that.
 */
const EVERY_MS = 20
/**
 * The time in a flood: each report costs every replica several commands to Redis, and this adds 40 ms at the most to
 * their time.
 */
const FLOOD_EVERY_MS = 40
/** With this many webhooks in one report it is a flood: 500 a second. */
const FLOOD = 10
/**
 * How many webhooks are answered in one turn of the event loop: that takes some hundred microseconds, and then other
 * requests have their turn.
 */
const ANSWERED_A_TURN = 8
/** Webhooks that wait for Redis at once. More than Aurora sends; each holds a connection. Where several tenants send, a quarter is kept for those of which few wait. */
const MAX_WAITING = 1_000

/**
 * One report at a time, and the first of a while at once, in the same turn. So a read that begins after the webhook was
 * applied does not count as touched by it.
 */
export function createReport({ report, repliesTaken, cache, clock }: ReportOptions): Report {
  let batches = new Map<TenantKey, Batch>()
  /** The report that the next webhooks join. */
  let next: (() => Promise<Notified>) | null = null
  let underWay: Promise<Notified> | null = null
  let freeAtMs = -Infinity
  const waiting = createShares({ seen: createTenantsSeen(clock), max: MAX_WAITING })
  /** The number of webhooks since the last report was sent. */
  let joined = 0

  async function sendAll(hasWaited: boolean): Promise<Notified> {
    const sent = batches
    batches = new Map()
    next = null
    freeAtMs = clock.monotonicMs() + (joined < FLOOD ? EVERY_MS : FLOOD_EVERY_MS)
    joined = 0
    return collectOwners(sent, ([owner, { set, facts, takenBefore }]) => {
      const touches = set.list()
      // Replies that came from Redis since a webhook was received may be from before it. From now on the log shows that.
      if (hasWaited && repliesTaken() !== takenBefore) cache.outdate(owner, touches)
      return report({ owner, touches, facts })
    })
  }

  async function sendLater(): Promise<Notified> {
    await underWay
    const leftMs = freeAtMs - clock.monotonicMs()
    if (leftMs > 0) await clock.sleep(leftMs)
    return start(true)
  }

  function start(hasWaited: boolean): Promise<Notified> {
    const sending = sendAll(hasWaited)
    underWay = sending
    void sending.finally(() => {
      if (underWay === sending) underWay = null
    })
    return sending
  }

  function join(): Promise<Notified> {
    if (next === null && underWay === null && clock.monotonicMs() >= freeAtMs) return start(false)
    next ??= answerInTurns(sendLater())
    return next()
  }

  return async (tenant, touches, facts) => {
    const party = { caller: tenant, tenant }
    if (waiting.findFull(party, 1)) return false
    waiting.change(party, 1)
    joined += 1
    const batch = batches.get(tenant) ?? openBatch(repliesTaken())
    batches.set(tenant, batch)
    batch.set.add(touches)
    batch.facts = mergeFacts(batch.facts, facts)
    const notified = await join()
    waiting.change(party, -1)
    return notified.has(tenant)
  }
}

const openBatch = (takenBefore: number): Batch => ({ set: createTouchSet(), facts: undefined, takenBefore })

/** Of tenants. The log forgets drops if more than 200 wait for Redis (publish-drops.ts), and then all caches are in doubt. */
const MAX_TOGETHER = 100

/** The webhooks of one tenant are sent again if its report fails, and those of the others are not. */
async function collectOwners(
  sent: ReadonlyMap<TenantKey, Batch>,
  report: (entry: readonly [TenantKey, Batch]) => Promise<boolean>,
): Promise<Notified> {
  const notified = new Set<TenantKey>()
  const rest = [...sent]
  while (rest.length > 0) {
    const reports = rest.splice(0, MAX_TOGETHER).map(async (entry) => {
      if (await report(entry)) notified.add(entry[0])
    })
    await Promise.allSettled(reports)
  }
  return notified
}

/** Each call returns the result for one more webhook. Forty answers at once would delay all other requests. */
function answerInTurns<Result>(result: Promise<Result>): () => Promise<Result> {
  let group = result
  let size = 0
  return () => {
    if (size === ANSWERED_A_TURN) {
      group = group.then((notified) => nextTurn(notified))
      size = 0
    }
    size += 1
    return group
  }
}
