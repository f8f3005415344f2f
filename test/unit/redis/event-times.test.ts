// An event in the log of drops is as old as it is by Redis' clock, also for a replica that starts later.
import { expect, it } from 'vitest'
import { tenantOf } from '../../../src/rest/scope.ts'
import { buildCall, buildReply, buildScope } from '../../support/builders.ts'
import { openRedisModel } from '../../support/redis-model.ts'

const MINUTE = 60_000
const tenant = tenantOf(buildScope().key)
const touches = [{ operation: 'retrieveProject' as const, path: { project_id: 'p-1' } }]

it.each([
  ['a minute later, has no influence on how long a new answer is fresh', MINUTE, MINUTE],
  ['at once, ends the fresh time of an answer that may be from before the event', 100, 3000 - 100],
])('an event that a replica finds in the log which starts %s', async (_what, laterMs, freshMs) => {
  const { clock, start } = openRedisModel()
  const first = start({ settleMs: 3000 })
  await clock.advance(1000)
  void first.shared.report?.({ owner: tenant, touches })
  await clock.advance(laterMs)
  const { cache } = start({ settleMs: 3000 })
  // What is exchanged with Redis takes no time.
  await clock.advance(1)
  cache.store(buildCall(), buildReply({ id: 'p-1' }, { answeredAtMs: clock.monotonicMs() }))
  await clock.advance(freshMs - 50)
  expect(cache.read(buildCall())?.age).toBe('fresh')
  if (laterMs < MINUTE) await clock.advance(100)
  expect(cache.read(buildCall())?.age).toBe(laterMs < MINUTE ? 'stale' : 'fresh')
})
