// When a write may be acknowledged: each other replica has applied its drop, or serves nothing as fresh that is from before it.
import type { Clock } from '../clock.ts'
import type { Confirmations } from './confirmations.ts'
import type { Connection } from './connection.ts'
import type { SharedMark } from './drop-copy.ts'
import type { DropLog } from './drop-log.ts'
import type { Keys } from './keys.ts'
import type { DropNumber } from './publish-drops.ts'
import type { ReadLease } from './read-lease.ts'
import { HELD_MS } from './readers.ts'
import type { Readers, ReadersAnswer } from './readers.ts'

export interface Acknowledge {
  /**
   * Waits for the drops up to this one. True: every other replica has it. False: it is not in Redis, which is full, away or
   * cut off, so nobody else has it; from then on the others mark what they serve from their caches.
   */
  (number: DropNumber): Promise<boolean>
}

export interface AcknowledgeOptions {
  readonly main: Connection
  readonly clock: Clock
  readonly keys: Keys
  readonly log: Pick<DropLog, 'hasSent' | 'published' | 'catchUp'>
  readonly lease: Pick<ReadLease, 'missingFromMs'>
  readonly notices: Notices
}

/** Those among whom the entries of this replica must become known. */
export interface Notices {
  /** To be called for each entry that Redis has taken. */
  add(entry: SharedMark, answer: ReadersAnswer): void
  /** Resolves when all of them are known to all. */
  known(): Promise<void>
}

/** Redis was asked to take a drop; while it is away the next look is for its return. */
const LOOK_EVERY_MS = 100

export function createAcknowledge(options: AcknowledgeOptions): Acknowledge {
  const { main, clock, keys, log, lease, notices } = options

  /** Once more after a look at Redis: there may be a new generation of the log. */
  async function trySending(number: DropNumber): Promise<void> {
    await log.published()
    if (log.hasSent(number) || !main.isUp()) return
    await log.catchUp()
    await log.published()
  }

  /** A full Redis refuses what is added, but deletes. Without a generation no replica gets a lease, until a new one begins. */
  async function revoke(): Promise<void> {
    if (main.isUp()) await main.ask((client) => client.del(keys.generation))
  }

  /** The others miss a replica that does not renew its lease, and this one does not while they lack one of its drops. */
  async function waitUntilMissed(number: DropNumber): Promise<void> {
    for (;;) {
      const leftMs = lease.missingFromMs() - clock.monotonicMs()
      if (leftMs <= 0 || log.hasSent(number)) return
      await clock.sleep(Math.min(leftMs, LOOK_EVERY_MS))
    }
  }

  return async (number) => {
    await trySending(number)
    if (!log.hasSent(number)) {
      await revoke()
      await waitUntilMissed(number)
    }
    if (!log.hasSent(number)) return false
    await notices.known()
    return true
  }
}

export interface NoticesOptions {
  readonly clock: Clock
  readonly readers: Readers
  readonly confirmations: Pick<Confirmations, 'wait'>
  readonly olderLeasesUntilMs: () => number
  /** Replicas that are still connected to an older primary serve as fresh until then; they miss this one afterwards. */
  readonly leftUntilMs: () => number
}

export function createNotices({
  clock,
  readers,
  confirmations,
  olderLeasesUntilMs,
  leftUntilMs,
}: NoticesOptions): Notices {
  const underWay = new Set<Promise<void>>()

  return {
    add(entry, answer) {
      readers.note(answer)
      const until = new Map(readers.leases())
      // Redis has lost the readers, or has not had this one yet: any other may have a lease.
      const unknownUntilMs = readers.isKnown() ? olderLeasesUntilMs() : answer.receivedAtMs + HELD_MS
      until.set('', Math.max(unknownUntilMs, leftUntilMs()))
      const nowMs = clock.monotonicMs()
      if ([...until.values()].every((ms) => ms <= nowMs)) return
      const known = confirmations.wait(entry, until).finally(() => underWay.delete(known))
      underWay.add(known)
    },
    async known() {
      await Promise.all(underWay)
    },
  }
}
