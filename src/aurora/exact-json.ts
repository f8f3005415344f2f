// Reads JSON without changing a number: a number that JavaScript would round becomes its own text.
import { QUOTATION_MARK } from './json-bytes.ts'

/**
 * A number stays a number if String() returns the same value and, for a whole number, if it is at most 2^53 - 1. Any
 * other becomes a text with the digits that were sent. A field of numbers reads such a text as a number, and an id, a
 * text, or a cache keeps every digit. Throws a SyntaxError, as JSON.parse does; takes a time that grows with the length
 * alone.
 */
export const parseExactJson = (text: string): unknown => withExactNumbers(text, JSON.parse(text))

/** The second half of `parseExactJson`: `value` is what JSON.parse returns for the text. */
export function withExactNumbers(text: string, value: unknown): unknown {
  if (!mayBeRounded(text)) return value
  // Valid JSON stays valid if a number is put in quotes.
  const quoted = quoteRounded(text)
  return quoted === text ? value : JSON.parse(quoted)
}

/** A double keeps 15 digits of any number. */
const SURE_LENGTH = 15
/**
 * A number with an exponent may be beyond the range of a double. The pattern may also match inside a text, which only
 * costs a closer look.
 */
const EXPONENT = /\d[eE][+-]?\d+(?:[,\]}\s]|$)/

const isUnsure = (number: string): boolean => number.length > SURE_LENGTH || /[eE]/.test(number)

/** Whether a closer look is needed, at a small part of the cost of JSON.parse. */
const mayBeRounded = (text: string): boolean => hasRoundedNumber(text) || EXPONENT.test(text)

/**
 * A long number has one of its characters in each place that is looked at, so most of the text is skipped. Most long
 * numbers are coordinates, which programs have written from doubles, so they are kept exactly. Digits inside a text
 * count as a number, too.
 */
function hasRoundedNumber(text: string): boolean {
  for (let at = SURE_LENGTH; at < text.length; at += SURE_LENGTH + 1) {
    if (!isDigit(text.charCodeAt(at))) continue
    let from = at
    while (isDigit(text.charCodeAt(from - 1))) from -= 1
    // The next look is after these digits, so that none is looked at twice.
    while (isDigit(text.charCodeAt(at + 1))) at += 1
    if (at - from >= SURE_LENGTH && exactText(text.slice(from, at + 1)) !== null) return true
  }
  return false
}

/** Also true for the point between digits. */
const isDigit = (code: number): boolean => (code >= 48 && code <= 57) || code === 46

function quoteRounded(text: string): string {
  let quoted = ''
  let doneTo = 0
  let at = 0
  while (at < text.length) {
    const code = text.charCodeAt(at)
    if (code === QUOTATION_MARK) at = endOfText(text, at)
    else if (isDigit(code) || code === MINUS) {
      const from = at
      while (isOfNumber(text.charCodeAt(at))) at += 1
      const token = text.slice(from, at)
      const exact = isUnsure(token) ? exactText(token) : null
      if (exact === null) continue
      quoted += `${text.slice(doneTo, from)}"${exact}"`
      doneTo = at
    } else at += 1
  }
  return quoted + text.slice(doneTo)
}

const MINUS = 45
const PLUS = 43
const E_LARGE = 69
const E_SMALL = 101
const isOfNumber = (code: number): boolean =>
  isDigit(code) || code === MINUS || code === PLUS || code === E_LARGE || code === E_SMALL

/** The place after the quotation mark that ends a text. */
function endOfText(text: string, begin: number): number {
  let end = begin
  do end = text.indexOf('"', end + 1)
  while (isEscaped(text, end))
  return end + 1
}

function isEscaped(text: string, at: number): boolean {
  let backslashes = 0
  while (text[at - 1 - backslashes] === '\\') backslashes += 1
  return backslashes % 2 === 1
}

/** Null for a number that a double keeps exactly. */
function exactText(token: string): string | null {
  const number = Number(token)
  const isBeyond = Number.isInteger(number) && !Number.isSafeInteger(number)
  if (!isBeyond && String(number) === token) return null
  const decimal = decimalOf(token)
  if (!isBeyond && Number.isFinite(number) && isSame(decimal, decimalOf(String(number)))) return null
  return wholeText(decimal) ?? token
}

/** `digits` times a power of ten, without zeros at either end; no digits for zero. */
interface Decimal {
  readonly sign: string
  readonly digits: string
  readonly power: number
}

const isSame = (one: Decimal, other: Decimal): boolean =>
  one.digits === other.digits && (one.digits === '' || (one.sign === other.sign && one.power === other.power))

function decimalOf(token: string): Decimal {
  const [, sign = '', whole = '', fraction = '', power = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(token) ?? []
  const all = whole + fraction
  let from = 0
  let to = all.length
  // By hand, because a pattern for the zeros at the end takes a time that grows with the square of the length.
  while (all[from] === '0') from += 1
  while (to > from && all[to - 1] === '0') to -= 1
  return { sign, digits: all.slice(from, to), power: Number(power) - fraction.length + all.length - to }
}

/** No id is longer (rest/ids.ts), so more zeros than this are never needed, while an exponent may demand a billion. */
const MAX_DIGITS = 128

/** `9.007199254740993e15` and `9007199254740993.0` are the same id; null for a number that is not whole. */
const wholeText = ({ sign, digits, power }: Decimal): string | null =>
  power >= 0 && digits.length + power <= MAX_DIGITS ? sign + digits + '0'.repeat(power) : null
