// Redis as a cluster: failovers, a slot that moves there and back, and replicas that are at two primaries.
import { describe, expect, it } from 'vitest'
import { readConfig } from '../../src/config/read-config.ts'
import { nth } from '../support/builders.ts'
import { CERTIFICATE, PRIVATE_KEY } from '../support/certificate.ts'
import { allow, call, forbid, splitOff, startCluster } from '../support/redis-cluster.ts'
import type { ClusterWorld } from '../support/redis-cluster.ts'
import {
  countAt,
  expectKeptThrough,
  isAt,
  openPool,
  project,
  waitUntilKnown,
  waitUntilWhole,
} from '../support/redis-load.ts'
import { redisProgram } from '../support/redis-server.ts'
import type { RedisServer } from '../support/redis-server.ts'
import { createReplicas, waitUntilShared } from '../support/replicas.ts'
import type { TestGateway } from '../support/test-gateway.ts'
import { writeTlsFiles } from '../support/tls-files.ts'
import { expectMarksAndLimit, openLateAndEarly } from '../support/two-primaries.ts'
import { waitUntil } from '../support/wait-until.ts'

/** For the user that the test can forbid. */
const lateUrlOf = ({ redisUrl }: ClusterWorld): string => redisUrl.replace('//', '//late:word@')

interface Trouble {
  readonly replicas: number
  /** Resolves when another server has the slot. */
  readonly begin: (owner: RedisServer, world: ClusterWorld) => Promise<void>
}

const hasMoved = (owner: RedisServer, world: ClusterWorld): Promise<void> =>
  waitUntil(async () => (await world.owner()) !== owner)

const troubles: readonly [what: string, trouble: Trouble][] = [
  [
    'a planned failover',
    {
      replicas: 1,
      async begin(owner, world) {
        // Refused while the primary is not known to the replica as a good one.
        await waitUntil(async () => {
          await call(nth(world.replicas, 0), 'CLUSTER', 'FAILOVER').catch(() => {})
          return (await world.owner()) !== owner
        })
      },
    },
  ],
  [
    'a primary that was killed',
    {
      replicas: 1,
      async begin(owner, world) {
        await owner.kill()
        await hasMoved(owner, world)
      },
    },
  ],
  [
    'a primary that hangs',
    {
      replicas: 1,
      async begin(owner, world) {
        owner.freeze()
        await waitUntil(async () => (await world.ownerBut(owner)) !== owner)
        owner.thaw()
      },
    },
  ],
  [
    'a move of the slot',
    { replicas: 0, begin: (owner, world) => world.move(owner, nth(world.primaries, 1)) },
  ],
  [
    'a move of the slot there and back',
    {
      replicas: 0,
      async begin(owner, world) {
        const other = nth(world.primaries, 1)
        await world.move(owner, other)
        await waitUntil(() => isAt(other))
        await world.move(other, owner)
      },
    },
  ],
]

describe.skipIf(redisProgram === null)('with Redis as a cluster', () => {
  it.concurrent.each(troubles)(
    'after %s the limit is kept, writes are read, and the limit is whole again',
    async (_what, { replicas: count, begin }) => {
      await using world = await startCluster({ replicas: count })
      await expectKeptThrough(world.redisUrl, async () => begin(await world.owner(), world))
    },
  )

  it.concurrent(
    'two replicas at two primaries keep the limit together, and mark what the other may have changed',
    async () => {
      await using world = await startCluster({
        replicas: 1,
        // No failover but the one of the test, also where the machine stands still for a moment.
        words: ['--cluster-require-full-coverage', 'no', '--cluster-node-timeout', '60000'],
      })
      const servers = [...world.primaries, ...world.replicas]
      for (const server of servers) await allow(server, 'late', 'word')
      await using both = await openLateAndEarly(world.redisUrl, lateUrlOf(world))
      // The old primary goes on by itself, and the one gateway reaches no other node.
      const [old, heir] = [nth(world.primaries, 0), nth(world.replicas, 0)]
      await waitUntilKnown(old, 2)
      for (const server of servers) if (server !== old) await forbid(server, 'late')
      await splitOff(world, old, heir)
      await waitUntil(() => isAt(heir))
      expect(await isAt(old)).toBe(true)
      await expectMarksAndLimit(both)
    },
  )

  it.concurrent('a slot that comes back to a node brings no pool of the time before', async () => {
    await using world = await startCluster()
    const [first, second] = [nth(world.primaries, 0), nth(world.primaries, 1)]
    for (const server of world.primaries) await allow(server, 'late', 'word')
    const windowMs = 20_000
    await using replicas = await createReplicas({
      count: 0,
      redisUrl: world.redisUrl,
      simulator: { limit: 90, windowMs },
      config: { rateLimit: 90, rateWindowMs: windowMs, attemptTimeoutMs: 1000 },
    })
    await openPool(world, replicas)
    const late = await replicas.add(lateUrlOf(world))
    const early = await replicas.add()
    await waitUntilWhole(replicas)
    await world.move(first, second)
    await waitUntil(async () => (await countAt(second)) === 2)
    await waitUntilWhole(replicas)

    // What the one has used at the second node is unknown at the first, and it can report it nowhere.
    const { projects } = replicas.simulator.data
    const ask = (gateway: TestGateway, from: number, count: number) =>
      Promise.all(
        Array.from({ length: count }, (_, index) => gateway.ask(project(nth(projects, from + index).id))),
      )
    await ask(late, 100, 60)
    for (const server of world.primaries) await forbid(server, 'late')
    await world.move(second, first)
    await waitUntil(() => isAt(first))
    await ask(early, 200, 90)
    expect(replicas.simulator.worstWindow()).toBeLessThanOrEqual(90)
    expect(replicas.simulator.refusals).toBe(0)
  })

  it.concurrent('over TLS, with a user who has no more rights than the documents list', async () => {
    using files = writeTlsFiles()
    await using world = await startCluster({ tls: files, password: 'of-all' })
    for (const server of world.primaries) await allow(server, 'gateway', 'of-gateway')
    const { redis } = readConfig({
      REDIS_URL: world.redisUrl.replace(/\/\/.*?@/, '//gateway:of-gateway@'),
      REDIS_CA: CERTIFICATE,
      REDIS_CLIENT_CERT: CERTIFICATE,
      REDIS_CLIENT_KEY: PRIVATE_KEY,
    })
    await using replicas = await createReplicas({ count: 2, redisUrl: world.redisUrl, config: { redis } })
    await waitUntilShared(replicas)
    await world.move(nth(world.primaries, 0), nth(world.primaries, 1))
    await waitUntilShared(replicas)
    expect(replicas.gateways.flatMap(({ logged }) => logged).join()).not.toContain('redisRefused')
  })
})
