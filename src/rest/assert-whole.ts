// Finds a success that is only a part of an answer (206). It may have the shape of a whole one, and its missing part would not be noticed.
import type { Endpoint } from '../aurora/endpoint.ts'
import type { Body } from './known-bodies.ts'

/** The server itself reports that a part is missing. */
export class PartialAnswerError extends Error {
  override readonly name = 'PartialAnswerError'
}

const PARTIAL_CONTENT = 206

/**
 * Throws a PartialAnswerError. No request asks for a range, so a 206 comes from a cache that has the beginning of an
 * answer alone, or from a server that could not collect all. It counts as whole if its range covers everything, or
 * counts the items of a list, because a page is a part of a list in any case.
 */
export function assertWhole(
  { answers }: Pick<Endpoint, 'answers'>,
  { status, headers }: Pick<Body, 'status' | 'headers'>,
): void {
  if (status !== PARTIAL_CONTENT) return
  const range = String(headers['content-range'] ?? '')
  if (isAllBytes(range) || (answers === 'list' && isOfItems(range))) return
  throw new PartialAnswerError('a part of an answer')
}

/** Whether the range is whole, such as `bytes 0-99/100` (RFC 9110, 14.4). */
function isAllBytes(range: string): boolean {
  const [, last, total] = /^bytes 0-(\d+)\/(\d+)$/i.exec(range.trim()) ?? []
  return last !== undefined && Number(last) + 1 === Number(total)
}

/** As `items 0-99/700`, or `0-99/*` without a unit, as some servers write it. */
const isOfItems = (range: string): boolean =>
  /^(?!bytes\b)(?:[\w-]+ )?\d+-\d+\/(?:\d+|\*)$/i.test(range.trim())
