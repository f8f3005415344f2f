// Decides whether Aurora’s answer to a page shows that the list has ended before it.
import { isAttemptError, refusalOf } from './attempt-error.ts'
import type { AttemptError } from './attempt-error.ts'
import type { Call, PageBefore } from './call.ts'

/** Whether the page is the second one of a list or a later one. */
export const isFurtherPage = ({ endpoint, query }: Pick<Call, 'endpoint' | 'query'>): boolean =>
  endpoint.answers === 'list' && Number(query['page'] ?? 1) > 1

/**
 * Behind the last page some servers answer that there is no such page, and others that its number is wrong. The latter may also
 * mean that the list goes on but is not shown so far, so behind a full page, and one that says that more follows, it shows no end.
 * A short page shows the end by itself: "no page 2 for this tenant" names no credential there.
 */
export function isNoSuchPage(error: unknown, before: () => PageBefore): boolean {
  const refusal = refusalOf(error)
  if (refusal === null) return false
  if (NO_SUCH_PAGE.has(refusal.status)) return true
  if (!isWrongNumber(error)) return false
  const page = before()
  return page === 'short' || (page === 'usual' && isUnshownPage(error))
}

export const NOT_FOUND_STATUS = 404
const NO_SUCH_PAGE: ReadonlySet<number> = new Set([NOT_FOUND_STATUS, 416])
const WRONG_NUMBER: ReadonlySet<number> = new Set([400, 422])

/** A credential that Aurora has never accepted is known to be refused, whatever the words. */
const isWrongNumber = (error: unknown): error is AttemptError =>
  isAttemptError(error) &&
  WRONG_NUMBER.has(error.refusal?.status ?? 0) &&
  error.details.reason !== 'AUTHENTICATION'

/**
 * Whether 400 or 422 may be about the number of the page. A message that names the credential is taken at its word: it may have been
 * withdrawn since the earlier pages were read.
 */
export const isUnshownPage = (error: unknown): boolean => isWrongNumber(error) && !error.namesCredential
