// A page behind the end of a list, as several replicas see it.
import { expect, it } from 'vitest'
import { READS } from '../../../src/aurora/reads.ts'
import { doubtOf } from '../../../src/loaders/end-in-doubt.ts'
import { createListEnds } from '../../../src/loaders/list-ends.ts'
import { createPageShares } from '../../../src/loaders/page-shares.ts'
import { createRequestReads } from '../../../src/loaders/request-reads.ts'
import type { Answer } from '../../../src/rest/answer.ts'
import type { Upstream } from '../../../src/rest/call.ts'
import { buildRefusal, buildReply, buildTerms, carry } from '../../support/builders.ts'
import { openListingReplicas } from '../../support/listing-replicas.ts'

const HOUR = 60 * 60_000
const SECOND_PAGE = { endpoint: READS.listUsers, path: {}, query: { page: '2' } }

it('items are shown, marked, though another replica that has none of the page was answered with 404', async () => {
  const { clock, redis, start } = openListingReplicas()
  let calls = 0
  let answer: (times: object) => Answer = (times) => buildReply([{ id: 'u-1' }], times)
  const aurora: Upstream = (call) => {
    calls += 1
    const nowMs = clock.monotonicMs()
    return carry(call, answer({ answeredAtMs: nowMs, sentAtMs: nowMs }))
  }
  const read = async (replica: Awaited<ReturnType<typeof start>>) =>
    (await Promise.all([replica(SECOND_PAGE), clock.advance(1)]))[0]
  const one = await start(aurora)
  expect(await read(one)).toEqual({ shown: ['u-1'], stale: [] })
  await clock.advance(10 * HOUR)
  answer = (times) => buildRefusal(404, times)
  redis.flush()
  await clock.advance(10_000)
  const other = await start(aurora)
  expect(await read(other)).toEqual({ shown: 404, stale: [] })

  expect(await read(one)).toEqual({ shown: ['u-1'], stale: ['UPSTREAM_FAILED'] })
  expect(calls).toBe(3)
})

it('an end in doubt is in doubt at each replica, and its proof is there for each', async () => {
  const { clock, start } = openListingReplicas()
  const users = Array.from({ length: 250 }, (_, index) => ({ id: `u-${index}` }))
  let calls = 0
  const aurora: Upstream = (call) => {
    calls += 1
    const times = { answeredAtMs: clock.monotonicMs(), sentAtMs: clock.monotonicMs() }
    return carry(call, call.query['page'] === '1' ? buildReply(users, times) : buildRefusal(404, times))
  }
  const replicas = [await start(aurora), await start(aurora)]
  /** Of each replica in turn: how many users the whole list has, and whether its end is in doubt. */
  async function read() {
    const found: (readonly [number, boolean])[] = []
    for (const { upstream, cache } of replicas) {
      const reads = createRequestReads({
        terms: buildTerms({ begunAtMs: clock.monotonicMs(), waitUntilMs: Infinity }),
        upstream,
        cache,
        pageSize: 250,
        pageShares: createPageShares(),
        listEnds: createListEnds({ clock }),
      })
      const [items] = await Promise.all([reads.readToEnd(READS.listUsers), clock.advance(1)])
      found.push([items.length, doubtOf(items) !== null])
    }
    return found
  }

  expect(await read()).toEqual([
    [250, true],
    [250, true],
  ])
  expect(calls).toBe(2)
  await clock.advance(60_000)
  expect(await read()).toEqual([
    [250, false],
    [250, false],
  ])
  expect(calls).toBe(3)
})
