// How much longer a request takes when Redis is in trouble: the first one, and those that follow while it is known to be.
import { createReplicas, waitUntilShared } from '../test/support/replicas.ts'
import { startRedis } from '../test/support/redis-server.ts'
import type { RedisServer } from '../test/support/redis-server.ts'

const ROUNDS = 40

const troubles: Record<string, (redis: RedisServer) => Promise<void> | void> = {
  'is well': () => {},
  'is killed': (redis) => redis.kill(),
  'is frozen': (redis) => redis.freeze(),
  'is full': (redis) =>
    redis.admin(async (client) => {
      await client.config('SET', 'maxmemory-policy', 'noeviction')
      await client.config('SET', 'maxmemory', '1')
    }),
}

const median = (times: readonly number[]): number =>
  [...times].sort((left, right) => left - right)[Math.floor(times.length / 2)] ?? 0

/** Cold reads, one after the other: each needs a call, and so everything that is asked of Redis. */
async function measure(name: string): Promise<string> {
  await using redis = await startRedis()
  await using replicas = await createReplicas({ count: 2, redisUrl: redis.url })
  await waitUntilShared(replicas)
  const { gateways, simulator } = replicas
  let next = 0
  const timeOne = async (): Promise<number> => {
    const startMs = performance.now()
    const answer = await gateways[0]?.ask(
      `{ project(id: "${simulator.data.projects[next++]?.id}") { name } }`,
    )
    if (answer?.errors) throw new Error('a read failed')
    return performance.now() - startMs
  }
  const timeMany = async (): Promise<number[]> => {
    const times: number[] = []
    for (let round = 0; round < ROUNDS; round += 1) times.push(await timeOne())
    return times
  }
  const before = median(await timeMany())
  await troubles[name]?.(redis)
  const first = await timeOne()
  const after = median(await timeMany())
  redis.thaw()
  const cells = [name, before, first, after].map((cell) =>
    typeof cell === 'number' ? cell.toFixed(1) : cell,
  )
  return `| ${cells.join(' | ')} |`
}

console.log('| Redis | before, ms | the first request, ms | those after it, ms |')
console.log('| --- | --- | --- | --- |')
for (const name of Object.keys(troubles)) console.log(await measure(name))
