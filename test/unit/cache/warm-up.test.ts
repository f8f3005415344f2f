import { describe, expect, it } from 'vitest'
import { createCache } from '../../../src/cache/cache.ts'
import { createWarmUp } from '../../../src/cache/warm-up.ts'
import { withCache } from '../../../src/cache/with-cache.ts'
import { itemsAtMsIn, withStore } from '../../../src/cache/with-store.ts'
import { GatewayError } from '../../../src/errors/errors.ts'
import type { Call } from '../../../src/rest/call.ts'
import { withListEnds } from '../../../src/rest/with-list-ends.ts'
import { READS } from '../../../src/aurora/reads.ts'
import { buildCall, buildRefusal, buildReply, carry, createEventLog } from '../../support/builders.ts'
import type { CallParts } from '../../support/builders.ts'
import { createManualClock } from '../../support/manual-clock.ts'

const SECOND = 1000
const MINUTE = 60 * SECOND

/** Aurora answers at once, unless `outcome` says something else. */
function open(mode: 'gentle' | 'full' = 'gentle') {
  const clock = createManualClock()
  const events = createEventLog()
  const cache = createCache({ maxBytes: 1024 * 1024, clock })
  const sent: Call[] = []
  const aurora = { outcome: null as GatewayError | null, isSilent: false, end: null as number | null }
  const ends = withListEnds({ clock, itemsAtMs: itemsAtMsIn(cache) })
  const send = ends(async (call) => {
    sent.push(call)
    if (aurora.end !== null)
      return carry(call, buildRefusal(aurora.end, { answeredAtMs: clock.monotonicMs() }))
    if (aurora.outcome) throw aurora.outcome
    if (aurora.isSilent) return carry(call, buildRefusal(503))
    return buildReply({ id: call.path['project_id'] ?? 'x' }, { answeredAtMs: clock.monotonicMs() })
  })
  const stored = withStore(cache)(send)
  const { emit } = events
  const tenants = { areServed: true }
  const warmUp = createWarmUp({
    mode,
    next: stored,
    cache,
    clock,
    emit,
    isServed: () => tenants.areServed,
    refreshTimeoutMs: 10 * SECOND,
  })
  const line = warmUp.watch(withCache({ cache, clock, emit, refreshTimeoutMs: 10 * SECOND })(stored))
  const ask = async (times: number, parts: CallParts = {}) => {
    for (let index = 0; index < times; index += 1) await line(buildCall(parts))
  }
  /** The calls that were sent since the last look, by their class and object. */
  const take = () =>
    sent.splice(0).map(({ terms, path }) => `${terms.callClass} ${Object.values(path).join('/')}`.trim())
  return { clock, cache, events, aurora, line, ask, take, sent, tenants, warmUp }
}

const project = (id: string): CallParts => ({ path: { project_id: id } })

