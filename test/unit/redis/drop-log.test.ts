// The log of drops where a failover has lost its last entries: what this replica has sent is sent again.
import { describe, expect, it } from 'vitest'
import { READS } from '../../../src/aurora/reads.ts'
import { readNameOf } from '../../../src/cache/read-name.ts'
import { createSystemClock } from '../../../src/clock.ts'
import type { Connection } from '../../../src/redis/connection.ts'
import { createConnection } from '../../../src/redis/connection.ts'
import { createDropLog } from '../../../src/redis/drop-log.ts'
import type { Drop } from '../../../src/redis/drop-text.ts'
import { createKeys } from '../../../src/redis/keys.ts'
import { toRecord } from '../../../src/redis/streams.ts'
import { buildScope, createEventLog } from '../../support/builders.ts'
import { createFakeRedis } from '../../support/fake-redis.ts'
import { redisProgram, startRedis } from '../../support/redis-server.ts'
import type { RedisServer } from '../../support/redis-server.ts'
import { waitUntil } from '../../support/wait-until.ts'

const clock = createSystemClock()
const keys = createKeys('test:')
const drop = {
  owner: buildScope().key,
  touches: [{ operation: 'retrieveProject' as const, path: { project_id: 'p-1' } }],
}

async function open(redis: RedisServer, replicaId = 'one') {
  const { emit } = createEventLog()
  const main = createConnection({ url: redis.url, clock, emit, name: 'test', probeKey: keys.probe })
  const applied: (Drop | null)[] = []
  let tokens = 0
  const log = createDropLog({
    main,
    keys,
    clock,
    emit,
    replicaId,
    newToken: () => `generation-${(tokens += 1)}`,
    applyDrop: (each) => void applied.push(each),
  })
  await waitUntil(() => log.mark() !== null)
  return { log, main, applied, [Symbol.dispose]: () => main.close() }
}

type Opened = Awaited<ReturnType<typeof open>>

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

/** As followStreams does: Redis does not mention what was trimmed after the last entry of the copy. */
async function follow(redis: RedisServer, { log }: Opened): Promise<void> {
  const found = await redis.admin((client) => client.xread('STREAMS', keys.drops, log.from()))
  await log.take((found?.[0]?.[1] ?? []).map(([id, fields]) => ({ id, fields: toRecord(fields) })))
}

describe.skipIf(redisProgram === null)('drops that were trimmed before a replica had read them', () => {
  it('put in doubt all that it has, where it reads what comes after them', async () => {
    await using redis = await startRedis()
    using one = await open(redis)
    using other = await open(redis, 'other')
    const publish = async (): Promise<void> => {
      one.log.publish(drop)
      await one.log.published()
    }
    await publish()
    await follow(redis, other)
    const before = other.log.mark()
    await publish()
    await publish()
    await redis.admin((client) => client.xtrim(keys.drops, 'MAXLEN', 1))
    other.applied.length = 0
    await follow(redis, other)
    expect(other.applied).toEqual([null, drop])
    const read = readNameOf(buildScope().key, { endpoint: READS.listUsers, path: {} }, {})
    expect(before && other.log.haveTouched(read, before)).toBe(true)
    other.applied.length = 0
    await publish()
    await follow(redis, other)
    expect(other.applied).toEqual([drop])
    expect(await other.log.catchUp()).toBe(true)
    expect(other.applied).toEqual([drop])
  })
})

it.skipIf(redisProgram === null)('a log of several pages is read as a whole', async () => {
  await using redis = await startRedis()
  using one = await open(redis)
  for (let count = 0; count < 120; count += 1) {
    one.log.publish(drop)
    await one.log.published()
  }
  using other = await open(redis, 'other')
  expect(await other.log.catchUp()).toBe(true)
  const [lastId = ''] = (await entries(redis)).at(-1) ?? []
  expect(other.log.from()).toBe(lastId)
  expect(other.applied.filter((each) => each !== null)).toHaveLength(120)
})

describe('until the log was read as a whole, a copy that the news have filled contains nothing', () => {
  it.each([
    ['another generation', { generation: 'older', id: '1-0' }, [null]],
    ['an entry that the log has', null, []],
  ])('so that a cache file of %s gives no lease too early', async (_what, older, doubts) => {
    const redis = createFakeRedis(() => 1_000)
    const [lastId, generation] = ['1000-0', 'generation']
    redis.run('set', keys.generation, generation)
    redis.run('xadd', keys.drops, '*', 'generation', generation)
    let isSlow = true
    const client = {
      eval: async (...given: never[]) => redis.run('eval', ...given),
      xrange: async (...given: never[]) => redis.run('xrange', ...given),
    }
    const main = {
      isUp: () => true,
      ask: async (work: (to: typeof client) => Promise<unknown>) => {
        const answer = await work(client)
        return isSlow && Array.isArray(answer) ? null : answer
      },
      onUp: () => {},
      onBeat: () => {},
      time: { at: () => null, setbacks: () => 0 },
    } as unknown as Connection
    const applied: (Drop | null)[] = []
    const log = createDropLog({
      main,
      keys,
      clock,
      emit: () => {},
      replicaId: 'one',
      newToken: () => 'token',
      filed: older ?? { generation, id: lastId },
      applyDrop: (each) => void applied.push(each),
    })
    expect(await log.catchUp()).toBe(false)
    const rows = redis.run('xrange', keys.drops, '0-0') as [string, string[]][]
    await log.take(rows.map(([id, fields]) => ({ id, fields: toRecord(fields) })))
    expect(log.mark()).toEqual({ generation, id: lastId })
    expect(log.contains({ generation, id: lastId })).toBe(false)
    isSlow = false
    expect(await log.catchUp()).toBe(true)
    expect(log.contains({ generation, id: lastId })).toBe(true)
    expect(applied).toEqual(doubts)
  })
})
