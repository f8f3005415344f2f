// Which replies go to Redis, and which of those in Redis are read.
import { describe, expect, it } from 'vitest'
import type { Members } from '../../../src/aurora/body.ts'
import { READS } from '../../../src/aurora/reads.ts'
import type { ReadOperation } from '../../../src/aurora/reads.ts'
import { createKeys, digestOf } from '../../../src/redis/keys.ts'
import { tenantOf } from '../../../src/rest/scope.ts'
import type { Question, Upstream } from '../../../src/rest/call.ts'
import { buildCall, buildReply, buildScope, carry } from '../../support/builders.ts'
import { openListingReplicas } from '../../support/listing-replicas.ts'

const HOUR = 60 * 60_000
const PAGE = { endpoint: READS.listUsers, path: {}, query: { page: '1' } }
const KEY = createKeys('test:').reply(digestOf(buildCall(PAGE)))

function open() {
  const { clock, redis, start } = openListingReplicas()
  let whileCalled = (): void => {}
  const aurora: Upstream = async (call) => {
    const sentAtMs = clock.monotonicMs()
    whileCalled()
    return carry(call, buildReply([{ id: 'u-1' }], { answeredAtMs: clock.monotonicMs(), sentAtMs }))
  }
  const unreadable: string[] = []
  return {
    clock,
    redis,
    unreadable,
    /** The body has the length that the head says, and is no JSON. */
    breakBody() {
      const [head = ''] = String(redis.run('getBuffer', KEY)).split('\n')
      const { bytes } = JSON.parse(head) as { bytes: number }
      redis.run('set', KEY, Buffer.from(`${head}\n${'?'.repeat(bytes)}`))
    },
    start: () => start(aurora, (event) => void (event === 'sharedUnreadable' && unreadable.push(event))),
    during: (work: () => void) => void (whileCalled = work),
    read: async (replica: Awaited<ReturnType<typeof start>>) =>
      (await Promise.all([replica(PAGE), clock.advance(1)]))[0],
  }
}

const TENANT = tenantOf(buildScope().key)
const TOUCHES = [{ operation: 'listUsers', path: {} }] as const

it('a reply that was touched while it was fetched does not go to Redis, because no replica would take it', async () => {
  const { redis, start, during, read } = open()
  const replica = await start()
  during(() => {
    replica.cache.outdate(TENANT, TOUCHES)
    void replica.shared.report?.({ owner: TENANT, touches: TOUCHES })
  })
  await read(replica)
  expect(redis.run('getBuffer', KEY)).toBeNull()

  during(() => {})
  await read(replica)
  expect(redis.run('getBuffer', KEY)).toBeInstanceOf(Buffer)
})

it('a reply goes to Redis, and costs no other replica a call, while the report of a webhook is still to be sent', async () => {
  const { start, during, read } = open()
  const [one, other] = [await start(), await start()]
  let calls = 0
  during(() => {
    calls += 1
    one.cache.outdate(TENANT, TOUCHES)
  })
  await read(one)
  await read(other)
  expect(calls).toBe(1)
})

it('the body of a reply is read only where the replica has no newer one', async () => {
  const { clock, breakBody, unreadable, start, read } = open()
  const one = await start()
  await read(one)
  breakBody()
  await clock.advance(10 * HOUR)
  expect(await read(one)).toMatchObject({ shown: ['u-1'] })
  expect(unreadable).toEqual([])

  breakBody()
  expect(await read(await start())).toMatchObject({ shown: ['u-1'] })
  expect(unreadable).toEqual(['sharedUnreadable', 'sharedUnreadable'])
})

it('the body of a reply that was touched since is not read', async () => {
  const { clock, breakBody, unreadable, start, read } = open()
  const one = await start()
  await read(one)
  breakBody()
  const touches = [{ operation: 'listUsers' as const, path: {} }]
  void one.shared.report?.({ owner: tenantOf(buildScope().key), touches })
  await clock.advance(100)
  expect(await read(await start())).toMatchObject({ shown: ['u-1'] })
  expect(unreadable).toEqual([])
})

describe('a reply that does not show its project, touched while one replica fetched it', () => {
  const DESIGN = { endpoint: READS.retrieveDesign, path: { design_id: 'd-1' } }
  const PRICING = { endpoint: READS.retrieveDesignPricing, path: DESIGN.path, query: {} }
  const AGREEMENT = { endpoint: READS.retrieveAgreement, path: { agreement_id: 'a-1' }, query: {} }

  async function openReplicas(question: Question, value: Members) {
    const { clock, redis, start } = openListingReplicas()
    let calls = 0
    let whileCalled = (): void => {}
    const aurora: Upstream = (call) => {
      calls += 1
      whileCalled()
      return carry(call, buildReply(value, { answeredAtMs: clock.monotonicMs() }))
    }
    const [one, other] = [await start(aurora), await start(aurora)]
    return {
      one,
      other,
      isInRedis: () => redis.run('exists', createKeys('test:').reply(digestOf(buildCall(question)))) === 1,
      calls: () => calls,
      read: ({ upstream }: typeof one) => Promise.all([upstream(buildCall(question)), clock.advance(1)]),
      /** All replicas find it in the log. */
      touchWhileCalled(project_id: string): void {
        const operation = question.endpoint.operation as ReadOperation
        whileCalled = () => {
          whileCalled = () => {}
          one.shared.cache.drop(buildScope().key, [{ operation, path: { project_id } }])
        }
      },
    }
  }

  it.each([
    ['the route', PRICING, { price: 1 }],
    ['the body', AGREEMENT, { id: 'a-1', design_id: 'd-1' }],
  ])(
    'costs no call at a replica that has seen the project of the design that %s names',
    async (_, question, value) => {
      const { one, other, read, calls, touchWhileCalled } = await openReplicas(question, value)
      other.cache.learn(buildScope().key, DESIGN, { project_id: ['p-1'] })
      touchWhileCalled('p-2')
      await read(one)
      await read(other)
      expect(calls()).toBe(1)
    },
  )

  it('does not go to Redis where its project is known, and was touched', async () => {
    const { one, read, isInRedis, touchWhileCalled } = await openReplicas(PRICING, { price: 1 })
    one.cache.learn(buildScope().key, DESIGN, { project_id: ['p-1'] })
    touchWhileCalled('p-1')
    await read(one)
    expect(isInRedis()).toBe(false)

    await read(one)
    expect(isInRedis()).toBe(true)
  })
})
