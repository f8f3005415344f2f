// Limits the depth of a JSON value, because everything that walks or writes values would run out of stack at some thousands.
/** More levels than a field may show (graphql/json.ts), so that a field with a value that was cut still fails by its depth. */
export const MAX_LEVELS = 600

/** Returns the value of the text without everything deeper than `levels`. Other members stay unchanged. */
export const cutDeep = (text: string, value: unknown, levels = MAX_LEVELS): unknown =>
  text.length > levels && isDeeper(value, levels) ? cut(value, levels) : value

/**
 * Most values of an object contain no further objects, so this takes much less time than searching the text for
 * brackets.
 */
function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false
  if (levels === 0) return true
  if (Array.isArray(value)) {
    for (const item of value as readonly unknown[]) if (isDeeper(item, levels - 1)) return true
    return false
  }
  const members = value as Readonly<Record<string, unknown>>
  // `for … in` makes no list of names. Parsed objects inherit no members.
  for (const name in members) if (isDeeper(members[name], levels - 1)) return true
  return false
}

function cut(value: unknown, levels: number): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (levels === 0) return null
  if (Array.isArray(value)) return value.map((item: unknown) => cut(item, levels - 1))
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, cut(inner, levels - 1)]))
}
