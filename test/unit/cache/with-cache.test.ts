import { describe, expect, it } from 'vitest'
import { createCache } from '../../../src/cache/cache.ts'
import { withCache } from '../../../src/cache/with-cache.ts'
import { withStore } from '../../../src/cache/with-store.ts'
import type { ErrorCode } from '../../../src/errors/codes.ts'
import { GatewayError } from '../../../src/errors/errors.ts'
import { ANY_FRESHNESS } from '../../../src/rest/freshness.ts'
import { createTally } from '../../../src/telemetry/tally.ts'
import type { Reply } from '../../../src/rest/call.ts'
import type { Freshness } from '../../../src/rest/freshness.ts'
import type { UsedReply } from '../../../src/rest/terms.ts'
import {
  buildCall,
  buildRefusal,
  buildScope,
  buildReply,
  createEventLog,
  createStandIn,
  nth,
} from '../../support/builders.ts'
import type { CallParts } from '../../support/builders.ts'
import { createManualClock, settle } from '../../support/manual-clock.ts'

const MINUTE = 60_000
const REFRESH_TIMEOUT_MS = 10_000

function open() {
  const clock = createManualClock(1000)
  const events = createEventLog()
  const cache = createCache({ maxBytes: 1024 * 1024, clock })
  const { upstream, arrivals } = createStandIn()
  const cached = withCache({
    cache,
    clock,
    emit: events.emit,
    refreshTimeoutMs: REFRESH_TIMEOUT_MS,
  })(withStore(cache)(upstream))
  const tally = createTally()
  const call = (parts: CallParts = {}) => {
    const outcome: { reply?: Reply; error?: unknown } = {}
    cached(buildCall({ tally, ...parts })).then(
      (reply) => (outcome.reply = reply),
      (error: unknown) => (outcome.error = error),
    )
    return outcome
  }
  /** Puts an answer in, which is then this old. */
  const age = async (ms: number, reply = buildReply({ id: 'p-1', name: 'old' })): Promise<Reply> => {
    const answered = { ...reply, answeredAtMs: clock.monotonicMs() }
    cache.store(buildCall(), answered)
    await clock.advance(ms)
    return answered
  }
  const fresh = () => buildReply({ id: 'p-1', name: 'new' }, { answeredAtMs: clock.monotonicMs() })
  return { clock, events, arrivals, call, age, fresh, tally, cache }
}

describe('an answer in doubt, which a write of another replica may have made untrue', () => {
  it.each([
    ['fresh by its age', 1000, ANY_FRESHNESS],
    ['stale', 6 * MINUTE, ANY_FRESHNESS],
    ['of an age that the request accepts', 6 * MINUTE, { ...ANY_FRESHNESS, maxStaleMs: 60 * MINUTE }],
  ])('and %s is marked, and confirmed to no client that has it unmarked', async (_what, ageMs, freshness) => {
    const { call, cache, age } = open()
    await age(ageMs)
    cache.doubtAll()
    const used: UsedReply[] = []
    call({ freshness, onUsed: (part) => void used.push(part) })
    await settle()
    expect(used).toMatchObject([{ isUnconfirmed: true, lifetime: { freshMs: 0, staleMs: 0 } }])
  })
})

