// Lists the stale values in an answer, for a request that asks for it: their paths, their ages, and why they were served.
import type { Clock } from '../clock.ts'
import type { StaleFact } from '../rest/freshness.ts'
import { currentPath } from './paths.ts'

/** A screen with more stale places shows one sign for all of them; `extensions.upstream.saved.stale` counts every one. */
const MAX_ENTRIES = 100

export interface StaleEntry {
  /** The path of the first field that asked. */
  readonly path: readonly (string | number)[] | null
  readonly operation: string
  /** ISO 8601. */
  readonly fetchedAt: string
  readonly ageSeconds: number
  readonly reason: StaleFact['reason']
}

export interface StaleReport {
  readonly isWanted: boolean
  want(): void
  note(fact: StaleFact): void
  entries(): readonly StaleEntry[]
}

/** Used where no client gets the answer, for example in a dry run. */
export const NOTHING_STALE: StaleReport = {
  isWanted: false,
  want: () => {},
  note: () => {},
  entries: () => [],
}

export function createStaleReport(clock: Clock): StaleReport {
  const entries: StaleEntry[] = []
  let isWanted = false

  return {
    get isWanted() {
      return isWanted
    },
    want: () => void (isWanted = true),
    note({ operation, answeredAtMs, reason }) {
      if (!isWanted || entries.length >= MAX_ENTRIES) return
      const ageMs = clock.monotonicMs() - answeredAtMs
      entries.push({
        path: currentPath(),
        operation,
        fetchedAt: new Date(clock.wallMs() - ageMs).toISOString(),
        ageSeconds: Math.floor(ageMs / 1000),
        reason,
      })
    },
    entries: () => entries,
  }
}
