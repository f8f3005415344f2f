// A Redis in memory with a manual clock, and what replicas share over it.
import { createCache } from '../../src/cache/cache.ts'
import type { CacheOptions } from '../../src/cache/cache.ts'
import { createShared } from '../../src/redis/shared.ts'
import { createStandings } from '../../src/rest/standings.ts'
import type { Emit } from '../../src/telemetry/events.ts'
import { buildScope } from './builders.ts'
import { createFakeNetwork } from './fake-network.ts'
import { createFakeRedis } from './fake-redis.ts'
import { createManualClock } from './manual-clock.ts'

export function openRedisModel() {
  const clock = createManualClock()
  const redis = createFakeRedis(() => clock.wallMs())
  const network = createFakeNetwork(redis, clock)

  /** A replica that is about to connect: it is connected when the clock has moved on. */
  function start({ emit = () => {}, ...options }: Pick<CacheOptions, 'settleMs'> & { emit?: Emit } = {}) {
    const host = network.open()
    const cache = createCache({ maxBytes: 1_000_000, clock, ...options })
    const standings = createStandings({ clock })
    standings.accept(buildScope())
    const shared = createShared({
      redis: { url: '', prefix: 'test:', maxReplicas: 4 },
      cache,
      clock,
      emit,
      attemptTimeoutMs: 5000,
      standings,
      isBrought: false,
      connect: ({ isWaiting = false }) => (isWaiting ? host.tail : host.main),
    })
    return { cache, shared, host }
  }
  return { clock, redis, start }
}