describe('an answer that is not cached', () => {
  it('is fetched, cached, and served from then on without a call', async () => {
    const { call, arrivals, fresh, tally, events } = open()
    const first = call()
    await settle()
    nth(arrivals, 0).answer(fresh())
    await settle()
    const second = call()
    await settle()

    expect(second.reply).toBe(first.reply)
    expect(arrivals).toHaveLength(1)
    expect(tally.saved).toEqual({ cache: 1, joined: 0, stale: 0 })
    expect(events.of('saved')).toEqual([{ operation: 'retrieveProject', by: 'cache' }])
  })

  it('is not fetched where it was stored while the request waited for its admission', async () => {
    const { call, arrivals, fresh } = open()
    let letIn = (): void => {}
    const admitCalls = () => new Promise<void>((resolve) => void (letIn = resolve))
    const waiting = call({ admitCalls })
    call()
    await settle()
    nth(arrivals, 0).answer(fresh())
    await settle()
    letIn()
    await settle()

    expect(waiting.reply).toBeDefined()
    expect(arrivals).toHaveLength(1)
  })

  it('is not fetched for a request that is not admitted', async () => {
    const { call, arrivals } = open()
    const rejection = new GatewayError('QUERY_REJECTED', 'm')
    const outcome = call({ admitCalls: () => Promise.reject(rejection) })
    await settle()

    expect(outcome.error).toBe(rejection)
    expect(arrivals).toHaveLength(0)
  })

  it.each([401, 429, 500, 503])('and fails with a %i is fetched again', async (status) => {
    const { call, arrivals } = open()
    const first = call()
    await settle()
    nth(arrivals, 0).answer(buildRefusal(status))
    await settle()
    call()
    await settle()

    expect(first.error).toMatchObject({ refusal: { status } })
    expect(arrivals).toHaveLength(2)
  })

  it.each([false, true])('and may only come from the cache (%s) is not fetched', async (isCacheOnly) => {
    const { call, arrivals } = open()
    const outcome = call({ freshness: { ...ANY_FRESHNESS, isCacheOnly } })
    await settle()

    expect(arrivals).toHaveLength(isCacheOnly ? 0 : 1)
    expect(outcome.error).toEqual(isCacheOnly ? expect.objectContaining({ code: 'NOT_CACHED' }) : undefined)
  })

  it('and failed is an error for its caller, and is fetched again', async () => {
    const { call, arrivals } = open()
    const error = new GatewayError('UPSTREAM_INVALID', 'm')
    const first = call()
    await settle()
    nth(arrivals, 0).fail(error)
    await settle()
    call()
    await settle()

    expect(first.error).toBe(error)
    expect(arrivals).toHaveLength(2)
  })

  it('and is absent is cached as absent for seconds', async () => {
    const { clock, call, arrivals } = open()
    call()
    await settle()
    nth(arrivals, 0).answer(buildRefusal(404, { answeredAtMs: clock.monotonicMs() }))
    await clock.advance(9999)
    const again = call()
    await settle()
    expect(again.error).toMatchObject({ refusal: { status: 404 } })
    expect(arrivals).toHaveLength(1)

    await clock.advance(1)
    call()
    await settle()
    expect(arrivals).toHaveLength(2)
  })

  it('for one credential is fetched although another credential has it', async () => {
    const { call, age, arrivals } = open()
    await age(0)
    call({ scope: buildScope('other') })
    await settle()

    expect(arrivals).toHaveLength(1)
  })
})

describe('a stale answer', () => {
  it('is served at once, marked as stale, and revalidated afterwards, once for all callers', async () => {
    const { call, age, fresh, arrivals, tally } = open()
    const old = await age(6 * MINUTE)
    const outcomes = Array.from({ length: 50 }, () => call())
    await settle()

    expect(outcomes.every(({ reply }) => reply === old)).toBe(true)
    expect(arrivals).toHaveLength(1)
    expect(tally).toMatchObject({ calls: 0, saved: { cache: 0, stale: 50 } })

    nth(arrivals, 0).answer(fresh())
    await settle()
    const later = call()
    await settle()
    expect(later.reply).toMatchObject({ value: { name: 'new' } })
    expect(arrivals).toHaveLength(1)
  })

  it('is revalidated without a wait for a slot, is counted for no request, and also if its client leaves', async () => {
    const { clock, call, age, arrivals, tally } = open()
    await age(6 * MINUTE)
    const leaving = new AbortController()
    call({ signal: leaving.signal, waitUntilMs: 5000, deadlineAtMs: clock.monotonicMs() + 1 })
    await settle()
    leaving.abort('left')

    const { call: refresh } = nth(arrivals, 0)
    expect(refresh.terms).toMatchObject({
      waitUntilMs: 0,
      deadlineAtMs: clock.monotonicMs() + REFRESH_TIMEOUT_MS,
      signal: { aborted: false },
    })
    expect(refresh.terms.tally).not.toBe(tally)
  })

  it('stays when its revalidation fails, which is reported, and is revalidated for the next caller', async () => {
    const { call, age, arrivals, events } = open()
    const old = await age(6 * MINUTE)
    call()
    await settle()
    nth(arrivals, 0).fail(new GatewayError('RATE_LIMITED', 'm'))
    await settle()
    const next = call()
    await settle()

    expect(next.reply).toBe(old)
    expect(arrivals).toHaveLength(2)
    expect(events.of('revalidationFailed')).toEqual([{ operation: 'retrieveProject', code: 'RATE_LIMITED' }])
  })

  it('stays when its revalidation gets an error of Aurora, which is reported too', async () => {
    const { call, age, arrivals, events } = open()
    const old = await age(6 * MINUTE)
    call()
    await settle()
    nth(arrivals, 0).answer(buildRefusal(503))
    await settle()
    const next = call()
    await settle()

    expect(next.reply).toBe(old)
    expect(events.of('revalidationFailed')).toEqual([
      { operation: 'retrieveProject', code: 'UPSTREAM_ERROR' },
    ])
  })

  it('whose revalidation finds that the object is gone is deleted, and that is no failure', async () => {
    const { call, age, arrivals, events, clock } = open()
    await age(6 * MINUTE)
    call()
    await settle()
    nth(arrivals, 0).answer(buildRefusal(404, { answeredAtMs: clock.monotonicMs() }))
    await settle()
    const next = call()
    await settle()

    expect(next.error).toMatchObject({ refusal: { status: 404 } })
    expect(events.of('revalidationFailed')).toEqual([])
  })
})

