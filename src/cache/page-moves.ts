// Which pages of lists are from before a change of the page before them: items have moved between the two, and would be lost or shown twice.
import { LRUCache } from 'lru-cache'
import type { Members } from '../aurora/body.ts'
import { isReply, itemsOf } from '../rest/answer.ts'
import type { Answer } from '../rest/answer.ts'
import { callKey } from '../rest/call.ts'
import type { Call, NamedQuestion, Question, Reply } from '../rest/call.ts'
import type { ScopeKey } from '../rest/scope.ts'
import { askedAtMsOf } from './held.ts'
import type { Held } from './held.ts'

export interface PageMoves {
  /** The page before it has changed since this answer was asked for: it is not stored, and not taken from another replica. */
  isBeforeMove(call: Call, answer: Answer): boolean
  /** Another replica has seen at `atMs` that items have moved between this page and the one before it. */
  noteMove(scope: ScopeKey, page: Question, atMs: number): void
  /** Whether an answer shows that items have moved to the next page or back, compared with what is held now. */
  watchMove(call: Call): (answer: Answer) => boolean
}

interface PageMovesOptions {
  readonly peek: (key: string) => Held | undefined
  /** Deletes what is held of a page. */
  readonly drop: (key: string) => void
}

/** What is forgotten is compared with nothing, like a page that was never read. */
const MAX_PAGES = 10_000

export function createPageMoves({ peek, drop }: PageMovesOptions) {
  /** By the key of a page: when the change of the page before it was answered. Monotonic. */
  const moved = new LRUCache<string, number>({ maxSize: MAX_PAGES, sizeCalculation: () => 1 })

  function move(key: string, atMs: number): void {
    moved.set(key, Math.max(atMs, moved.get(key) ?? -Infinity))
  }

  const moves: PageMoves = {
    noteMove(scope, page, atMs) {
      const key = callKey(scope, page)
      move(key, atMs)
      const held = peek(key)
      if (held?.is === 'answer' && !isAside(held) && askedAtMsOf(held.answer) < atMs) drop(key)
    },
    isBeforeMove: ({ key }, answer) => askedAtMsOf(answer) < (moved.get(key) ?? -Infinity),
    watchMove(call) {
      const before = peek(call.key)
      // Where it was dropped because the page before it had changed, the change goes on through the list.
      const goesOn = before === undefined && moved.has(call.key)
      return (answer) =>
        isPage(call, answer) && (goesOn || (before !== undefined && !hasSameItems(before, answer)))
    },
  }
  return {
    moves,
    /** To be called before the answer is stored. Returns what it takes the place of, if that lists the same objects; else the next page is dropped. */
    takeSame(call: Call, answer: Answer): Held | undefined {
      if (!isPage(call, answer)) return undefined
      const before = peek(call.key)
      if (hasSameItems(before, answer)) return before
      const next = nextPageKey(call)
      const sinceMs = before === undefined ? moved.get(call.key) : answer.answeredAtMs
      if (sinceMs !== undefined) move(next, sinceMs)
      // A page that is aside shows nothing by itself.
      if (!isAside(peek(next))) drop(next)
      return undefined
    },
  }
}

const isPage = ({ endpoint }: Call, answer: Answer): answer is Reply =>
  isReply(answer) && endpoint.answers === 'list'

export const nextPageOf = ({ endpoint, path, query, terms }: Call): NamedQuestion => {
  const next = { endpoint, path, query: { ...query, page: String(Number(query['page'] ?? 1) + 1) } }
  return { ...next, key: callKey(terms.scope.key, next) }
}

const nextPageKey = (call: Call): string => nextPageOf(call).key

const isAside = (held: Held | undefined): boolean => held?.is === 'answer' && held.aside !== undefined

function hasSameItems(known: Held | undefined, reply: Reply): boolean {
  const before = known?.is === 'answer' ? itemsOf(known.answer) : []
  const after = itemsOf(reply)
  return before.length === after.length && after.every((item, index) => isSameItem(item, before[index]))
}

const isSameItem = (item: Members, before: Members | undefined): boolean =>
  item === before || item['id'] === before?.['id']
