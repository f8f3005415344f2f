// Where a 404 leaves the end of a list in doubt, and where it does not: what the page before it suggests.
import { expect, it } from 'vitest'
import { READS } from '../../../src/aurora/reads.ts'
import { createCache } from '../../../src/cache/cache.ts'
import { doubtOf } from '../../../src/loaders/end-in-doubt.ts'
import { createListEnds } from '../../../src/loaders/list-ends.ts'
import { createPageShares } from '../../../src/loaders/page-shares.ts'
import { createRequestReads } from '../../../src/loaders/request-reads.ts'
import { buildRefusal, buildReply, buildTerms, carry } from '../../support/builders.ts'
import { createManualClock } from '../../support/manual-clock.ts'

/** A list of one page, and 404 for the next one as it was cached for another reader. */
async function readTeams(length: number) {
  const clock = createManualClock()
  const answeredAtMs = clock.monotonicMs()
  const stale: string[] = []
  const teams = Array.from({ length }, (_, index) => ({ id: `t${index}` }))
  const reads = createRequestReads({
    terms: buildTerms({ onStale: ({ reason }) => void stale.push(reason) }),
    upstream: (call) =>
      carry(
        call,
        Number(call.query['page'] ?? 1) > 1 ? buildRefusal(404, { answeredAtMs }) : buildReply(teams),
      ),
    cache: createCache({ maxBytes: 1024 * 1024, clock }),
    pageSize: 250,
    pageShares: createPageShares(),
    listEnds: createListEnds({ clock }),
  })
  const items = await reads.readToEnd(READS.listTeams)
  return { count: items.length, doubt: doubtOf(items), stale, answeredAtMs }
}

it.each([20, 100, 250])(
  'a 404 behind a page of %i leaves the end in doubt for 10 seconds',
  async (length) => {
    const { count, doubt, stale, answeredAtMs } = await readTeams(length)

    expect(count).toBe(length)
    expect(doubt?.code).toBe('UPSTREAM_UNAVAILABLE')
    expect(doubt?.details.retryAtMs).toBe(answeredAtMs + 10_000)
    expect(stale).toEqual(['END_IN_DOUBT'])
  },
)

it.each([3, 37])('a 404 behind a page of %i is the end', async (length) => {
  const { count, doubt, stale } = await readTeams(length)

  expect(count).toBe(length)
  expect(doubt).toBe(null)
  expect(stale).toEqual([])
})
