// Reads one page of a list, and judges what it shows about the end of the list.
import { whenThere } from '../turns/at-once.ts'
import type { Soon } from '../turns/at-once.ts'
import type { Members } from '../aurora/body.ts'
import type { Endpoint } from '../aurora/endpoint.ts'
import { isFollowed, isLast } from '../rest/answer.ts'
import { refusalOf } from '../rest/attempt-error.ts'
import type { Call, Ids, PageBefore } from '../rest/call.ts'
import { isNoSuchPage, isUnshownPage, NOT_FOUND_STATUS } from '../rest/no-such-page.ts'
import type { Terms } from '../rest/terms.ts'
import type { Ask } from './ask.ts'
import { toEndInDoubt, toUnshownEnd } from './end-in-doubt.ts'
import type { Lack } from './end-in-doubt.ts'
import type { ListOf, NumberedPage } from './list-ends.ts'
import type { LoadersOptions } from './loaders-options.ts'

export interface PageReads {
  readonly ask: Ask
  /** The query of a page: its number, and the size of all pages. */
  readonly pageQuery: (endpoint: Endpoint, page: number) => Ids
}

/** `pageBefore`: as in a `Call`. */
export function createReadPage({ pace, terms }: LoadersOptions, { ask, pageQuery }: PageReads) {
  const inTurn = inTurnOf(pace)

  /** A 404 counts as the end of the list for now, if the page before gave no sign of it; so do 400 and 422. */
  function toEnd(endpoint: Endpoint, error: unknown, before: PageBefore): readonly Members[] {
    const refusal = refusalOf(error)
    const isOpen =
      refusal?.status === NOT_FOUND_STATUS ? before !== 'short' : !isNoSuchPage(error, () => before)
    if (!refusal || (before !== 'followed' && !isOpen)) return []
    noteDoubt(terms, endpoint, refusal.answeredAtMs)
    return isUnshownPage(error) ? toUnshownEnd(endpoint, refusal) : toEndInDoubt(endpoint, refusal)
  }

  return (
    endpoint: Endpoint,
    key: string,
    page: number,
    pageBefore?: Call['pageBefore'],
  ): Soon<readonly Members[]> =>
    whenThere(ask.listAt(endpoint, key, pageQuery(endpoint, page), pageBefore), inTurn, (error) => {
      // A 404 after a full page, or on a call for a reader who had no page before.
      const before = pageBefore?.() ?? 'full'
      if (page > 0 && (isNoSuchPage(error, () => before) || isUnshownPage(error)))
        return toEnd(endpoint, error, before)
      throw error
    })
}

export const noteDoubt = (
  { onStale }: Terms,
  { operation }: Endpoint,
  answeredAtMs: number,
  reason: Lack | 'END_IN_DOUBT' = 'END_IN_DOUBT',
): void => onStale({ operation, answeredAtMs, reason })

export const NO_QUERY: Ids = {}

/** Every list has a first page, so its query is made once. */
export function createPageQuery(pageSize: number): PageReads['pageQuery'] {
  const sized = (page: number): Ids => ({ page: String(page + 1), per_page: String(pageSize) })
  const first = sized(0)
  return ({ isPaged }, page) => {
    if (isPaged) return page === 0 ? first : sized(page)
    // A list that is requested as a whole has a second page only if Aurora pages it by a default of its own.
    return page === 0 ? NO_QUERY : { page: String(page + 1) }
  }
}

/** Many fields may wait for the same page, and each looks through all its items. */
const inTurnOf =
  (pace: LoadersOptions['pace']) =>
  (items: readonly Members[]): Soon<readonly Members[]> =>
    !pace || pace.take(unitsOf(items)) ? items : pace.wait(unitsOf(items)).then(() => items)

/** Looking at an item of a page takes a tenth of the time of a field. */
const unitsOf = (items: readonly Members[]): number => Math.ceil(items.length / 10)

/**
 * A list that is requested as a whole has no requested size: a page as long as those of other lists may be full there.
 */
export function judgePage(
  list: ListOf,
  { page, items }: NumberedPage,
  { pageSize, listEnds }: Pick<LoadersOptions, 'pageSize' | 'listEnds'>,
): PageBefore {
  if (isFollowed(items)) return 'followed'
  if (isLast(items)) return 'short'
  if (items.length >= pageSize || listEnds.mayBeFull(list, items.length)) return 'full'
  const end = listEnds.decide(list, { page, items })
  // On later pages the end is hardly ever proven.
  return end === 'more' || (end === 'doubtful' && page === 0) ? 'usual' : 'short'
}

/** Pages of a list that is requested as a whole have no size limit. */
export const listOf = (
  { operation, isPaged }: Endpoint,
  { terms, pageSize }: Pick<LoadersOptions, 'terms' | 'pageSize'>,
): ListOf => ({ scope: terms.scope.key, operation, size: isPaged ? pageSize : Infinity })