describe('an old answer', () => {
  it('is not served while Aurora answers', async () => {
    const { call, age, fresh, arrivals, tally } = open()
    await age(20 * MINUTE)
    const outcome = call()
    await settle()
    expect(outcome.reply).toBeUndefined()
    nth(arrivals, 0).answer(fresh())
    await settle()

    expect(outcome.reply).toMatchObject({ value: { name: 'new' } })
    expect(tally.saved.stale).toBe(0)
  })

  it.each<ErrorCode>(['RATE_LIMITED', 'UPSTREAM_TIMEOUT', 'UPSTREAM_UNAVAILABLE', 'UPSTREAM_INVALID'])(
    'is served, marked, in place of %s',
    async (code) => {
      const { call, age, arrivals, tally } = open()
      const old = await age(20 * MINUTE)
      const outcome = call()
      await settle()
      nth(arrivals, 0).fail(new GatewayError(code, 'm'))
      await settle()

      expect(outcome.reply).toBe(old)
      expect(tally.saved.stale).toBe(1)
    },
  )

  it.each([500, 502, 503, 504, 599])('is served, marked as stale, in place of a %i', async (status) => {
    const { call, age, arrivals, tally } = open()
    const old = await age(20 * MINUTE)
    const outcome = call()
    await settle()
    nth(arrivals, 0).answer(buildRefusal(status))
    await settle()

    expect(outcome.reply).toBe(old)
    expect(tally.saved.stale).toBe(1)
  })

  it('is served in place of a redirect, which is no answer', async () => {
    const { call, age, arrivals } = open()
    const old = await age(20 * MINUTE)
    const outcome = call()
    await settle()
    nth(arrivals, 0).answer(buildRefusal(302))
    await settle()

    expect(outcome.reply).toBe(old)
  })

  it.each([400, 401, 403, 404, 409, 422])(
    'is not served in place of a %i, which is an answer',
    async (status) => {
      const { call, age, arrivals, tally } = open()
      await age(20 * MINUTE)
      const outcome = call()
      await settle()
      nth(arrivals, 0).answer(buildRefusal(status))
      await settle()

      expect(outcome.error).toMatchObject({ refusal: { status } })
      expect(tally.saved.stale).toBe(0)
    },
  )

  it('is not served to a client that has left, nor in place of an error of the gateway itself', async () => {
    const { call, age, arrivals } = open()
    await age(20 * MINUTE)
    const outcomes = [call(), call()]
    await settle()
    nth(arrivals, 0).fail('left')
    nth(arrivals, 1).fail(new TypeError('bug'))
    await settle()

    expect(outcomes[0]?.error).toBe('left')
    expect(outcomes[1]?.error).toBeInstanceOf(TypeError)
  })

  it('is deleted after its lifetime: then the failure is the answer', async () => {
    const { call, age, arrivals } = open()
    await age(24 * 60 * MINUTE)
    const outcome = call()
    await settle()
    nth(arrivals, 0).answer(buildRefusal(503))
    await settle()

    expect(outcome.error).toMatchObject({ refusal: { status: 503 } })
  })
})

