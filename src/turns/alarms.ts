// Calls back at given times. Callbacks of the same millisecond share one timer, because the calls of one level are due together.
import { afterReading } from './after-reading.ts'
import { callAlone } from './call-alone.ts'
import type { Clock } from '../clock.ts'
import { PassingMap } from './passing-map.ts'

export interface Alarms {
  /**
   * Calls back once at this monotonic time, or up to a millisecond later, even if other callbacks throw; the returned
   * function cancels it.
   */
  at(atMs: number, callback: () => void): () => void
}

interface Alarm {
  readonly callbacks: Set<() => void>
  readonly cancel: () => void
}

export function createAlarms(clock: Clock): Alarms {
  const alarms = new PassingMap<number, Alarm>()

  function open(dueMs: number): Alarm {
    const callbacks = new Set<() => void>()
    const cancel = afterReading(clock, dueMs - clock.monotonicMs(), () => {
      alarms.delete(dueMs)
      for (const callback of callbacks) callAlone(callback)
    })
    const alarm = { callbacks, cancel }
    alarms.set(dueMs, alarm)
    return alarm
  }

  return {
    at(atMs, callback) {
      const dueMs = Math.ceil(atMs)
      const { callbacks, cancel } = alarms.get(dueMs) ?? open(dueMs)
      callbacks.add(callback)
      return () => {
        if (!callbacks.delete(callback) || callbacks.size > 0) return
        cancel()
        if (alarms.get(dueMs)?.callbacks === callbacks) alarms.delete(dueMs)
      }
    },
  }
}
