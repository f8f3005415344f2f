// The clock of a machine that is suspended: durations and timers stand still, and the wall clock goes on.
import { createSleep, createSystemClock } from '../../src/clock.ts'
import type { Clock } from '../../src/clock.ts'

export interface SuspendableClock extends Clock {
  suspend(): void
  resume(): void
}

export function createSuspendableClock(): SuspendableClock {
  const system = createSystemClock()
  let lostMs = 0
  let suspendedAtMs: number | null = null
  let due: (() => void)[] = []
  const after: Clock['after'] = (waitMs, callback) => {
    let isCancelled = false
    const fire = (): void => (isCancelled ? undefined : callback())
    const cancel = system.after(waitMs, () => (suspendedAtMs === null ? fire() : void due.push(fire)))
    return () => {
      isCancelled = true
      cancel()
    }
  }
  return {
    monotonicMs: () => (suspendedAtMs ?? system.monotonicMs()) - lostMs,
    wallMs: system.wallMs,
    after,
    sleep: createSleep(after),
    suspend: () => void (suspendedAtMs = system.monotonicMs()),
    resume() {
      lostMs += suspendedAtMs === null ? 0 : system.monotonicMs() - suspendedAtMs
      suspendedAtMs = null
      const waiting = due
      due = []
      setImmediate(() => waiting.forEach((fire) => fire()))
    },
  }
}
