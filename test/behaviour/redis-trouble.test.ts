// Redis slow, frozen, gone, emptied, full or locked: no read fails for it, and Aurora never counts more than its limit.
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { createMetrics } from '../../src/telemetry/metrics.ts'
import { nth } from '../support/builders.ts'
import { openMovingAddress } from '../support/moving-address.ts'
import { createReplicas, waitUntilShared } from '../support/replicas.ts'
import type { Replicas } from '../support/replicas.ts'
import { redisProgram, startRedis } from '../support/redis-server.ts'
import type { RedisServer } from '../support/redis-server.ts'
import { createTestGateway } from '../support/test-gateway.ts'
import { waitUntil } from '../support/wait-until.ts'

const project = (id: string | undefined) => `{ project(id: "${id}") { name } }`

/** Each replica asks for projects that were never read, so every answer needs a call. */
async function readAll({ gateways, simulator }: Replicas, from: number, count: number) {
  const answers = []
  for (let index = from; index < from + count; index += 1)
    answers.push(
      await nth(gateways, index % gateways.length).ask(project(simulator.data.projects[index]?.id)),
    )
  return answers
}

const troubles: Record<string, (redis: RedisServer) => Promise<void> | void> = {
  'is killed': (redis) => redis.kill(),
  'is frozen': (redis) => redis.freeze(),
  'is restarted empty': (redis) => redis.restart(),
  'is full': (redis) =>
    redis.admin(async (client) => {
      await client.config('SET', 'maxmemory-policy', 'noeviction')
      await client.config('SET', 'maxmemory', '1')
    }),
  'has another password': (redis) =>
    redis.admin(async (client) => {
      await client.config('SET', 'requirepass', 'another')
      await client.client('KILL', 'TYPE', 'normal', 'SKIPME', 'yes')
    }),
}

describe.skipIf(redisProgram === null)('when Redis', () => {
  it.each(Object.keys(troubles))('%s, no read fails', async (name) => {
    await using redis = await startRedis()
    await using replicas = await createReplicas({ count: 2, redisUrl: redis.url })
    await waitUntilShared(replicas)
    const before = await readAll(replicas, 0, 4)
    await troubles[name]?.(redis)
    const during = await readAll(replicas, 4, 12)
    for (const { errors, data } of [...before, ...during]) {
      expect(errors).toBeUndefined()
      expect(data).not.toBeNull()
    }
    redis.thaw()
  })

  it('is lost and comes back, the metrics of each replica show it', async () => {
    await using redis = await startRedis()
    const metrics = createMetrics({ operations: [], isWithProcess: false })
    await using gateway = await createTestGateway({
      metrics,
      config: { redis: { url: redis.url, prefix: 'aurora:', maxReplicas: 1 } },
    })
    expect((await gateway.ask('{ tenant { name } }')).errors).toBeUndefined()
    const areUp = async (value: 0 | 1): Promise<boolean> => {
      const { text } = await metrics.render()
      return ['gateway', 'gateway-news'].every((name) =>
        text.includes(`aurora_gateway_redis_up{connection="${name}"} ${value}\n`),
      )
    }
    await waitUntil(() => areUp(1))
    await redis.kill()
    await waitUntil(() => areUp(0))
    await redis.restart()
    await waitUntil(() => areUp(1))
  })

  it('refuses the password from the start, no read fails, and no line of the log contains the password', async () => {
    await using redis = await startRedis(['--requirepass', 'right'])
    const redisUrl = redis.url.replace('//', '//:canary-of-the-password@')
    await using replicas = await createReplicas({ count: 2, redisUrl })
    for (const { errors } of await readAll(replicas, 0, 6)) expect(errors).toBeUndefined()
    await waitUntil(() => replicas.gateways.every(({ logged }) => logged.join().includes('WRONGPASS')))
    for (const { errors } of await readAll(replicas, 6, 6)) expect(errors).toBeUndefined()
    const lines = replicas.gateways.flatMap(({ logged }) => logged).join('\n')
    expect(lines).toContain('"reason":"WRONGPASS"')
    expect(lines).not.toContain('canary')
  })

  it('is back after it was killed, replicas are notified of changes again', async () => {
    await using redis = await startRedis()
    await using replicas = await createReplicas({ count: 2, redisUrl: redis.url })
    await waitUntilShared(replicas)
    const id = nth(replicas.simulator.data.projects, 0).id
    const [one, other] = [nth(replicas.gateways, 0), nth(replicas.gateways, 1)]
    await Promise.all([one.ask(project(id)), other.ask(project(id))])
    await redis.kill()
    // No replica can be notified now; this one stores the notice until it can send it.
    await one.ask(`mutation { updateProject(id: "${id}", input: { name: "changed" }) { project { name } } }`)
    expect((await one.ask(project(id))).text).toContain('changed')
    await redis.restart()
    await waitUntil(async () => (await other.ask(project(id))).text.includes('changed'))
  })
})

