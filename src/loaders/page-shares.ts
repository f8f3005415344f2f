// What was learned of a list: how many of the objects looked for on a page were there. Kept across requests.
import type { ScopeKey } from '../rest/scope.ts'
import type { Kind } from '../aurora/kinds.ts'

/** One page of one list; numbers count from 0. */
export interface PageName {
  readonly scope: ScopeKey
  readonly kind: Kind
  readonly page: number
}

export interface PageShares {
  /** 0 to 1: of the objects that no page before holds, how many this one is expected to hold. */
  expect(page: PageName): number
  learn(page: PageName, counts: { readonly looked: number; readonly found: number }): void
  /** So many objects were read one by one because of what was learned: after enough of them it is tried anew. */
  passOver(page: PageName, count: number): void
}

/** Of a page that nobody has looked at yet: four objects are enough to try it. */
export const FIRST_SHARE = 0.5
/** What was learned weighs as much as so many new look-ups: two wrong guesses of 30 objects end the guessing. */
const MEMORY = 10
/**
 * Objects read one by one until a page is tried again. People's habits change, and trying costs at most a call each
 * time: one or two in a hundred.
 */
const PASSED_UNTIL_TRIED = 100
/** Deeper pages are taken for alike. */
const MAX_PAGES = 8
/** Credentials times kinds; callers may bring credentials of their own. About 300 bytes each. */
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
    // To the end: the list that was longest without news is the first.
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

/** For looking ahead: the same expectations, but what is only imagined teaches nothing. */
export const withoutLearning = ({ expect }: Pick<PageShares, 'expect'>): PageShares => ({
  expect,
  learn: () => {},
  passOver: () => {},
})
