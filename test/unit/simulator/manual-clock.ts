// A clock that stands still until a test moves it.

import type { Clock } from '../../../src/clock.ts'

export interface ManualClock extends Clock {
  advance(ms: number): void
}

/** Some wall time with a fraction of a second, since rounding it is what a date in a header has to do. */
const START_WALL_MS = Date.UTC(2026, 0, 2, 3, 4, 5, 250)

export function createManualClock(): ManualClock {
  let elapsedMs = 0
  let timers: { dueMs: number; callback: () => void }[] = []
  const after = (waitMs: number, callback: () => void): (() => void) => {
    const timer = { dueMs: elapsedMs + waitMs, callback }
    timers.push(timer)
    return () => {
      timers = timers.filter((other) => other !== timer)
    }
  }
  return {
    monotonicMs: () => 1 + elapsedMs,
    wallMs: () => START_WALL_MS + elapsedMs,
    after,
    sleep: (waitMs, signal) =>
      new Promise((resolve, reject) => {
        const cancel = after(waitMs, resolve)
        signal?.addEventListener('abort', () => {
          cancel()
          reject(signal.reason)
        })
      }),
    advance(ms) {
      elapsedMs += ms
      const due = timers.filter(({ dueMs }) => dueMs <= elapsedMs)
      timers = timers.filter(({ dueMs }) => dueMs > elapsedMs)
      for (const { callback } of due) callback()
    },
  }
}
