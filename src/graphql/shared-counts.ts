// Counts that equal requests share: a thousand phones that open the same screen at once are planned for once.
import type { Clock } from '../clock.ts'
import type { Operation, Planner } from './planner.ts'

export interface SharedCounts {
  /** `terms` names what else the count depends on: in whose name, and how old an answer may be. */
  share(planner: Planner, terms: string): Planner
}

/** What is cached changes with every answer; for a decision about hundreds of calls, a second makes no difference. */
const SHARED_MS = 1000
/** Of one document, with different variables. */
const MAX_SHARED = 100

interface Count {
  readonly atMs: number
  readonly count: Promise<number>
}

export function createSharedCounts(clock: Clock): SharedCounts {
  /** Parsed documents are kept by their text, so that equal ones are the same. */
  const documents = new WeakMap<Operation['document'], Map<string, Count>>()

  function countsOf({ document }: Operation): Map<string, Count> {
    const known = documents.get(document) ?? new Map<string, Count>()
    documents.set(document, known)
    return known
  }

  return {
    share: (planner, terms) => ({
      ...planner,
      count(operation, outlook) {
        const counts = countsOf(operation)
        const key = JSON.stringify([
          terms,
          outlook,
          operation.operationName ?? null,
          operation.variables ?? null,
        ])
        const known = counts.get(key)
        const nowMs = clock.monotonicMs()
        if (known && nowMs - known.atMs < SHARED_MS) return known.count
        if (counts.size >= MAX_SHARED) counts.clear()
        const count = planner.count(operation, outlook)
        counts.set(key, { atMs: nowMs, count })
        // What failed is not shared for longer than it takes.
        count.catch(() => counts.delete(key))
        return count
      },
    }),
  }
}
