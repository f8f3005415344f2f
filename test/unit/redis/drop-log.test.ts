// The log of drops where a failover has lost its last entries: what this replica has sent is sent again.
import { describe, expect, it } from 'vitest'
import { createSystemClock } from '../../../src/clock.ts'
import { createConnection } from '../../../src/redis/connection.ts'
import { createDropLog } from '../../../src/redis/drop-log.ts'
import { createKeys } from '../../../src/redis/keys.ts'
import { buildScope, createEventLog } from '../../support/builders.ts'
import { redisProgram, startRedis } from '../../support/redis-server.ts'
import type { RedisServer } from '../../support/redis-server.ts'
import { waitUntil } from '../../support/wait-until.ts'

const clock = createSystemClock()
const keys = createKeys('test:')
const drop = {
  scope: buildScope().key,
  touches: [{ operation: 'retrieveProject' as const, path: { project_id: 'p-1' } }],
}

async function open(redis: RedisServer) {
  const { emit } = createEventLog()
  const main = createConnection({ url: redis.url, clock, emit, name: 'test', probeKey: keys.probe })
  let tokens = 0
  const log = createDropLog({
    main,
    keys,
    clock,
    emit,
    replicaId: 'one',
    newToken: () => `generation-${(tokens += 1)}`,
    applyDrop: () => {},
  })
  await waitUntil(() => log.mark() !== null)
  return { log, [Symbol.dispose]: () => main.close() }
}

const entries = (redis: RedisServer) => redis.admin((client) => client.xrange(keys.drops, '-', '+'))
const countDrops = async (redis: RedisServer): Promise<number> =>
  (await entries(redis)).filter(([, fields]) => fields.includes('drop')).length

describe.skipIf(redisProgram === null)('a drop that Redis has taken and lost', () => {
  it.each([
    ['that is in the copy', true],
    ['that is not in the copy yet', false],
  ])('%s is sent again', async (_what, isCopied) => {
    await using redis = await startRedis()
    using opened = await open(redis)
    const { log } = opened
    log.publish(drop)
    await log.published()
    if (isCopied) await log.catchUp()
    expect(await countDrops(redis)).toBe(1)
    const [id = ''] = (await entries(redis)).at(-1) ?? []
    await redis.admin((client) => client.xdel(keys.drops, id))
    await log.catchUp()
    await log.published()
    expect(await countDrops(redis)).toBe(1)
    expect(await log.catchUp()).toBe(true)
  })

  it('is sent once only where nothing is lost', async () => {
    await using redis = await startRedis()
    using opened = await open(redis)
    const { log } = opened
    for (let count = 0; count < 3; count += 1) {
      log.publish(drop)
      await log.published()
      await log.catchUp()
    }
    await log.catchUp()
    await log.published()
    expect(await countDrops(redis)).toBe(3)
  })
})
