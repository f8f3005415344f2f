// A value, or a promise of it. What is in memory is passed on without a promise, because a promise costs more than most of the work.
import { nextTurn } from './next-turn.ts'

export type Soon<Value> = Value | Promise<Value>

/**
 * A failure is always a promise that rejects, as that of an async function is, so that callers need only one way to
 * handle it.
 */
export function whenThere<Value, Next>(
  value: Soon<Value>,
  next: (value: Value) => Soon<Next>,
  onFailure?: (error: unknown) => Soon<Next>,
): Soon<Next> {
  if (value instanceof Promise) return value.then(next, onFailure)
  try {
    return next(value)
  } catch (error) {
    return Promise.reject(error)
  }
}

/** As `try { … } finally { … }`, also for a promise. */
export function andFinally<Value>(work: () => Soon<Value>, end: () => void): Soon<Value> {
  let result: Soon<Value>
  try {
    result = work()
  } catch (error) {
    end()
    throw error
  }
  if (result instanceof Promise) return result.finally(end)
  end()
  return result
}

/** `whenThere` for several values: an array of them as soon as all are there. */
export function allThere<Value>(values: readonly Soon<Value>[]): Soon<readonly Value[]> {
  return values.some((value) => value instanceof Promise) ? Promise.all(values) : (values as readonly Value[])
}

/** Work in steps: it yields what it waits for. */
export type Steps<Value> = Generator<Promise<unknown>, Value, unknown>

/** In a generator what `await` is in an async function; it waits only for a promise. */
export function* there<Value>(value: Soon<Value>): Steps<Value> {
  return value instanceof Promise ? ((yield value) as Value) : value
}

/**
 * Runs steps as an async function, but returns the value itself if nothing has to be awaited. The generator is a
 * function of its module, and not one that is made for each request: V8 makes a hidden class for each, which keeps what
 * it refers to in memory until the next full collection.
 */
export function atOnce<Value>(begin: () => Steps<Value>): Soon<Value> {
  try {
    const steps = begin()
    const first = steps.next()
    return first.done ? first.value : goOn(steps, first.value)
  } catch (error) {
    return Promise.reject(error)
  }
}

async function goOn<Value>(steps: Steps<Value>, first: Promise<unknown>): Promise<Value> {
  let waitedFor = first
  for (;;) {
    const step = await waitedFor.then(
      (value) => steps.next(value),
      (error: unknown) => steps.throw(error),
    )
    if (step.done) return step.value
    waitedFor = step.value
  }
}

/** Long work that yields after each piece of some milliseconds. */
export type Pieces<Value> = Generator<undefined, Value, undefined>

export function doAtOnce<Value>(pieces: Pieces<Value>): Value {
  for (;;) {
    const piece = pieces.next()
    if (piece.done) return piece.value
  }
}

/** Does each piece in a turn of its own, so that other requests are served between them. */
export async function doInTurns<Value>(pieces: Pieces<Value>): Promise<Value> {
  for (;;) {
    const piece = pieces.next()
    if (piece.done) return piece.value
    await nextTurn()
  }
}
