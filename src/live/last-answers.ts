// The last answers of all watches, for clients that come or are free later: in bounded memory, which callers share.
import { createFairRoom } from '../answers/fair-room.ts'
import type { Taker } from '../answers/fair-room.ts'
import type { Made } from './made.ts'

/** The last answer of one watch. */
export interface LastAnswer {
  /** Null where there is none, or others needed its room: then it has to be made again. */
  get(): Made | null
  /** In the place of the one before. */
  keep(made: Made, taker: Taker): void
  drop(): void
}

/** Measured roughly: what is noted of one reply, and of one answer. */
const PART_BYTES = 200
const ENTRY_BYTES = 1024

/** Where it is full, the tenant that has most of it loses first, of it the caller that has most, and of that what was used longest ago. */
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
