// What a message contains that another history's pool has shown: the replicas that came to it last.
import { describe, expect, it } from 'vitest'
import type { Connection } from '../../../src/redis/connection.ts'
import { createKeys } from '../../../src/redis/keys.ts'
import { createExchange } from '../../../src/redis/pool-exchange.ts'
import type { PoolMessage, PoolState } from '../../../src/redis/pool-protocol.ts'
import { buildPoolMessage } from '../../support/build-pool.ts'
import { redisProgram, startRedis } from '../../support/redis-server.ts'

const FORMER: PoolMessage['former'] = {
  generation: 'of-a',
  isWhole: true,
  peers: { b: true },
  orphansForMs: 0,
}

const build = (replica: string, seq: number, former = { ...FORMER, generation: '' }): PoolMessage =>
  buildPoolMessage({ replica, seq, windowMs: 60_000, former })

describe.skipIf(redisProgram === null)('a message to the pool of a new primary', () => {
  it.each<[former: string, names: string[]]>([
    ['of-a', ['b', 'late']],
    ['of-another', ['b']],
  ])('by a replica of the pool %s names %j as the others of that pool', async (generation, names) => {
    await using redis = await startRedis()
    await redis.admin(async (client) => {
      const main: Pick<Connection, 'isUp' | 'ask'> = { isUp: () => true, ask: (work) => work(client) }
      const keys = createKeys('test:')
      const exchange = createExchange(main as Connection, keys)
      keys.turnTo('one')
      await exchange('key', build('a', 1))
      await exchange('key', build('b', 1))
      // Nobody hears of it any more.
      await exchange('key', build('late', 1))

      keys.turnTo('two')
      const { answer } = await exchange('key', build('a', 2, { ...FORMER, generation }))
      expect(answer?.opensInMs).toBe(61_000)
      const state = JSON.parse((await client.get(keys.pool('key'))) ?? '') as PoolState
      expect(Object.keys(state.replicas['a']?.former.peers ?? {}).toSorted()).toEqual(names)
    })
  })
})
