// Bounds the depth of a JSON value, because everything that walks or writes values would run out of stack at some thousands.
import {
  BACKSLASH,
  CLOSING_BRACE,
  CLOSING_BRACKET,
  OPENING_BRACE,
  OPENING_BRACKET,
  QUOTATION_MARK,
} from './json-bytes.ts'

/** More levels than a field may show (graphql/json.ts), so that a field with a value that was cut still fails by its depth. */
export const MAX_LEVELS = 600

/** Returns the value of the text without what lies deeper than `MAX_LEVELS`. Other members stay as they are. */
export const cutDeep = (text: string, value: unknown): unknown =>
  text.length > MAX_LEVELS && isDeep(text) ? cut(value, MAX_LEVELS) : value

/** Reads the text, since it costs little beside JSON.parse. */
function isDeep(text: string): boolean {
  let level = 0
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    if (code === QUOTATION_MARK) at = endOfText(text, at)
    else if (code === OPENING_BRACKET || code === OPENING_BRACE) level += 1
    else if (code === CLOSING_BRACKET || code === CLOSING_BRACE) level -= 1
    if (level > MAX_LEVELS) return true
  }
  return false
}

/** The place of the quotation mark that ends the text which begins at `from`. */
function endOfText(text: string, from: number): number {
  let at = from
  do at = text.indexOf('"', at + 1)
  while (at !== -1 && isEscaped(text, at))
  return at === -1 ? text.length : at
}

function isEscaped(text: string, at: number): boolean {
  let backslashes = 0
  while (text.charCodeAt(at - 1 - backslashes) === BACKSLASH) backslashes += 1
  return backslashes % 2 === 1
}

function cut(value: unknown, levels: number): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (levels === 0) return null
  if (Array.isArray(value)) return value.map((item: unknown) => cut(item, levels - 1))
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, cut(inner, levels - 1)]))
}
