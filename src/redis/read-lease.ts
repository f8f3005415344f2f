// The read lease of this replica: only while it lasts, cached answers are served as fresh. docs/decisions/0024 has the rule.
import { momentOf, NEVER } from '../clock.ts'
import type { Clock } from '../clock.ts'
import type { Connection } from './connection.ts'
import type { SharedMark } from './drop-copy.ts'
import type { Keys } from './keys.ts'
import { RENEW } from './lease-scripts.ts'
import { LEASE_MS, MISSED_MS, PRESENT_MS } from './readers.ts'
import type { Readers } from './readers.ts'
import { shareRun } from './share-run.ts'

export interface ReadLease {
  /** Whether every write that was acknowledged until now has been applied here. */
  isValid(): boolean
  /** Requests a new one; resolves when it is given or refused. */
  renew(): Promise<void>
  /** Monotonic time from which the others count this replica as missing, unless it renews its lease. */
  missingFromMs(): number
  /** To be called when the copy of the log has begun again. */
  end(): void
  /** Leaves the readers: the others then need not wait for this replica, and do not count it as missing. */
  close(): Promise<void>
}

export interface ReadLeaseOptions {
  readonly main: Connection
  readonly clock: Clock
  readonly keys: Keys
  readonly replicaId: string
  readonly readers: Readers
  readonly log: {
    /** Whether the copy contains this entry of this generation, and all before it. */
    contains(mark: SharedMark): boolean
    catchUp(): Promise<boolean>
    /** Whether drops of this replica are not in Redis: the others must count it as missing until they are. */
    hasUnsent(): boolean
  }
}

/** So often that one or two renewals may be lost. */
const RENEW_EVERY_MS = 400
/** A message that Redis reads later gives no lease, because its end could not be computed. */
const LATE_MS = 250
/** Redis' clock is known to within the time of one command, 150 ms. */
const CLOCK_MS = 250

export function createReadLease(options: ReadLeaseOptions): ReadLease {
  const { main, clock, keys, replicaId, readers, log } = options
  /** When the request for the present lease was sent. */
  let begunAt = NEVER
  let lastSentAtMs = -Infinity
  let isClosed = false
  let cancel = (): void => {}

  const renew = shareRun(async () => {
    if (isClosed || !main.isUp() || log.hasUnsent()) return
    const sentAt = momentOf(clock)
    const sentAtMs = sentAt.monotonicMs
    const newest = await ask(sentAtMs, options, () => void (lastSentAtMs = sentAtMs))
    if (newest === null || !log.contains(newest)) await log.catchUp()
    if (newest !== null && log.contains(newest)) begunAt = sentAt
  })

  function schedule(): void {
    cancel()
    if (!isClosed) cancel = clock.after(RENEW_EVERY_MS, () => void renew().finally(schedule))
  }

  main.onUp(() => void renew())
  schedule()

  return {
    isValid() {
      const nowMs = clock.monotonicMs()
      if (nowMs - begunAt.monotonicMs >= LEASE_MS || nowMs >= readers.presentUntilMs()) return false
      // The monotonic clock stands still while the machine sleeps or is suspended. This one may be set, which ends a
      // lease too early.
      return clock.wallMs() - begunAt.wallMs < LEASE_MS
    },
    renew,
    missingFromMs: () => lastSentAtMs + LATE_MS + CLOCK_MS + PRESENT_MS,
    end: () => void (begunAt = NEVER),
    async close() {
      isClosed = true
      cancel()
      begunAt = NEVER
      if (!log.hasUnsent()) await main.ask((client) => client.hdel(keys.readers, replicaId))
    },
  }
}

/** The state of the log at the moment of the lease; null if there is no lease. */
async function ask(
  sentAtMs: number,
  { main, clock, keys, replicaId, readers }: ReadLeaseOptions,
  onSent: () => void,
): Promise<SharedMark | null> {
  const serverTime = main.time.at(sentAtMs)
  if (serverTime === null) return null
  const latestMs = Math.floor(serverTime.mostMs) + LATE_MS
  const names = [keys.readers, keys.generation, keys.drops] as const
  onSent()
  const answer = await main.ask((client) =>
    client.eval(RENEW, names.length, ...names, replicaId, latestMs, PRESENT_MS + MISSED_MS, PRESENT_MS),
  )
  const [serverMs, generation, id, fields] = (answer ?? []) as [number, string?, string?, string[]?]
  if (generation === undefined || id === undefined || fields === undefined) return null
  readers.note({ sentAtMs, receivedAtMs: clock.monotonicMs(), serverMs, generation, fields })
  return { generation, id }
}
