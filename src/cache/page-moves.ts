// Finds pages of lists that are older than a change of a neighbouring page: items have moved between the two, and would be lost or shown twice.
import { LRUCache } from 'lru-cache'
import type { Members } from '../aurora/body.ts'
import { isReply, itemsOf } from '../rest/answer.ts'
import type { Answer } from '../rest/answer.ts'
import { callKey } from '../rest/call.ts'
import type { Call, Ids, NamedQuestion, Question, Reply } from '../rest/call.ts'
import type { ScopeKey } from '../rest/scope.ts'
import { askedAtMsOf, toOutdated } from './held.ts'
import type { Held } from './held.ts'

export interface PageMoves {
  /**
   * Whether a neighbouring page has changed since the call for this answer was sent: the answer is then neither stored
   * nor taken from another replica.
   */
  isBeforeMove(call: Call, answer: Answer): boolean
  /**
   * To be called when an answer to a call that another replica sent at `atMs` shows that items have moved between this
   * page and a neighbouring one.
   */
  noteMove(scope: ScopeKey, page: Question, atMs: number): void
  /** Whether the call for the cached page was sent at that time or later. */
  isHeldSince(key: string, atMs: number): boolean
  /**
   * Returns a function that compares an answer with the present state of the cache, and returns the pages to and from
   * which items have moved.
   */
  watchMove(call: Call): (answer: Answer) => readonly NamedQuestion[]
}

/** A forgotten page is compared with nothing, like a page that was never read. */
const MAX_PAGES = 2_000
/**
 * Two replicas may date the same moment so far apart. The pages that Redis still has after a change were requested at
 * the same time or later, for example when a list was refreshed; older ones were deleted.
 */
const SAME_MS = 100

export function createPageMoves(entries: LRUCache<string, Held>) {
  const moved = createTimes()
  /**
   * The same for a page whose earlier state is unknown: it may have changed since a call was sent that is still under
   * way.
   */
  const met = createTimes()
  const moves: PageMoves = {
    isBeforeMove({ key }, answer) {
      // An answer that another replica has stored is not under way: most pages have not changed since it was read.
      const { sentAtMs = Infinity } = answer
      const askedAtMs = askedAtMsOf(answer) + (answer.sentAtMs === undefined ? SAME_MS : 0)
      return askedAtMs < moved.of(key) || sentAtMs < met.of(key)
    },
    noteMove(scope, page, atMs) {
      const key = callKey(scope, page)
      moved.note(key, atMs)
      if (isAskedBefore(entries.peek(key), atMs)) outdate(entries, key)
    },
    isHeldSince(key, atMs) {
      const held = entries.peek(key)
      return held?.is === 'answer' && !held.isOutdated && askedAtMsOf(held.answer) >= atMs
    },
    watchMove(call) {
      const before = entries.peek(call.key)
      return (answer) => {
        const { next, previous } = movedBy(call, before, { answer, moved })
        // If the page before was outdated itself, other replicas were notified already, and compare the pages
        // themselves. Otherwise replicas would notify each other without end of a list that comes in another order each
        // time.
        const isKnown = before?.is === 'answer' && before.isOutdated
        return (isKnown ? [next] : [next, previous]).filter((page) => page !== null)
      }
    },
  }
  return {
    moves,
    /**
     * To be called before the answer is stored. Returns the replaced answer, if that lists the same objects. Otherwise
     * the next page is dropped, and the page before, if items may have moved there, is kept for the case that Aurora
     * fails. Pages that were requested at the same time, for example when a list is refreshed, are not older than the
     * change.
     */
    takeSame(call: Call, answer: Answer): Held | undefined {
      if (!isPage(call, answer)) return undefined
      const before = entries.peek(call.key)
      if (hasSameItems(before, answer)) return before
      const { next, previous } = movedBy(call, before, { answer, moved })
      const askedAtMs = askedAtMsOf(answer)
      const { key } = beside(call, 1)
      const times = next ? moved : met
      times.note(key, askedAtMs)
      if (previous) outdate(entries, previous.key)
      const held = entries.peek(key)
      if (!isAside(held) && isAskedBefore(held, askedAtMs)) entries.delete(key)
      return undefined
    },
  }
}

