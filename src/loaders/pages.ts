// The pages of one list for one reader: each is read once, and cached ones cost nothing.
import { whenThere } from '../turns/at-once.ts'
import type { Soon } from '../turns/at-once.ts'
import type { Members } from '../aurora/body.ts'
import { GatewayError } from '../errors/errors.ts'
import type { End } from './decide-end.ts'
import { isFollowed, totalOf } from '../rest/answer.ts'
import { doubtOf } from './end-in-doubt.ts'
import type { Lack } from './end-in-doubt.ts'
import { isReadable, keyOf } from './readable.ts'
import { haveRepeats } from './repeats.ts'

/** Page numbers count from 0 here. */
export interface PageSource {
  readonly read: (page: number) => Soon<readonly Members[]>
  /** A page that costs nothing; null if it would cost a call. */
  readonly glance: (page: number) => Glanced | null
  /** Whether items have moved from or to the page since it was read, as far as the cache shows. Costs nothing. */
  readonly isOutdated?: (page: number) => boolean
  readonly decideEnd: (page: number, items: readonly Members[]) => End
  /** Whether a page has as many items as were asked for. Left out: none has. */
  readonly hasAllAsked?: (items: readonly Members[]) => boolean
  /** Why the list may go on although no page shows more: Aurora has answered this page with the word that more follows. */
  readonly toUnshown?: (followed: readonly Members[]) => GatewayError
  /** Whether only a new item moves others to the next page. Left out: items may move in any way. */
  readonly isNewestFirst?: boolean
  /** Called once for each reason, with the page that shows it; returns why an object that is not found may be there. */
  readonly toLacking?: (page: number, lack: Lack) => GatewayError
  /** Called with each page that was read and is in no doubt; `before` is the page before it, null if that one is not at hand. */
  readonly learn: (page: number, items: readonly Members[], before: readonly Members[] | null) => void
}

export interface Glanced {
  readonly items: readonly Members[]
  /**
   * Whether Aurora refuses the page, or the page may be one that was hidden before: it shows nothing about the list
   * then.
   */
  readonly isRefused: boolean
  /** To be called if the answer depends on the page. */
  readonly use: () => void
}

export interface Pages {
  open(page: number): Soon<readonly Members[]>
  /** Null if the page would cost a call. */
  atHand(page: number): Glanced | null
  /** Whether the cached page is from before a change, so that it is worth a call. */
  isOutdated(page: number): boolean
  endOf(page: number, items: readonly Members[]): End
  /**
   * To be called for each page in turn; true if so many pages repeated the one before that this reader gets no more.
   * The same page comes from a server that ignores its number and from one that answers with the last page behind the
   * end, so nothing follows from a repetition for other pages and other lists, and nothing is learned.
   */
  hasEnded(page: number): boolean
  /** To be called if the list is taken to end with this page: why that is not known; null if it is in no doubt. */
  doubtAt(page: number): GatewayError | null
  /** To be called for a page with an item that an earlier page has as well. */
  noteRepeat(page: number): void
  /** To be called for a page with an item that cannot be read, and is left out. */
  noteUnreadable(page: number): void
  /** Why items of the list may be on none of the pages, as far as was noted; null if nothing was. */
  lacking(): GatewayError | null
}

/** With pages of 250 that is 100,000 objects, the longest list that is expected. */
const MAX_PAGES = 400
/**
 * One or two pages that repeat the page before them mean that the list grew by a page between two reads; more mean that
 * Aurora has no further page.
 */
const MAX_IDLE = 3
/** This many items in the same order on two pages are no coincidence: Aurora has no further page. */
const MANY = 10

/** `open` rejects as the read does, and with UPSTREAM_INVALID after 400 pages, for a list that never ends. */
export function createPages(source: PageSource): Pages {
  const opened = new Map<number, readonly Members[]>()
  let idle = 0
  /** The pages that repeat each other, up to the one that was compared last. */
  let run: { readonly page: number; readonly followed: readonly Members[] | null } = NO_RUN

  function atHand(page: number): Glanced | null {
    const items = opened.get(page)
    return items ? { items, isRefused: doubtOf(items) !== null, use: () => {} } : source.glance(page)
  }
  const totals = createTotals(atHand)

  /** An empty page shows that a full one was followed by nothing: some servers say that more follows wherever a page is full. */
  function followedBefore(page: number): readonly Members[] | null {
    const before = atHand(page - 1)?.items ?? []
    return isFollowed(before) && !source.hasAllAsked?.(before) ? before : null
  }

  function findFollowed(page: number): readonly Members[] | null {
    const items = opened.get(page) ?? []
    if (isFollowed(items)) return items
    if (items.length === 0) return followedBefore(page)
    return run.page === page ? run.followed : null
  }

  function doubtAt(page: number): GatewayError | null {
    const followed = findFollowed(page) ?? totals.behind(page)
    return doubtOf(opened.get(page) ?? []) ?? (followed && source.toUnshown?.(followed)) ?? null
  }

  return {
    open(page) {
      const known = opened.get(page)
      if (known) return known
      if (opened.size === MAX_PAGES) return Promise.reject(new GatewayError('UPSTREAM_INVALID', ENDLESS))
      return whenThere(source.read(page), (items) => {
        opened.set(page, items)
        totals.note(items)
        const isEndInDoubt =
          doubtOf(items) !== null ||
          (items.length === 0 && (findFollowed(page) ?? totals.behind(page)) !== null)
        if (!isEndInDoubt) source.learn(page, items, page === 0 ? null : (atHand(page - 1)?.items ?? null))
        return items
      })
    },
    atHand,
    isOutdated: (page) => source.isOutdated?.(page) ?? false,
    endOf: (page, items) => totals.decideEnd(source.decideEnd(page, items), page),
    hasEnded(page) {
      const items = opened.get(page) ?? []
      const before = atHand(page - 1)?.items ?? []
      const followed = idle > 0 ? run.followed : followedOf(before)
      idle = isRepetition(items, before) ? idle + 1 : 0
      run = { page, followed: followedOf(items) ?? (idle > 0 ? followed : null) }
      return idle === MAX_IDLE || (idle > 0 && items.length >= MANY && isSame(items, before))
    },
    doubtAt,
    ...createLacks(source, atHand),
  }
}

