// Measures JSON from a client, and stops below the allowed depth.
import type { Measured } from './query-limits.ts'

/** `nesting` stops counting one level beyond `limit`: that level is already too deep. */
export function measureValues(value: unknown, limit: number): Measured {
  let listLength = 0

  function depthOf(inner: unknown, level: number): number {
    if (typeof inner !== 'object' || inner === null) return level
    if (level >= limit + 1) return level
    let deepest = level
    if (Array.isArray(inner)) {
      // A list may have 130,000 numbers, so no function is called for each.
      let areNumbers = true
      for (const each of inner) {
        if (each === null || typeof each === 'number') continue
        areNumbers = false
        deepest = Math.max(deepest, depthOf(each, level + 1))
      }
      if (inner.length > 0) deepest = Math.max(deepest, level + 1)
      if (!areNumbers) listLength = Math.max(listLength, inner.length)
    } else for (const each of Object.values(inner)) deepest = Math.max(deepest, depthOf(each, level + 1))
    return deepest
  }

  const nesting = depthOf(value, 0)
  return { nesting, listLength }
}
