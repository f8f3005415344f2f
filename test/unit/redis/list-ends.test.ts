// Pages of a list that another replica has read: a 404 that it was answered with takes the place of no items.
import { expect, it } from 'vitest'
import { READS } from '../../../src/aurora/reads.ts'
import { createCache } from '../../../src/cache/cache.ts'
import { withCache } from '../../../src/cache/with-cache.ts'
import { itemsAtMsIn, withStore } from '../../../src/cache/with-store.ts'
import { compose } from '../../../src/gateway/line.ts'
import { createShared } from '../../../src/redis/shared.ts'
import { statusOf } from '../../../src/rest/attempt-error.ts'
import { itemsOf } from '../../../src/rest/answer.ts'
import type { Answer } from '../../../src/rest/answer.ts'
import { createStandings } from '../../../src/rest/standings.ts'
import { withListEnds } from '../../../src/rest/with-list-ends.ts'
import { buildCall, buildRefusal, buildReply, buildTerms, carry } from '../../support/builders.ts'
import { createFakeNetwork } from '../../support/fake-network.ts'
import { createFakeRedis } from '../../support/fake-redis.ts'
import { createManualClock } from '../../support/manual-clock.ts'

const MINUTE = 60_000
const SECOND_PAGE = { endpoint: READS.listUsers, path: {}, query: { page: '2' } }

/** Replicas with one Redis, in front of an Aurora with one answer for the second page of its users. */
function open() {
  const clock = createManualClock()
  const redis = createFakeRedis(() => clock.wallMs())
  const network = createFakeNetwork(redis, clock)
  const aurora: { answer: (times: object) => Answer; calls: number } = {
    answer: (times) => buildReply([{ id: 'u-1' }], times),
    calls: 0,
  }

  async function start() {
    const host = network.open()
    const cache = createCache({ maxBytes: 1_000_000, clock })
    const standings = createStandings({ clock })
    const { scope } = buildTerms()
    standings.accept(scope)
    const shared = createShared({
      redis: { url: '', prefix: 'test:', maxReplicas: 4 },
      cache,
      clock,
      emit: () => {},
      attemptTimeoutMs: 5000,
      standings,
      isBrought: false,
      codec: { compress: async (text) => Buffer.from(text), decompress: async (bytes) => bytes },
      connect: ({ isWaiting = false }) => (isWaiting ? host.tail : host.main),
    })
    await clock.advance(1000)
    const read = compose(
      [
        shared.withSecondLevel,
        withCache({ cache, clock, emit: () => {}, refreshTimeoutMs: MINUTE }),
        shared.withSharedFlight,
        withStore(cache),
        withListEnds({ clock, itemsAtMs: itemsAtMsIn(cache) }),
      ],
      (call) => {
        aurora.calls += 1
        return carry(
          call,
          aurora.answer({ answeredAtMs: clock.monotonicMs(), sentAtMs: clock.monotonicMs() }),
        )
      },
    )
    return async () => {
      const stale: string[] = []
      const terms = { begunAtMs: clock.monotonicMs(), waitUntilMs: Infinity }
      const call = buildCall({ ...SECOND_PAGE, ...terms, onStale: ({ reason }) => void stale.push(reason) })
      const [reply] = await Promise.all([read(call).catch(statusOf), clock.advance(1)])
      return { shown: typeof reply === 'object' && reply ? itemsOf(reply).map(({ id }) => id) : reply, stale }
    }
  }
  return { clock, aurora, redis, start }
}

it('items are shown, marked, though another replica that has none of the page was answered with 404', async () => {
  const { clock, aurora, redis, start } = open()
  const one = await start()
  expect(await one()).toEqual({ shown: ['u-1'], stale: [] })
  await clock.advance(10 * 60 * MINUTE)
  aurora.answer = (times) => buildRefusal(404, times)
  redis.flush()
  await clock.advance(10_000)
  const other = await start()
  expect(await other()).toEqual({ shown: 404, stale: [] })

  expect(await one()).toEqual({ shown: ['u-1'], stale: ['UPSTREAM_FAILED'] })
  expect(aurora.calls).toBe(3)
})
