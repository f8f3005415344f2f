// Which runs of a watch are under way: of answers that clients wait for, and of those that none waits for, one is made at a time.
import type { Purpose } from './schedule.ts'

export function createUnderWay() {
  /** By whether a client waits. */
  const runs = new Map<boolean, AbortController>()
  const isAwaited = (purpose: Purpose): boolean => purpose === 'first'
  return {
    has: (purpose: Purpose): boolean => runs.has(isAwaited(purpose)),
    hasAny: (): boolean => runs.size > 0,
    begin(purpose: Purpose) {
      const abort = new AbortController()
      runs.set(isAwaited(purpose), abort)
      return { signal: abort.signal, end: () => void runs.delete(isAwaited(purpose)) }
    },
    abort(): void {
      for (const run of runs.values()) run.abort(new Error('nobody waits for the answer any more'))
    },
  }
}
