// Divides the JSON text of a large value into pieces, for long lists, many members and long texts.

import { KnownText } from '../exchange/answer-data.ts'

/** The length of a piece. JSON.stringify takes half a millisecond for the slowest values of this size. */
const PIECE_CHARS = 32 * 1024
/** About what a value takes beside its text. */
const CHARS_PER_VALUE = 6
const CHARS_PER_NAME = 4

/** Listing the names of an object with thousands of members takes as long as writing a part of them. */
const CHARS_PER_LISTED_NAME = 8

/**
 * The objects and lists that were found to be large, with the names of their members, so that each is measured and
 * listed only once.
 */
export type Large = Map<object, readonly string[]>

/**
 * Returns what is left of `chars` after the text of the value; less than 0 if the text is longer. The length is
 * estimated without writing: escapes are not counted. Stops as soon as nothing is left.
 */
export function measure(value: unknown, chars: number, large: Large): number {
  if (value instanceof KnownText) return chars - value.text.length
  if (typeof value === 'string') return chars - CHARS_PER_VALUE - value.length
  if (typeof value !== 'object' || value === null) return chars - CHARS_PER_VALUE
  if (large.has(value)) return -1
  let left = chars - CHARS_PER_VALUE
  let names = NO_NAMES
  if (Array.isArray(value)) {
    for (let at = 0; at < value.length && left >= 0; at += 1) left = measure(value[at], left, large)
  } else if (hasOwnForm(value)) left = measure(value.toJSON(''), left, large)
  else {
    names = Object.keys(value)
    if (names.length > MANY_NAMES) left -= names.length * CHARS_PER_LISTED_NAME
    for (let at = 0; at < names.length && left >= 0; at += 1) {
      const name = names[at] ?? ''
      left = measure((value as Members)[name], left - name.length - CHARS_PER_NAME, large)
    }
  }
  if (left < 0) large.set(value, names)
  return left
}

type Members = Readonly<Record<string, unknown>>

const NO_NAMES: readonly string[] = []
const MANY_NAMES = 1_000

interface OwnForm {
  toJSON(name: string): unknown
}

const hasOwnForm = (value: object): value is OwnForm =>
  typeof (value as Partial<OwnForm>).toJSON === 'function'

/** The pieces of what JSON.stringify returns for a value that has a text. */
export function* piecesOf(value: unknown, large: Large): Generator<string, void> {
  if (value instanceof KnownText) yield value.text
  else if (typeof value === 'string' && value.length > PIECE_CHARS) yield* piecesOfText(value)
  else if (measure(value, PIECE_CHARS, large) >= 0) yield JSON.stringify(value)
  else if (Array.isArray(value)) yield* piecesOfList(value, large)
  else if (hasOwnForm(value as object)) yield* piecesOf((value as OwnForm).toJSON(''), large)
  else yield* piecesOfObject(value as Members, large)
}

function* piecesOfText(text: string): Generator<string, void> {
  yield '"'
  for (let from = 0; from < text.length;) {
    const to = endOfPiece(text, from + PIECE_CHARS)
    yield JSON.stringify(text.slice(from, to)).slice(1, -1)
    from = to
  }
  yield '"'
}

/** Keeps both halves of a character in the same piece. */
export const endOfPiece = (text: string, end: number): number =>
  /[\ud800-\udbff]/.test(text.charAt(end - 1)) ? end + 1 : end

function* piecesOfList(list: readonly unknown[], large: Large): Generator<string, void> {
  let before = '['
  let from = 0
  let left = PIECE_CHARS
  for (let at = 0; at <= list.length; at += 1) {
    const rest = at < list.length ? measure(list[at], PIECE_CHARS, large) : -1
    left -= PIECE_CHARS - rest
    if (rest >= 0 && left >= 0) continue
    if (from < at) {
      yield `${before}${JSON.stringify(list.slice(from, at)).slice(1, -1)}`
      before = ','
    }
    from = at
    left = rest
    if (rest >= 0 || at === list.length) continue
    yield before
    yield* piecesOf(list[at], large)
    before = ','
    from = at + 1
    left = PIECE_CHARS
  }
  yield before === '[' ? '[]' : ']'
}

function* piecesOfObject(object: Members, large: Large): Generator<string, void> {
  let text = '{'
  let before = ''
  for (const name of large.get(object) ?? Object.keys(object)) {
    const value = object[name]
    const isDivided = measure(value, PIECE_CHARS, large) < 0
    const written = isDivided ? '' : (JSON.stringify(value) as string | undefined)
    if (written === undefined) continue
    text += `${before}${JSON.stringify(name)}:${written}`
    before = ','
    if (!isDivided && text.length < PIECE_CHARS) continue
    yield text
    text = ''
    if (isDivided) yield* piecesOf(value, large)
  }
  yield `${text}}`
}
