// A clock that stands still until a test moves it.
import { createSleep } from '../../src/clock.ts'
import type { Clock } from '../../src/clock.ts'

export interface ManualClock extends Clock {
  /** Fires timers that become due, in order and each at its own time, and waits for everything that follows. */
  advance(ms: number): Promise<void>
  /** The process does nothing for so long, as after SIGSTOP: time passes, and timers that are due fire with the next `advance`. */
  standStill(ms: number): void
  /** Sets the wall clock forwards or back; durations must not change. */
  jumpWall(ms: number): void
  /** Timers not yet fired or cancelled: a room at rest has none. */
  countTimers(): number
}

interface Timer {
  readonly dueMs: number
  readonly callback: () => void
}

/** 2026-03-04 17:25:09 UTC at the start, as in the vectors of Aurora's signatures. */
const START_WALL_MS = Date.UTC(2026, 2, 4, 17, 25, 9)

export function createManualClock(startMs = 1000): ManualClock {
  let nowMs = startMs
  let wallOffsetMs = START_WALL_MS - startMs
  const timers = new Set<Timer>()

  const after = (waitMs: number, callback: () => void): (() => void) => {
    const timer = { dueMs: nowMs + Math.max(0, waitMs), callback }
    timers.add(timer)
    return () => void timers.delete(timer)
  }

  function nextDue(untilMs: number): Timer | undefined {
    let next: Timer | undefined
    for (const timer of timers) {
      if (timer.dueMs <= untilMs && (next === undefined || timer.dueMs < next.dueMs)) next = timer
    }
    return next
  }

  return {
    monotonicMs: () => nowMs,
    wallMs: () => nowMs + wallOffsetMs,
    after,
    sleep: createSleep(after),
    async advance(ms) {
      const untilMs = nowMs + ms
      await settle()
      for (let timer = nextDue(untilMs); timer !== undefined; timer = nextDue(untilMs)) {
        timers.delete(timer)
        nowMs = Math.max(nowMs, timer.dueMs)
        timer.callback()
        await settle()
      }
      nowMs = untilMs
      await settle()
    },
    standStill(ms) {
      nowMs += ms
    },
    jumpWall(ms) {
      wallOffsetMs += ms
    },
    countTimers: () => timers.size,
  }
}

/** Every waiting microtask, and every one that those start, runs before an immediate. */
export const settle = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve))
