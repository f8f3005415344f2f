// Parses one long text of JSON in turns of the event loop.
import { BACKSLASH } from '../aurora/json-bytes.ts'

/** Decoding as many escapes takes a millisecond. */
const PART_CHARS = 128 * 1024
const LONGEST_ESCAPE = '\\u0000'.length

/** Both quotation marks are in the text from `from` to `to`. Throws a SyntaxError, as JSON.parse does. */
export function* parseLongText(text: string, from: number, to: number): Generator<void, string> {
  const parts: string[] = []
  const end = to - 1
  for (let at = from + 1; at < end;) {
    const next = at + PART_CHARS < end ? endOfPart(text, at, at + PART_CHARS) : end
    parts.push(JSON.parse(`"${text.slice(at, next)}"`) as string)
    at = next
    yield
  }
  return parts.join('')
}

/** The end of a part that cuts no escape in two. An escape may begin at `from`. */
function endOfPart(text: string, from: number, to: number): number {
  const last = to - LONGEST_ESCAPE + text.slice(to - LONGEST_ESCAPE, to).lastIndexOf('\\')
  if (last < to - LONGEST_ESCAPE) return to
  let first = last
  while (first > from && text.charCodeAt(first - 1) === BACKSLASH) first -= 1
  const isEscaped = (last - first) % 2 === 1
  return isEscaped ? to : last
}
