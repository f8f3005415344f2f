// Pages that are read again together: each call knows what the page before it suggests.
import { expect, it } from 'vitest'
import { READS } from '../../../src/aurora/reads.ts'
import { createListEnds } from '../../../src/loaders/list-ends.ts'
import { readTogether } from '../../../src/loaders/read-together.ts'
import type { PageBefore, Reply } from '../../../src/rest/call.ts'
import { buildReply, buildTerms } from '../../support/builders.ts'
import { createManualClock, settle } from '../../support/manual-clock.ts'

const ITEMS = [{ id: 'p-1' }, { id: 'p-2' }]

it.each<[PageBefore, string, Partial<Reply>]>([
  ['followed', 'says that more items follow', { follows: 'more' }],
  ['short', 'has few', {}],
])('a page behind one that is %s, as it %s, is read as such', async (before, _, parts) => {
  const clock = createManualClock()
  const seen: (PageBefore | undefined)[] = []
  readTogether(2, {
    lists: { nowMs: clock.monotonicMs },
    options: {
      terms: buildTerms(),
      pageSize: 250,
      listEnds: createListEnds({ clock }),
      upstream: async ({ pageBefore }) => {
        seen.push(pageBefore?.())
        return buildReply([...ITEMS], parts)
      },
    },
    endpoint: READS.listProjects,
    reads: { pageQuery: (_endpoint, page) => ({ page: String(page + 1), per_page: '250' }) },
    maxGapMs: 90_000,
  })
  await settle()
  expect(seen).toEqual(['full', before])
})
