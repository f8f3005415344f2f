// Redis by its Sentinels: planned failovers, a primary that is killed or hangs, and replicas that are at two primaries.
import { describe, expect, it } from 'vitest'
import { readConfig } from '../../src/config/read-config.ts'
import { nth } from '../support/builders.ts'
import { CERTIFICATE, PRIVATE_KEY } from '../support/certificate.ts'
import { openMovingAddress } from '../support/moving-address.ts'
import { createReplicas, waitUntilShared } from '../support/replicas.ts'
import {
  askAnew,
  isAt,
  isMarked,
  openPool,
  project,
  rename,
  waitUntilKnown,
  waitUntilWhole,
  writeAndRead,
} from '../support/redis-load.ts'
import { startSentinels } from '../support/redis-sentinel.ts'
import type { SentinelWorld } from '../support/redis-sentinel.ts'
import { redisProgram } from '../support/redis-server.ts'
import type { RedisServer } from '../support/redis-server.ts'
import { writeTlsFiles } from '../support/tls-files.ts'
import { waitUntil } from '../support/wait-until.ts'

const troubles: readonly [
  what: string,
  trouble: (primary: RedisServer, world: SentinelWorld) => Promise<void> | void,
][] = [
  ['a planned failover', (_primary, world) => world.failOver()],
  ['a primary that was killed', (primary) => primary.kill()],
  ['a primary that hangs', (primary) => primary.freeze()],
]

describe.skipIf(redisProgram === null)('with Redis by its Sentinels', () => {
  it.concurrent.each(troubles)(
    'after %s the limit is kept, writes are read, and the limit is whole again',
    async (_what, trouble) => {
      await using world = await startSentinels()
      await using replicas = await createReplicas({
        count: 2,
        redisUrl: world.redisUrl,
        simulator: { limit: 90, windowMs: 1000 },
        config: { rateLimit: 90, rateWindowMs: 1000, attemptTimeoutMs: 1000 },
      })
      await waitUntilWhole(replicas)
      const { id } = nth(replicas.simulator.data.projects, 0)
      const [one, other] = [nth(replicas.gateways, 0), nth(replicas.gateways, 1)]
      await using there = writeAndRead([one, other], id)
      await using back = writeAndRead([other, one], nth(replicas.simulator.data.projects, 1).id)
      await waitUntil(() => there.count() > 3 && back.count() > 3)

      const primary = await world.primary()
      await trouble(primary, world)
      await waitUntil(async () => (await world.primary()) !== primary)
      primary.thaw()
      const [writtenThere, writtenBack] = [there.count(), back.count()]
      await waitUntil(() => there.count() > writtenThere + 3 && back.count() > writtenBack + 3)
      expect([...(await there.end()), ...(await back.end())]).toEqual([])
      await waitUntilWhole(replicas)
      expect(replicas.simulator.worstWindow()).toBeLessThanOrEqual(90)
      expect(replicas.simulator.refusals).toBe(0)
    },
  )

  it.concurrent(
    'two replicas at two primaries keep the limit together, and mark what the other may have changed',
    async () => {
      await using world = await startSentinels()
      const proxies = await Promise.all(world.ports.map(openMovingAddress))
      await using replicas = await createReplicas({
        count: 0,
        redisUrl: world.redisUrl,
        simulator: { limit: 90, windowMs: 60_000 },
        config: { rateLimit: 90, rateWindowMs: 60_000 },
      })
      await openPool(world, replicas)
      const late = await replicas.add(
        `redis+sentinel://${proxies.map(({ port }) => `127.0.0.1:${port}`).join(',')}/solar`,
      )
      const early = await replicas.add()
      const { projects } = replicas.simulator.data
      const shared = nth(projects, 0).id
      await waitUntil(async () => {
        const answers = [await early.ask(project(shared)), await late.ask(project(shared))]
        return answers.every(({ extensions }) => extensions.upstream.limit === 90)
      })

      await waitUntilKnown(await world.primary(), 2)

      // The one cannot hear of the failover any more, and the old primary takes writes for some seconds yet.
      for (const proxy of proxies) proxy.cut()
      await world.failOver()
      const primary = await world.primary()
      await waitUntil(() => isAt(primary))
      const lapses: string[] = []
      for (const [writer, reader, name] of [
        [late, early, 'by the late one'],
        [early, late, 'by the early one'],
      ] as const) {
        await askAnew(reader, project(shared))
        await writer.ask(rename(shared, name))
        const read = await reader.ask<{ project: { name: string } }>(project(shared))
        if (read.data?.project.name !== name && !isMarked(read)) lapses.push(read.text)
      }
      await Promise.all(
        Array.from({ length: 160 }, (_, index) =>
          nth([early, late], index % 2).ask(project(nth(projects, 10 + index).id)),
        ),
      )
      expect(lapses).toEqual([])
      expect(replicas.simulator.worstWindow()).toBeLessThanOrEqual(90)
      expect(replicas.simulator.refusals).toBe(0)
      for (const proxy of proxies) await proxy[Symbol.asyncDispose]()
    },
  )

  it.concurrent(
    'over TLS, with a password of Redis and another one of the Sentinels, replicas share',
    async () => {
      using files = writeTlsFiles()
      const passwords = { password: 'of-redis', sentinelPassword: 'of-sentinels' }
      await using world = await startSentinels({ tls: files, ...passwords })
      const { redis } = readConfig({
        REDIS_URL: world.redisUrl,
        REDIS_SENTINEL_PASSWORD: passwords.sentinelPassword,
        REDIS_CA: CERTIFICATE,
        REDIS_CLIENT_CERT: CERTIFICATE,
        REDIS_CLIENT_KEY: PRIVATE_KEY,
      })
      await using replicas = await createReplicas({
        count: 2,
        redisUrl: world.redisUrl,
        config: { redis },
      })
      await waitUntilShared(replicas)
      expect(replicas.gateways.flatMap(({ logged }) => logged).join()).not.toContain('redisRefused')
    },
  )

  it.concurrent('a replica that hears of no Sentinel says so, and goes on alone', async () => {
    const redis = readConfig({ REDIS_URL: 'redis+sentinel://127.0.0.1:1/solar' }).redis
    await using replicas = await createReplicas({
      count: 1,
      redisUrl: 'redis://127.0.0.1:1',
      config: { redis },
    })
    const gateway = nth(replicas.gateways, 0)
    const { errors } = await gateway.ask(project(nth(replicas.simulator.data.projects, 0).id))
    expect(errors).toBeUndefined()
    await waitUntil(() => gateway.logged.some((line) => line.includes('"reason":"SENTINEL"')))
  })
})
