// Many replicas: an answer that one has fetched costs the others no call, and after a write none of them shows the old state.
import { brotliDecompressSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { DEFAULT_TENANT_ID } from '../../src/simulator/simulator.ts'
import { createReplicas, waitUntilShared } from '../support/replicas.ts'
import { redisProgram, startRedis } from '../support/redis-server.ts'
import { nth } from '../support/builders.ts'
import { waitUntil } from '../support/wait-until.ts'

/**
 * On an idle machine a thousand clients cause the same 21 calls. On a busy one they block the one process of all replicas
 * for longer than a lock lasts without renewal, which does not happen to a single replica.
 */
const CLIENTS = 300

const project = (id: string) => `{ project(id: "${id}") { name } }`
const rename = (id: string, name: string) =>
  `mutation { updateProject(id: "${id}", input: { name: "${name}" }) { project { name } } }`

describe.skipIf(redisProgram === null)('replicas that share a Redis', () => {
  it('answer from what another one has fetched', async () => {
    await using redis = await startRedis()
    await using replicas = await createReplicas({ count: 2, redisUrl: redis.url })
    await waitUntilShared(replicas)
    const { simulator, gateways } = replicas
    const id = nth(simulator.data.projects, 0).id
    const first = await nth(gateways, 0).ask(project(id))
    await waitUntil(async () => (await nth(gateways, 1).ask(project(id))).extensions.upstream.calls === 0)
    const second = await nth(gateways, 1).ask(project(id))
    expect(second.data).toEqual(first.data)
    expect(second.extensions.upstream.saved).toMatchObject({ cache: 1 })
  })

  it('make 20 calls and one for the list when hundreds of clients ask for the same 20 cold projects at once', async () => {
    await using redis = await startRedis()
    await using replicas = await createReplicas({
      count: 3,
      redisUrl: redis.url,
      simulator: { latencyMs: 30 },
      // Three replicas and all clients in one process: the test is not about speed.
      config: { requestTimeoutMs: 60_000, attemptTimeoutMs: 60_000 },
    })
    await waitUntilShared(replicas)
    const { simulator, gateways } = replicas
    const query = '{ projects(first: 20) { nodes { name designs { name } } } }'
    const answers = await Promise.all(
      Array.from({ length: CLIENTS }, async (_, client) => {
        // All within one second, spread evenly over the replicas.
        await new Promise((resolve) => setTimeout(resolve, (client * 7) % 900))
        return nth(gateways, client % 3).ask(query)
      }),
    )
    expect(answers.every(({ errors, data }) => errors === undefined && data !== null)).toBe(true)
    expect(new Set(answers.map(({ data }) => JSON.stringify(data))).size).toBe(1)
    // Shown beside the count: the reasons for which a replica continued alone.
    const troubles = gateways.flatMap(({ logged }) => logged.filter((line) => line.includes('Redis')))
    expect({ calls: simulator.calls.length, troubles }).toEqual({ calls: 21, troubles: [] })
  })

  it('do not show the old state from the moment the writer gets its answer', async () => {
    await using redis = await startRedis()
    await using replicas = await createReplicas({ count: 3, redisUrl: redis.url })
    await waitUntilShared(replicas)
    const { simulator, gateways } = replicas
    const id = nth(simulator.data.projects, 0).id
    for (const gateway of gateways) await gateway.ask(project(id))
    await nth(gateways, 0).ask(rename(id, 'changed'))
    const answers = await Promise.all(gateways.map((gateway) => gateway.ask(project(id))))
    for (const { text, extensions } of answers) {
      expect(text).toContain('changed')
      expect(extensions.upstream.saved.stale).toBe(0)
    }
    // One write, and one read that all replicas share.
    expect(simulator.calls.map(({ method }) => method)).toEqual(['GET', 'PUT', 'GET'])
  })

  it('take no answer from Redis that a write has made untrue during the fetch', async () => {
    await using redis = await startRedis()
    await using replicas = await createReplicas({
      count: 2,
      redisUrl: redis.url,
      simulator: { latencyMs: 100 },
    })
    await waitUntilShared(replicas)
    const { simulator, gateways } = replicas
    const id = nth(simulator.data.projects, 0).id
    // The simulator reads after its latency, so the late reader may see either; what it stores must not outlive the write.
    const [, , late] = await Promise.all([
      nth(gateways, 1).ask(project(id)),
      nth(gateways, 0).ask(rename(id, 'changed')),
      nth(gateways, 1).ask(project(id)),
    ])
    expect(late?.errors).toBeUndefined()
    for (const gateway of gateways)
      await waitUntil(async () => (await gateway.ask(project(id))).text.includes('changed'))
  })

  it('let the next one fetch where the first one fails, and no third one after that has succeeded', async () => {
    await using redis = await startRedis()
    await using replicas = await createReplicas({
      count: 3,
      redisUrl: redis.url,
      simulator: { latencyMs: 50 },
    })
    await waitUntilShared(replicas)
    const { simulator, gateways } = replicas
    const id = nth(simulator.data.projects, 0).id
    simulator.faults.set(new RegExp(`${id}$`), { status: 500 }, { times: 1 })
    const answers = await Promise.all(gateways.map((gateway) => gateway.ask(project(id))))
    expect(answers.filter(({ errors }) => errors).length).toBe(1)
    expect(simulator.calls.length).toBe(2)
  })

  it('share a 404 as they share an answer', async () => {
    await using redis = await startRedis()
    await using replicas = await createReplicas({ count: 2, redisUrl: redis.url })
    await waitUntilShared(replicas)
    const query = project('00000000-0000-4000-8000-000000000000')
    await Promise.all(replicas.gateways.map((gateway) => gateway.ask(query)))
    for (const gateway of replicas.gateways)
      expect((await gateway.ask(query)).errors?.[0]?.extensions.code).toBe('NOT_FOUND')
    expect(replicas.simulator.calls.length).toBe(1)
  })
})

const NO_REPLY = Buffer.from(`${JSON.stringify({ coding: null })}\n`)

/** The head and the body of a reply in Redis. */
function textOf(value: Buffer): string {
  const end = value.indexOf('\n')
  const head = value.toString('utf8', 0, end)
  const body = value.subarray(end + 1)
  const { coding } = JSON.parse(head) as { coding: 'br' | null }
  return `${head}\n${String(coding === 'br' ? brotliDecompressSync(body) : body)}`
}

describe.skipIf(redisProgram === null)('the data in Redis', () => {
  it('names no tenant and no credential, expires with its lifetime, and contains no secret of a tenant', async () => {
    await using redis = await startRedis()
    await using replicas = await createReplicas({ count: 1, redisUrl: redis.url })
    await waitUntilShared(replicas)
    const gateway = nth(replicas.gateways, 0)
    await gateway.ask('{ tenant { name } webhooks { nodes { name } } ssoProvider { id } }')
    const { keys, texts } = await redis.admin(async (client) => {
      const names = await client.keys('*')
      const replies = names.filter((name) => name.includes(':reply:'))
      for (const name of replies) expect(await client.pttl(name)).toBeGreaterThan(0)
      const values = await Promise.all(replies.map((name) => client.getBuffer(name)))
      return { keys: names, texts: values.map((value) => textOf(value ?? Buffer.alloc(0))) }
    })
    expect(keys.every((name) => name.startsWith('aurora:'))).toBe(true)
    const all = [...keys, ...texts].join('\n')
    expect(all).not.toContain('sk_sand_simulator')
    expect(keys.join()).not.toContain(DEFAULT_TENANT_ID)
    expect(texts.some((text) => /"operation":"(listWebhooks|retrieveSsoProvider)"/.test(text))).toBe(false)
  })

  it.each([
    ['garbage', Buffer.from('garbage')],
    ['nothing', Buffer.alloc(0)],
  ])('is taken for nothing where it is %s', async (_, garbage) => {
    await using redis = await startRedis()
    await using replicas = await createReplicas({ count: 1, redisUrl: redis.url })
    await waitUntilShared(replicas)
    const { simulator, gateways } = replicas
    const id = nth(simulator.data.projects, 0).id
    await nth(gateways, 0).ask(project(id))
    await redis.admin(async (client) => {
      const findReply = async (): Promise<string | undefined> => {
        for (const name of await client.keys('*:reply:*'))
          if (textOf((await client.getBuffer(name)) ?? NO_REPLY).includes(id)) return name
        return undefined
      }
      // It is written after the answer was sent, and perhaps after replies that were asked for before.
      await waitUntil(async () => (await findReply()) !== undefined)
      await client.set((await findReply()) ?? '', garbage)
    })
    const other = await replicas.add()
    await waitUntilShared(replicas)
    const answer = await other.ask(project(id))
    expect(answer.errors).toBeUndefined()
    expect(answer.extensions.upstream.calls).toBe(1)
  })
})
