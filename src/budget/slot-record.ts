// What one process leaves to the next of a quota's slots: what was carried over, and where this process writes its own.
import type { LearnedLimit } from './learned-limit.ts'

/** What a process before this one has left of a quota. Monotonic times of this process. */
export interface Carried {
  readonly slots: readonly { readonly id: string; readonly freesAtMs: number }[]
  readonly pausedUntilMs: number
  readonly isUnproven: boolean
  readonly learned: LearnedLimit | null
}

/** Writes down what happens to the slots of one quota, so that the process after this one counts on. Never throws. */
export interface SlotRecord {
  readonly carried: Carried
  /** Resolves when it is written, and the call leaves afterwards; null where nothing is written. */
  taken(id: string): Promise<void> | null
  answered(id: string): void
  neverSent(id: string): void
  paused(untilMs: number, learned: LearnedLimit | null): void
  resumed(): void
}

export type OpenRecord = (name: string) => SlotRecord

export const NOTHING_CARRIED: Carried = { slots: [], pausedUntilMs: 0, isUnproven: false, learned: null }

export const NO_RECORD: SlotRecord = {
  carried: NOTHING_CARRIED,
  taken: () => null,
  answered() {},
  neverSent() {},
  paused() {},
  resumed() {},
}
