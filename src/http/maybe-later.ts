// A value that is here already or comes later. What is here is passed on at once: a promise for it would cost more than most steps.

export type MaybeLater<T> = T | Promise<T>

/** As `await value` and then `next`, without a promise where none is needed. */
export function andThen<T, Next>(
  value: MaybeLater<T>,
  next: (value: T) => MaybeLater<Next>,
): MaybeLater<Next> {
  return value instanceof Promise ? value.then(next) : next(value)
}

/** As `try { … } finally { … }`, also for a promise. */
export function andFinally<T>(work: () => MaybeLater<T>, end: () => void): MaybeLater<T> {
  let result: MaybeLater<T>
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
