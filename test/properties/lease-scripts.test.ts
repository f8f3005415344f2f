// The scripts about leases and the log of drops do in a real Redis what they do in the Redis of the models.
import fc from 'fast-check'
import type { Redis } from 'ioredis'
import { describe, expect, it } from 'vitest'
import { BEGIN, PUBLISH, RENEW } from '../../src/redis/lease-scripts.ts'
import { examplesOf } from '../support/examples.ts'
import { createFakeRedis } from '../support/fake-redis.ts'
import { redisProgram, startRedis } from '../support/redis-server.ts'

const KEYS = ['readers', 'generation', 'drops'] as const
/** Far more than the test takes: what is silent, late or forgotten does not depend on the speed of the machine. */
const HOUR_MS = 3_600_000

const replica = fc.constantFrom('a', 'b', 'c')
/** Whether a message comes too late, the registration has ended, and nobody has sent a message for long. */
const step = fc.oneof(
  fc.record({ do: fc.constant('begin' as const), how: fc.constantFrom('anew', 'ifNone', 'ifNone') }),
  fc.record({
    do: fc.constant('renew' as const),
    replica,
    isLate: fc.nat(5).map((chance) => chance === 0),
    isSilent: fc.nat(5).map((chance) => chance === 0),
    isShort: fc.boolean(),
  }),
  fc.record({
    do: fc.constant('publish' as const),
    replica,
    count: fc.integer({ min: 1, max: 3 }),
    isOther: fc.nat(5).map((chance) => chance === 0),
  }),
  fc.record({ do: fc.constant('revoke' as const) }),
)
type Step = typeof step extends fc.Arbitrary<infer Each> ? Each : never

function commandOf(each: Step, generation: string, nowMs: number, token: string): (string | number)[] {
  switch (each.do) {
    case 'begin':
      return [BEGIN, 2, KEYS[1], KEYS[2], token, each.how]
    case 'renew': {
      const latestMs = nowMs + (each.isLate ? -HOUR_MS : HOUR_MS)
      return [
        RENEW,
        3,
        ...KEYS,
        each.replica,
        latestMs,
        each.isShort ? -HOUR_MS : HOUR_MS,
        each.isSilent ? 0 : HOUR_MS,
      ]
    }
    case 'publish':
      return [
        PUBLISH,
        3,
        ...KEYS,
        each.isOther ? 'other' : generation,
        each.replica,
        4,
        // Of two or three drops.
        12,
        ...Array.from({ length: each.count }, (_, index) => `${token}.${index}`),
      ]
    case 'revoke':
      return ['return redis.call("DEL", KEYS[1])', 1, KEYS[1]]
  }
}

/** Times and ids differ; everything else is compared. */
const withoutTimes = (answer: unknown): unknown => {
  if (Array.isArray(answer)) return answer.map(withoutTimes)
  return typeof answer === 'number' || /^\d{13}\d*([- ]\d+)?$/.test(String(answer)) ? 'time' : answer
}

const sorted = (fields: Record<string, string>): unknown => Object.keys(fields).toSorted()

async function stateOf(client: Redis): Promise<unknown> {
  const drops = await client.xrange(KEYS[2], '-', '+')
  return {
    generation: await client.get(KEYS[1]),
    drops: drops.map(([, fields]) => fields),
    readers: sorted(await client.hgetall(KEYS[0])),
  }
}

describe.skipIf(redisProgram === null)('the scripts of leases', () => {
  it('answer and store in a real Redis what they do in that of the models', async () => {
    await using redis = await startRedis()
    await redis.admin(async (client) => {
      const property = fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 25 }), async (plan) => {
        await client.flushall()
        const fake = createFakeRedis(() => Date.now())
        for (const [index, each] of plan.entries()) {
          const generation = await client.get(KEYS[1])
          const command = commandOf(each, generation ?? '', Date.now(), `t${index}`)
          const real: unknown = await client.eval(...(command as [string, number]))
          const model = each.do === 'revoke' ? fake.run('del', KEYS[1]) : fake.run('eval', ...command)
          if (each.do === 'renew') {
            const names = (answer: unknown): unknown => {
              const [now, ...others] = answer as [number, string?, string?, string[]?]
              return [typeof now, others[0], others[2]?.filter((_, place) => place % 2 === 0).toSorted()]
            }
            expect(names(real)).toEqual(names(model))
          } else if (each.do === 'publish') {
            const counts = (answer: unknown): unknown =>
              (answer as unknown[]).map((part) => (Array.isArray(part) ? part.length : typeof part))
            expect(counts(real)).toEqual(counts(model))
          } else expect(withoutTimes(real)).toEqual(withoutTimes(model))
          const rows = fake.run('xrange', KEYS[2], '0-0') as [string, string[]][]
          const fields = fake.run('hgetall', KEYS[0]) as string[]
          expect(await stateOf(client)).toEqual({
            generation: fake.run('get', KEYS[1]),
            drops: rows.map(([, each]) => each),
            readers: fields.filter((_, place) => place % 2 === 0).toSorted(),
          })
        }
      })
      await fc.assert(property, { numRuns: examplesOf(150) })
    })
  })

  it('are refused as a whole by a Redis that is full, which still lets the generation be deleted', async () => {
    await using redis = await startRedis()
    await redis.admin(async (client) => {
      await client.eval(BEGIN, 2, KEYS[1], KEYS[2], 'g', 'ifNone')
      await client.config('SET', 'maxmemory-policy', 'noeviction')
      await client.config('SET', 'maxmemory', '1')
      await expect(
        client.eval(RENEW, 3, ...KEYS, 'a', Date.now() + HOUR_MS, HOUR_MS, HOUR_MS),
      ).rejects.toThrow('OOM')
      await expect(client.eval(PUBLISH, 3, ...KEYS, 'g', 'a', 9, 99, 'drop')).rejects.toThrow('OOM')
      expect(await client.del(KEYS[1])).toBe(1)
      await expect(client.eval(BEGIN, 2, KEYS[1], KEYS[2], 'h', 'ifNone')).rejects.toThrow('OOM')
      expect(await client.eval(RENEW, 3, ...KEYS, 'a', Date.now() + HOUR_MS, HOUR_MS, HOUR_MS)).toHaveLength(
        1,
      )
    })
  })
})
