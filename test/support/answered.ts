// The result of executing the question of a live answer, made from what a test names.
import { digestOf } from '../../src/live/digest.ts'
import type { Answered } from '../../src/live/made.ts'

const AT_ONCE = { nextTurn: async () => {} }

/** `response`: a GraphQL response, or the text of one. Left out: it has no parts, and is good. */
export async function toAnswered(
  response: object | string,
  given: Partial<Omit<Answered, 'bytes' | 'digest'>> = {},
): Promise<Answered> {
  const bytes = Buffer.from(typeof response === 'string' ? response : JSON.stringify(response))
  const digest = await digestOf({ bytes, values: [] }, AT_ONCE)
  return { bytes, digest, parts: [], isGood: true, isSpoilt: false, isLast: false, ...given }
}
