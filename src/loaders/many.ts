// Many of a kind by id in one request: out of pages of their list, where that is expected to cost fewer calls.
import DataLoader from 'dataloader'
import { isRateLimited } from '../errors/errors.ts'
import type { Members } from '../aurora/body.ts'
import { decidePage } from './decide-page.ts'
import type { PageQuestion } from './decide-page.ts'
import { FIRST_SHARE } from './page-shares.ts'

export interface Many {
  /**
   * Resolves once every page has been looked at that may hold the object and is worth its call: lists then show it,
   * or it is left to its own read. Ids of one tick are decided on together and resolve each as soon as they can. A page that
   * fails is one that shows nothing; only where no call is left for it, it rejects with that.
   */
  look(id: string, members: readonly string[]): Promise<void>
}

export interface ManySource {
  /** What lists have shown of it holds all of `members`, some of them, or nothing. */
  shows(id: string, members: readonly string[]): 'all' | 'some' | 'nothing'
  /** `served`: its own read would cost nothing; `old`: there is an older copy, which is served only while Aurora fails. */
  copyOf(id: string): 'served' | 'old' | null
  readonly list: PagedList
}

/** Page numbers count from 0. */
export interface PagedList {
  /** Null where a page is all there is. */
  readonly pageSize: number | null
  /** Its items where reading it would cost nothing; none where Aurora is known to refuse it. */
  readonly peek: (page: number) => readonly Members[] | null
  /** None where Aurora refuses it, null where it fails; rejects with RATE_LIMITED where no call is left. */
  readonly read: (page: number) => Promise<readonly Members[] | null>
  readonly expect: (page: number) => number
  readonly learn: (page: number, counts: { looked: number; found: number }) => void
  readonly passOver: (page: number, count: number) => void
}

/** An object that is looked for, by all of one tick who want it. */
interface Wanted extends Asked {
  settle(): void
  /** A fault of ours must not leave anybody waiting. */
  fail(error: unknown): void
}

interface Asked {
  readonly id: string
  readonly members: readonly string[]
}

interface PageRead {
  readonly items: Promise<readonly Members[] | null>
  readonly isBought: boolean
  looked: number
  found: number
}

export function createMany({ shows, copyOf, list }: ManySource): Many {
  /** What this request has read, by page number. */
  const pages = new Map<number, PageRead>()
  let leftBefore = 0

  // A batch that lands as a whole would land with its slowest id; this one gives each a promise of its own.
  const gatherer = new DataLoader<Asked, Promise<void>>(
    async (asked) => {
      const results = new Map<string, Promise<void>>()
      const wanted: Wanted[] = []
      for (const each of groupById(asked)) {
        const result = new Promise<void>((settle, fail) => void wanted.push({ ...each, settle, fail }))
        results.set(each.id, result)
      }
      search(wanted).catch((error: unknown) => wanted.forEach(({ fail }) => fail(error)))
      return asked.map(({ id }) => results.get(id) ?? Promise.resolve())
    },
    { cache: false },
  )

  /** From the newest page on, those that cost nothing included, to the first that is not worth a call. */
  async function search(all: readonly Wanted[]): Promise<void> {
    const isFree = ({ id }: Wanted): boolean => copyOf(id) === 'served'
    for (const { settle } of all.filter(isFree)) settle()
    let wanted: readonly Wanted[] = all.filter((each) => !isFree(each))
    for (let page = 0; wanted.length > 0; page += 1) {
      const items = await openPage(page, wanted).catch((error: unknown) => refuse(wanted, error))
      if (items === null) break
      if (items === 'refused') return
      wanted = settleShown(page, wanted)
      if (list.pageSize === null || items.length !== list.pageSize) break
    }
    leftBefore += wanted.length
    for (const { settle } of wanted) settle()
  }

  async function openPage(page: number, wanted: readonly Wanted[]): Promise<readonly Members[] | null> {
    const known = pages.get(page)?.items
    if (known) return known
    const kept = list.peek(page)
    if (kept && !holdsAny(kept, wanted)) return kept
    if (kept === null && !isWorthACall(page, wanted)) return null
    const items = list.read(page)
    pages.set(page, { items, isBought: kept === null, looked: 0, found: 0 })
    return items
  }

  function isWorthACall(page: number, { length }: readonly Wanted[]): boolean {
    const bought = [...pages.values()].filter(({ isBought }) => isBought)
    const before = pages.get(page - 1)
    const question: PageQuestion = {
      wanted: length,
      leftBefore,
      share: list.expect(page),
      shareBefore: before && before.looked > 0 ? before.found / before.looked : null,
      bought: bought.length,
      found: bought.reduce((sum, { found }) => sum + found, 0),
    }
    if (decidePage(question)) return true
    // Nothing but what was learned speaks against it.
    if (decidePage({ ...question, share: FIRST_SHARE })) list.passOver(page, length)
    return false
  }

  /**
   * Own reads would only queue once more, for longer than the client waits, and be told a later time than is true. So
   * the repeat begins with the page. What there is an older copy of is served from that by its own read.
   */
  function refuse(wanted: readonly Wanted[], error: unknown): 'refused' {
    if (!isRateLimited(error)) throw error
    const failing = wanted.filter(({ id }) => copyOf(id) === null)
    for (const each of wanted) if (!failing.includes(each)) each.settle()
    for (const { fail } of failing) fail(error)
    return 'refused'
  }

  /** Those that the page does not show, or not enough of, which stay wanted, or go to their own reads. */
  function settleShown(page: number, wanted: readonly Wanted[]): readonly Wanted[] {
    const read = pages.get(page)
    const staying: Wanted[] = []
    let found = 0
    for (const each of wanted) {
      const shown = shows(each.id, each.members)
      if (shown === 'nothing') staying.push(each)
      else each.settle()
      if (shown === 'all') found += 1
      if (shown === 'some') leftBefore += 1
    }
    if (read) {
      read.looked += wanted.length
      read.found += found
      list.learn(page, { looked: wanted.length, found })
    }
    return staying
  }

  return { look: async (id, members) => gatherer.load({ id, members }) }
}

/** Each object once, with all that it is wanted for. */
function groupById(asked: readonly Asked[]): readonly Asked[] {
  const byId = new Map<string, Asked>()
  for (const { id, members } of asked)
    byId.set(id, { id, members: [...new Set([...(byId.get(id)?.members ?? []), ...members])] })
  return [...byId.values()]
}

function holdsAny(items: readonly Members[], wanted: readonly Wanted[]): boolean {
  const ids = new Set(wanted.map(({ id }) => id))
  return items.some((item) => ids.has(String(item['id'])))
}
