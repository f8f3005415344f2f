// The memory of watches: last answers share a bounded room, and what cannot be given up is refused beyond a bound.
import { describe, expect, it } from 'vitest'
import { createCache } from '../../../src/cache/cache.ts'
import { createLive } from '../../../src/live/live.ts'
import type { LiveLimits } from '../../../src/live/live.ts'
import { tenantOf } from '../../../src/rest/scope.ts'
import type { UsedReply } from '../../../src/rest/terms.ts'
import { usedAs } from '../../../src/cache/used-as.ts'
import { AT_ONCE } from '../../../src/turns/pace.ts'
import { toAnswered } from '../../support/answered.ts'
import { buildCall, buildReply, buildScope } from '../../support/builders.ts'
import { readStream } from '../../support/live.ts'
import { createManualClock, settle } from '../../support/manual-clock.ts'

const KB = 1024
const SCOPE = buildScope()
const TEXT = 'x'.repeat(10 * KB)
const MB = 1024 * KB
const AMPLE: LiveLimits = { maxLastBytes: MB, maxBytes: MB, maxBytesOfCaller: MB, atOnce: 25 }

/** Each answer is made of one reply, and has 10 KB. */
function open(limits: Partial<LiveLimits>, cacheBytes = 1024 * KB) {
  const clock = createManualClock()
  const cache = createCache({ maxBytes: cacheBytes, clock })
  const call = buildCall({ path: { project_id: 'p-1' } })
  const made: string[] = []
  let version = 0
  const write = (): void => {
    version += 1
    cache.store(call, buildReply({ id: 'p-1', version }, { answeredAtMs: clock.monotonicMs() }))
  }
  write()
  const live = createLive({
    cache,
    clock,
    changes: { listen: () => () => {} },
    limits: { ...AMPLE, ...limits },
    again: ({ bytes }) => bytes,
    later: AT_ONCE,
    toFault(error) {
      throw error
    },
    async ask({ body }) {
      const name = Buffer.from(body).toString().trim()
      made.push(name)
      const cached = cache.read(call)
      const parts: UsedReply[] = cached ? [usedAs('asked', cached, call.endpoint)] : []
      return toAnswered({ data: { name, version, text: TEXT } }, { parts })
    },
  })
  return {
    clock,
    live,
    cache,
    write,
    /** The version is another one, and no cache has seen it. */
    changeInApp: () => void (version += 1),
    /** Others are read, until there is no room for what is watched. */
    evict(): void {
      for (let index = 0; cache.glance.read(call) && index < 100; index += 1)
        cache.store(
          buildCall({ path: { project_id: `other-${index}` } }),
          buildReply({ id: `other-${index}` }, { bytes: 2 * KB }),
        )
    },
    takeMade: () => made.splice(0),
    async watch(name: string, caller = 'a', bodyBytes = 0, scope = SCOPE) {
      const question = {
        key: name,
        scope: scope.key,
        body: Buffer.from(name.padEnd(bodyBytes)),
        isEvent: false,
        isCacheOnly: false,
      }
      const client = readStream(live.open(question, { name: caller, scope, isReadOnly: false }))
      await settle()
      return client
    },
  }
}

it('a last answer that had to leave its room is made again for a client that comes', async () => {
  const { watch, takeMade } = open({ maxLastBytes: 25 * KB })
  for (const name of ['one', 'two', 'three']) await watch(name)
  expect(takeMade()).toEqual(['one', 'two', 'three'])
  const kept = await watch('three')
  expect([takeMade(), kept.got]).toMatchObject([[], [{ data: { name: 'three' } }]])
  const left = await watch('one')
  expect([takeMade(), left.got]).toMatchObject([['one'], [{ data: { name: 'one' } }]])
})

it('who has most of the room loses first, not whoever came before', async () => {
  const { watch, takeMade } = open({ maxLastBytes: 35 * KB })
  await watch('of b', 'b')
  for (const name of ['one', 'two', 'three', 'four']) await watch(name, 'a')
  takeMade()
  await watch('of b', 'b')
  expect(takeMade()).toEqual([])
})

