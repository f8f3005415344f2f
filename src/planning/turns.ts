// Answers imagined calls in turns of the event loop: other requests are served in between.

/** Answers of one turn: few enough that other requests are served soon and that too many calls are noticed early. */
const TURN = 50

/** After `isEnded` returns true, nothing is answered any more. */
export function createTurns(isEnded: () => boolean) {
  const waiting: (() => void)[] = []

  function answerTurn(): void {
    if (isEnded()) return
    for (const answer of waiting.slice(0, TURN)) answer()
    waiting.splice(0, TURN)
    if (waiting.length > 0) setImmediate(answerTurn)
  }

  return {
    /** Calls `make` in a later turn, in the order asked, as if every call took the same time. */
    answer<Result>(make: () => Result): Promise<Result> {
      if (waiting.length === 0) setImmediate(answerTurn)
      return new Promise<void>((resolve) => void waiting.push(resolve)).then(make)
    },
  }
}
