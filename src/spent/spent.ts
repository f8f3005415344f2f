// What was spent of each quota in the last minute, kept in a folder: a process that is started again counts on from there.
import { createHash } from 'node:crypto'
import { FLIGHT_MARGIN_MS } from '../budget/ledger.ts'
import type { OpenRecord, SlotRecord } from '../budget/slot-record.ts'
import { createBootClock } from '../clock.ts'
import type { BootClock, Clock } from '../clock.ts'
import { faultName } from '../errors/fault-name.ts'
import type { Emit } from '../telemetry/events.ts'
import { carryOver } from './carry-over.ts'
import { stampNow } from './least-elapsed.ts'
import { isOver } from './left-of.ts'
import { readFolder } from './spent-folder.ts'
import type { LeftFile } from './spent-folder.ts'
import { createWriter } from './spent-writer.ts'
import type { Writer } from './spent-writer.ts'

export interface Spent {
  readonly openRecord: OpenRecord
  /** Writes the lines that are not written yet. The file stays. */
  close(): void
}

export interface SpentOptions {
  /** Null: nothing is kept. */
  readonly stateDir: string | null
  /** The calls of the simulator count for no limit, so nothing is kept of them. */
  readonly isSimulated: boolean
  readonly rateWindowMs: number
  readonly attemptTimeoutMs: number
  readonly clock: Clock
  readonly bootClock?: BootClock
  readonly emit: Emit
}

/** Null if nothing has to be kept, or if nothing can be kept, which one event reports. */
export function openSpent(given: SpentOptions): Spent | null {
  const { stateDir: folder, isSimulated, clock, bootClock = createBootClock(clock), emit } = given
  if (folder === null || isSimulated) return null
  const options = {
    folder,
    clock,
    bootClock,
    emit,
    windowMs: given.rateWindowMs,
    maxFlightMs: given.attemptTimeoutMs + FLIGHT_MARGIN_MS,
  }
  const saysNothing = ({ quotas, bootId }: LeftFile): boolean =>
    [...quotas.values()].every((quota) => isOver(quota, bootId, options))
  let left: readonly LeftFile[]
  try {
    left = readFolder(folder, saysNothing)
  } catch (error) {
    emit('spentNotKept', { fault: faultName(error) })
    return null
  }
  // Elapsed times are computed once, so from here on this process's own clock counts.
  const carried = carryOver(left, { ...options, nowMs: clock.monotonicMs() })
  const writer = createWriter(options)
  return {
    openRecord(name) {
      const quota = digestOf(name)
      return createRecord(quota, { carried: carried(quota), writer, clock, bootClock })
    },
    close: writer.close,
  }
}

/** The file contains neither the key nor the name that it has in Redis. */
const digestOf = (name: string): string => createHash('sha256').update(name).digest('hex').slice(0, 16)

interface RecordParts extends Pick<SlotRecord, 'carried'> {
  readonly writer: Writer
  readonly clock: Clock
  readonly bootClock: BootClock
}

function createRecord(quota: string, { carried, writer, clock, bootClock }: RecordParts): SlotRecord {
  return {
    carried,
    taken(id) {
      writer.note(quota, { is: 'taken', id, at: stampNow(bootClock) })
      return writer.writeWithTurn()
    },
    answered(id) {
      writer.note(quota, { is: 'answered', id, at: stampNow(bootClock) })
      writer.writeSoon()
    },
    neverSent(id) {
      writer.note(quota, { is: 'neverSent', id })
      writer.writeSoon()
    },
    paused(untilMs, learned) {
      const monotonicMs = clock.monotonicMs()
      const stamp = stampNow(bootClock)
      writer.note(quota, { is: 'paused', value: Math.max(0, untilMs - monotonicMs), at: stamp })
      if (learned) {
        const agoMs = monotonicMs - learned.atMs
        const at = {
          bootMs: Math.max(0, stamp.bootMs - agoMs),
          wallMs: Math.max(0, stamp.wallMs - agoMs),
        }
        writer.note(quota, { is: 'learned', value: learned.limit, at })
      }
      writer.write()
    },
    resumed() {
      writer.note(quota, { is: 'resumed' })
      writer.write()
    },
  }
}
