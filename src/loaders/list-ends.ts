// Learns, from all requests, how the pages of each list end: by operation and credential, in memory.
import { LRUCache } from 'lru-cache'
import type { Members } from '../aurora/body.ts'
import type { Endpoint } from '../aurora/endpoint.ts'
import type { Clock } from '../clock.ts'
import { isFollowed } from '../rest/answer.ts'
import type { ScopeKey } from '../rest/scope.ts'
import { decideEnd, fullLength, mayBeFull, NOTHING_KNOWN } from './decide-end.ts'
import type { End, KnownPages } from './decide-end.ts'
import { keyOf } from './readable.ts'

/** A list of one credential, below any parent. */
export interface ListOf {
  readonly scope: ScopeKey
  readonly operation: Endpoint['operation']
  /** The requested size. */
  readonly size: number
}

/** A page that was read, and the page before it if that one is at hand. */
export interface LearnedPage {
  /** Its list and number, so that the same page counts once. */
  readonly name: string
  readonly items: readonly Members[]
  readonly before: readonly Members[] | null
}

/** A page, by its number from 0. */
export interface NumberedPage {
  readonly page: number
  readonly items: readonly Members[]
}

export interface ListEnds {
  decide(list: ListOf, page: NumberedPage, isImagined?: boolean): End
  learn(list: ListOf, page: LearnedPage): void
  /** The length at which Aurora cuts the pages of the list; the requested size if no cut is known. */
  pageLength(list: ListOf): number
  /** Whether a page of this length may be full, so that others may follow. */
  mayBeFull(list: ListOf, length: number): boolean
}

/** Aurora's limits and the rights of a key may change; learning again costs a list one or two calls. */
const LEARN_AGAIN_MS = 60 * 60_000
/** Lists of all credentials; callers may bring credentials of their own. About 300 bytes each. */
const MAX_LISTS = 1000

interface Learned {
  readonly known: KnownPages
  /** The page whose length is `cut`. */
  readonly cutAt: string | null
  /** Monotonic time. */
  readonly sinceMs: number
}

export function createListEnds({ clock }: { clock: Pick<Clock, 'monotonicMs'> }): ListEnds {
  const lists = new LRUCache<string, Learned>({ max: MAX_LISTS })
  /** Kept, because a request uses the name of the same list many times. */
  const names = new WeakMap<ListOf, string>()
  function nameOf(list: ListOf): string {
    let name = names.get(list)
    if (name === undefined) names.set(list, (name = `${list.scope} ${list.operation} ${list.size}`))
    return name
  }

  function read(list: ListOf): Learned {
    const learned = lists.get(nameOf(list))
    const nowMs = clock.monotonicMs()
    return learned && nowMs - learned.sinceMs < LEARN_AGAIN_MS
      ? learned
      : { known: NOTHING_KNOWN, cutAt: null, sinceMs: nowMs }
  }

  return {
    decide(list, { page, items }, isImagined = false) {
      const { length } = items
      // What Aurora says itself counts more than the length; an empty page behind an empty page would be read for ever.
      if (length > 0 && isFollowed(items)) return 'more'
      return decideEnd({ page, length, size: list.size, isImagined }, read(list).known)
    },
    learn(list, page) {
      const learned = read(list)
      const next = learnPage(learned, page, list.size)
      if (next !== learned) lists.set(nameOf(list), next)
    },
    pageLength: (list) => fullLength(list.size, read(list).known) ?? list.size,
    mayBeFull: (list, length) => mayBeFull(length, list.size, read(list).known),
  }
}

/** Returns the same object if the page shows nothing new. */
function learnPage(learned: Learned, { name, items, before }: LearnedPage, size: number): Learned {
  const { known } = learned
  const grown =
    items.length > known.longest ? { ...learned, known: { ...known, longest: items.length } } : learned
  if (before === null || before.length === 0) return grown
  if (items.length === 0) return learnEnded(grown, before.length)
  const isShort = before.length < size
  return isShort && hasNew(items, before) ? learnCut(grown, { length: before.length, name }) : grown
}

const learnEnded = (learned: Learned, length: number): Learned =>
  length > learned.known.ended ? { ...learned, known: { ...learned.known, ended: length } } : learned

function learnCut(learned: Learned, { length, name }: { length: number; name: string }): Learned {
  const { known, cutAt } = learned
  if (known.cut === null) return { ...learned, cutAt: name, known: { ...known, cut: length } }
  if (known.cut !== length)
    return known.isUneven ? learned : { ...learned, known: { ...known, isUneven: true } }
  return known.isCutTwice || cutAt === name ? learned : { ...learned, known: { ...known, isCutTwice: true } }
}

function hasNew(items: readonly Members[], before: readonly Members[]): boolean {
  const ids = new Set(before.map(keyOf))
  return items.some((item) => !ids.has(keyOf(item)))
}

/** For dry runs: imagined pages teach nothing, and their lengths are averages. */
export const imagineListEnds = (
  { decide, pageLength }: Pick<ListEnds, 'decide' | 'pageLength'>,
  isImagined: (id: string) => boolean,
): ListEnds => ({
  decide: (list, page) =>
    decide(
      list,
      page,
      page.items.some(({ id }) => isImagined(String(id))),
    ),
  learn: () => {},
  pageLength,
  mayBeFull: (list, length) => length >= pageLength(list),
})
