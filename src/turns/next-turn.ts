// Lets what waits have its turn of the event loop, between the steps of long work.

/** Resolves with the value in the next turn. */
export function nextTurn(): Promise<void>
export function nextTurn<Value>(value: Value): Promise<Value>
export function nextTurn(value?: unknown): Promise<unknown> {
  return new Promise((resolve) => void setImmediate(resolve, value))
}
