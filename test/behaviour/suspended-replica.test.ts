// A replica whose machine is suspended together with its clock, while another one writes.
import { expect, it } from 'vitest'
import { readConfig } from '../../src/config/read-config.ts'
import { nth } from '../support/builders.ts'
import { openMovingAddress } from '../support/moving-address.ts'
import { createReplicas } from '../support/replicas.ts'
import { redisProgram, startRedis } from '../support/redis-server.ts'
import { createSuspendableClock } from '../support/suspendable-clock.ts'
import { createTestGateway } from '../support/test-gateway.ts'
import { waitUntil } from '../support/wait-until.ts'

it.skipIf(redisProgram === null)(
  'a replica that was suspended shows nothing unmarked that is from before a write of another one',
  async () => {
    await using redis = await startRedis()
    await using address = await openMovingAddress(redis.port)
    await using replicas = await createReplicas({ count: 1, redisUrl: redis.url })
    const clock = createSuspendableClock()
    await using suspended = await createTestGateway({
      baseUrl: replicas.baseUrl,
      clock,
      config: { redis: readConfig({ REDIS_URL: `redis://127.0.0.1:${address.port}` }).redis },
    })
    const { id } = nth(replicas.simulator.data.projects, 0)
    const query = `{ project(id: "${id}") { name } }`
    await waitUntil(async () => {
      const { extensions } = await suspended.ask(query)
      return extensions.upstream.saved.cache === 1
    })

    clock.suspend()
    address.cut()
    const { extensions } = await nth(replicas.gateways, 0).ask(
      `mutation { updateProject(id: "${id}", input: { name: "changed" }) { project { name } } }`,
    )
    clock.resume()
    const shown = await suspended.ask(query)

    expect(extensions.upstream).not.toHaveProperty('unnotified')
    expect(shown.text.includes('changed') || shown.extensions.upstream.saved.stale === 1).toBe(true)
  },
)
