// Reads the names and values of a query as URLSearchParams does, with less work if nothing in it is encoded.

/**
 * Each name with its value, in their order. `search` begins with a question mark, or is empty. Nothing is read before
 * the first pair is asked for: the sender of a webhook is checked first.
 */
export const readQuery = (search: string): Iterable<readonly [string, string]> => ({
  [Symbol.iterator]: () => pairsOf(search)[Symbol.iterator](),
})

function pairsOf(search: string): Iterable<readonly [string, string]> {
  if (!PLAIN.test(search)) return new URLSearchParams(search)
  const found: [string, string][] = []
  const { length } = search
  let equals = 0
  for (let from = 1; from < length;) {
    const end = placeOf('&', search, from)
    // Looked for once, also if thousands of names without a value come before it.
    if (equals < from) equals = placeOf('=', search, from)
    const nameEnd = Math.min(equals, end)
    if (end > from) found.push([search.slice(from, nameEnd), search.slice(Math.min(nameEnd + 1, end), end)])
    from = end + 1
  }
  return found
}

/** The end of the text if the sign is not there. */
function placeOf(sign: string, text: string, from: number): number {
  const at = text.indexOf(sign, from)
  return at === -1 ? text.length : at
}

/** Without a percent sign or a plus sign, which stand for other signs. */
const PLAIN = /^(?:\?[\w.~=&-]*)?$/
