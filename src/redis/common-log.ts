// Joins the parts that keep the caches of all replicas true: the log of drops, the read lease, and the waiting for the other replicas.
import { READS } from '../aurora/reads.ts'
import type { Cache } from '../cache/cache.ts'
import type { ProofFacts } from '../cache/proof-facts.ts'
import type { Clock } from '../clock.ts'
import { countUnnotified } from '../rest/accounting.ts'
import type { Layer } from '../rest/call.ts'
import { isTenantKey } from '../rest/scope.ts'
import type { ScopeKey, TenantKey } from '../rest/scope.ts'
import type { Emit } from '../telemetry/events.ts'
import { createAcknowledge, createNotices } from './acknowledge.ts'
import { createConfirmations } from './confirmations.ts'
import type { Connection } from './connection.ts'
import type { SharedMark } from './drop-copy.ts'
import type { Drop } from './drop-text.ts'
import { createDropLog } from './drop-log.ts'
import type { DropLog } from './drop-log.ts'
import type { Keys } from './keys.ts'
import type { PrimaryHistory } from './primary-history.ts'
import { createReadLease } from './read-lease.ts'
import { createReaders } from './readers.ts'
import type { Followed, StreamId } from './streams.ts'

export interface CommonLog {
  readonly drops: DropLog
  /** The cache. Its drops are applied by every replica. */
  readonly cache: Cache
  /** The streams to follow. */
  readonly followed: readonly Followed[]
  /** Before a write is acknowledged, the other replicas have applied its drop, or mark what they serve. */
  readonly withDropNotice: Layer
  /** Resolves when the other replicas have applied all drops of this one, or mark what they serve. */
  known(): Promise<boolean>
  /**
   * Notifies the other replicas of what events have made outdated for all credentials of a tenant; false: Redis has not
   * taken it.
   */
  report(drop: Drop): Promise<boolean>
  /** Resolves with the first lease, or the answer that there is none. */
  ready(): Promise<void>
  close(): Promise<void>
}

/** Null: an unknown fact was reported. */
export type OnFacts = (
  reported: { readonly tenant: TenantKey; readonly facts: ProofFacts; readonly atMs: number } | null,
) => void

export interface CommonLogOptions {
  readonly main: Connection
  readonly keys: Keys
  readonly cache: Cache
  readonly clock: Clock
  readonly emit: Emit
  readonly replicaId: string
  readonly newToken: () => string
  readonly history: PrimaryHistory
  readonly filed: SharedMark | null
  /** Whether other replicas may have answers of this scope, so that they need its drops. */
  readonly isShared: (scope: ScopeKey) => boolean
  /** Called for each report of another replica; `atMs`: its monotonic time, never too early. */
  readonly onFacts?: OnFacts | undefined
  /** Whether there is no other replica: nothing has to be awaited, and nothing is in doubt. */
  readonly isAlone: boolean
}

export function createCommonLog(options: CommonLogOptions): CommonLog {
  const { main, keys, cache: own, replicaId, history, isAlone } = options
  const readers = createReaders(replicaId)
  const drops = createDropLog({
    ...options,
    applyDrop(drop, id) {
      if (drop !== null) return applyDrop(drop, id, options)
      own.doubtAll()
      options.onFacts?.(null)
    },
    ...(!isAlone && {
      onPublished: (entry, answer) => notices.add(entry, answer),
      onApplied: (writers) => confirmations.send(writers),
      onGeneration: () => lease.end(),
    }),
  })
  const cache = withPublishedDrops(own, drops, options.isShared)
  const parts = { drops, cache }
  if (isAlone) return { ...parts, ...aloneWith(drops, keys) }

  const hasUnsent = (): boolean => !drops.hasSent(drops.lastNumber())
  const confirmations = createConfirmations({ ...options, mark: drops.mark })
  const lease = createReadLease({ ...options, readers, log: { ...drops, hasUnsent } })
  const { olderLeasesUntilMs } = drops
  let leftUntilMs = -Infinity
  const untils = { olderLeasesUntilMs, leftUntilMs: () => leftUntilMs }
  const notices = createNotices({ ...options, readers, confirmations, ...untils })
  history.onMove(() => {
    leftUntilMs = lease.missingFromMs()
    lease.end()
    readers.leave(options.clock.monotonicMs())
    confirmations.leave()
  })
  const acknowledge = createAcknowledge({ main, clock: options.clock, keys, log: drops, lease, notices })
  const known = () => acknowledge(drops.lastNumber())
  own.confirmBy(lease.isValid)

  return {
    ...parts,
    followed: [confirmations, { ...drops, key: () => keys.drops }],
    withDropNotice: withDropNotice(drops, known),
    known,
    report: reportTo(drops, known),
    ready: lease.renew,
    close: lease.close,
  }
}

function aloneWith(drops: DropLog, keys: Keys): Omit<CommonLog, 'drops' | 'cache'> {
  const known = async (): Promise<boolean> => {
    await drops.published()
    return true
  }
  return {
    followed: [{ ...drops, key: () => keys.drops }],
    withDropNotice: withDropNotice(drops, known),
    known,
    report: reportTo(drops, known),
    ready: async () => {},
    close: async () => {},
  }
}

const reportTo =
  (drops: DropLog, known: () => Promise<boolean>): CommonLog['report'] =>
  (drop) => {
    drops.publish(drop)
    return known()
  }

function applyDrop(
  { owner, touches, moved = [], facts }: Drop,
  id: StreamId | undefined,
  options: CommonLogOptions,
): void {
  const { cache, onFacts } = options
  const atMs = takenAtMs(id, options)
  if (!isTenantKey(owner)) {
    if (touches.length > 0) cache.drop(owner, touches)
    for (const { operation, path, query, askedAgoMs = 0 } of moved)
      cache.noteMove(owner, { endpoint: READS[operation], path, query }, atMs - askedAgoMs)
    return
  }
  cache.outdate(owner, touches, atMs)
  if (facts) onFacts?.({ tenant: owner, facts, atMs })
}

/**
 * The monotonic time at which Redis has taken the entry, never too early. The id of the entry is the time of Redis'
 * clock.
 */
function takenAtMs(id: StreamId | undefined, { main, clock }: CommonLogOptions): number {
  const nowMs = clock.monotonicMs()
  const serverMs = main.time.at(nowMs)?.leastMs
  if (id === undefined || serverMs === undefined) return nowMs
  return nowMs - Math.max(0, serverMs - Number.parseInt(id, 10))
}

const withPublishedDrops = (cache: Cache, drops: DropLog, isShared: CommonLogOptions['isShared']): Cache => ({
  ...cache,
  drop(scope, touches) {
    cache.drop(scope, touches)
    if (isShared(scope)) drops.publish({ owner: scope, touches })
  },
})

/** A write that has dropped nothing waits for nothing. */
const withDropNotice =
  (drops: DropLog, known: () => Promise<boolean>): Layer =>
  (next) =>
  async (call) => {
    const before = drops.lastNumber()
    try {
      return await next(call)
    } finally {
      if (drops.lastNumber() > before && !(await known())) countUnnotified(call.terms.tally)
    }
  }
