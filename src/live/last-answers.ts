// The last answers of all watches, for clients that come or are free later: in bounded memory, which callers share.
import { createFairRoom } from '../answers/fair-room.ts'
import type { Made } from './made.ts'

/** The last answer of one watch. */
export interface LastAnswer {
  /** Null where there is none, or others needed its room: then it has to be made again. */
  get(): Made | null
  /** In the place of the one before. */
  keep(made: Made, holder: string): void
  drop(): void
}

/** Measured roughly: what is noted of one reply, and of one answer. */
const PART_BYTES = 200
const ENTRY_BYTES = 1024

/** Where it is full, whoever has most of it loses what was used longest ago. */
export function createLastAnswers(maxBytes: number): { open(): LastAnswer } {
  const room = createFairRoom<Made>({ maxBytes })
  let opened = 0
  return {
    open() {
      const name = String((opened += 1))
      return {
        get: () => room.get(name) ?? null,
        keep(made, holder) {
          const bytes = ENTRY_BYTES + made.bytes.length + made.parts.length * PART_BYTES
          room.set(name, made, { holder, bytes })
        },
        drop: () => room.delete(name),
      }
    },
  }
}