describe.skipIf(redisProgram === null)('a write that Redis takes no notice of', () => {
  const rename = (id: string) =>
    `mutation { updateProject(id: "${id}", input: { name: "changed" }) { project { name } } }`

  it.concurrent.each([
    ['is full', troubles['is full']],
    ['is frozen', troubles['is frozen']],
    ['is killed', troubles['is killed']],
    [
      'allows no entry, and nothing to be deleted',
      (redis: RedisServer) =>
        redis.admin((client) => client.call('ACL', 'SETUSER', 'default', '-xadd', '-del')).then(() => {}),
    ],
  ])(
    'because it %s is followed by no unmarked old answer of another replica, at no call',
    async (_what, makeTrouble) => {
      await using redis = await startRedis()
      await using replicas = await createReplicas({ count: 2, redisUrl: redis.url })
      await waitUntilShared(replicas)
      const { simulator, gateways } = replicas
      const id = nth(simulator.data.projects, 0).id
      const [one, other] = [nth(gateways, 0), nth(gateways, 1)]
      await Promise.all([one.ask(project(id)), other.ask(project(id))])
      await makeTrouble?.(redis)
      const written = await one.ask(rename(id))
      simulator.clearCalls()
      const read = await other.ask(project(id))
      expect(written.errors).toBeUndefined()
      expect(written.extensions.upstream).toMatchObject({ unnotified: 1 })
      expect(read.extensions.upstream).toMatchObject({ calls: 0, saved: { cache: 0, stale: 1 } })
      expect(simulator.calls).toEqual([])
      redis.thaw()
    },
  )

  it.concurrent(
    'because only its replica is cut off is told to its client, and the others mark what they have',
    async () => {
      await using redis = await startRedis()
      await using address = await openMovingAddress(redis.port)
      await using replicas = await createReplicas({ count: 1, redisUrl: redis.url })
      const one = await replicas.add(`redis://127.0.0.1:${address.port}`)
      const other = nth(replicas.gateways, 0)
      const id = nth(replicas.simulator.data.projects, 0).id
      await one.ask(project(id))
      // Both are connected, and have a lease: then the second read costs nothing, and is not marked.
      await waitUntil(async () => {
        const { calls, saved } = (await other.ask(project(id))).extensions.upstream
        return calls === 0 && saved.stale === 0
      })
      address.cut()
      const written = await one.ask(rename(id))
      const { calls, saved } = (await other.ask(project(id))).extensions.upstream
      expect(written.extensions.upstream).toMatchObject({ unnotified: 1 })
      expect({ calls, stale: saved.stale }).toEqual({ calls: 0, stale: 1 })
    },
  )
})

describe.skipIf(redisProgram === null)('the limit of replicas together', () => {
  const LIMIT = 24
  const WINDOW_MS = 2000
  /** The simulated Aurora is in this process, too: a call that it gets to later than this is counted after the gateway has given it up. */
  const ATTEMPT_MS = 2000

  /** Until `isOver`. */
  async function load(replicas: Replicas, isOver: () => boolean): Promise<void> {
    const { designIds } = replicas.simulator.data
    let next = 0
    const client = async (index: number): Promise<void> => {
      const gateway = nth(replicas.gateways, index % replicas.gateways.length)
      let id = nth(designIds, (next += 1))
      while (!isOver()) {
        const { errors } = await gateway.ask(`{ design(id: "${id}") { name } }`)
        // What was refused is asked for again: there are only so many designs.
        if (!errors) id = nth(designIds, (next += 1))
        await sleep(errors ? 200 : 20)
      }
    }
    await Promise.all(Array.from({ length: 6 }, (_, index) => client(index)))
  }

  const open = (redis: RedisServer) =>
    createReplicas({
      count: 3,
      redisUrl: redis.url,
      simulator: { limit: LIMIT, windowMs: WINDOW_MS, latencyMs: 5 },
      config: { rateLimit: LIMIT, rateWindowMs: WINDOW_MS, maxWaitMs: 200, attemptTimeoutMs: ATTEMPT_MS },
    })

  it.concurrent.each(['is well', ...Object.keys(troubles)])(
    'holds when Redis %s',
    async (name) => {
      await using redis = await startRedis()
      await using replicas = await open(redis)
      let isOver = false
      const loaded = load(replicas, () => isOver)
      const { calls } = replicas.simulator
      const further = async (count: number): Promise<void> => {
        const before = calls.length
        await waitUntil(() => calls.length - before >= count)
      }
      // Beyond one window, beyond one with each replica's share, and when the trouble is over.
      try {
        await further(LIMIT + LIMIT / 2)
        await troubles[name]?.(redis)
        await further(LIMIT)
        redis.thaw()
        await further(LIMIT / 2)
      } finally {
        isOver = true
        await loaded
      }
      expect(replicas.simulator.worstWindow()).toBeLessThanOrEqual(LIMIT)
      expect(replicas.simulator.refusals).toBe(0)
      // The replica continues all the time: with its share where the whole limit is not available.
      expect(replicas.simulator.calls.length).toBeGreaterThan(LIMIT)
    },
    120_000,
  )
})
