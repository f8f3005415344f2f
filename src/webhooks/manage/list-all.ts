// Reads all subscriptions of a tenant with one call, or more if the list is longer than a page.
import type { Members } from '../../aurora/body.ts'
import type { Question, Reply } from '../../rest/call.ts'

const PAGE_SIZE = 100
/** At most 5 for each event: more pages are no list of webhooks. */
const MAX_PAGES = 10

/** A list that ignores pages is recognised by its first id. A short page that announces more is that of an Aurora with shorter pages. */
export async function listAll(
  read: (query: Question['query']) => Promise<Pick<Reply, 'value' | 'hasMore'>>,
): Promise<readonly Members[]> {
  const all: Members[] = []
  for (let page = 1; page <= MAX_PAGES; page += 1) {
    const { value, hasMore = false } = await read({ page: String(page), per_page: String(PAGE_SIZE) })
    const items = Array.isArray(value) ? (value as readonly Members[]) : []
    const isRepeated = page > 1 && items[0]?.['id'] === all[0]?.['id']
    if (!isRepeated) all.push(...items)
    if (isRepeated || (items.length < PAGE_SIZE && !hasMore) || items.length === 0) break
  }
  return all
}
