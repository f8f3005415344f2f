// Reads the pages of a list again at one time. Otherwise each would be read again at its own age, and their times would stay apart as long as the list is in use.
import type { Endpoint } from '../aurora/endpoint.ts'
import type { ListIndexes } from '../list-index/list-indexes.ts'
import { itemsOf } from '../rest/answer.ts'
import { createCall, withTerms } from '../rest/call.ts'
import type { PageBefore } from '../rest/call.ts'
import { createLaterTerms } from '../rest/spare-terms.ts'
import type { NumberedPage } from './list-ends.ts'
import { judgePage, listOf } from './page-reads.ts'
import type { LoadersOptions } from './loaders-options.ts'
import type { RequestReads } from './request-reads.ts'

export interface TogetherOptions {
  readonly lists: Pick<ListIndexes, 'nowMs'>
  readonly options: Pick<LoadersOptions, 'terms' | 'upstream' | 'pageSize' | 'listEnds'>
  readonly endpoint: Endpoint
  readonly reads: Pick<RequestReads, 'pageQuery'>
  /** Pages with a smaller distance in time count as from one time. */
  readonly maxGapMs: number
}

/**
 * Reads the pages after the request is answered, one after the other, with spare slots. If there is none, the next
 * question begins again.
 */
export function readTogether(pageCount: number, given: TogetherOptions): void {
  const { lists, options, endpoint, reads, maxGapMs } = given
  const { terms, upstream } = options
  if (terms.freshness.isCacheOnly) return
  async function readAll(): Promise<void> {
    const timeoutMs = terms.deadlineAtMs - terms.begunAtMs
    const later = createLaterTerms({ nowMs: lists.nowMs(), timeoutMs, maxAgeMs: maxGapMs })
    const list = listOf(endpoint, options)
    let before: NumberedPage | null = null
    for (let page = 0; page < pageCount; page += 1) {
      const asked = createCall(terms, { endpoint, path: {}, query: reads.pageQuery(endpoint, page) })
      const known: NumberedPage | null = before
      const pageBefore = (): PageBefore => (known ? judgePage(list, known, options) : 'full')
      // Last, because a call on other terms has this member, too.
      before = { page, items: itemsOf(await upstream({ ...withTerms(asked, later), pageBefore })) }
    }
  }
  terms.afterwards(() => void readAll().catch(() => {}))
}
