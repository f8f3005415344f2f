// Bounds the members in the JSON of a request before it is parsed: each takes a hundred times as long as its bytes.
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
 * Of all objects together, and so many objects: an empty one takes as long as a member. The largest input of the schema has some
 * hundreds; a map of the hours of a year has 8,784.
 */
export const MAX_MEMBERS = 10_000

/** What is deeper is refused for its depth, and costs little until then. */
const MAX_LEVELS = 1_000

/** An empty object takes 3 bytes, and a member 5, such as `"":1,`. */
const SMALL_BYTES = 3 * MAX_MEMBERS

/**
 * Null where the text is modest, or no JSON: that is left to the parser. `unclosed` where it opens more than it has room to close,
 * because the parser takes most for such a text. Takes a third of a millisecond for 256 KB.
 */
export function findExcess(bytes: Uint8Array): Excess | 'unclosed' | null {
  if (bytes.length < SMALL_BYTES) return null
  let members = 0
  let objects = 0
  /** Of objects, and of objects and lists. */
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
