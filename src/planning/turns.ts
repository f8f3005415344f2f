// Answers imagined calls in turns of the event loop: other requests are served in between.
import type { Bounds } from './bounds.ts'

/** An answer in the making. It yields how many objects it has made since it began or went on, so that it can be interrupted. */
export type Making<Result> = Generator<number, Result>

/**
 * How many objects a turn makes: few enough that other requests are served soon, and that too many calls are noticed
 * early.
 */
const TURN = 500
/** The cost of an answer itself, counted in objects; an empty one has it, too. */
const ANSWER = 10

interface Waiting {
  /** Makes more of the answer; returns its cost. The last one settles the answer. */
  readonly goOn: () => number
  isDone: boolean
}

/**
 * After the bounds are passed, nothing is answered any more. Nothing is answered either while items of a list still
 * wait for their turn: Aurora's real answers come only after the calls of all items were made.
 */
export function createTurns({ pace, inTurn, isPassed }: Pick<Bounds, 'pace' | 'inTurn' | 'isPassed'>) {
  let waiting: Waiting[] = []

  const nextTurn = (): void => void inTurn(answerTurn)

  function answerTurn(): void {
    if (isPassed()) return
    if (pace.isBusy()) return pace.whenIdle(nextTurn)
    let left = TURN
    let done = 0
    for (const each of waiting) {
      while (left > 0 && !each.isDone) left -= each.goOn()
      if (!each.isDone) break
      done += 1
    }
    waiting = waiting.slice(done)
    if (waiting.length > 0) setImmediate(nextTurn)
  }

  return {
    /** Makes the answer in later turns, in the order of the calls, as if every call took the same time. */
    answer<Result>(make: () => Making<Result>): Promise<Result> {
      if (waiting.length === 0) setImmediate(nextTurn)
      return new Promise((resolve, reject) => {
        let making: Making<Result> | null = null
        const answer: Waiting = {
          isDone: false,
          goOn() {
            try {
              const next = (making ??= make()).next()
              if (!next.done) return note(next.value)
              resolve(next.value)
            } catch (error) {
              reject(error)
            }
            answer.isDone = true
            return ANSWER
          },
        }
        waiting.push(answer)
      })
    },
  }

  /** Counts the objects. Making an object takes at most half as long as executing a field. */
  function note(objects: number): number {
    pace.note(objects / 2)
    return objects
  }
}
