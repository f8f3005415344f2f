// Bodies of Aurora, unchanged: open objects whose members may be absent, null or of an unexpected form.
import { isDecoded } from './decode-text.ts'

export type Members = Readonly<Record<string, unknown>>

export const isMembers = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/**
 * An id as text; null for anything else. Texts today; Aurora reserves the right to change their form. A number beyond 2^53
 * comes as a text (exact-json.ts), so the number here is the one that was sent.
 */
export function readAuroraId(value: unknown): string | null {
  if (typeof value === 'string') return value !== '' && isDecoded(value) ? value : null
  return Number.isSafeInteger(value) ? String(value) : null
}

/** Aurora accepts its ids in upper and lower case; some clients write capitals. Ids of one object have the same key. */
export const idKey = (id: string): string => id.toLowerCase()

export const isSameId = (left: string, right: string): boolean => idKey(left) === idKey(right)
