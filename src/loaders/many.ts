// Finds many objects of a kind by id on pages of their list, if that probably costs fewer calls than own reads.
import DataLoader from 'dataloader'
import { isRateLimited } from '../errors/errors.ts'
import type { Members } from '../aurora/body.ts'
import type { Pace } from '../turns/pace.ts'
import { decidePage } from './decide-page.ts'
import type { PageQuestion } from './decide-page.ts'
import { FIRST_SHARE } from './page-shares.ts'

export interface Many {
  /**
   * Resolves once every page has been looked at that may show the object and is worth its call: lists then show it, or
   * it is left to its own read. The ids of one tick are decided together, and each resolves as soon as it can. A page
   * that fails counts as empty. Rejects only if no call is left for a page.
   */
  look(id: string, members: readonly string[]): Promise<void>
}

export interface ManySource {
  /** Whether lists have shown all of `members` of the object, some of them, or nothing. */
  shows(id: string, members: readonly string[]): 'all' | 'some' | 'nothing'
  /**
   * `served`: its own read would cost nothing; `old`: there is an older copy, which is served only while Aurora fails;
   * null: neither.
   */
  copyOf(id: string): 'served' | 'old' | null
  readonly list: PagedList
  /** A list that is executed in several turns of the event loop looks for its objects in all of them. Left out: in one. */
  readonly pace?: Pick<Pace, 'isBusy' | 'whenIdle'> | undefined
}

/** Page numbers count from 0. */
export interface PagedList {
  /** Whether another page follows this one. */
  readonly hasMore: (page: number, items: readonly Members[]) => boolean
  /**
   * The items of a page that would cost nothing, no items if Aurora has refused it before; null if it would cost a
   * call.
   */
  readonly peek: (page: number) => readonly Members[] | null
  /** No items if Aurora refuses the page, null if it fails; rejects with RATE_LIMITED if no call is left. */
  readonly read: (page: number) => Promise<readonly Members[] | null>
  readonly expect: (page: number) => number
  readonly learn: (page: number, counts: { looked: number; found: number }) => void
  readonly passOver: (page: number, count: number) => void
}

interface Asked {
  readonly id: string
  readonly members: readonly string[]
}

/** A wanted object, with all members that one tick needs of it. */
interface Wanted extends Asked {
  settle(): void
  fail(error: unknown): void
}

interface PageRead {
  readonly items: Promise<readonly Members[] | null>
  readonly isBought: boolean
  looked: number
  found: number
}

/** The state of one request's search. */
interface Search extends ManySource {
  readonly pages: Map<number, PageRead>
  /** The number of objects that no page has shown. */
  left: number
}

export function createMany(source: ManySource): Many {
  const search: Search = { pages: new Map(), left: 0, ...source }
  // A batch as a whole would resolve with its slowest id; each id gets a promise of its own.
  const gatherer = new DataLoader<Asked, Promise<void>>(
    async (asked) => {
      const results = new Map<string, Promise<void>>()
      const wanted: Wanted[] = []
      for (const each of groupById(asked)) {
        const result = new Promise<void>((settle, fail) => void wanted.push({ settle, fail, ...each }))
        results.set(each.id, result)
      }
      // An unexpected error must not leave a promise open.
      lookThrough(wanted, search).catch((error: unknown) => wanted.forEach(({ fail }) => fail(error)))
      return asked.map(({ id }) => results.get(id) ?? Promise.resolve())
    },
    { cache: false, batchScheduleFn: (dispatch) => schedule(dispatch, source.pace) },
  )
  return { look: async (id, members) => gatherer.load({ id, members }) }
}

/**
 * Waits as DataLoader does for all ids of one tick, and also for the rest of a list that is executed in several turns.
 */
function schedule(dispatch: () => void, pace: ManySource['pace']): void {
  if (pace?.isBusy()) pace.whenIdle(dispatch)
  else void Promise.resolve().then(() => process.nextTick(dispatch))
}

