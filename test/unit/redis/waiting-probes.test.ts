// The connection whose commands wait inside Redis: a flood of news is not a flood of probes.
import { expect, it } from 'vitest'
import { createConnection } from '../../../src/redis/connection.ts'
import { createEventLog } from '../../support/builders.ts'
import { createManualClock } from '../../support/manual-clock.ts'
import { redisProgram, startRedis } from '../../support/redis-server.ts'
import type { RedisServer } from '../../support/redis-server.ts'
import { advanceUntil } from '../../support/wait-until.ts'

const countProbes = async (redis: RedisServer): Promise<number> => {
  const text = await redis.admin((client) => client.info('commandstats'))
  return Number(/cmdstat_del:calls=(\d+)/.exec(text)?.[1] ?? 0)
}

it.skipIf(redisProgram === null)(
  'its commands begin with a probe twice a second at most, and always after a loss',
  async () => {
    await using redis = await startRedis()
    const clock = createManualClock(1000)
    const { emit } = createEventLog()
    const connection = createConnection({
      url: redis.url,
      clock,
      emit,
      name: 'test',
      probeKey: 'probe',
      isWaiting: true,
    })
    const ask = () => connection.ask((client) => client.xread('COUNT', 1, 'STREAMS', 'none', '0-0'))
    try {
      await advanceUntil(clock, 1, () => connection.isUp())
      const before = await countProbes(redis)
      for (let count = 0; count < 20; count += 1) await ask()
      expect((await countProbes(redis)) - before).toBe(0)
      clock.standStill(500)
      for (let count = 0; count < 20; count += 1) await ask()
      expect((await countProbes(redis)) - before).toBe(1)
      await redis.restart()
      await advanceUntil(clock, 1, () => !connection.isUp())
      await advanceUntil(clock, 1, () => connection.isUp())
      expect(await countProbes(redis)).toBeGreaterThan(0)
    } finally {
      connection.close()
    }
  },
)
