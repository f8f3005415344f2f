// A page behind the end of a list, as several replicas see it.
import { expect, it } from 'vitest'
import { READS } from '../../../src/aurora/reads.ts'
import type { Answer } from '../../../src/rest/answer.ts'
import type { Upstream } from '../../../src/rest/call.ts'
import { buildRefusal, buildReply, carry } from '../../support/builders.ts'
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
