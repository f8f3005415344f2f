// The last answers of all watches, for clients that come or become free later: in limited memory, which callers share.
import { createFairRoom } from '../answers/fair-room.ts'
import type { Taker } from '../answers/fair-room.ts'
import type { Made } from './made.ts'

/** The last answer of one watch. */
export interface LastAnswer {
  /** Null if there is none, or if it was evicted: it then has to be made again. */
  get(): Made | null
  /** Replaces the answer before. */
  keep(made: Made, taker: Taker): void
  drop(): void
}

/** Measured roughly: the memory for one reply, and for one answer. */
const PART_BYTES = 200
const ENTRY_BYTES = 1024

/**
 * If it is full, the tenant that has most loses first: of it the caller that has most, and of that caller the least
 * recently used answer.
 */
export function createLastAnswers(maxBytes: number): { open(): LastAnswer } {
  const room = createFairRoom<Made>({ maxBytes })
  let opened = 0
  return {
    open() {
      const name = String((opened += 1))
      return {
        get: () => room.get(name) ?? null,
        keep(made, taker) {
          const bytes = ENTRY_BYTES + made.bytes.length + made.parts.length * PART_BYTES
          room.set(name, made, { bytes, ...taker })
        },
        drop: () => room.delete(name),
      }
    },
  }
}
