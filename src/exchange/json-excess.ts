// Limits the number of members in the JSON of a request before it is parsed: parsing a member takes a hundred times as long as reading its bytes.
import {
  BACKSLASH,
  CLOSING_BRACE,
  CLOSING_BRACKET,
  COLON,
  OPENING_BRACE,
  OPENING_BRACKET,
  QUOTATION_MARK,
} from '../aurora/json-bytes.ts'

export interface Excess {
  readonly limit: number
  readonly actual: number
}

/**
 * The members of all objects together; the number of objects has the same limit, because an empty one takes as long as
 * a member. The largest input of the schema has some hundreds; a map of the hours of a year has 8,784.
 */
export const MAX_MEMBERS = 10_000

/** A deeper text is refused for its depth later, and costs little until then. */
const MAX_LEVELS = 1_000

/** A shorter text cannot exceed the limit: an empty object takes 3 bytes, and a member 5, such as `"":1,`. */
const SMALL_BYTES = 3 * MAX_MEMBERS

/**
 * Null if the text is within the limits, or is no JSON, which the parser refuses. `unclosed` if it opens more objects
 * and lists than it has bytes to close, because such a text takes the parser longest. Takes a third of a millisecond
 * for 256 KB.
 */
export function findExcess(bytes: Uint8Array): Excess | 'unclosed' | null {
  if (bytes.length < SMALL_BYTES) return null
  let members = 0
  let objects = 0
  /** `level` counts open objects and lists. */
  let level = 0
  let depth = 0
  for (let at = 0; at < bytes.length; at += 1) {
    const code = bytes[at]
    if (code === QUOTATION_MARK) {
      at += 1
      while (at < bytes.length && bytes[at] !== QUOTATION_MARK) at += bytes[at] === BACKSLASH ? 2 : 1
    } else if (code === OPENING_BRACE) {
      level += 1
      depth += 1
      if (level <= MAX_LEVELS) objects += 1
    } else if (code === OPENING_BRACKET) {
      depth += 1
      if (depth > bytes.length - at) return 'unclosed'
    } else if (code === CLOSING_BRACE) {
      level -= 1
      depth -= 1
    } else if (code === CLOSING_BRACKET) depth -= 1
    else if (code === COLON && level <= MAX_LEVELS) members += 1
  }
  const actual = Math.max(members, objects)
  return actual > MAX_MEMBERS ? { limit: MAX_MEMBERS, actual } : null
}
