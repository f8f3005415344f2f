// What the files of other processes mean for a quota of this one: slots that are still held, a pause, a lower limit. Pure.
import { NOTHING_CARRIED } from '../budget/slot-record.ts'
import type { Carried } from '../budget/slot-record.ts'
import { elapsedMs, pauseLeftMs, slotLeftMs } from './left-of.ts'
import type { HeldTimes } from './left-of.ts'
import type { LeftFile } from './spent-folder.ts'
import type { SpentQuota } from './spent-lines.ts'

interface CarryingOver extends HeldTimes {
  /** Monotonic time of this process. */
  readonly nowMs: number
}

/**
 * Finds what is carried over to a quota, by the hash of its name, only once, because a quota that is opened again was
 * at rest.
 */
export function carryOver(files: readonly LeftFile[], options: CarryingOver): (quota: string) => Carried {
  const byQuota = new Map<string, Carried>()
  for (const file of files)
    for (const [name, quota] of file.quotas)
      byQuota.set(name, join(byQuota.get(name) ?? NOTHING_CARRIED, carriedOf(quota, file, options)))
  return (quota) => {
    const carried = byQuota.get(quota)
    byQuota.delete(quota)
    return carried ?? NOTHING_CARRIED
  }
}

function carriedOf(quota: SpentQuota, { process, bootId }: LeftFile, options: CarryingOver): Carried {
  const { nowMs } = options
  const { slots, isUnproven, learned } = quota
  const pausedForMs = pauseLeftMs(quota, bootId, options)
  return {
    slots: [...slots].flatMap(([id, slot]) => {
      const leftMs = slotLeftMs(slot, bootId, options)
      return leftMs > 0 ? [{ id: withProcess(id, process), freesAtMs: nowMs + leftMs }] : []
    }),
    pausedUntilMs: pausedForMs > 0 ? nowMs + pausedForMs : 0,
    isUnproven,
    learned: learned && { limit: learned.limit, atMs: nowMs - elapsedMs(learned.at, bootId, options) },
  }
}

/**
 * The slots of a pool have the id of their replica already, and keep their names, because the pool contains them, too.
 */
const withProcess = (id: string, process: string): string =>
  id.includes('.') ? id : `${process.slice(0, 13)}.${id}`

const join = (one: Carried, other: Carried): Carried => ({
  slots: [...one.slots, ...other.slots],
  pausedUntilMs: Math.max(one.pausedUntilMs, other.pausedUntilMs),
  isUnproven: one.isUnproven || other.isUnproven,
  learned:
    one.learned && other.learned && one.learned.limit < other.learned.limit
      ? one.learned
      : (other.learned ?? one.learned),
})
