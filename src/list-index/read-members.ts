// Reads the members for filters, sorts and searches; an unreadable member is unknown.
import type { Members } from '../aurora/body.ts'

type ReadValues = (members: Members) => readonly string[] | null

/**
 * A member that is absent, or cannot be shown as text, is unknown; null, or an empty text, is no value. A number is read as
 * the text that its field shows, because clients filter by what they were shown.
 */
export function valuesOf(member: string): ReadValues {
  return (members) => {
    const value = members[member]
    if (value === null) return []
    const values: (string | null)[] = (Array.isArray(value) ? value : [value]).map(toText)
    return values.every((each) => each !== null) ? values.filter((each) => each !== '') : null
  }
}

/** The same texts as fields show; null for what has none. */
function toText(value: unknown): string | null {
  if (typeof value === 'string') return value
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : null
}

/**
 * The same in lower case: for ids, which Aurora accepts in both cases, for mail addresses, and for names whose spelling
 * varies.
 */
export function caselessOf(member: string): ReadValues {
  const read = valuesOf(member)
  return (members) => read(members)?.map((value) => value.toLowerCase()) ?? null
}

export function textOf(member: string): (members: Members) => string | null {
  return ({ [member]: value }) => toText(value)
}

/** Some versions of Aurora send numbers as texts. */
export function numberOf(member: string): (members: Members) => number | null {
  return ({ [member]: value }) => {
    const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
    return typeof number === 'number' && Number.isFinite(number) ? number : null
  }
}

export const textsIn = (members: Members, names: readonly string[]): readonly string[] =>
  names.map((name) => toText(members[name])).filter((text) => text !== null)

/** Several texts joined, such as a family name and a given name; null if there is none. */
export const joined = (members: Members, names: readonly string[]): string | null =>
  textsIn(members, names).join(' ') || null
