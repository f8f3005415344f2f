// Reads answers and typed texts, whose shape is not certain.
import { parse } from 'jsonc-parser'
import type { ParseError } from 'jsonc-parser'

export type Members = Readonly<Record<string, unknown>>

/** Anything but an object has no members. */
export const membersOf = (value: unknown): Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Members) : {}

export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])

export const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null)

export const countOf = (value: unknown): number =>
  typeof value === 'number' && Number.isFinite(value) ? value : 0

/** An object with comments, as the editor accepts it; an empty text is an empty object, and null is no object. */
export function readTyped(text: string): Members | null {
  const errors: ParseError[] = []
  const value: unknown = parse(text, errors, { allowTrailingComma: true, allowEmptyContent: true })
  if (errors.length > 0) return null
  if (value === undefined || value === null) return {}
  return typeof value === 'object' && !Array.isArray(value) ? (value as Members) : null
}
