// Joins two objects in code that runs with each request.

/**
 * Returns `{ ...first, ...second }`. On Node 20, V8 makes a new hidden class for each member that a literal adds after a spread: it stays
 * among the old objects until the next full collection, and no inline cache has it (docs/decisions/0084-spreads-come-last.md).
 */
export const merge = <First extends object, Second extends object>(
  first: First,
  second: Second,
): Omit<First, keyof Second> & Second =>
  // Only a spread copies a member of this name as a member: JSON of Aurora may have one.
  Object.hasOwn(first, '__proto__') || Object.hasOwn(second, '__proto__')
    ? { ...first, ...second }
    : Object.assign({}, first, second)
