// The only source of time: everything that waits or ages takes a Clock, so tests advance time by hand.
import { readFileSync } from 'node:fs'
import type { LeaveSignal } from './leaving.ts'

export interface Clock {
  /** Milliseconds that only ever grow; for durations and ages. Never 0, which lru-cache takes for "none". */
  monotonicMs(): number
  /** Milliseconds since 1970, for dates that people or Aurora get; may jump. */
  wallMs(): number
  /** Resolves after `waitMs`; rejects with the signal's reason as soon as it aborts. */
  sleep(waitMs: number, signal?: LeaveSignal): Promise<void>
  /** Calls back once after `waitMs`; the returned function cancels. Never keeps the process alive by itself. */
  after(waitMs: number, callback: () => void): () => void
}

/** A clock that goes on between processes: for times that one process leaves to the next. */
export interface BootClock {
  /** Identifies the present run of this machine; null if the system has no such id. */
  readonly bootId: string | null
  /** Milliseconds since this machine was started. It cannot be set, and it stands still while the machine sleeps. */
  sinceBootMs(): number
  /** As in Clock. */
  wallMs(): number
}

/** A moment by both clocks. */
export interface Moment {
  readonly monotonicMs: number
  readonly wallMs: number
}

export const momentOf = (clock: Pick<Clock, 'monotonicMs' | 'wallMs'>): Moment => ({
  monotonicMs: clock.monotonicMs(),
  wallMs: clock.wallMs(),
})

/**
 * The time since a moment, by the clock that shows more: for what must not last too long. The monotonic clock stands
 * still while the machine sleeps or is suspended. The wall clock may be set; if it is set forwards, the measured time
 * ends too early.
 */
export const elapsedMs = (since: Moment, clock: Pick<Clock, 'monotonicMs' | 'wallMs'>): number =>
  Math.max(clock.monotonicMs() - since.monotonicMs, clock.wallMs() - since.wallMs)

export const NEVER: Moment = { monotonicMs: -Infinity, wallMs: -Infinity }

/** setTimeout treats longer delays as 1 ms (it keeps them in 31 bits). */
const MAX_TIMER_MS = 2 ** 31 - 1

export function createSystemClock(): Clock {
  const after = (waitMs: number, callback: () => void): (() => void) => {
    const timer = setTimeout(callback, Math.min(Math.max(0, waitMs), MAX_TIMER_MS))
    timer.unref()
    return () => clearTimeout(timer)
  }
  return {
    monotonicMs: () => performance.now(),
    wallMs: () => Date.now(),
    after,
    sleep: createSleep(after),
  }
}

/** The `sleep` of a clock, by its `after`. */
export const createSleep =
  (after: Clock['after']): Clock['sleep'] =>
  (waitMs, signal) =>
    new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason)
      const leave = (): void => {
        cancel()
        reject(signal?.reason)
      }
      const cancel = after(waitMs, () => {
        signal?.removeEventListener('abort', leave)
        resolve()
      })
      signal?.addEventListener('abort', leave, { once: true })
    })

/** More than the time between two readings of a clock, and less than a correction that anybody would see. */
const MAX_JITTER_MS = 5

/**
 * Makes the text of a moment, ISO 8601. The two clocks are read one after the other, so their distance differs by a millisecond from
 * time to time; the text of one moment stays the same, because an answer that contains it has to have the same ETag again.
 */
export function createToTime(clock: Pick<Clock, 'monotonicMs' | 'wallMs'>): (atMs: number) => string {
  let offsetMs = clock.wallMs() - clock.monotonicMs()
  return (atMs) => {
    const nowMs = clock.wallMs() - clock.monotonicMs()
    if (Math.abs(nowMs - offsetMs) > MAX_JITTER_MS) offsetMs = nowMs
    return new Date(offsetMs + atMs).toISOString()
  }
}

/** Follows the clock of the process. */
export function createBootClock(clock: Clock): BootClock {
  const offsetMs = Number(process.hrtime.bigint() / 1000n) / 1000 - clock.monotonicMs()
  return {
    bootId: readBootId(),
    sinceBootMs: () => clock.monotonicMs() + offsetMs,
    wallMs: clock.wallMs,
  }
}

/** Exists on Linux; containers have that of their host. */
function readBootId(): string | null {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim() || null
  } catch {
    return null
  }
}
