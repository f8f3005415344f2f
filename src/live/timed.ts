// The one time at which something is due.
import type { Clock } from '../clock.ts'
import type { Due, Purpose } from './schedule.ts'

export interface Timed {
  /** Replaces the time that was set before; null: never. */
  at(due: Due | null): void
}

export function createTimed(clock: Clock, callback: (purpose: Purpose) => void): Timed {
  let cancel = (): void => {}
  return {
    at(due) {
      cancel()
      cancel = due
        ? clock.after(Math.max(0, due.atMs - clock.monotonicMs()), () => callback(due.purpose))
        : () => {}
    },
  }
}
