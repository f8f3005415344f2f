// One turn of the event loop does the work of one request: however many have large answers, the others are heard between them.
import { createRotation } from './rotation.ts'

export interface SharedTurns {
  /** Does the work in this turn of the loop where it is the first that asks, else in a later one. Callers take turns. */
  take(work: () => void, place: { readonly party: string; readonly part: object }): void
}

export function createSharedTurns(): SharedTurns {
  const waiting = createRotation<() => void>()
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
