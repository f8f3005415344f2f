// One turn of the event loop does the work of one request: however many have large answers, others are served between them.
import { createRotation } from './rotation.ts'

export interface SharedTurns {
  /** Does the work in this turn of the loop where it is the first that asks, else in a later one. Callers take turns. */
  take(work: () => void, place: { readonly party: string; readonly part: object }): void
}

/**
 * Of one caller. An answer that is half made takes as much memory as one that is made: hundreds of large ones that all grow
 * together would fill it, and each would be late.
 */
const REQUESTS_AT_ONCE = 4

export function createSharedTurns(): SharedTurns {
  const waiting = createRotation<() => void>({ partsAtOnce: REQUESTS_AT_ONCE })
  let isTaken = false

  const doInThisTurn = (work: () => void): void => {
    isTaken = true
    setImmediate(endTurn)
    work()
  }
  const endTurn = (): void => {
    isTaken = false
    const next = waiting.takeNext(() => true)
    if (next) doInThisTurn(next)
  }
  return {
    take(work, place) {
      if (isTaken) waiting.add(work, place)
      else doInThisTurn(work)
    },
  }
}
