// The header field `Date` of an answer from a cache: caches of clients that do not read `Age` count from it (RFC 9111, 4.2.3).

/** Names and values in turn; the names are in lower case. 0 if no age is given. */
export function ageIn(fields: readonly string[]): number {
  for (let index = 0; index < fields.length; index += 2)
    if (fields[index] === 'age') return readAge(fields[index + 1])
  return 0
}

export const readAge = (age: string | null | undefined): number => Number(age ?? 0)

/** `Date` and `Age` name the same time, as in the answers of other caches: a client that reads both counts none twice. */
export const writeDate = (wallMs: number, age: number): string =>
  new Date((Math.floor(wallMs / 1000) - age) * 1000).toUTCString()
