// Decides when a write may be acknowledged: when each other replica has applied its drop, or serves nothing as fresh that is from before it.
import type { Clock } from '../clock.ts'
import type { Confirmations } from './confirmations.ts'
import type { Connection } from './connection.ts'
import type { SharedMark } from './drop-copy.ts'
import type { DropLog } from './drop-log.ts'
import type { Keys } from './keys.ts'
import type { DropNumber } from './own-drop.ts'
import type { ReadLease } from './read-lease.ts'
import { HELD_MS } from './readers.ts'
import type { Readers, ReadersAnswer } from './readers.ts'

export interface Acknowledge {
  /**
   * Waits for the drops up to this one. True: every other replica has it. False: it is not in Redis, which is full,
   * away or cut off, so no other replica has it. From then on the other replicas mark what they serve from their
   * caches.
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

/** The entries of this replica, and whether the other replicas have applied them. */
export interface Notices {
  /** To be called for each entry that Redis has taken. */
  add(entry: SharedMark, answer: ReadersAnswer): void
  /** Resolves when all replicas have applied all of them. */
  known(): Promise<void>
}

/** How often Redis is looked at while a drop is not in it and Redis is away. */
const LOOK_EVERY_MS = 100

export function createAcknowledge(options: AcknowledgeOptions): Acknowledge {
  const { main, clock, keys, log, lease, notices } = options

  /** Tries once more after looking at Redis: the log may have a new generation. */
  async function trySending(number: DropNumber): Promise<void> {
    await log.published()
    if (log.hasSent(number) || !main.isUp()) return
    await log.catchUp()
    await log.published()
  }

  /**
   * A full Redis refuses additions, but carries out deletions. Without a generation no replica gets a lease, until a
   * new one begins.
   */
  async function revoke(): Promise<void> {
    if (main.isUp()) await main.ask((client) => client.del(keys.generation))
  }

  /**
   * The others count a replica as missing if it does not renew its lease, and this one does not while they lack one of
   * its drops.
   */
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
  /**
   * Replicas that are still connected to an older primary serve from their caches as fresh until then; afterwards they
   * count this one as missing.
   */
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
      // Redis has lost the list of readers, or does not have this replica in it yet: any other replica may have a
      // lease.
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
