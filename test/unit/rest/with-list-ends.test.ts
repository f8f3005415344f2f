// Where a 404 is the end of a list, and where it hides items that were there.
import { expect, it } from 'vitest'
import { READS } from '../../../src/aurora/reads.ts'
import { createCache } from '../../../src/cache/cache.ts'
import { itemsAtMsIn, withStore } from '../../../src/cache/with-store.ts'
import { itemsOf } from '../../../src/rest/answer.ts'
import { withListEnds } from '../../../src/rest/with-list-ends.ts'
import { buildCall, buildRefusal, buildReply, carry } from '../../support/builders.ts'
import { createManualClock } from '../../support/manual-clock.ts'

const MINUTE = 60_000
const secondPage = buildCall({ endpoint: READS.listUsers, path: {}, query: { page: '2' } })

/** Aurora answers the second page of a list with 404. */
function open() {
  const clock = createManualClock()
  const cache = createCache({ maxBytes: 1024 * 1024, clock })
  const ends = withListEnds({ clock, itemsAtMs: itemsAtMsIn(cache) })
  const read = withStore(cache)(
    ends((call) => carry(call, buildRefusal(404, { answeredAtMs: clock.monotonicMs() }))),
  )
  return { clock, cache, read: () => read(secondPage) }
}

it('a page that was the end is not the end at once where another replica has read items of it since', async () => {
  const { clock, cache, read } = open()
  await expect(read()).rejects.toMatchObject({ code: 'NOT_FOUND' })
  await clock.advance(MINUTE)
  expect((await read()).value).toEqual([])
  await clock.advance(MINUTE)
  cache.store(secondPage, buildReply([{ id: 'u-1' }], { answeredAtMs: clock.monotonicMs() }))
  await clock.advance(MINUTE)

  await expect(read()).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' })
  const cached = cache.read(secondPage)
  expect(cached && itemsOf(cached.answer)).toEqual([{ id: 'u-1' }])
})
