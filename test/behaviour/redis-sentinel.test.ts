// Redis by its Sentinels: planned failovers, a primary that is killed or hangs, and replicas that are at two primaries.
import { describe, expect, it } from 'vitest'
import { readConfig } from '../../src/config/read-config.ts'
import { nth } from '../support/builders.ts'
import { CERTIFICATE, PRIVATE_KEY } from '../support/certificate.ts'
import { openMovingAddress } from '../support/moving-address.ts'
import { createReplicas, waitUntilShared } from '../support/replicas.ts'
import { expectKeptThrough, isAt, project, waitUntilKnown } from '../support/redis-load.ts'
import { startSentinels } from '../support/redis-sentinel.ts'
import type { SentinelWorld } from '../support/redis-sentinel.ts'
import { redisProgram } from '../support/redis-server.ts'
import type { RedisServer } from '../support/redis-server.ts'
import { writeTlsFiles } from '../support/tls-files.ts'
import { expectMarksAndLimit, openLateAndEarly } from '../support/two-primaries.ts'
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
      await expectKeptThrough(world.redisUrl, async () => {
        const primary = await world.primary()
        await trouble(primary, world)
        await waitUntil(async () => (await world.primary()) !== primary)
        primary.thaw()
      })
    },
  )

  it.concurrent(
    'two replicas at two primaries keep the limit together, and mark what the other may have changed',
    async () => {
      await using world = await startSentinels()
      const proxies = await Promise.all(world.ports.map(openMovingAddress))
      await using both = await openLateAndEarly(
        world.redisUrl,
        `redis+sentinel://${proxies.map(({ port }) => `127.0.0.1:${port}`).join(',')}/solar`,
      )
      await waitUntilKnown(await world.primary(), 2)

      // The one cannot hear of the failover any more, and the old primary takes writes for some seconds yet.
      for (const proxy of proxies) proxy.cut()
      await world.failOver()
      const primary = await world.primary()
      await waitUntil(() => isAt(primary))
      await expectMarksAndLimit(both)
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
