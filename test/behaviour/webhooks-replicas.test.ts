// Webhooks and many replicas: one of them receives, and all of them show what is new.
import { describe, expect, it } from 'vitest'
import { createKeys } from '../../src/redis/keys.ts'
import { DEFAULT_TENANT_ID, DEFAULT_TOKEN } from '../../src/simulator/simulator.ts'
import type { Received } from '../../src/webhooks/receive.ts'
import { nth } from '../support/builders.ts'
import { createReplicas, waitUntilShared } from '../support/replicas.ts'
import type { Replicas } from '../support/replicas.ts'
import { redisProgram, startRedis } from '../support/redis-server.ts'
import type { TestGateway } from '../support/test-gateway.ts'
import { waitUntil } from '../support/wait-until.ts'

const SECRET = 'a-secret-of-the-test'
const config = { webhooks: { keys: [SECRET], ofTenants: [], keyHeader: 'x-webhook-key', settleMs: 0 } }
const name = (id: string) => `{ project(id: "${id}") { name } }`

const send = async ({ gateway }: TestGateway, id: string): Promise<Received> =>
  gateway.receiveWebhook({
    tenant: null,
    event: 'project_changed',
    query: new URLSearchParams({ PROJECT_ID: id }),
    fields: new Headers({ 'x-webhook-key': SECRET }),
    method: 'GET',
  })

/** Somebody changes it in the app. */
async function rename({ gateways, simulator }: Replicas, id: string, to: string): Promise<void> {
  const [url = ''] = nth(gateways, 0).gateway.upstreamUrls()
  const response = await fetch(`${url}/tenants/${DEFAULT_TENANT_ID}/projects/${id}`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${DEFAULT_TOKEN}`, 'content-type': 'application/json' },
    body: JSON.stringify({ project: { name: to } }),
  })
  expect(response.status).toBe(200)
  simulator.clearCalls()
}

const idAt = ({ simulator }: Replicas, index: number): string => nth(simulator.data.projects, index).id

describe.skipIf(redisProgram === null)('replicas that share a Redis', () => {
  it('all show what is new from the 204 on', async () => {
    await using redis = await startRedis()
    await using replicas = await createReplicas({ count: 3, redisUrl: redis.url, config })
    await waitUntilShared(replicas)
    const { simulator, gateways } = replicas
    const id = idAt(replicas, 0)
    for (const gateway of gateways) await gateway.ask(name(id))
    await rename(replicas, id, 'changed in the app')
    expect(await send(nth(gateways, 0), id)).toBe('recorded')
    expect(simulator.calls).toEqual([])
    for (const gateway of gateways.toReversed()) {
      expect((await gateway.ask(name(id))).text).toContain('changed in the app')
    }
    expect(simulator.calls.length).toBeLessThanOrEqual(gateways.length)
  })

  it('stay as they are beside a flood, which they are notified of in few entries', async () => {
    await using redis = await startRedis()
    await using replicas = await createReplicas({ count: 2, redisUrl: redis.url, config })
    await waitUntilShared(replicas)
    const { simulator, gateways } = replicas
    const id = idAt(replicas, 0)
    const touched = idAt(replicas, 1)
    for (const gateway of gateways) for (const each of [id, touched]) await gateway.ask(name(each))
    simulator.clearCalls()
    const { drops } = createKeys('aurora:')
    const before = await redis.admin((client) => client.xlen(drops))
    const flood = Array.from({ length: 900 }, (_, index) =>
      send(nth(gateways, 0), index % 3 === 0 ? `stranger-${index}` : touched),
    )
    expect(new Set(await Promise.all(flood))).toEqual(new Set(['recorded']))
    expect((await redis.admin((client) => client.xlen(drops))) - before).toBeLessThan(20)
    expect(simulator.calls).toEqual([])
    // A busy machine may have let a lease end meanwhile; what was touched by nothing is never asked again.
    for (const gateway of gateways)
      await waitUntil(async () => (await gateway.ask(name(id))).extensions.upstream.saved.stale === 0)
    expect(simulator.calls).toEqual([])
    await waitUntil(
      async () => (await nth(gateways, 1).ask(name(touched))).extensions.upstream.saved.stale === 0,
    )
    expect(simulator.calls).toHaveLength(1)
  })

  it('do not record what Redis has not taken, and mark what they serve until it has', async () => {
    await using redis = await startRedis()
    await using replicas = await createReplicas({ count: 2, redisUrl: redis.url, config })
    await waitUntilShared(replicas)
    const { gateways } = replicas
    const id = idAt(replicas, 0)
    for (const gateway of gateways) await gateway.ask(name(id))
    await redis.kill()
    await rename(replicas, id, 'changed while Redis was away')
    expect(await send(nth(gateways, 0), id)).toBe('notRecorded')
    expect((await nth(gateways, 0).ask(name(id))).text).toContain('changed while')
    const other = await nth(gateways, 1).ask(name(id))
    expect(other.extensions.upstream.saved.stale).toBe(1)
    await redis.restart()
    // Aurora sends it again.
    await waitUntil(async () => (await send(nth(gateways, 0), id)) === 'recorded')
    const shown = await nth(gateways, 1).ask(name(id))
    expect(shown.text).toContain('changed while Redis was away')
  })
})
