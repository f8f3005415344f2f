// Bounds the depth of a JSON value, because everything that walks or writes values would run out of stack at some thousands.

/** More levels than a field may show (graphql/json.ts), so that a field with a value that was cut still fails by its depth. */
const MAX_LEVELS = 600

/** Returns the value of the text without what lies deeper than `MAX_LEVELS`. Other members stay as they are. */
export const cutDeep = (text: string, value: unknown): unknown =>
  text.length > MAX_LEVELS && isDeep(text) ? cut(value, MAX_LEVELS) : value

/** Reads the text, since it costs little beside JSON.parse. */
function isDeep(text: string): boolean {
  let level = 0
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    if (code === QUOTATION_MARK) at = endOfText(text, at)
    else if (code === BRACKET || code === BRACE) level += 1
    else if (code === BRACKET + CLOSING || code === BRACE + CLOSING) level -= 1
    if (level > MAX_LEVELS) return true
  }
  return false
}

const QUOTATION_MARK = 34
const BACKSLASH = 92
const BRACKET = 91
const BRACE = 123
/** From the code of an opening bracket or brace to that of the closing one. */
const CLOSING = 2

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