/** Reads pages from the newest on, including those that cost nothing, until one is not worth a call. */
async function lookThrough(all: readonly Wanted[], search: Search): Promise<void> {
  const { copyOf, list } = search
  const isFree = ({ id }: Wanted): boolean => copyOf(id) === 'served'
  for (const { settle } of all.filter(isFree)) settle()
  let wanted: readonly Wanted[] = all.filter((each) => !isFree(each))
  for (let page = 0; wanted.length > 0; page += 1) {
    const items = await openPage(page, wanted, search).catch((error: unknown) =>
      refuse(wanted, error, search),
    )
    if (items === null) break
    if (items === 'refused') return
    wanted = settleShown(page, wanted, search)
    if (!list.hasMore(page, items)) break
  }
  search.left += wanted.length
  for (const { settle } of wanted) settle()
}

async function openPage(
  page: number,
  wanted: readonly Wanted[],
  search: Search,
): Promise<readonly Members[] | null> {
  const { list, pages } = search
  const read = pages.get(page)?.items
  if (read) return read
  const cached = list.peek(page)
  if (cached && !containsAny(cached, wanted)) return cached
  if (cached === null && !isWorthACall(page, wanted, search)) return null
  const items = list.read(page)
  pages.set(page, { items, isBought: cached === null, looked: 0, found: 0 })
  return items
}

function isWorthACall(page: number, { length }: readonly Wanted[], { list, pages, left }: Search): boolean {
  const bought = [...pages.values()].filter(({ isBought }) => isBought)
  const before = pages.get(page - 1)
  const question: PageQuestion = {
    wanted: length,
    leftBefore: left,
    share: list.expect(page),
    shareBefore: before && before.looked > 0 ? before.found / before.looked : null,
    bought: bought.length,
    found: bought.reduce((sum, { found }) => sum + found, 0),
  }
  if (decidePage(question)) return true
  // Only the learned share has spoken against this page, so the objects count towards another try.
  if (decidePage({ ...question, share: FIRST_SHARE })) list.passOver(page, length)
  return false
}

/**
 * Own reads would queue again, longer than the client waits, and would report a later time than needed. So the error of
 * the page is reported, and the repeat begins with the page. An object with an older copy is left to its own read,
 * which serves that copy.
 */
function refuse(wanted: readonly Wanted[], error: unknown, { copyOf }: Search): 'refused' {
  if (!isRateLimited(error)) throw error
  for (const { id, settle, fail } of wanted)
    if (copyOf(id) === null) fail(error)
    else settle()
  return 'refused'
}

/** Returns the objects that the page does not show. Objects that it shows in part get their own reads. */
function settleShown(page: number, wanted: readonly Wanted[], search: Search): readonly Wanted[] {
  const results = wanted.map((each) => ({ each, shown: search.shows(each.id, each.members) }))
  const countOf = (what: 'all' | 'some'): number => results.filter(({ shown }) => shown === what).length
  for (const { each, shown } of results) if (shown !== 'nothing') each.settle()
  search.left += countOf('some')
  const read = search.pages.get(page)
  if (read) {
    const counts = { looked: wanted.length, found: countOf('all') }
    read.looked += counts.looked
    read.found += counts.found
    search.list.learn(page, counts)
  }
  return results.flatMap(({ each, shown }) => (shown === 'nothing' ? [each] : []))
}

/** Each object once, with all its needed members. */
function groupById(asked: readonly Asked[]): readonly Asked[] {
  const byId = new Map<string, Asked>()
  for (const { id, members } of asked)
    byId.set(id, { id, members: [...new Set([...(byId.get(id)?.members ?? []), ...members])] })
  return [...byId.values()]
}

function containsAny(items: readonly Members[], wanted: readonly Wanted[]): boolean {
  const ids = new Set(wanted.map(({ id }) => id))
  return items.some((item) => ids.has(String(item['id'])))
}