/** Repetitions are searched on this many earlier pages, if those are at hand: 10,000 items. */
export const LOOK_BACK = 40

function createLacks(
  { isNewestFirst = false, toLacking }: PageSource,
  atHand: Pages['atHand'],
): Pick<Pages, 'noteRepeat' | 'noteUnreadable' | 'lacking'> {
  const noted = new Map<Lack, GatewayError | undefined>()
  /** A page that repeats another one has many such items, and is compared once. */
  let lastRepeat = -1
  function note(page: number, lack: Lack): void {
    if (!noted.has(lack)) noted.set(lack, toLacking?.(page, lack))
  }
  return {
    noteRepeat(page) {
      if (isNewestFirst || page === lastRepeat || noted.has('ITEMS_MOVED')) return
      lastRepeat = page
      const from = Math.max(0, page - LOOK_BACK)
      const pages = Array.from({ length: page + 1 - from }, (_, nth) => atHand(from + nth)?.items ?? null)
      if (haveRepeats(pages)) note(page, 'ITEMS_MOVED')
    },
    noteUnreadable: (page) => note(page, 'ITEMS_UNREADABLE'),
    lacking: () => [...noted.values()].find((error) => error !== undefined) ?? null,
  }
}

function createTotals(atHand: Pages['atHand']) {
  let hasTotal = false
  const totals = {
    note(items: readonly Members[]): void {
      hasTotal ||= totalOf(items) !== null
    },
    /**
     * The page with the lowest total, if the pages up to this one have fewer items: with another one, a page that was read before rows
     * were removed would count.
     */
    behind(page: number): readonly Members[] | null {
      if (!hasTotal) return null
      const pages = Array.from({ length: page + 1 }, (_, nth) => shownOf(atHand(nth)))
      if (!pages.every((items) => items !== null)) return null
      const [said] = pages.filter((items) => totalOf(items) !== null).toSorted(byTotal)
      return said && countItems(pages) < countSaid(said) ? said : null
    },
    /** Behind an empty page none is read, whatever the total is. */
    decideEnd: (end: End, page: number): End => {
      const isEmpty = (atHand(page)?.items ?? []).length === 0
      return end === 'more' || isEmpty || totals.behind(page) === null ? end : 'more'
    },
  }
  return totals
}

/** A page that Aurora has refused shows nothing of the list. */
const shownOf = (glanced: Glanced | null): readonly Members[] | null =>
  glanced && !glanced.isRefused ? glanced.items : null

const countSaid = (items: readonly Members[]): number => totalOf(items)?.total ?? 0
const byTotal = (left: readonly Members[], right: readonly Members[]): number =>
  countSaid(left) - countSaid(right)

/**
 * A page that repeats the page before it adds nothing. An item without an id counts, and so does one that has moved: a shorter page
 * may have only such items.
 */
const countItems = (pages: readonly (readonly Members[])[]): number =>
  pages.reduce((sum, items, page) => {
    const before = pages[page - 1] ?? []
    return sum + (items.length >= before.length && isRepetition(items, before) ? 0 : items.length)
  }, 0)

const NO_RUN = { page: -1, followed: null }

const followedOf = (items: readonly Members[]): readonly Members[] | null =>
  isFollowed(items) ? items : null

/** A page of which nothing can be read repeats nothing. */
function isRepetition(items: readonly Members[], before: readonly Members[]): boolean {
  const ids = new Set(before.filter(isReadable).map(keyOf))
  const readable = items.filter(isReadable)
  return ids.size > 0 && readable.length > 0 && readable.every((item) => ids.has(keyOf(item)))
}

export const isSame = (items: readonly Members[], before: readonly Members[]): boolean =>
  items.length === before.length && items.every((item, index) => keyOf(item) === keyOf(before[index] ?? {}))

const ENDLESS = `Aurora’s list did not end after ${MAX_PAGES} pages.`
