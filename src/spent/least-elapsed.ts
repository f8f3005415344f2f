// The time since an earlier process has written: never more than has really passed, even if clocks were set.
import type { BootClock } from '../clock.ts'

/** When something happened, by two clocks. */
export interface Stamp {
  /** Since the start of the machine. */
  readonly bootMs: number
  readonly wallMs: number
}

export const stampNow = (clock: BootClock): Stamp => ({
  bootMs: clock.sinceBootMs(),
  wallMs: clock.wallMs(),
})

/**
 * While the machine runs, its own clock counts, which nobody can set. After a restart at least the time since that
 * restart has passed; a machine that shares the folder may have been running for days, so the wall clock limits that
 * time. If the system does not show whether it was restarted, the least possible time counts.
 */
export function leastElapsedMs(then: Stamp & { readonly bootId: string | null }, clock: BootClock): number {
  const now = stampNow(clock)
  const sinceThenMs = now.bootMs - then.bootMs
  if (then.bootId !== null && then.bootId === clock.bootId) return Math.max(0, sinceThenMs)
  const isSurelyRestarted = then.bootId !== null && clock.bootId !== null
  const byBootMs = isSurelyRestarted || sinceThenMs < 0 ? now.bootMs : sinceThenMs
  return Math.max(0, Math.min(now.wallMs - then.wallMs, byBootMs))
}
