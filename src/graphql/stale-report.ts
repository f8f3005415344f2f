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

export const createStaleReport = (clock: Clock): StaleReport => new Report(clock)

/** A class, so that `isWanted` is a member like any other. Its functions are also passed on without the object. */
class Report implements StaleReport {
  isWanted = false
  readonly #clock: Clock
  readonly #entries: StaleEntry[] = []

  constructor(clock: Clock) {
    this.#clock = clock
  }

  readonly want = (): void => void (this.isWanted = true)

  readonly note = ({ operation, answeredAtMs, reason }: StaleFact): void => {
    if (!this.isWanted || this.#entries.length >= MAX_ENTRIES) return
    const ageMs = this.#clock.monotonicMs() - answeredAtMs
    this.#entries.push({
      path: currentPath(),
      operation,
      fetchedAt: new Date(this.#clock.wallMs() - ageMs).toISOString(),
      ageSeconds: Math.floor(ageMs / 1000),
      reason,
    })
  }

  readonly entries = (): readonly StaleEntry[] => this.#entries
}
