// What clients of a watch were last shown, and how soon a change may be read after it.
import type { Clock } from '../clock.ts'
import type { Emit } from '../telemetry/events.ts'
import type { Made } from './made.ts'
import { AT_REST, notePace, readableAtMs } from './schedule.ts'
import type { Purpose } from './schedule.ts'

export interface News {
  /** To be called with each answer before it is given, and how many clients may get it. */
  note(made: Made, purpose: Purpose, given: Given): void
  /** When a change may be read. */
  readableAtMs(): number
  /** Not all clients were reached: the next answer counts as new, and is made at once. */
  forget(): void
}

interface Given {
  readonly clients: number
  /** Whether it is given although changes came while it was made, because the same happened to the one before. */
  readonly isGivenAnyhow: boolean
}

export function createNews(clock: Clock, emit: Emit): News {
  /** The fingerprint of the last answer that was given. */
  let shown: string | null = null
  let pace = AT_REST
  return {
    note({ fingerprint, begunAtMs }, purpose, { clients, isGivenAnyhow }) {
      const isNews = clients > 0 && fingerprint !== shown
      if (isNews) shown = fingerprint
      const takenAtMs = clock.monotonicMs()
      pace = notePace(pace, { purpose, isNews, isGivenAnyhow, begunAtMs, takenAtMs })
      emit('liveAnswerMade', { reason: purpose, outcome: isNews ? 'new' : 'equal' })
    },
    readableAtMs: () => Math.max(readableAtMs(pace), clock.monotonicMs()),
    forget() {
      shown = null
      pace = AT_REST
    },
  }
}
