// The pages of one list as one reader sees them: each is read once, and cached ones are at hand at no cost.
import { whenThere } from '../turns/at-once.ts'
import type { Soon } from '../turns/at-once.ts'
import type { Members } from '../aurora/body.ts'
import { GatewayError } from '../errors/errors.ts'
import type { End } from './decide-end.ts'
import { doubtOf } from './end-in-doubt.ts'

/** Page numbers count from 0 here. */
export interface PageSource {
  readonly read: (page: number) => Soon<readonly Members[]>
  /** A page that costs nothing; null where it would cost a call. */
  readonly glance: (page: number) => Glanced | null
  /** Whether items are known to have moved from or to the page since it was read. Costs nothing. */
  readonly isOutdated?: (page: number) => boolean
  readonly decideEnd: (page: number, items: readonly Members[]) => End
  /** Called with each page that was read and is in no doubt; `before` is the page before it, null where that one is not at hand. */
  readonly learn: (page: number, items: readonly Members[], before: readonly Members[] | null) => void
}

export interface Glanced {
  readonly items: readonly Members[]
  /** Aurora refuses the page, or it may be one that is not shown so far: it says nothing of the list. */
  readonly isRefused: boolean
  /** To be called where the answer depends on the page. */
  readonly use: () => void
}

export interface Pages {
  open(page: number): Soon<readonly Members[]>
  /** Null where the page would cost a call. */
  atHand(page: number): Glanced | null
  /** What was known of the page is known to be from before a change, so that it is worth a call. */
  isOutdated(page: number): boolean
  endOf(page: number, items: readonly Members[]): End
  /**
   * To be called for each page in turn; true where so many repeated the page before that this reader gets no more. The
   * same page comes from a server that ignores its number and from one that answers with the last page behind the end,
   * so nothing follows from a repetition for other pages and other lists, and nothing is learned.
   */
  hasEnded(page: number): boolean
}

/** With pages of 250 that is 100,000 objects, the longest list that is expected. */
const MAX_PAGES = 400
/**
 * One or two pages that repeat the page before mean that the list grew by a page between two reads; more mean that Aurora
 * has no further page.
 */
const MAX_IDLE = 3
/** So many items in the same order on two pages are no chance: Aurora has no further page. */
const MANY = 10

/** An item that could not be read keeps its place in a list, without members. */
export function isReadable(item: Members): boolean {
  if (Object.hasOwn(item, 'id')) return true
  for (const name in item) if (Object.hasOwn(item, name)) return true
  return false
}

export const idOf = (members: Members): string => String(members['id'])

/** `open` rejects as the read does, and with UPSTREAM_INVALID after 400 pages, for a list that never ends. */
export function createPages(source: PageSource): Pages {
  const opened = new Map<number, readonly Members[]>()
  let idle = 0

  function atHand(page: number): Glanced | null {
    const items = opened.get(page)
    return items ? { items, isRefused: doubtOf(items) !== null, use: () => {} } : source.glance(page)
  }

  return {
    open(page) {
      const known = opened.get(page)
      if (known) return known
      if (opened.size === MAX_PAGES) return Promise.reject(new GatewayError('UPSTREAM_INVALID', ENDLESS))
      return whenThere(source.read(page), (items) => {
        opened.set(page, items)
        if (doubtOf(items) === null)
          source.learn(page, items, page === 0 ? null : (atHand(page - 1)?.items ?? null))
        return items
      })
    },
    atHand,
    isOutdated: (page) => source.isOutdated?.(page) ?? false,
    endOf: source.decideEnd,
    hasEnded(page) {
      const items = opened.get(page) ?? []
      const before = atHand(page - 1)?.items ?? []
      idle = isRepetition(items, before) ? idle + 1 : 0
      return idle === MAX_IDLE || (idle > 0 && items.length >= MANY && isSame(items, before))
    },
  }
}

/** A page of which nothing can be read repeats nothing. */
function isRepetition(items: readonly Members[], before: readonly Members[]): boolean {
  const ids = new Set(before.filter(isReadable).map(idOf))
  const readable = items.filter(isReadable)
  return ids.size > 0 && readable.length > 0 && readable.every((item) => ids.has(idOf(item)))
}

const isSame = (items: readonly Members[], before: readonly Members[]): boolean =>
  items.length === before.length && items.every((item, index) => item['id'] === before[index]?.['id'])

const ENDLESS = `Aurora’s list did not end after ${MAX_PAGES} pages.`
