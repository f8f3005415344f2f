// Decides whether Aurora’s answer to a page shows that the list has ended before it.
import { isAttemptError, refusalOf } from './attempt-error.ts'
import type { Call, PageBefore } from './call.ts'

/** Whether the page is the second one of a list or a later one. */
export const isFurtherPage = ({ endpoint, query }: Pick<Call, 'endpoint' | 'query'>): boolean =>
  endpoint.answers === 'list' && Number(query['page'] ?? 1) > 1

/**
 * Behind the last page some servers answer that there is no such page, and others that its number is wrong. The latter may also
 * mean that the list goes on but is not shown so far, so behind a full page, and one that says that more follows, it shows no end.
 */
export function isNoSuchPage(error: unknown, before: () => PageBefore): boolean {
  const refusal = refusalOf(error)
  if (refusal === null) return false
  return NO_SUCH_PAGE.has(refusal.status) || (isUnshownPage(error) && isShort(before()))
}

const isShort = (before: PageBefore): boolean => before === 'usual' || before === 'short'

export const NOT_FOUND_STATUS = 404
const NO_SUCH_PAGE: ReadonlySet<number> = new Set([NOT_FOUND_STATUS, 416])
const WRONG_NUMBER: ReadonlySet<number> = new Set([400, 422])

/**
 * Whether 400 or 422 may be about the number of the page. A message that names the credential is taken at its word: it may have been
 * withdrawn since the earlier pages were read.
 */
export const isUnshownPage = (error: unknown): boolean =>
  isAttemptError(error) &&
  WRONG_NUMBER.has(error.refusal?.status ?? 0) &&
  !error.namesCredential &&
  error.details.reason !== 'AUTHENTICATION'
