// The connection against a real Redis that is killed, frozen, filled and locked.
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { createSystemClock } from '../../../src/clock.ts'
import { createConnection } from '../../../src/redis/connection.ts'
import type { Connection } from '../../../src/redis/connection.ts'
import { createEventLog } from '../../support/builders.ts'
import { openMovingAddress } from '../../support/moving-address.ts'
import { redisProgram, startRedis } from '../../support/redis-server.ts'
import { waitUntil } from '../../support/wait-until.ts'

const clock = createSystemClock()

function open(url: string) {
  const events = createEventLog()
  const connection = createConnection({ url, clock, emit: events.emit, name: 'test', probeKey: 'probe' })
  return { connection, events, [Symbol.dispose]: () => connection.close() }
}

const ping = (connection: Connection) => connection.ask((client) => client.ping())

/** The answer, and how long it took: a frozen Redis costs its time once. */
async function timed<Answer>(work: () => Promise<Answer>) {
  const startMs = clock.monotonicMs()
  const answer = await work()
  return { answer, ms: clock.monotonicMs() - startMs }
}

describe.skipIf(redisProgram === null)('a connection to Redis', () => {
  it('is up once Redis has answered, and has its time', async () => {
    await using redis = await startRedis()
    using opened = open(redis.url)
    const { connection } = opened
    expect(await ping(connection)).toBeNull()
    await waitUntil(() => connection.isUp())
    expect(await ping(connection)).toBe('PONG')
    const beforeMs = Date.now()
    const bounds = connection.time.at(clock.monotonicMs())
    expect(bounds?.leastMs).toBeLessThanOrEqual(Date.now() + 1)
    expect(bounds?.mostMs).toBeGreaterThanOrEqual(beforeMs - 1)
  })

  it('does not fail where no Redis listens, and is up when one does', async () => {
    await using redis = await startRedis()
    await redis.kill()
    using opened = open(redis.url)
    const { connection, events } = opened
    await waitUntil(() => events.of('redisDown').length > 0)
    expect(await ping(connection)).toBeNull()
    await redis.restart()
    await waitUntil(() => connection.isUp())
    expect(events.of('redisDown')).toEqual([{ connection: 'test', reason: 'ECONNREFUSED' }])
    expect(events.of('redisUp')).toHaveLength(1)
  })

  it('lets one question wait for a frozen Redis, no further one, and is up again after the thaw', async () => {
    await using redis = await startRedis()
    using opened = open(redis.url)
    const { connection, events } = opened
    await waitUntil(() => connection.isUp())
    redis.freeze()
    expect(await ping(connection)).toBeNull()
    expect(connection.isUp()).toBe(false)
    // Not sent at all: over before any timer could fire.
    const order: string[] = []
    const asked = ping(connection).then(() => order.push('asked'))
    clock.after(0, () => order.push('timer'))
    await asked
    await sleep(5)
    expect(order).toEqual(['asked', 'timer'])
    redis.thaw()
    await waitUntil(() => connection.isUp())
    expect(await ping(connection)).toBe('PONG')
    expect(events.of('redisDown')).toHaveLength(1)
  })

  it('does not take Redis for slow because our own process is too busy to read its answer', async () => {
    await using redis = await startRedis()
    using opened = open(redis.url)
    const { connection, events } = opened
    await waitUntil(() => connection.isUp())
    const timeoutMs = 1000
    // As what is too large for one turn of the loop: each of them needs one of its own.
    const answer = connection.ask(async (client) => {
      for (let turn = 0; turn < 4; turn += 1) await client.ping()
      return 'heard'
    }, timeoutMs)
    const busyUntilMs = clock.monotonicMs() + 1.5 * timeoutMs
    while (clock.monotonicMs() < busyUntilMs);
    expect(await answer).toBe('heard')
    expect(events.of('redisDown')).toEqual([])
  })

  it('is up again after a freeze that outlived its sockets', async () => {
    await using redis = await startRedis()
    using opened = open(redis.url)
    const { connection } = opened
    await waitUntil(() => connection.isUp())
    redis.freeze()
    await sleep(6000)
    expect(connection.isUp()).toBe(false)
    redis.thaw()
    await waitUntil(() => connection.isUp())
    expect(await ping(connection)).toBe('PONG')
  })

  it('never carries out later a command that it gave up while no Redis listened', async () => {
    await using redis = await startRedis()
    using opened = open(redis.url)
    const { connection } = opened
    await waitUntil(() => connection.isUp())
    await redis.kill()
    expect(await connection.ask((client) => client.set('a', '1'))).toBeNull()
    await redis.restart()
    await waitUntil(() => connection.isUp())
    expect(await connection.ask((client) => client.exists('a'))).toBe(0)
  })

  it('comes back after a balancer has closed every new connection as soon as it was accepted', async () => {
    await using redis = await startRedis()
    await using address = await openMovingAddress(redis.port)
    using opened = open(redis.url.replace(String(redis.port), String(address.port)))
    const { connection } = opened
    await waitUntil(() => connection.isUp())
    address.cut()
    await waitUntil(() => address.countClosed() > 2)
    expect(connection.isUp()).toBe(false)
    address.mend()
    await waitUntil(() => connection.isUp())
    expect(await ping(connection)).toBe('PONG')
    expect(await connection.ask((client) => client.client('GETNAME'))).toBe('test')
  })

  it('is down, and reports why without the password, where the password is wrong', async () => {
    await using redis = await startRedis(['--requirepass', 'right'])
    using opened = open(redis.url.replace('//', '//:canary-of-the-password@'))
    const { connection, events } = opened
    await waitUntil(() => events.of('redisDown').length > 0)
    expect(await ping(connection)).toBeNull()
    // A probe may have been refused as well by now.
    expect(events.of('redisDown')[0]).toMatchObject({ connection: 'test', reason: 'WRONGPASS' })
    expect(JSON.stringify(events.of('redisDown'))).not.toContain('canary')
  })

  it('stays up where a full Redis refuses to store, and reports it once', async () => {
    await using redis = await startRedis(['--maxmemory', '1', '--maxmemory-policy', 'noeviction'])
    using opened = open(redis.url)
    const { connection, events } = opened
    await waitUntil(() => connection.isUp())
    for (let turn = 0; turn < 3; turn += 1)
      expect(await connection.ask((client) => client.set('a', '1'))).toBeNull()
    expect(await connection.ask((client) => client.exists('a'))).toBe(0)
    expect(events.of('redisRefused')).toMatchObject([{ connection: 'test', reason: 'OOM' }])
    expect(events.of('redisDown')).toEqual([])
  })

  it('closes at once, also where Redis is frozen', async () => {
    await using redis = await startRedis()
    const { connection } = open(redis.url)
    await waitUntil(() => connection.isUp())
    redis.freeze()
    const closed = await timed(async () => connection.close())
    expect(closed.answer).toBeUndefined()
    expect(await ping(connection)).toBeNull()
  })

  it('is down with a Redis Cluster that the address does not name as one, and the log says what to do', async () => {
    await using redis = await startRedis(['--cluster-enabled', 'yes'])
    await redis.admin((client) => client.cluster('ADDSLOTSRANGE', 0, 16_383))
    await waitUntil(() =>
      redis.admin(async (client) => String(await client.cluster('INFO')).includes('cluster_state:ok')),
    )
    using opened = open(redis.url)
    const { connection, events } = opened
    await waitUntil(() => events.of('redisDown').some(({ reason }) => reason === 'CROSSSLOT'))
    expect(connection.isUp()).toBe(false)
    expect(events.of('redisUp')).toEqual([])
    expect(events.of('redisDown')).toContainEqual({
      connection: 'test',
      reason: 'CROSSSLOT',
      advice: expect.stringContaining('REDIS_URL=redis+cluster://') as string,
    })
  })
})
