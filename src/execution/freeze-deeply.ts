// Makes a value constant, with all that it contains.

/** Leaves alone what is neither a list nor a plain object, as a Date that a scalar has made. */
export function freezeDeeply<Value>(value: Value): Value {
  if (!isPlain(value) || Object.isFrozen(value)) return value
  // Frozen first, so that an object that contains itself has an end.
  Object.freeze(value)
  Object.values(value).forEach(freezeDeeply)
  return value
}

const isPlain = (value: unknown): value is object => {
  if (typeof value !== 'object' || value === null) return false
  if (Array.isArray(value)) return true
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}
