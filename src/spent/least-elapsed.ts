// How much time has passed since a process before this one wrote: never more than really has, whatever clocks were set to.
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
 * While the machine runs, its own clock counts, which nobody can set. After a restart at least the time since that restart has
 * passed; a machine that shares the folder may have been running for days, so the wall clock bounds that. Where the system
 * does not tell whether it was restarted, the least that may be true counts.
 */
export function leastElapsedMs(then: Stamp & { readonly bootId: string | null }, clock: BootClock): number {
  const now = stampNow(clock)
  const sinceThenMs = now.bootMs - then.bootMs
  if (then.bootId !== null && then.bootId === clock.bootId) return Math.max(0, sinceThenMs)
  const isSurelyRestarted = then.bootId !== null && clock.bootId !== null
  const byBootMs = isSurelyRestarted || sinceThenMs < 0 ? now.bootMs : sinceThenMs
  return Math.max(0, Math.min(now.wallMs - then.wallMs, byBootMs))
}
