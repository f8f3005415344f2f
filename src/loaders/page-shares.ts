// Learns, from all requests, which part of the wanted objects is on a page of a list.
import type { ScopeKey } from '../rest/scope.ts'
import type { Kind } from '../aurora/kinds.ts'

/** One page of one list; numbers count from 0. */
export interface PageName {
  readonly scope: ScopeKey
  readonly kind: Kind
  readonly page: number
}

export interface PageShares {
  /** 0 to 1: the expected part on this page of the objects that no earlier page shows. */
  expect(page: PageName): number
  learn(page: PageName, counts: { readonly looked: number; readonly found: number }): void
  /**
   * To be called when this many objects are read one by one because of the learned share. After enough of them the page
   * is tried again.
   */
  passOver(page: PageName, count: number): void
}

/** For a page that was never tried: four wanted objects are then enough to try it. */
export const FIRST_SHARE = 0.5
/** The learned share has the weight of this many new look-ups, so two wrong guesses of 30 objects end the guessing. */
const MEMORY = 10
/**
 * Objects read one by one until a page is tried again. The habits of users change, and a try costs at most a call each
 * time: one or two in a hundred.
 */
const PASSED_UNTIL_TRIED = 100
/** All deeper pages share what was learned. */
const MAX_PAGES = 8
/** Kinds of all credentials; callers may bring credentials of their own. About 300 bytes each. */
const MAX_LISTS = 1000

interface Known {
  readonly share: number
  readonly passed: number
}

const NOTHING: Known = { share: FIRST_SHARE, passed: 0 }

export function createPageShares(): PageShares {
  const lists = new Map<string, Map<number, Known>>()

  const nameOf = ({ scope, kind }: PageName): string => `${scope} ${kind}`
  const numberOf = ({ page }: PageName): number => Math.min(page, MAX_PAGES - 1)
  const read = (page: PageName): Known => lists.get(nameOf(page))?.get(numberOf(page)) ?? NOTHING

  function write(page: PageName, known: Known): void {
    const name = nameOf(page)
    const list = lists.get(name) ?? new Map<number, Known>()
    list.set(numberOf(page), known)
    // Moves the list to the end, so that the first one is the one that was not updated for the longest time.
    lists.delete(name)
    lists.set(name, list)
    const [oldest] = lists.keys()
    if (lists.size > MAX_LISTS && oldest !== undefined) lists.delete(oldest)
  }

  return {
    expect: (page) => read(page).share,
    learn(page, { looked, found }) {
      if (looked === 0) return
      const share = (read(page).share * MEMORY + found) / (MEMORY + looked)
      write(page, { share, passed: 0 })
    },
    passOver(page, count) {
      const { share, passed } = read(page)
      write(page, passed + count < PASSED_UNTIL_TRIED ? { share, passed: passed + count } : NOTHING)
    },
  }
}

/** For dry runs: the same expectations, but imagined answers change nothing. */
export const withoutLearning = ({ expect }: Pick<PageShares, 'expect'>): PageShares => ({
  expect,
  learn: () => {},
  passOver: () => {},
})
