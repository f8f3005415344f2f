// A time limit for something from outside: what has arrived in time is read before the limit is over.
import type { Clock } from '../clock.ts'

/** Longer than any piece of work holds the event loop, so the process stood still. */
const STOOD_STILL_MS = 200

/**
 * As `after` of the clock. After a process stood still (SIGSTOP, a frozen container), the event loop runs all timers
 * that are due before it reads sockets: calls whose answers are there would fail together, which looks as if Aurora
 * were down. So the callback waits for one more turn.
 */
export function afterReading(clock: Clock, waitMs: number, callback: () => void): () => void {
  const dueMs = clock.monotonicMs() + Math.max(0, waitMs)
  let isOver = false
  const end = (): void => {
    if (isOver) return
    isOver = true
    callback()
  }
  const cancel = clock.after(waitMs, () => {
    if (clock.monotonicMs() < dueMs + STOOD_STILL_MS) end()
    else setImmediate(end)
  })
  return () => {
    isOver = true
    cancel()
  }
}
