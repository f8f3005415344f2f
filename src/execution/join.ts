// An object or a list that waits for some of its values. It is complete when the last value is there, and fails when
// the first value fails that may not be null.
import { MEMORY } from './answer-size.ts'
import { fail } from './fail.ts'
import type { Position } from './position.ts'

/** Shows the value of a place: at once, or as a Join or a Later. Throws if it cannot be shown. */
export type Complete = (position: Position, value: unknown) => unknown

/** A value that can be shown only when something else is there. */
export class Later {
  readonly promised: PromiseLike<unknown>
  readonly complete: Complete

  constructor(promised: PromiseLike<unknown>, complete: Complete) {
    this.promised = promised
    this.complete = complete
  }
}

type Target = Record<string | number, unknown>

export class Join {
  readonly #target: Target
  /** How many values are still awaited. */
  #left = 0
  #isOver = false
  /** The error with which the join ends, whatever the awaited values are. */
  #ending: { readonly error: unknown } | null = null
  /** The join, and the place in it, that waits for this one. */
  #above: { readonly join: Join; readonly position: Position } | null = null
  #settle: { resolve: (target: unknown) => void; reject: (error: unknown) => void } | null = null

  constructor(target: object) {
    this.#target = target as Target
  }

  /** Waits for a value, and completes it. */
  wait(position: Position, promised: PromiseLike<unknown>, complete: Complete): void {
    try {
      this.#hold(position)
    } catch (error) {
      ignoreFailure(promised)
      throw error
    }
    // An object with a `then` that is no promise is adopted, too.
    Promise.resolve(promised).then(
      (value) => {
        letGo(position)
        this.#arrive(position, value, complete)
      },
      (error: unknown) => {
        letGo(position)
        this.#fail(position, error)
      },
    )
  }

  /** Takes a completed value, or something that has to be awaited. */
  take(position: Position, completed: unknown): void {
    if (completed instanceof Later) this.wait(position, completed.promised, completed.complete)
    else if (completed instanceof Join) {
      this.#hold(position)
      completed.#above = { join: this, position }
    } else {
      this.#target[position.key] = completed
      if (typeof completed === 'string') position.execution.size.add(completed.length, 0)
    }
  }

  /** Completes a value, in the work of a turn. */
  put(position: Position, value: unknown, complete: Complete): void {
    if (isThenable(value)) return this.wait(position, value, complete)
    this.#left += 1
    this.#arrive(position, value, complete)
  }

  /** Waits for a later turn, and then does work that completes some of the values. */
  waitForTurn(turn: Promise<void>, work: () => void): void {
    this.#left += 1
    turn
      .then(() => {
        if (this.isOver) return
        work()
        this.#release()
      })
      .catch((error: unknown) => {
        if (!this.#isOver) this.#end(error)
      })
  }

  /** Ends with an error, as soon as the awaited values have settled. */
  endWith(error: unknown): this {
    this.#ending = { error }
    return this
  }

  promise(): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.#settle = { resolve, reject }
    })
  }

  /** Whether further work for it would not be shown, because it has ended or a join that contains it has failed. */
  get isOver(): boolean {
    return this.#isOver || (this.#above?.join.isOver ?? false)
  }

  /** Reserves the place of a value, so that all values stay in their order. */
  #hold({ key, execution }: Position): void {
    execution.size.add(0, MEMORY.waiting)
    if (!(key in this.#target)) this.#target[key] = undefined
    this.#left += 1
  }

  #arrive(position: Position, value: unknown, complete: Complete): void {
    // Its outcome would not be shown.
    if (this.isOver) return ignoreFailure(value)
    try {
      this.take(position, complete(position, value))
    } catch (error) {
      this.#fail(position, error)
      return
    }
    this.#release()
  }

  #fail(position: Position, thrown: unknown): void {
    if (this.#isOver) return
    try {
      this.#target[position.key] = fail(position, thrown)
    } catch (error) {
      this.#end(error)
      return
    }
    this.#release()
  }

  #release(): void {
    this.#left -= 1
    if (this.#left > 0 || this.#isOver) return
    if (this.#ending) return this.#end(this.#ending.error)
    this.#isOver = true
    this.#settle?.resolve(this.#target)
    if (!this.#above) return
    const { join, position } = this.#above
    letGo(position)
    if (join.#isOver) return
    join.#target[position.key] = this.#target
    join.#release()
  }

  #end(error: unknown): void {
    this.#isOver = true
    const cause = this.#ending ? this.#ending.error : error
    this.#settle?.reject(cause)
    if (!this.#above) return
    letGo(this.#above.position)
    this.#above.join.#fail(this.#above.position, cause)
  }
}

const letGo = ({ execution }: Position): void => execution.size.release(MEMORY.waiting)

/** graphql-js, too, awaits every object and every function that has a `then`. */
export const isThenable = (value: unknown): value is PromiseLike<unknown> =>
  ((typeof value === 'object' && value !== null) || typeof value === 'function') &&
  typeof (value as Partial<PromiseLike<unknown>>).then === 'function'

/** A rejected promise without a handler would end the process, even if the promise is an item of a list. */
export function ignoreFailure(value: unknown): void {
  if (Array.isArray(value)) value.forEach(ignoreFailure)
  else if (isThenable(value)) Promise.resolve(value).catch(() => {})
}
