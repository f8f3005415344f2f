// Load on replicas that share a Redis: writes at one and reads at another, and what shows that they share the limit again.
import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'vitest'
import { readConfig } from '../../src/config/read-config.ts'
import { nth } from './builders.ts'
import { createReplicas } from './replicas.ts'
import type { Replicas } from './replicas.ts'
import type { RedisServer } from './redis-server.ts'
import { createTestGateway } from './test-gateway.ts'
import type { Answer, TestGateway } from './test-gateway.ts'
import { waitUntil } from './wait-until.ts'

export const project = (id: string) => `{ project(id: "${id}") { name } }`
export const rename = (id: string, name: string) =>
  `mutation { updateProject(id: "${id}", input: { name: "${name}" }) { project { name } errors { code } } }`

/** Until the pool in Redis grants the whole limit to each replica. */
export async function waitUntilWhole({ gateways, simulator }: Replicas): Promise<void> {
  let next = 50
  await waitUntil(async () => {
    const limits: number[] = []
    for (const gateway of gateways) {
      const { id } = nth(simulator.data.projects, (next += 1) % simulator.data.projects.length)
      const { extensions } = await gateway.ask(project(id))
      limits.push(extensions.upstream.limit)
    }
    return limits.every((limit) => limit === 90)
  })
}

/** How many gateways are connected to this server and have sent it a command. A failover closes the connection of this count, too. */
export const countAt = (server: RedisServer): Promise<number> =>
  server
    .admin(async (client) => {
      const list = String(await client.client('LIST'))
      return list.split('\n').filter((line) => / name=gateway .* cmd=(?!client)/.test(line)).length
    })
    .catch(() => 0)

export const isAt = async (server: RedisServer): Promise<boolean> => (await countAt(server)) > 0

/** Until each of so many gateways has renewed its read lease after all of them had one: then each of them has the list of the others. */
export async function waitUntilKnown(server: RedisServer, count: number): Promise<void> {
  const readStamps = (): Promise<number[]> =>
    server.admin(async (client) => {
      const [key = ''] = await client.keys('*:readers')
      const readers = Object.entries(await client.hgetall(key)).filter(([name]) => name !== '')
      return readers.map(([, stamp]) => Number.parseInt(stamp, 10))
    })
  let newestMs: number | null = null
  await waitUntil(async () => {
    const stamps = await readStamps()
    if (stamps.length !== count) return false
    const sinceMs = (newestMs ??= Math.max(...stamps))
    return stamps.every((stamp) => stamp > sinceMs)
  })
}

/** A new pool opens after a window: one that has short windows opens it for those that come after it. */
export async function openPool(
  { redisUrl }: { readonly redisUrl: string },
  { simulator, baseUrl }: Replicas,
): Promise<void> {
  const short = { rateLimit: 90, rateWindowMs: 500, attemptTimeoutMs: 500 }
  const { redis } = readConfig({ REDIS_URL: redisUrl })
  await using gateway = await createTestGateway({
    baseUrl,
    config: { redis, ...short },
  })
  const { id } = nth(simulator.data.projects, 0)
  await waitUntil(async () => (await gateway.ask(project(id))).extensions.upstream.limit === 90)
}

/** What is read now is fresh by itself, whatever was in doubt before. */
export const askAnew = ({ handle }: TestGateway, query: string): Promise<Response> =>
  handle(
    new Request('http://gateway.test/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'cache-control': 'no-cache' },
      body: JSON.stringify({ query }),
    }),
  )

interface Shown {
  readonly data: { readonly project: { readonly name: string } | null } | null
}

/** Short beside each window of these tests. */
const REFUSED_MS = 20

export const isMarked = ({ extensions }: Pick<Answer<unknown>, 'extensions'>): boolean =>
  extensions.upstream.saved.stale + extensions.upstream.saved.joined > 0

/**
 * Writes at one replica and reads at the other, over and over. Returns the reads that showed, unmarked, what was before a write that
 * had been acknowledged, and those that failed for another reason than the limit.
 */
function writeAndRead([writer, reader]: readonly [TestGateway, TestGateway], id: string) {
  const lapses: string[] = []
  let writes = 0
  const ending = new AbortController()
  async function once(): Promise<void> {
    const name = `version ${writes + 1}`
    const written = await writer.ask<{ updateProject: { errors: unknown[] } }>(rename(id, name))
    // The limit refuses most of them. Without a pause they would take all the time of the processor.
    if (written.data?.updateProject.errors.length !== 0) return sleep(REFUSED_MS)
    writes += 1
    const read: Shown & Pick<Answer<unknown>, 'errors' | 'extensions' | 'text'> = await reader.ask(
      project(id),
    )
    const shown = read.data?.project?.name
    if (read.errors?.some(({ extensions }) => extensions.code !== 'RATE_LIMITED')) lapses.push(read.text)
    if (shown !== undefined && shown !== name && !isMarked(read)) lapses.push(`${name}: ${read.text}`)
  }
  const running = (async () => {
    while (!ending.signal.aborted) await once()
  })()
  async function end(): Promise<readonly string[]> {
    ending.abort()
    await running
    return lapses
  }
  return {
    count: () => writes,
    end,
    /** A bound, because a test that fails would otherwise not end. */
    async [Symbol.asyncDispose]() {
      await end()
    },
  }
}

/** Two replicas write and read while `trouble` goes on: the limit is kept, writes are read, and the limit is whole again. */
export async function expectKeptThrough(redisUrl: string, trouble: () => Promise<void>): Promise<void> {
  await using replicas = await createReplicas({
    count: 2,
    redisUrl,
    simulator: { limit: 90, windowMs: 1000 },
    config: { rateLimit: 90, rateWindowMs: 1000, attemptTimeoutMs: 1000 },
  })
  await waitUntilWhole(replicas)
  const [one, other] = [nth(replicas.gateways, 0), nth(replicas.gateways, 1)]
  const { projects } = replicas.simulator.data
  await using there = writeAndRead([one, other], nth(projects, 0).id)
  await using back = writeAndRead([other, one], nth(projects, 1).id)
  await waitUntil(() => there.count() > 3 && back.count() > 3)

  await trouble()
  const [writtenThere, writtenBack] = [there.count(), back.count()]
  await waitUntil(() => there.count() > writtenThere + 3 && back.count() > writtenBack + 3)
  expect([...(await there.end()), ...(await back.end())]).toEqual([])
  await waitUntilWhole(replicas)
  expect(replicas.simulator.worstWindow()).toBeLessThanOrEqual(90)
  expect(replicas.simulator.refusals).toBe(0)
}
