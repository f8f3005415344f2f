// Which replies go to Redis, and which of those in Redis are read.
import { expect, it } from 'vitest'
import { READS } from '../../../src/aurora/reads.ts'
import { createKeys, digestOf } from '../../../src/redis/keys.ts'
import { tenantOf } from '../../../src/rest/scope.ts'
import type { Upstream } from '../../../src/rest/call.ts'
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

it('a reply that was touched while it was fetched does not go to Redis, because no replica would take it', async () => {
  const { redis, start, during, read } = open()
  const replica = await start()
  during(() => replica.cache.outdate(tenantOf(buildScope().key), [{ operation: 'listUsers', path: {} }]))
  await read(replica)
  expect(redis.run('getBuffer', KEY)).toBeNull()

  during(() => {})
  await read(replica)
  expect(redis.run('getBuffer', KEY)).toBeInstanceOf(Buffer)
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
