// What a newly read page of a list shows about the pages beside it: items may have moved there, or come from there.
import type { Members } from '../aurora/body.ts'
import { isReply, itemsOf } from '../rest/answer.ts'
import type { Answer } from '../rest/answer.ts'
import { callKey } from '../rest/call.ts'
import type { Call, Ids, NamedQuestion, Reply } from '../rest/call.ts'
import type { Held } from './held.ts'

/** The pages beside one, as far as items may have moved between it and them. */
export interface Moved {
  readonly next: NamedQuestion | null
  readonly previous: NamedQuestion | null
}

const NOTHING_MOVED: Moved = { next: null, previous: null }

export const isPage = ({ endpoint }: Call, answer: Answer): answer is Reply =>
  isReply(answer) && endpoint.answers === 'list'

/** `before` is the cached page; `hasMoved`: whether items are known to have moved to or from this page. */
export function decideMoved(
  call: Call,
  answer: Answer,
  { before, hasMoved }: { readonly before: Held | undefined; readonly hasMoved: boolean },
): Moved {
  if (!isPage(call, answer) || hasSameItems(before, answer)) return NOTHING_MOVED
  // If it was dropped because of a change of the page before, the change goes on through the list.
  if (before?.is !== 'answer') return hasMoved ? { next: pageBeside(call, 1), previous: null } : NOTHING_MOVED
  const isFromPrevious = numberOf(call) > 1 && hasMovedUp(before, answer)
  return { next: pageBeside(call, 1), previous: isFromPrevious ? pageBeside(call, -1) : null }
}

export function pageBeside(call: Call, by: 1 | -1): NamedQuestion {
  const { endpoint, path, terms } = call
  const page = { endpoint, path, query: queryOf(call, numberOf(call) + by) }
  return { key: callKey(terms.scope.key, page), ...page }
}

const numberOf = ({ query }: Call): number => Number(query['page'] ?? 1)

/** The first page of a list that is requested as a whole is requested without a number. */
function queryOf({ endpoint, query }: Call, page: number): Ids {
  const { page: _page, ...others } = query
  return page === 1 && !endpoint.isPaged ? others : { page: String(page), ...others }
}

export function hasSameItems(held: Held | undefined, reply: Reply): boolean {
  const before = heldItems(held)
  const after = itemsOf(reply)
  return before.length === after.length && after.every((item, index) => isSameItem(item, before[index]))
}

/**
 * The first item is gone, and other items are still there: it may be on the page before, for example after a deletion
 * there.
 */
function hasMovedUp(held: Held, reply: Reply): boolean {
  const before = heldItems(held)
  const ids = new Set(itemsOf(reply).map(({ id }) => id))
  return before.length > 0 && !ids.has(before[0]?.['id']) && before.some(({ id }) => ids.has(id))
}

const heldItems = (held: Held | undefined): readonly Members[] =>
  held?.is === 'answer' ? itemsOf(held.answer) : []

const isSameItem = (item: Members, before: Members | undefined): boolean =>
  item === before || item['id'] === before?.['id']
