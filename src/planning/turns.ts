// Answers imagined calls in turns of the event loop: other requests are served in between.
import type { Bounds } from './bounds.ts'

/** Answers of one turn: few enough that other requests are served soon and that too many calls are noticed early. */
const TURN = 50

/**
 * After the bounds are passed, nothing is answered any more. Nothing is answered either while items of a list still wait
 * for their turn: Aurora's true answers come after all of them have asked.
 */
export function createTurns({ pace, inTurn, isPassed }: Pick<Bounds, 'pace' | 'inTurn' | 'isPassed'>) {
  let waiting: (() => void)[] = []

  const nextTurn = (): void => inTurn(answerTurn)

  function answerTurn(): void {
    if (isPassed()) return
    if (pace.isBusy()) return pace.whenIdle(nextTurn)
    for (const answer of waiting.slice(0, TURN)) answer()
    waiting = waiting.slice(TURN)
    if (waiting.length > 0) setImmediate(nextTurn)
  }

  return {
    /** Calls `make` in a later turn, in the order asked, as if every call took the same time. */
    answer<Result>(make: () => Result): Promise<Result> {
      if (waiting.length === 0) setImmediate(nextTurn)
      return new Promise<void>((resolve) => void waiting.push(resolve)).then(make)
    },
  }
}
