// The runs of a watch that are under way: one of those for which a client waits, and one of the others.
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
