// Finds pages of lists that are older than a change of a neighbouring page: items have moved between the two, and would be lost or shown twice.
import { LRUCache } from 'lru-cache'
import { isReply } from '../rest/answer.ts'
import type { Answer } from '../rest/answer.ts'
import { callKey } from '../rest/call.ts'
import type { Call, NamedQuestion, Question } from '../rest/call.ts'
import type { ScopeKey } from '../rest/scope.ts'
import { askedAtMsOf, toOutdated } from './held.ts'
import type { Held, HeldAnswer } from './held.ts'
import { decideMoved, hasSameItems, isPage, pageBeside } from './page-beside.ts'
import type { Moved } from './page-beside.ts'

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
  /** When items moved to or from a page. */
  const moved = createTimes()
  /**
   * When items may have moved: the earlier state of the page beside was unknown. Only calls that are still under way may
   * be from before that. Most pages have not changed since another replica stored them.
   */
  const maybeMoved = createTimes()

  const movedBy = (call: Call, before: Held | undefined, answer: Answer): Moved =>
    decideMoved(call, answer, { before, hasMoved: moved.of(call.key) > -Infinity })

  const moves: PageMoves = {
    isBeforeMove({ key }, answer) {
      if (answer.sentAtMs === undefined) return askedAtMsOf(answer) + SAME_MS < moved.of(key)
      return answer.sentAtMs < Math.max(moved.of(key), maybeMoved.of(key))
    },
    noteMove(scope, page, atMs) {
      const key = callKey(scope, page)
      moved.note(key, atMs)
      if (isAskedBefore(entries.peek(key), atMs)) outdate(entries, key)
    },
    isHeldSince: (key, atMs) => isAskedSince(entries.peek(key), atMs),
    watchMove(call) {
      const before = entries.peek(call.key)
      return (answer) => {
        const { next, previous } = movedBy(call, before, answer)
        // If the page before was outdated itself, other replicas were notified already, and compare the pages
        // themselves. Otherwise replicas would notify each other without end of a list that comes in another order each
        // time.
        const isPreviousNotified = before?.is === 'answer' && before.isOutdated
        return [next, isPreviousNotified ? null : previous].filter((page) => page !== null)
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
    replace(call: Call, answer: Answer): Held | undefined {
      if (!isPage(call, answer)) return undefined
      const before = entries.peek(call.key)
      if (hasSameItems(before, answer)) return before
      const { next, previous } = movedBy(call, before, answer)
      const askedAtMs = askedAtMsOf(answer)
      const { key } = pageBeside(call, 1)
      const times = next ? moved : maybeMoved
      times.note(key, askedAtMs)
      if (previous) outdate(entries, previous.key)
      const held = entries.peek(key)
      if (isAskedBefore(held, askedAtMs) && held.aside === undefined) entries.delete(key)
      return undefined
    },
  }
}

/** By the key of a page: when the last call was sent whose answer showed a change (monotonic). */
function createTimes() {
  // `max` would allocate room for all of them at once.
  const times = new LRUCache<string, number>({ maxSize: MAX_PAGES, sizeCalculation: () => 1 })
  const of = (key: string): number => times.get(key) ?? -Infinity
  return { of, note: (key: string, atMs: number): void => void times.set(key, Math.max(atMs, of(key))) }
}

/**
 * The page is kept for the case that Aurora fails. A refusal is of no use any more, and a page that is aside is not
 * shown by itself.
 */
function outdate(entries: LRUCache<string, Held>, key: string): void {
  const held = entries.peek(key)
  if (held?.is !== 'answer' || held.aside) return
  if (isReply(held.answer)) entries.set(key, toOutdated(held))
  else entries.delete(key)
}

const isAskedBefore = (held: Held | undefined, atMs: number): held is HeldAnswer =>
  held?.is === 'answer' && askedAtMsOf(held.answer) < atMs

const isAskedSince = (held: Held | undefined, atMs: number): boolean =>
  held?.is === 'answer' && !held.isOutdated && askedAtMsOf(held.answer) >= atMs
