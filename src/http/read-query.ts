// Reads the names and values of a query as URLSearchParams does, with less work if nothing in it is encoded.

/** Each name with its value, in their order. `search` begins with a question mark, or is empty. */
export function readQuery(search: string): Iterable<readonly [string, string]> {
  if (!PLAIN.test(search)) return new URLSearchParams(search)
  const found: [string, string][] = []
  for (let from = 1; from < search.length;) {
    const next = search.indexOf('&', from)
    const end = next === -1 ? search.length : next
    const equals = search.indexOf('=', from)
    const nameEnd = equals === -1 || equals > end ? end : equals
    if (end > from)
      found.push([search.slice(from, nameEnd), search.slice(nameEnd + 1, Math.max(nameEnd + 1, end))])
    from = end + 1
  }
  return found
}

/** Without a percent sign or a plus sign, which stand for other signs. */
const PLAIN = /^(?:\?[\w.~=&-]*)?$/
