// The whole program with little memory and a real Redis, while somebody sends it thousands of made-up tokens of Aurora.
import { readFileSync } from 'node:fs'
import { afterEach, describe, expect, it } from 'vitest'
import { createSimulator, DEFAULT_TENANT_ID, DEFAULT_TOKEN } from '../../src/simulator/simulator.ts'
import { endPrograms, startProgram } from '../support/program.ts'
import { redisProgram, startRedis } from '../support/redis-server.ts'
import type { RedisServer } from '../support/redis-server.ts'

afterEach(endPrograms)

const TOKENS = 3000
const AT_ONCE = 50
const QUERY = '{ tenant { name } users { id } projects(first: 5) { nodes { name } } }'

/** Commands that Redis has carried out, but for those of the test. */
async function countCommands(redis: RedisServer): Promise<number> {
  const stats = await redis.admin((client) => client.info('commandstats'))
  const counts = [...stats.matchAll(/cmdstat_(?!info)[\w|]+:calls=(\d+)/g)].map(([, calls]) => Number(calls))
  return counts.reduce((sum, count) => sum + count, 0)
}

function heldMegabytes(pid: number | undefined): number {
  const [, kilobytes] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
  return Number(kilobytes) / 1024
}

describe.runIf(redisProgram !== null && process.platform === 'linux')('thousands of made-up tokens', () => {
  it('cost a few calls and nearly nothing in Redis, and an honest caller of the same address is served', async () => {
    await using redis = await startRedis()
    await using aurora = createSimulator({ limit: 90 })
    const { url: baseUrl } = await aurora.listen()
    const program = startProgram({
      CALLER_AUTH: 'passthrough',
      AURORA_BASE_URL: baseUrl,
      REDIS_URL: redis.url,
      LOG_LEVEL: 'error',
      NODE_OPTIONS: '--max-old-space-size=256',
    })
    const url = `${await program.listening}/graphql`
    const ask = async (token: string) => {
      const headers = {
        'content-type': 'application/json',
        authorization: `Bearer ${token}`,
        'x-aurora-tenant-id': DEFAULT_TENANT_ID,
      }
      const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify({ query: QUERY }) })
      return {
        status: response.status,
        body: (await response.json()) as { errors?: unknown; data?: unknown },
      }
    }
    expect((await ask(DEFAULT_TOKEN)).body.errors).toBeUndefined()
    const before = { commands: await countCommands(redis), megabytes: heldMegabytes(program.child.pid) }
    aurora.clearCalls()

    let sent = 0
    const over = new AbortController()
    const honest: unknown[] = []
    const attack = Array.from({ length: AT_ONCE }, async () => {
      while (sent < TOKENS) await ask(`sk_made_up_${(sent += 1)}`)
    })
    const beside = (async () => {
      while (!over.signal.aborted) honest.push(await ask(DEFAULT_TOKEN))
    })()
    await Promise.all(attack)
    over.abort()
    await beside

    // Ten in a minute and twenty at once, for each minute that this takes; the others are refused at the door.
    expect(aurora.calls.length).toBeLessThan(TOKENS / 20)
    // What the gateway asks Redis by itself each second is in it; before, each token cost some 200.
    expect((await countCommands(redis)) - before.commands).toBeLessThan(TOKENS * 2)
    expect(await redis.admin((client) => client.keys('*pool*'))).toHaveLength(1)
    expect(heldMegabytes(program.child.pid) - before.megabytes).toBeLessThan(150)
    expect(honest.length).toBeGreaterThan(0)
    expect(honest.filter((answer) => (answer as { status: number }).status !== 200)).toEqual([])
    expect(program.child.exitCode).toBeNull()
  }, 180_000)
})
