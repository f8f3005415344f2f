// Freezes a value with everything that it contains.

/** Only lists and plain objects are frozen, and not, for example, a Date from a scalar. */
export function freezeDeeply<Value>(value: Value): Value {
  if (!isPlain(value) || Object.isFrozen(value)) return value
  // The object is frozen before its members, so that an object that contains itself ends the recursion.
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
