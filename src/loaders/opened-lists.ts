// The lists that one request reads: the pages of each are opened once, and later reading continues after the last one.
import { whenThere } from '../turns/at-once.ts'
import type { Soon } from '../turns/at-once.ts'
import type { Members } from '../aurora/body.ts'
import type { Endpoint } from '../aurora/endpoint.ts'
import type { GatewayError } from '../errors/errors.ts'
import { followedAtMs, totalOf } from '../rest/answer.ts'
import type { PageBefore } from '../rest/call.ts'
import { toLacking, toUnshown } from './end-in-doubt.ts'
import type { Lack } from './end-in-doubt.ts'
import type { ListOf } from './list-ends.ts'
import { distinct, hasUnreadable, readWhole } from './listing.ts'
import type { LoadersOptions } from './loaders-options.ts'
import { createReadPage, judgePage, listOf, noteDoubt } from './page-reads.ts'
import type { PageReads } from './page-reads.ts'
import { createPages } from './pages.ts'
import type { Pages, PageSource } from './pages.ts'
import { pathOf } from './path-of.ts'

export function createOpenedLists(options: LoadersOptions, { ask, pageQuery }: PageReads) {
  const { listEnds } = options
  const listsOf = createLists(options)
  const readPage = createReadPage(options, { ask, pageQuery })
  const noteLacking = createNoteLacking(options, { ask, pageQuery })

  function openPages(endpoint: Endpoint, key = '', first?: Soon<readonly Members[]>): Pages {
    const { list } = listsOf(endpoint)
    const judge = (page: number): PageBefore => {
      const before = pages.atHand(page)
      return before && !before.isRefused ? judgePage(list, { page, items: before.items }, options) : 'full'
    }
    const pages: Pages = createPages({
      read: (page) => {
        if (page === 0) return first ?? readPage(endpoint, key, page)
        return readPage(endpoint, key, page, () => judge(page - 1))
      },
      glance: (page) => ask.glanceList(endpoint, pathOf(endpoint, key), pageQuery(endpoint, page)),
      isOutdated: (page) => ask.isOutdated(endpoint, pathOf(endpoint, key), pageQuery(endpoint, page)),
      learn: (page, items, before) => listEnds.learn(list, { name: `${key} ${page}`, items, before }),
      toLacking: (page, lack) => noteLacking(endpoint, { key, page, lack }),
      ...createEndSource(options, endpoint, list),
    })
    return pages
  }

  function openWhole(endpoint: Endpoint, key: string): Pages {
    const { wholes, firsts } = listsOf(endpoint)
    const pages = wholes.get(key) ?? openPages(endpoint, key, firsts.get(key))
    wholes.set(key, pages)
    return pages
  }

  function readFirst(endpoint: Endpoint, key: string): Soon<readonly Members[]> {
    const { list, firsts } = listsOf(endpoint)
    const known = firsts.get(key)
    if (known) return known
    const first = whenThere(readPage(endpoint, key, 0), (items) => {
      listEnds.learn(list, { name: `${key} 0`, items, before: null })
      return items
    })
    firsts.set(key, first)
    return first
  }

  /** Most lists have one page, and one look at it is enough. */
  function readList(endpoint: Endpoint, key: string): Soon<readonly Members[]> {
    const { list } = listsOf(endpoint)
    const items = readFirst(endpoint, key)
    if (!(items instanceof Promise)) {
      const end = listEnds.decide(list, { page: 0, items })
      const readable = end === 'end' || end === 'likely' ? distinct(items) : null
      if (readable && !hasUnreadable(items)) return readable
    }
    return readWhole(openWhole(endpoint, key))
  }

  return { openPages, openWhole, readList, readFirst }
}

const createEndSource = (
  { terms, listEnds }: LoadersOptions,
  endpoint: Endpoint,
  list: ListOf,
): Pick<PageSource, 'decideEnd' | 'hasAllAsked' | 'isNewestFirst' | 'toUnshown'> => ({
  isNewestFirst: endpoint.isNewestFirst === true,
  decideEnd: (page, items) => listEnds.decide(list, { page, items }),
  hasAllAsked: ({ length }) => length >= list.size,
  toUnshown(followed) {
    noteDoubt(terms, endpoint, followedAtMs(followed) ?? totalOf(followed)?.answeredAtMs ?? 0)
    return toUnshown(endpoint)
  },
})

interface Lacking {
  readonly key: string
  readonly page: number
  readonly lack: Lack
}

/** A page that the cache no longer has counts as of the time of the request. */
const createNoteLacking =
  ({ terms }: LoadersOptions, { ask, pageQuery }: PageReads) =>
  (endpoint: Endpoint, { key, page, lack }: Lacking): GatewayError => {
    const answeredAtMs = ask.answeredAtMs(endpoint, pathOf(endpoint, key), pageQuery(endpoint, page))
    noteDoubt(terms, endpoint, answeredAtMs ?? terms.begunAtMs, lack)
    return toLacking(endpoint, lack)
  }

/** What is known of one list in this request: how its pages end, and its pages by the key of the parent. */
interface ListReads {
  readonly list: ListOf
  /** The first pages of the lists that are read whole. */
  readonly firsts: Map<string, Soon<readonly Members[]>>
  /** Their pages, so that later reading continues after the last one. */
  readonly wholes: Map<string, Pages>
}

function createLists(options: LoadersOptions): (endpoint: Endpoint) => ListReads {
  const made = new Map<Endpoint, ListReads>()
  return (endpoint) => {
    let lists = made.get(endpoint)
    if (!lists)
      made.set(endpoint, (lists = { list: listOf(endpoint, options), firsts: new Map(), wholes: new Map() }))
    return lists
  }
}