it('a tenant that has most of the room loses first, however many callers it has', async () => {
  const { watch, takeMade } = open({ maxLastBytes: 55 * KB })
  const other = buildScope('token', 'quiet')
  for (const name of ['one of b', 'two of b']) await watch(name, 'b', 0, other)
  for (const name of ['one', 'two', 'three', 'four', 'five']) await watch(name, `caller of ${name}`)
  takeMade()
  for (const name of ['one of b', 'two of b']) await watch(name, 'b', 0, other)
  expect(takeMade()).toEqual([])
})

it('a client that is free again gets the latest answer, though that has left its room', async () => {
  const { clock, watch, write, takeMade } = open({ maxLastBytes: 25 * KB })
  const slow = await watch('one')
  slow.takeData()
  slow.hold()
  write()
  await clock.advance(2000)
  for (const name of ['two', 'three']) await watch(name)
  takeMade()
  slow.goOn()
  await settle()
  expect([takeMade(), slow.takeData()]).toMatchObject([['one'], [{ version: 2 }]])
  slow.goOn()
  await settle()
  expect([takeMade(), slow.takeData()]).toEqual([[], []])
})

it('a watch beyond the bound of its caller is refused, and one of another caller is not', async () => {
  const { live, watch } = open({ maxBytesOfCaller: 30 * KB })
  const first = await watch('one', 'a', 20 * KB)
  const refused = await watch('two', 'a', 20 * KB)
  expect([refused.got, refused.brokenOff()]).toMatchObject([
    [{ errors: [{ extensions: { code: 'RATE_LIMITED', retryAfter: 10 } }] }],
    'room',
  ])
  const joined = await watch('one', 'a', 20 * KB)
  const other = await watch('three', 'b', 20 * KB)
  expect([joined.got.length, other.got.length, live.size().watches]).toEqual([1, 1, 2])
  for (const { stream } of [first, joined]) stream.stop()
  const later = await watch('two', 'a', 20 * KB)
  expect(later.got).toMatchObject([{ data: { name: 'two' } }])
})

it('a watch whose answer has more replies than there is room for ends', async () => {
  const { live, watch } = open({ maxBytesOfCaller: 4 * KB + 100 })
  const client = await watch('one', 'a')
  expect([client.got, client.brokenOff()]).toMatchObject([
    [{ errors: [{ extensions: { code: 'RATE_LIMITED' } }] }],
    'room',
  ])
  expect(live.size().watches).toBe(0)
})

describe('a reply that was evicted while it is watched', () => {
  const touch = { operation: 'retrieveProject', path: { project_id: 'P-1' } } as const

  it.each<[string, (opened: ReturnType<typeof open>) => void]>([
    ['an event touches it', ({ cache }) => cache.outdate(tenantOf(SCOPE.key), [touch])],
    ['a write touches it', ({ cache }) => cache.drop(SCOPE.key, [touch])],
    ['somebody has read it anew', ({ write }) => write()],
    ['it is unknown what has changed', ({ cache }) => cache.doubtAll()],
    ['the machine slept', ({ cache }) => cache.ageAll(60_000)],
  ])('is asked for again where %s, and not before', async (_what, change) => {
    const opened = open({}, 40 * KB)
    const { clock, evict, changeInApp, watch, takeMade } = opened
    const client = await watch('one')
    evict()
    await clock.advance(2000)
    takeMade()
    client.takeData()
    changeInApp()
    await clock.advance(2000)
    expect([takeMade(), client.takeData()]).toEqual([[], []])
    change(opened)
    await clock.advance(2000)
    expect(takeMade()).toContain('one')
    expect(client.takeData()).toMatchObject([{ name: 'one' }])
  })

  it('is nothing to the cache once nobody watches it', async () => {
    const { cache, evict, watch, takeMade } = open({}, 40 * KB)
    const client = await watch('one')
    evict()
    takeMade()
    client.stream.stop()
    cache.outdate(tenantOf(SCOPE.key), [touch])
    await settle()
    expect(takeMade()).toEqual([])
  })
})