/** By the key of a page: when the call was sent whose answer showed a change of the page before (monotonic). */
type Times = ReturnType<typeof createTimes>

function createTimes() {
  // `max` would allocate room for all of them at once.
  const times = new LRUCache<string, number>({ maxSize: MAX_PAGES, sizeCalculation: () => 1 })
  const of = (key: string): number => times.get(key) ?? -Infinity
  return { of, note: (key: string, atMs: number): void => void times.set(key, Math.max(atMs, of(key))) }
}

interface Moved {
  readonly next: NamedQuestion | null
  readonly previous: NamedQuestion | null
}

const NOTHING_MOVED: Moved = { next: null, previous: null }

interface Shown {
  readonly answer: Answer
  readonly moved: Times
}

function movedBy(call: Call, before: Held | undefined, { answer, moved }: Shown): Moved {
  if (!isPage(call, answer) || hasSameItems(before, answer)) return NOTHING_MOVED
  // If it was dropped because of a change of the page before, the change goes on through the list.
  if (before?.is !== 'answer')
    return moved.of(call.key) > -Infinity ? { next: beside(call, 1), previous: null } : NOTHING_MOVED
  return {
    next: beside(call, 1),
    previous: numberOf(call) > 1 && hasMovedUp(before, answer) ? beside(call, -1) : null,
  }
}

/**
 * The page is kept for the case that Aurora fails. A refusal is of no use any more, and a page that is aside is not
 * shown by itself.
 */
function outdate(entries: LRUCache<string, Held>, key: string): void {
  const held = entries.peek(key)
  if (held?.is !== 'answer' || isAside(held)) return
  if (isReply(held.answer)) entries.set(key, toOutdated(held))
  else entries.delete(key)
}

const isAskedBefore = (held: Held | undefined, atMs: number): boolean =>
  held?.is === 'answer' && askedAtMsOf(held.answer) < atMs

const isPage = ({ endpoint }: Call, answer: Answer): answer is Reply =>
  isReply(answer) && endpoint.answers === 'list'

const numberOf = ({ query }: Call): number => Number(query['page'] ?? 1)

function beside(call: Call, by: 1 | -1): NamedQuestion {
  const { endpoint, path, terms } = call
  const page = { endpoint, path, query: queryOf(call, numberOf(call) + by) }
  return { key: callKey(terms.scope.key, page), ...page }
}

/** The first page of a list that is requested as a whole is requested without a number. */
function queryOf({ endpoint, query }: Call, page: number): Ids {
  const { page: _page, ...others } = query
  return page === 1 && !endpoint.isPaged ? others : { page: String(page), ...others }
}

const isAside = (held: Held | undefined): boolean => held?.is === 'answer' && held.aside !== undefined

const heldItems = (held: Held | undefined): readonly Members[] =>
  held?.is === 'answer' ? itemsOf(held.answer) : []

function hasSameItems(known: Held | undefined, reply: Reply): boolean {
  const before = heldItems(known)
  const after = itemsOf(reply)
  return before.length === after.length && after.every((item, index) => isSameItem(item, before[index]))
}

const isSameItem = (item: Members, before: Members | undefined): boolean =>
  item === before || item['id'] === before?.['id']

/**
 * The first item is gone, and other items are still there: it may be on the page before, for example after a deletion
 * there.
 */
function hasMovedUp(known: Held, reply: Reply): boolean {
  const before = heldItems(known)
  const ids = new Set(itemsOf(reply).map(({ id }) => id))
  return before.length > 0 && !ids.has(before[0]?.['id']) && before.some(({ id }) => ids.has(id))
}
