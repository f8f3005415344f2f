// What a request that asks for it is told of stale answers: where they stand, how old they are, and why they were served.
import type { Clock } from '../clock.ts'
import type { StaleFact } from '../rest/freshness.ts'
import { currentPath } from './paths.ts'

/** Whoever shows more places than these shows one sign for all; `extensions.upstream.saved.stale` counts every one. */
const MAX_ENTRIES = 100

export interface StaleEntry {
  /** Of the field that asked first. */
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

/** Of a run in which nothing is served. */
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
