// The repeats of one query: how often, and whether another one is worth it.
import { limitedOf } from './limited.ts'
import type { AnswerError, Limited } from './limited.ts'
import type { Retries } from './retries.ts'

/** Asks the query again; `done` is called with the errors of the answer, or with nothing if there was none. */
export type AskAgain = (done: (errors?: readonly AnswerError[]) => void) => void

export interface Repeats {
  /** Plans the repeat of an answer; null if it is whole, or if no repeat is worth it. */
  take(errors: readonly AnswerError[] | undefined, ask: AskAgain): Limited | null
  /** Plans another repeat where one had no answer; false if this was none, or if it was the last. */
  takeFailure(ask: AskAgain): boolean
  cancel(): void
}

/** After so many repeats that brought nothing it is up to the user. A repeat that brought something does not count. */
const MAX_VAIN = 4

/** A network that is away. */
const AFTER_FAILURE_MS = 10_000

export function createRepeats(retries: Retries): Repeats {
  let vain = -1
  let missing = Infinity
  let stop = (): void => {}
  let isPlanned = false
  let isSent = false

  const plan = (limited: Limited, ask: AskAgain): boolean => {
    vain = limited.fields < missing ? 0 : vain + 1
    missing = limited.fields
    if (vain > MAX_VAIN) return false
    isPlanned = true
    stop = retries.plan({
      limited,
      vain,
      ask(done) {
        isPlanned = false
        isSent = true
        ask(done)
      },
    })
    return true
  }
  return {
    take(errors, ask) {
      // Somebody else has asked meanwhile. A repeat that is this answer's own keeps its turn until the time that is named now.
      if (isPlanned) stop()
      const limited = limitedOf(errors)
      // Somebody else's question, and one that comes after a whole answer, begin anew.
      if (!limited || !isSent) missing = Infinity
      isSent = false
      return limited && plan(limited, ask) ? limited : null
    },
    takeFailure(ask) {
      if (missing === Infinity) return false
      if (isPlanned) stop()
      const retryAt = new Date(Date.now() + AFTER_FAILURE_MS)
      return plan({ retryAt, waitMs: AFTER_FAILURE_MS, fields: missing }, ask)
    },
    cancel: () => stop(),
  }
}
