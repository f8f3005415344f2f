// What one process leaves to the next of the slots of a quota: the carried-over slots, and where this process records its own.
import type { LearnedLimit } from './learned-limit.ts'

/** What a process before this one has left of a quota. Monotonic times of this process. */
export interface Carried {
  readonly slots: readonly { readonly id: string; readonly freesAtMs: number }[]
  readonly pausedUntilMs: number
  readonly isUnproven: boolean
  readonly learned: LearnedLimit | null
}

/** Records the slots of one quota, so that the next process continues the count. Never throws. */
export interface SlotRecord {
  readonly carried: Carried
  /** Resolves when the slot is written, and the call is sent afterwards; null if nothing is written. */
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
