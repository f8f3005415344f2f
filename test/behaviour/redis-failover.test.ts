// A failover behind one address: the old primary goes on answering reads as a replica, and the address leads to the new one.
import { describe, expect, it } from 'vitest'
import { createMetrics } from '../../src/telemetry/metrics.ts'
import { nth } from '../support/builders.ts'
import { openMovingAddress } from '../support/moving-address.ts'
import { createReplicas } from '../support/replicas.ts'
import type { Replicas } from '../support/replicas.ts'
import { follow, redisProgram, startRedis } from '../support/redis-server.ts'
import type { RedisServer } from '../support/redis-server.ts'
import { createTestGateway } from '../support/test-gateway.ts'
import { waitUntil } from '../support/wait-until.ts'

const project = (id: string) => `{ project(id: "${id}") { name } }`

/** What `redis-cli failover` brings about: no write is lost, and the old primary follows the new one. */
async function failOver(from: RedisServer, to: RedisServer): Promise<void> {
  await from.admin((client) => client.call('FAILOVER', 'TO', '127.0.0.1', String(to.port)))
  await waitUntil(() =>
    to.admin(async (client) => (await client.info('replication')).includes('role:master')),
  )
}

async function open() {
  const first = await startRedis(['--repl-diskless-sync-delay', '0'])
  const second = await startRedis(['--repl-diskless-sync-delay', '0'])
  await follow(second, first)
  const address = await openMovingAddress(first.port)
  return {
    first,
    second,
    address,
    redisUrl: `redis://127.0.0.1:${address.port}`,
    async [Symbol.asyncDispose]() {
      await address[Symbol.asyncDispose]()
      await first[Symbol.asyncDispose]()
      await second[Symbol.asyncDispose]()
    },
  }
}

/** The limit that each replica counts with: the whole one where the pool in Redis grants the slots. */
async function limitsOf({ gateways, simulator }: Replicas, from: number): Promise<number[]> {
  const limits: number[] = []
  for (const [index, gateway] of gateways.entries()) {
    const { extensions } = await gateway.ask(project(nth(simulator.data.projects, from + index).id))
    limits.push(extensions.upstream.limit)
  }
  return limits
}

async function waitUntilWhole(replicas: Replicas): Promise<void> {
  let from = 10
  await waitUntil(async () => {
    const limits = await limitsOf(replicas, (from += 2))
    return limits.every((limit) => limit === 90)
  })
}

describe.skipIf(redisProgram === null)('after a failover behind one address', () => {
  it.concurrent.each<[what: string, move: (world: Awaited<ReturnType<typeof open>>) => Promise<void>]>([
    ['and the old primary became a replica', ({ first, second }) => failOver(first, second)],
    [
      'and the old primary is frozen',
      async ({ first, second }) => {
        first.freeze()
        await second.admin((client) => client.replicaof('NO', 'ONE'))
      },
    ],
  ])('%s, the limit is whole again and writes are heard by all replicas', async (_what, move) => {
    await using world = await open()
    await using replicas = await createReplicas({
      count: 2,
      redisUrl: world.redisUrl,
      simulator: { limit: 90, windowMs: 1000 },
      config: { rateLimit: 90, rateWindowMs: 1000 },
    })
    await waitUntilWhole(replicas)
    const { id } = nth(replicas.simulator.data.projects, 0)
    const [one, other] = [nth(replicas.gateways, 0), nth(replicas.gateways, 1)]
    await Promise.all([one.ask(project(id)), other.ask(project(id))])

    await move(world)
    world.address.moveTo(world.second.port)
    await waitUntilWhole(replicas)

    await one.ask(`mutation { updateProject(id: "${id}", input: { name: "changed" }) { project { name } } }`)
    await waitUntil(async () => (await other.ask(project(id))).text.includes('changed'))
    expect(replicas.simulator.worstWindow()).toBeLessThanOrEqual(90)
    expect(replicas.simulator.refusals).toBe(0)
    world.first.thaw()
  })

  it.concurrent(
    'while the address leads to a replica, the connections count as down, and the log says why',
    async () => {
      await using world = await open()
      const metrics = createMetrics({ operations: [], isWithProcess: false })
      await using gateway = await createTestGateway({
        metrics,
        config: { redis: { url: world.redisUrl, prefix: 'aurora:', maxReplicas: 1 } },
      })
      const areUp = async (value: 0 | 1): Promise<boolean> => {
        const { text } = await metrics.render()
        return ['gateway', 'gateway-news'].every((name) =>
          text.includes(`aurora_gateway_redis_up{connection="${name}"} ${value}\n`),
        )
      }
      await waitUntil(() => areUp(1))
      await failOver(world.first, world.second)
      await waitUntil(() => areUp(0))
      await waitUntil(() => gateway.logged.some((line) => line.includes('"reason":"READONLY"')))
      world.address.moveTo(world.second.port)
      await waitUntil(() => areUp(1))
      // The connection is made anew several times meanwhile, and each of the two has its reason.
      const lines = gateway.logged.filter((line) => line.includes('"reason":"READONLY"'))
      expect(lines.length).toBeLessThanOrEqual(2)
      expect(lines.join()).toContain('connects again until REDIS_URL leads to the primary')
    },
  )
})
