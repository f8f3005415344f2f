// Limits the members, values and levels of a body of Aurora before it is parsed, because JSON.parse, and each step after it, blocks the event loop.
import type { Soon } from '../turns/at-once.ts'
import {
  BACKSLASH,
  CLOSING_BRACE,
  CLOSING_BRACKET,
  COLON,
  COMMA,
  OPENING_BRACE,
  OPENING_BRACKET,
  QUOTATION_MARK,
} from '../aurora/json-bytes.ts'
import { nextTurn } from '../turns/next-turn.ts'

/** The message names the limit that the body exceeds, in words for the client. */
export class ReplyTooWideError extends Error {
  override readonly name = 'ReplyTooWideError'
}

/**
 * A map of the quarter hours of a year has 35,136 members, which take 25 milliseconds to parse. 300,000 take 300, and longer
 * to copy.
 */
export const MAX_MEMBERS = 40_000
/** Four series of a year of quarter hours have 140,000 numbers, a full page of the widest objects has 7,000 values. */
export const MAX_VALUES = 200_000

/** Far more than any answer has. Parsing 8 million brackets takes most of a second. */
export const MAX_LEVELS = 50_000

/** A list of all users of the largest tenants has some thousands. Each item is copied, kept and found by itself. */
export const MAX_ITEMS = 20_000

export function assertModestList(items: readonly unknown[]): void {
  if (items.length > MAX_ITEMS)
    throw new ReplyTooWideError(`Aurora's answer has a list of more than ${MAX_ITEMS} objects`)
}

/**
 * A member takes 6 bytes, such as `"a":1,`, and an item of a list 2, so a shorter body can exceed neither limit. Most
 * pages of 250 projects are shorter.
 */
const SMALL_BYTES = Math.min(6 * MAX_MEMBERS, 2 * MAX_VALUES)
/** Whether the body is so small that `assertModest` has nothing to check. */
export const isSmall = (bytes: Buffer): boolean => bytes.length < SMALL_BYTES

/** Looking at this much takes about as long as parsing it: 5 milliseconds. */
const SLICE_BYTES = 256 * 1024

/**
 * Rejects with ReplyTooWideError if an object has more than MAX_MEMBERS members, or the whole body more than MAX_VALUES
 * members and items, or more than MAX_LEVELS levels. Looks at the bytes in turns of the event loop. A body that is no
 * JSON is left to the parser.
 */
export async function assertModest(bytes: Buffer): Promise<void> {
  if (isSmall(bytes)) return
  const counts = createCounts()
  let at = 0
  let isInText = false
  for (let end = SLICE_BYTES; at < bytes.length; end = at + SLICE_BYTES) {
    while (at < end && at < bytes.length) {
      if (isInText) {
        // A text may have millions of marks that do not end it.
        const mark = bytes.indexOf(QUOTATION_MARK, at)
        at = mark === -1 ? bytes.length : mark
        const escaped = mark !== -1 && isEscaped(bytes, mark)
        isInText = typeof escaped === 'boolean' ? escaped : await escaped
      } else if (bytes[at] === QUOTATION_MARK) isInText = true
      else counts.note(bytes[at] ?? 0)
      at += 1
    }
    await nextTurn()
  }
}

function createCounts() {
  let values = 0
  /** The member counts of the objects around the current place, from the outermost on. */
  const outer: number[] = []
  let members = 0
  return {
    note(code: number): void {
      switch (code) {
        case OPENING_BRACE:
        case OPENING_BRACKET:
          if (outer.push(members) > MAX_LEVELS)
            throw new ReplyTooWideError(`Aurora's answer has more than ${MAX_LEVELS} levels`)
          members = 0
          break
        case CLOSING_BRACE:
        case CLOSING_BRACKET:
          members = outer.pop() ?? 0
          break
        case COMMA:
          values += 1
          if (values > MAX_VALUES)
            throw new ReplyTooWideError(`Aurora's answer has more than ${MAX_VALUES} values`)
          break
        case COLON:
          members += 1
          if (members > MAX_MEMBERS)
            throw new ReplyTooWideError(`Aurora's answer has an object of more than ${MAX_MEMBERS} members`)
          break
        default:
      }
    },
  }
}

function isEscaped(bytes: Buffer, at: number): Soon<boolean> {
  const first = beforeBackslashes(bytes, at, at - SLICE_BYTES)
  return at - first < SLICE_BYTES ? (at - first) % 2 === 1 : isEscapedByMany(bytes, at, first)
}

/** A text may have millions of backslashes. */
async function isEscapedByMany(bytes: Buffer, at: number, from: number): Promise<boolean> {
  let first = from
  for (let end = from + 1; first < end;) {
    await nextTurn()
    end = first
    first = beforeBackslashes(bytes, end, end - SLICE_BYTES)
  }
  return (at - first) % 2 === 1
}

/** The place of the first of the backslashes that are before `at`, or `from`; `at` if there are none. */
function beforeBackslashes(bytes: Buffer, at: number, from: number): number {
  let first = at
  while (first > from && bytes[first - 1] === BACKSLASH) first -= 1
  return first
}
