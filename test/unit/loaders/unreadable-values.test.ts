// A list of values without ids of which one cannot be read: the answer reports it with the time at which Aurora answered.
import { expect, it } from 'vitest'
import { READS } from '../../../src/aurora/reads.ts'
import { createCache } from '../../../src/cache/cache.ts'
import { createListEnds } from '../../../src/loaders/list-ends.ts'
import { createPageShares } from '../../../src/loaders/page-shares.ts'
import { createRequestReads } from '../../../src/loaders/request-reads.ts'
import type { StaleFact } from '../../../src/rest/freshness.ts'
import { buildCall, buildReply, buildScope, buildTerms } from '../../support/builders.ts'
import { createManualClock } from '../../support/manual-clock.ts'

it('a value that cannot be read is reported with the age of the list', async () => {
  const clock = createManualClock()
  const scope = buildScope()
  const cache = createCache({ maxBytes: 1024 * 1024, clock })
  const endpoint = READS.listRackingArrays
  const answeredAtMs = clock.monotonicMs()
  const reply = buildReply([{ face: 1 }, {}], { answeredAtMs })
  cache.store(buildCall({ scope, endpoint, path: { design_id: 'd-1' } }), reply)
  await clock.advance(60_000)
  const stale: StaleFact[] = []
  const reads = createRequestReads({
    terms: buildTerms({
      scope,
      begunAtMs: clock.monotonicMs(),
      onStale: (fact) => void stale.push(fact),
    }),
    upstream: () => Promise.resolve(reply),
    cache,
    pageSize: 250,
    pageShares: createPageShares(),
    listEnds: createListEnds({ clock }),
  })

  expect(await reads.readAll(endpoint, 'd-1')).toEqual([{ face: 1 }])
  expect(stale).toEqual([{ operation: 'listRackingArrays', answeredAtMs, reason: 'ITEMS_UNREADABLE' }])
})