describe('an answer that is asked for often', () => {
  it('is refreshed in the last minute before it goes stale, and no sooner', async () => {
    const { clock, cache, ask, take, events } = open()
    await ask(3)
    expect(take()).toEqual(['interactive p-1'])
    await clock.advance(4 * MINUTE - SECOND)
    expect(take()).toEqual([])
    await clock.advance(5 * SECOND)

    expect(take()).toEqual(['warmUp p-1'])
    expect(cache.read(buildCall())?.ageMs).toBeLessThan(5 * SECOND)
    expect(events.of('warmedUp')).toEqual([{ operation: 'retrieveProject', isDone: true }])
  })

  it.each([400, 404, 416])('is refreshed once, where it is the end of a list shown by %i', async (status) => {
    const { clock, cache, aurora, line, take, events } = open()
    aurora.end = status
    const query = { page: '2', per_page: '250' }
    const page = buildCall({ endpoint: READS.listUsers, path: {}, query })
    for (let index = 0; index < 3; index += 1) await line({ ...page, pageBefore: () => 'short' })
    expect(take()).toEqual(['interactive'])
    await clock.advance(60 * MINUTE)

    expect(take()).toEqual(['warmUp'])
    expect(cache.read(page)).toMatchObject({ answer: { value: [] }, age: 'fresh' })
    expect(events.of('warmedUp')).toEqual([{ operation: 'listUsers', isDone: true }])
  })

  it('is not refreshed once no caller can use its scope any more', async () => {
    const { clock, ask, take, tenants } = open()
    await ask(3)
    take()
    tenants.areServed = false
    await clock.advance(4 * MINUTE + 5 * SECOND)
    expect(take()).toEqual([])
  })

  it('takes only a slot that is free at once, and is counted for no caller and no request', async () => {
    const { clock, ask, sent } = open()
    await ask(3)
    await clock.advance(4 * MINUTE + 5 * SECOND)

    const { caller, callClass, waitUntilMs, tally, deadlineAtMs, begunAtMs } = (sent[1] ?? buildCall()).terms
    expect({ caller, callClass, waitUntilMs }).toEqual({
      caller: 'warm-up',
      callClass: 'warmUp',
      waitUntilMs: 0,
    })
    expect(tally).not.toBe(sent[0]?.terms.tally)
    expect(deadlineAtMs - begunAtMs).toBe(10 * SECOND)
  })

  it('is counted anew for every answer: without further requests it is refreshed once only', async () => {
    const { clock, ask, take } = open()
    await ask(3)
    await clock.advance(60 * MINUTE)

    expect(take()).toEqual(['interactive p-1', 'warmUp p-1'])
  })

  it('goes on being refreshed while it is asked for', async () => {
    const { clock, ask, take } = open()
    for (let minute = 0; minute < 30; minute += 1) {
      await ask(1)
      await clock.advance(MINUTE)
    }

    const calls = take()
    expect(calls.filter((call) => call.startsWith('interactive'))).toHaveLength(1)
    expect(calls.length).toBeLessThanOrEqual(1 + Math.ceil(30 / 4))
  })

  it.each([
    ['gentle', 1],
    ['gentle', 2],
    ['full', 0],
  ] as const)('is more than (%s) %i times', async (mode, times) => {
    const { clock, ask, take } = open(mode)
    await ask(times)
    take()
    await clock.advance(60 * MINUTE)

    expect(take()).toEqual([])
  })
})

describe('one look', () => {
  const BUSY = ['p-1', 'p-2', 'p-3', 'p-4', 'p-5']

  it.each([
    ['gentle', 1],
    ['full', 3],
  ] as const)('(%s) spends at most %i calls, for what is asked for most', async (mode, maxCalls) => {
    const { clock, ask, take } = open(mode)
    for (const [index, id] of BUSY.entries()) await ask(3 + index, project(id))
    take()
    await clock.advance(4 * MINUTE)

    expect(take()).toEqual(['warmUp p-5', 'warmUp p-4', 'warmUp p-3'].slice(0, maxCalls))
    await clock.advance(MINUTE)
    expect(take()).toHaveLength(BUSY.length - maxCalls)
  })

  it.each([
    ['no call is to spare', new GatewayError('RATE_LIMITED', 'm')],
    ['Aurora cannot be reached', new GatewayError('UPSTREAM_UNAVAILABLE', 'm')],
    ['Aurora fails', null],
  ])('ends where %s, and what is known stays', async (_, outcome) => {
    const { clock, ask, take, aurora, cache, events } = open('full')
    for (const id of BUSY) await ask(3, project(id))
    take()
    aurora.outcome = outcome
    aurora.isSilent = true
    await clock.advance(4 * MINUTE)

    expect(take()).toHaveLength(1)
    expect(events.of('warmedUp')).toEqual([{ operation: 'retrieveProject', isDone: false }])
    expect(cache.read(buildCall())).toMatchObject({ age: 'fresh', answer: { status: 200 } })
  })
})

describe('never refreshed', () => {
  it('is an answer with a lifetime of seconds', async () => {
    const { clock, ask, take } = open('full')
    await clock.advance(4 * SECOND)
    await ask(9, { endpoint: READS.retrieveAiRoofStatus, path: { design_id: 'd-1' } })
    take()
    await clock.advance(10 * MINUTE)

    expect(take()).toEqual([])
  })

  it('is an answer that a write has made untrue', async () => {
    const { clock, ask, take, cache } = open('full')
    await ask(3)
    take()
    cache.drop(buildCall().terms.scope.key, [{ operation: 'retrieveProject', path: { project_id: 'p-1' } }])
    await clock.advance(10 * MINUTE)

    expect(take()).toEqual([])
  })

  it('is any answer after the end', async () => {
    const { clock, ask, take, warmUp } = open('full')
    await ask(3)
    take()
    warmUp.close()
    await clock.advance(10 * MINUTE)

    expect(take()).toEqual([])
    expect(clock.countTimers()).toBe(0)
  })
})