describe('a request that names the age of its answer', () => {
  const wants = (freshness: Partial<Freshness>) => ({ freshness: { ...ANY_FRESHNESS, ...freshness } })
  const LATER = { begunAtMs: Number.MAX_SAFE_INTEGER }

  it('gets no older answer: a new one is fetched, and cached for all', async () => {
    const { call, age, fresh, arrivals, tally } = open()
    await age(6000)
    const outcome = call({ ...wants({ maxAgeMs: 5000 }), ...LATER })
    await settle()
    expect(outcome.reply).toBeUndefined()
    nth(arrivals, 0).answer(fresh())
    await settle()
    const next = call()
    await settle()

    expect(outcome.reply).toMatchObject({ value: { name: 'new' } })
    expect(next.reply).toBe(outcome.reply)
    expect(arrivals).toHaveLength(1)
    expect(tally.saved).toEqual({ cache: 1, joined: 0, stale: 0 })
  })

  it('gets a cached answer that is young enough', async () => {
    const { call, age, arrivals, tally } = open()
    const known = await age(4999)
    const outcome = call({ ...wants({ maxAgeMs: 5000 }), ...LATER })
    await settle()

    expect(outcome.reply).toBe(known)
    expect(arrivals).toEqual([])
    expect(tally.saved).toEqual({ cache: 1, joined: 0, stale: 0 })
  })

  it('gets an answer that came while it was under way, whatever age it names', async () => {
    const { clock, call, age, arrivals } = open()
    const begunAtMs = clock.monotonicMs()
    const known = await age(3000)
    const own = call({ ...wants({ maxAgeMs: 0 }), begunAtMs })
    call({ ...wants({ maxAgeMs: 0 }), begunAtMs: begunAtMs + 1 })
    await settle()

    expect(own.reply).toBe(known)
    expect(arrivals).toHaveLength(1)
  })

  it('and accepts a stale one is answered at once, marked as stale, without a call', async () => {
    const { call, age, arrivals, tally } = open()
    const old = await age(60 * MINUTE)
    const outcome = call({ ...wants({ maxStaleMs: Infinity }), ...LATER })
    await settle()

    expect(outcome.reply).toBe(old)
    expect(arrivals).toEqual([])
    expect(tally.saved).toEqual({ cache: 0, joined: 0, stale: 1 })
  })

  it('gets no older answer if Aurora fails, unless it accepts one', async () => {
    const { call, age, arrivals, tally } = open()
    const old = await age(20 * MINUTE)
    const error = new GatewayError('RATE_LIMITED', 'm')
    const strict = call({ ...wants({ maxAgeMs: 1 }), ...LATER })
    const lenient = call({ ...wants({ maxAgeMs: 1, staleIfErrorMs: 21 * MINUTE }), ...LATER })
    const refresh = call({ ...wants({ maxAgeMs: 0 }), ...LATER })
    await settle()
    for (const { fail } of arrivals) fail(error)
    await settle()

    expect(strict.error).toBe(error)
    expect([lenient.reply, refresh.reply]).toEqual([old, old])
    expect(tally.saved.stale).toBe(2)
  })

  it('gets a second call where a flight that it joined brought an answer from before it began', async () => {
    const { clock, call, fresh, arrivals } = open()
    const outcome = call({ ...wants({ maxAgeMs: 0 }), begunAtMs: clock.monotonicMs() + 1 })
    await settle()
    nth(arrivals, 0).answer(fresh())
    await settle()
    await clock.advance(5)
    nth(arrivals, 1).answer(fresh())
    await settle()

    expect(arrivals).toHaveLength(2)
    expect(outcome.reply).toMatchObject({ value: { name: 'new' } })
  })

  it('gets an error where only the cache may answer and its answer is too old', async () => {
    const { call, age, arrivals } = open()
    await age(MINUTE)
    const outcome = call({ ...wants({ isCacheOnly: true, maxAgeMs: 5000 }), ...LATER })
    await settle()

    expect(outcome.error).toMatchObject({ code: 'NOT_CACHED' })
    expect(arrivals).toEqual([])
  })
})
