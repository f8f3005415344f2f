// An index of a list is made of pages: where these are known from another replica or from the file, it costs no call.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { nth } from '../support/builders.ts'
import { buildList, openProjectList } from '../support/project-list.ts'
import { redisProgram, startRedis } from '../support/redis-server.ts'
import { createReplicas, waitUntilShared } from '../support/replicas.ts'
import { createTestGateway } from '../support/test-gateway.ts'
import { waitUntil } from '../support/wait-until.ts'

const FIND = '{ projects(search: "auck", first: 5) { totalCount isComplete nodes { auroraId } } }'

it.skipIf(redisProgram === null)('of another replica', async () => {
  await using redis = await startRedis()
  await using replicas = await createReplicas({ count: 2, redisUrl: redis.url, config: { pageSize: 25 } })
  await waitUntilShared(replicas)
  const [one, other] = [nth(replicas.gateways, 0), nth(replicas.gateways, 1)]
  const countReplies = async () => (await redis.admin((client) => client.keys('*reply:*'))).length
  const before = await countReplies()
  const first = await one.ask(FIND)
  const { calls } = first.extensions.upstream
  expect(calls).toBeGreaterThan(1)
  // The pages take a moment to reach Redis.
  await waitUntil(async () => (await countReplies()) === before + calls)
  const second = await other.ask(FIND)
  expect(second.data).toEqual(first.data)
  expect(second.data).toMatchObject({ projects: { isComplete: true } })
  expect(second.extensions.upstream.calls).toBe(0)
})

it('of the process before this one', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'find-shared-'))
  try {
    await using aurora = await openProjectList(buildList(120))
    const config = { pageSize: 50, cacheFile: join(folder, 'cache') }
    const ask = async () => {
      await using gateway = await createTestGateway({ baseUrl: aurora.url, config })
      const { data } = await gateway.ask(FIND)
      await gateway.gateway.close()
      return { data, calls: aurora.takeCalls() }
    }
    const first = await ask()
    expect(first).toMatchObject({
      data: { projects: { isComplete: true } },
      calls: ['GET 1', 'GET 2', 'GET 3'],
    })
    expect(await ask()).toEqual({ data: first.data, calls: [] })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
