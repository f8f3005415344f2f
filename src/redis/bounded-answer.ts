// Waits for an answer of Redis for a bounded time, in which time the process spends on other work does not count.
import type { Clock } from '../clock.ts'
import { isRefusal, nameOf } from './redis-errors.ts'

export type BoundedAnswer<Answer> =
  | { readonly answer: Answer }
  /** Redis has refused this one command, or no answer came in time. */
  | { readonly isRefusal: boolean; readonly reason: string }

/**
 * The time for an answer passes in so many parts, each of which ends in another turn of our own event loop at the
 * earliest. Data that was sent in parts needs turns to leave and to come in, so Redis does not count as slow because
 * the process was busy.
 */
const PATIENCE_TURNS = 5

export function settleWithin<Answer>(
  clock: Clock,
  timeoutMs: number,
  work: () => Promise<Answer>,
): Promise<BoundedAnswer<Answer>> {
  return new Promise((resolve) => {
    const giveUp = (): void => resolve({ isRefusal: false, reason: 'no answer in time' })
    let cancel = (): void => {}
    // After a busy time the event loop runs timers before it reads sockets: one more turn lets the answer in.
    const waitFor = (turns: number): void => {
      const next = turns > 1 ? () => waitFor(turns - 1) : () => void setImmediate(giveUp)
      cancel = clock.after(timeoutMs / PATIENCE_TURNS, next)
    }
    waitFor(PATIENCE_TURNS)
    work().then(
      (answer) => {
        cancel()
        resolve({ answer })
      },
      (error: unknown) => {
        cancel()
        resolve({ isRefusal: isRefusal(error), reason: nameOf(error) })
      },
    )
  })
}
