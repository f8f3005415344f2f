// The repeats of one query: how often it is repeated, and whether another repeat is useful.
import { limitedOf } from './limited.ts'
import type { AnswerError, Limited } from './limited.ts'
import type { Retries } from './retries.ts'

/** Sends the query again; `done` is called with the errors of the answer, or with nothing if there was none. */
export type AskAgain = (done: (errors?: readonly AnswerError[]) => void) => void

export interface Repeats {
  /** Plans the repeat of an answer; null if the answer is whole, or if no repeat is useful. */
  take(errors: readonly AnswerError[] | undefined, ask: AskAgain): Limited | null
  /** Plans another repeat where one had no answer; false if that was no repeat, or the last one. */
  takeFailure(ask: AskAgain): boolean
  cancel(): void
}

/** After so many repeats that brought nothing, only the user repeats it. A repeat that brought something does not count. */
const MAX_VAIN = 4

/** The pause where there is no network. */
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
      // Another part of the app has sent the query meanwhile. This answer's own repeat keeps its turn until the time that is named now.
      if (isPlanned) stop()
      const limited = limitedOf(errors)
      // The count begins anew for another part's query, and for one that comes after a whole answer.
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
