// Replicas over one Redis in memory and one Aurora of a test: the real caches and layers that a page of a list passes, with a manual clock.
import { createCache } from '../../src/cache/cache.ts'
import { withCache } from '../../src/cache/with-cache.ts'
import { itemsAtMsIn, withStore } from '../../src/cache/with-store.ts'
import { compose } from '../../src/gateway/line.ts'
import { createShared } from '../../src/redis/shared.ts'
import { itemsOf } from '../../src/rest/answer.ts'
import { statusOf } from '../../src/rest/attempt-error.ts'
import type { Question, Upstream } from '../../src/rest/call.ts'
import type { Freshness } from '../../src/rest/freshness.ts'
import { createStandings } from '../../src/rest/standings.ts'
import { withListEnds } from '../../src/rest/with-list-ends.ts'
import { buildCall, buildTerms } from './builders.ts'
import { createFakeNetwork } from './fake-network.ts'
import { createFakeRedis } from './fake-redis.ts'
import { createManualClock } from './manual-clock.ts'

const MINUTE = 60_000

export function openListingReplicas() {
  const clock = createManualClock()
  const redis = createFakeRedis(() => clock.wallMs())
  const network = createFakeNetwork(redis, clock)

  /** A replica that is connected. */
  async function start(aurora: Upstream) {
    const host = network.open()
    const cache = createCache({ maxBytes: 1_000_000, clock })
    const standings = createStandings({ clock })
    standings.accept(buildTerms().scope)
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
        withStore(shared.cache),
        withListEnds({ clock, itemsAtMs: itemsAtMsIn(cache) }),
      ],
      aurora,
    )
    /** The ids of a page, or the status of a failure, and why they are marked as stale. */
    return async (question: Question, freshness: Partial<Freshness> = {}) => {
      const stale: string[] = []
      const begunAtMs = clock.monotonicMs()
      const terms = buildTerms({ begunAtMs, waitUntilMs: Infinity })
      const call = buildCall({
        ...question,
        ...terms,
        freshness: { ...terms.freshness, ...freshness },
        onStale: ({ reason }) => void stale.push(reason),
      })
      const shown = await read(call).then((reply) => itemsOf(reply).map(({ id }) => id), statusOf)
      return { shown, stale }
    }
  }
  return { clock, redis, start }
}
