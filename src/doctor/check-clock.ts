// Compares this machine's clock with that of another one.
import { ok, warning, wrong } from './finding.ts'
import type { Finding } from './finding.ts'

export interface ClockReading {
  /** Whose clock it is. */
  readonly whose: string
  /** The least and the most that the other clock can have shown. */
  readonly leastMs: number
  readonly mostMs: number
  /** The time of this machine's clock before the request, and after the answer. */
  readonly sentWallMs: number
  readonly receivedWallMs: number
}

/** The same tolerance as for tokens (callers/verify-token.ts). */
const MAX_OFF_MS = 5_000
const SECOND_MS = 1_000

const ADVICE = 'Have both clocks set by NTP (timedatectl shows whether this one is)'

/** `isNeeded`: something is refused if clocks differ, such as a signature of Aurora or the token of a caller. */
export function checkClock(reading: ClockReading, isNeeded: boolean): Finding {
  const { whose } = reading
  const offMs = offOf(reading)
  if (Math.abs(offMs) <= MAX_OFF_MS)
    return ok('clock', `This clock and ${whose} agree within ${MAX_OFF_MS / SECOND_MS} s`)
  const says = `This clock is ${Math.round(Math.abs(offMs) / SECOND_MS)} s ${offMs > 0 ? 'ahead of' : 'behind'} ${whose}`
  return isNeeded
    ? wrong('clock', `${says}: signatures or tokens are refused`, ADVICE)
    : warning('clock', says, ADVICE)
}

/** How far this clock is ahead at the least; negative if it is behind; 0 if they may agree. */
function offOf({ leastMs, mostMs, sentWallMs, receivedWallMs }: ClockReading): number {
  if (sentWallMs > mostMs) return sentWallMs - mostMs
  return receivedWallMs < leastMs ? receivedWallMs - leastMs : 0
}

/** From the header `Date`, which has whole seconds. Null if there is none, or if the answer comes from a cache. */
export function toReading(
  { date, age }: { readonly date: string | null; readonly age: string | null },
  at: Pick<ClockReading, 'whose' | 'sentWallMs' | 'receivedWallMs'>,
): ClockReading | null {
  const leastMs = Date.parse(date ?? '')
  if (Number.isNaN(leastMs) || (age !== null && age !== '0')) return null
  return { ...at, leastMs, mostMs: leastMs + SECOND_MS }
}
