// Reads all subscriptions of a tenant, with one call or more: one that is missed would be made a second time.
import type { Members } from '../../aurora/body.ts'
import type { Question, Reply } from '../../rest/call.ts'
import { isNoSuchPage } from '../../rest/no-such-page.ts'
import { USUAL_SIZES } from '../../rest/usual-sizes.ts'

const PAGE_SIZE = 100
/** At most 5 for each event: more pages are no list of webhooks. */
const MAX_PAGES = 10

type ReadPage = (query: Question['query']) => Promise<Page>
type Page = Pick<Reply, 'value' | 'follows'>

/**
 * A short page is the last one, unless it announces more or has a length at which servers cut pages. A server that ignores the
 * number of the page is recognised by subscriptions that were seen before, in any order.
 */
export async function listAll(read: ReadPage): Promise<readonly Members[]> {
  const all: Members[] = []
  const ids = new Set<unknown>()
  let size = PAGE_SIZE
  for (let page = 1; page <= MAX_PAGES; page += 1) {
    const { value, follows = null } = await readPage(read, page, all.length)
    const items = Array.isArray(value) ? (value as readonly Members[]) : []
    const added = items.filter(({ id }) => (id === undefined ? page === 1 : !ids.has(id)))
    all.push(...added)
    for (const { id } of added) ids.add(id)
    if (page === 1 && USUAL_SIZES.has(items.length)) size = items.length
    if (added.length === 0 || (items.length < size && follows !== 'more')) break
  }
  return all
}

/** `before` is the number of subscriptions on the pages before. */
async function readPage(read: ReadPage, page: number, before: number): Promise<Page> {
  try {
    return await read({ page: String(page), per_page: String(PAGE_SIZE) })
  } catch (error) {
    const isShort = before < (page - 1) * PAGE_SIZE
    if (page > 1 && isNoSuchPage(error, () => (isShort ? 'short' : 'full'))) return { value: [] }
    throw error
  }
}
