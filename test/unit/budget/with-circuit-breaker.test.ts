import { describe, expect, it } from 'vitest'
import { createBudget } from '../../../src/budget/budget.ts'
import { openMemoryLedger } from '../../../src/budget/ledger.ts'
import { withBudget } from '../../../src/budget/with-budget.ts'
import {
  createCircuitBreakers,
  withCircuitBreaker,
  withHealthReport,
} from '../../../src/budget/with-circuit-breaker.ts'
import { withRetry } from '../../../src/budget/with-retry.ts'
import type { Answer } from '../../../src/rest/answer.ts'
import type { ErrorCode } from '../../../src/errors/codes.ts'
import { compose } from '../../../src/gateway/line.ts'
import { AttemptError } from '../../../src/rest/attempt-error.ts'
import { createTally } from '../../../src/telemetry/tally.ts'
import type { Reply } from '../../../src/rest/call.ts'
import { READS } from '../../../src/aurora/reads.ts'
import type { Scope } from '../../../src/rest/scope.ts'
import {
  aWrite,
  buildCall,
  buildRefusal,
  buildScope,
  buildReply,
  createEventLog,
  createStandIn,
  nth,
} from '../../support/builders.ts'
import type { CallParts } from '../../support/builders.ts'
import { createRequestRecord } from '../../../src/telemetry/request-record.ts'
import { createManualClock, settle } from '../../support/manual-clock.ts'

const SECOND = 1000

const lost = (code: ErrorCode, wasSent: boolean): AttemptError =>
  new AttemptError(code, 'm', { wasSent, isPassing: wasSent, refusal: null, details: {} })
const REFUSED = lost('UPSTREAM_UNAVAILABLE', false)
const RESET = lost('UPSTREAM_UNAVAILABLE', true)
const TIMED_OUT = lost('UPSTREAM_TIMEOUT', true)
const UNREADABLE = lost('UPSTREAM_INVALID', true)

function open({ limit = 1000, isAccepted = (_: Scope): boolean => true } = {}) {
  const clock = createManualClock()
  const events = createEventLog()
  const { emit } = events
  const { upstream, arrivals } = createStandIn()
  const breakers = createCircuitBreakers({
    clock,
    emit,
    standings: { of: (scope) => (isAccepted(scope) ? 'accepted' : 'unknown') },
  })
  const budget = createBudget({ limit, windowMs: 60 * SECOND, clock, openLedger: openMemoryLedger(clock) })
  const paid = compose(
    [withCircuitBreaker(breakers), withBudget({ budget, clock, emit }), withHealthReport(breakers)],
    upstream,
  )
  const retried = withRetry({ clock, random: () => 0, emit, ending: new AbortController().signal })(paid)
  const send = (parts: CallParts = {}, line = paid) => {
    const outcome: { reply?: Reply; error?: unknown } = {}
    line(buildCall(parts)).then(
      (reply) => (outcome.reply = reply),
      (error: unknown) => (outcome.error = error),
    )
    return outcome
  }
  /** Sends one call that ends so, if it is let through. */
  const end = async (outcome: Answer | Error | string, parts: CallParts = {}) => {
    const before = arrivals.length
    const sent = send(parts)
    await settle()
    const arrival = arrivals[before]
    if (arrival && typeof outcome === 'object' && 'status' in outcome) arrival.answer(outcome)
    else arrival?.fail(outcome)
    await settle()
    return sent
  }
  const endAll = async (count: number, ...rest: Parameters<typeof end>) => {
    for (let index = 0; index < count; index += 1) await end(...rest)
  }
  return { clock, events, arrivals, budget, send, end, endAll, retried }
}

const A_DESIGN: CallParts = { endpoint: READS.retrieveDesign, path: { design_id: 'd-1' } }
const isRefused = (retryAtMs: number) =>
  expect.objectContaining({
    code: 'UPSTREAM_UNAVAILABLE',
    details: expect.objectContaining({ retryAtMs }) as object,
  }) as Error

describe('an Aurora that cannot be reached', () => {
  it('gets five calls, and then none, neither reads nor writes of any tenant', async () => {
    const { clock, arrivals, endAll, end, events, budget } = open()
    await endAll(5, REFUSED)
    const nextMs = clock.monotonicMs() + 2 * SECOND
    const others = [{}, A_DESIGN, { endpoint: aWrite() }, { scope: buildScope('other', 'other-tenant') }]

    for (const other of others) expect((await end(buildReply(), other)).error).toEqual(isRefused(nextMs))
    expect(arrivals).toHaveLength(5)
    expect(events.of('circuitOpened')).toEqual([
      { of: 'host', operation: null, failures: 5, probeInMs: 2 * SECOND },
    ])
    // No slot is held for what was never sent.
    expect(budget.state(buildScope().budgetKey).remaining).toBe(1000)
  })

  it.each([
    ['20 s', 20 * SECOND, 20 * SECOND],
    ['less than the first probe', 500, 2 * SECOND],
    ['an hour, which counts for five minutes', 3600 * SECOND, 300 * SECOND],
  ])('gets no probe before the time that it names: %s', async (_what, retryAfterMs, probeInMs) => {
    const { clock, arrivals, endAll, end, events } = open()
    const record = createRequestRecord('r-1')
    await endAll(5, buildRefusal(503, { answeredAtMs: clock.monotonicMs(), retryAfterMs }), { record })
    const nextMs = clock.monotonicMs() + probeInMs
    expect((await end(buildReply())).error).toEqual(isRefused(nextMs))
    expect(events.of('circuitOpened')).toEqual([
      { of: 'operation', operation: 'retrieveProject', failures: 5, probeInMs, record },
    ])

    await clock.advance(probeInMs)
    expect((await end(buildReply(), { record })).reply).toBeDefined()
    expect(events.of('circuitClosed')).toMatchObject([{ operation: 'retrieveProject', record }])
    expect(arrivals).toHaveLength(6)
  })

  it('leaves no doubt about a write that is refused: it was not sent', async () => {
    const { endAll, end } = open()
    await endAll(5, REFUSED)
    const { error } = await end(buildReply(), { endpoint: aWrite() })

    expect(error).toBeInstanceOf(AttemptError)
    expect(error).toMatchObject({ wasSent: false, details: { upstream: { method: 'PUT' } } })
    expect((error as AttemptError).details.outcome).toBeUndefined()
  })

  it('gets one probe at a time, after 2, 4, 8 and 16 s and then every 30', async () => {
    const { clock, arrivals, endAll, end } = open()
    await endAll(5, REFUSED)
    const startMs = clock.monotonicMs()
    const triedAtMs: number[] = []
    for (let second = 0; second < 130; second += 1) {
      const before = arrivals.length
      await end(REFUSED)
      await end(REFUSED)
      if (arrivals.length > before) triedAtMs.push(clock.monotonicMs() - startMs)
      await clock.advance(SECOND)
    }

    expect(triedAtMs).toEqual([2, 6, 14, 30, 60, 90, 120].map((second) => second * SECOND))
    expect(arrivals).toHaveLength(5 + 7)
  })

  it('gets at most ten calls in its first 30 s, however many calls are made', async () => {
    const { clock, arrivals, end } = open()
    for (let tenth = 0; tenth < 300; tenth += 1) {
      await end(REFUSED, tenth % 2 === 0 ? {} : A_DESIGN)
      await clock.advance(100)
    }

    expect(arrivals.length).toBeLessThanOrEqual(10)
  })

  it('gets all calls again as soon as one probe succeeds', async () => {
    const { clock, arrivals, endAll, end, send, events } = open()
    await endAll(5, REFUSED)
    await clock.advance(2 * SECOND)
    const probe = send()
    await settle()
    const beside = send(A_DESIGN)
    await settle()
    // One is enough to see.
    expect(arrivals).toHaveLength(6)
    expect(beside.error).toEqual(isRefused(clock.monotonicMs() + 4 * SECOND))
    nth(arrivals, 5).answer(buildReply())
    await settle()

    expect(probe.reply).toMatchObject({ status: 200 })
    expect((await end(buildReply(), A_DESIGN)).reply).toMatchObject({ status: 200 })
    expect(events.of('circuitClosed')).toEqual([{ of: 'host', operation: null, openMs: 2 * SECOND }])
    // It takes five again, and 2 s at first.
    await endAll(4, REFUSED)
    expect((await end(buildReply())).reply).toMatchObject({ status: 200 })
    await endAll(5, REFUSED)
    expect((await end(buildReply())).error).toEqual(isRefused(clock.monotonicMs() + 2 * SECOND))
  })

  it('gets the next call as a probe if the client of the last probe has left', async () => {
    const { clock, arrivals, endAll, end } = open()
    await endAll(5, REFUSED)
    await clock.advance(2 * SECOND)
    await end('left')
    await end(buildReply())

    expect(arrivals).toHaveLength(7)
    expect((await end(buildReply())).reply).toMatchObject({ status: 200 })
  })

  it('gets no retry, and no call that waited for a slot meanwhile', async () => {
    const { clock, arrivals, send, retried, events } = open({ limit: 5 })
    const tally = createTally()
    const terms = { waitUntilMs: 3600 * SECOND, tally }
    const outcomes = Array.from({ length: 9 }, () => send(terms, retried))
    await settle()
    expect(arrivals).toHaveLength(5)
    arrivals.slice().forEach(({ fail }) => fail(REFUSED))
    await clock.advance(60 * SECOND)

    expect(arrivals).toHaveLength(5)
    expect(outcomes.map(({ error }) => (error as AttemptError).code)).toEqual(
      Array(9).fill('UPSTREAM_UNAVAILABLE'),
    )
    expect(events.of('retried')).toEqual([])
  })
})

describe('five in a row are needed', () => {
  it.each<[string, Answer | Error | string]>([
    ['an answer', buildReply()],
    ['a refusal', buildRefusal(404)],
    ['a 429', buildRefusal(429)],
    ['a failure of Aurora’s own', buildRefusal(500)],
    ['an answer that cannot be read', UNREADABLE],
  ])('and %s between them is none', async (_, between) => {
    const { arrivals, endAll, end, clock } = open()
    await endAll(4, REFUSED)
    await end(between)
    await clock.advance(2 * SECOND)
    await endAll(4, REFUSED)
    const before = arrivals.length
    await end(buildReply())

    expect(arrivals).toHaveLength(before + 1)
  })

  it('and a caller who leaves is neither one of them nor an answer', async () => {
    const { arrivals, endAll, end } = open()
    await endAll(4, REFUSED)
    await endAll(5, 'left')
    expect(arrivals).toHaveLength(9)
    await end(REFUSED)
    await end(buildReply())

    expect(arrivals).toHaveLength(10)
  })
})

describe('an operation that gets no answer', () => {
  it.each<[string, Answer | Error]>([
    ['407 of a proxy', buildRefusal(407)],
    ['502', buildRefusal(502)],
    ['503', buildRefusal(503)],
    ['504', buildRefusal(504)],
    ['none in time', TIMED_OUT],
    ['a connection that broke', RESET],
  ])(
    '(%s) five times is left alone by itself, and all are as soon as a second one gets none',
    async (_, none) => {
      const { arrivals, endAll, end, events } = open()
      await endAll(5, none)
      await end(none)
      expect(arrivals).toHaveLength(5)
      expect(events.of('circuitOpened')).toMatchObject([{ operation: 'retrieveProject' }])

      await end(none, A_DESIGN)
      await end(none, { endpoint: READS.listUsers, path: {} })
      expect(arrivals).toHaveLength(6)
      expect(events.of('circuitOpened')).toMatchObject([
        { operation: 'retrieveProject' },
        { of: 'tenant', operation: null },
      ])
    },
  )
})

describe('a tenant that gets no answer', () => {
  const of = (tenant: string, parts: CallParts = {}): CallParts => ({
    ...parts,
    scope: buildScope(`token of ${tenant}`, tenant),
  })
  const NAMED = buildRefusal(503, { answeredAtMs: 0, retryAfterMs: 300 * SECOND })

  it('is refused alone, however often it asks, and whatever time Aurora names to it', async () => {
    const { arrivals, end, clock } = open()
    for (let round = 0; round < 300; round += 1) {
      await end(NAMED, of('hot', round % 2 === 0 ? {} : A_DESIGN))
      await clock.advance(SECOND)
      if (round % 30 === 29) expect((await end(buildReply(), of('quiet'))).reply).toBeDefined()
    }
    expect(arrivals.length).toBeLessThan(40)
  })

  it('is refused together with all others only when a second one gets none, and its probe counts for nobody else', async () => {
    const { end, endAll, clock, events } = open()
    await endAll(5, TIMED_OUT, of('hot'))
    await end(TIMED_OUT, of('hot', A_DESIGN))
    expect((await end(buildReply(), of('quiet'))).reply).toBeDefined()
    // As the answer to the quiet one has ended all rows, they begin anew.
    await clock.advance(2 * SECOND)
    await end(TIMED_OUT, of('hot', A_DESIGN))
    await endAll(4, TIMED_OUT, of('warm'))
    expect(events.of('circuitOpened').at(-1)).toMatchObject({ of: 'host', operation: null })
    expect((await end(buildReply(), of('quiet'))).error).toBeDefined()
    await clock.advance(2 * SECOND)
    await end(TIMED_OUT, of('warm', A_DESIGN))
    expect((await end(buildReply(), of('quiet'))).reply).toBeDefined()
  })

  it('with any of its credentials is refused with all of them, and is no witness for a second tenant', async () => {
    const { end, endAll, events } = open()
    await endAll(3, TIMED_OUT, { scope: buildScope('one token', 'hot') })
    await endAll(2, TIMED_OUT, { scope: buildScope('another token', 'hot'), ...A_DESIGN })
    expect(events.of('circuitOpened')).toMatchObject([{ of: 'tenant', operation: null }])
    expect((await end(buildReply(), { scope: buildScope('a third token', 'hot') })).error).toBeDefined()
    expect((await end(buildReply(), of('quiet'))).reply).toBeDefined()
  })

  it('and that may be made up is no witness against others', async () => {
    const { end, endAll } = open({ isAccepted: ({ tenantId }) => !tenantId.startsWith('made-up') })
    await endAll(3, TIMED_OUT, of('made-up-1'))
    await endAll(3, TIMED_OUT, of('made-up-2', A_DESIGN))
    await endAll(3, TIMED_OUT, of('made-up-3'))
    expect((await end(buildReply(), of('quiet'))).reply).toBeDefined()
  })

  it('with a credential that may be made up is refused with that one alone', async () => {
    const guessed = buildScope('guessed', 'hot')
    const { end, endAll } = open({ isAccepted: ({ key }) => key !== guessed.key })
    await endAll(3, TIMED_OUT, { scope: guessed })
    await endAll(2, TIMED_OUT, { scope: guessed, ...A_DESIGN })
    expect((await end(buildReply(), { scope: guessed })).error).toBeDefined()
    expect((await end(buildReply(), of('hot'))).reply).toBeDefined()
  })

  it('is not refused for ever where its credential was accepted during its probe, and is not any more', async () => {
    let isAccepted = false
    const { end, endAll, send, arrivals, clock } = open({ isAccepted: () => isAccepted })
    await endAll(3, TIMED_OUT)
    await endAll(2, TIMED_OUT, A_DESIGN)
    await clock.advance(2 * SECOND)
    const probe = send()
    await settle()
    isAccepted = true
    arrivals.at(-1)?.answer(buildReply())
    await settle()
    expect(probe.reply).toBeDefined()
    isAccepted = false
    expect((await end(buildReply())).reply).toBeDefined()
  })
})

describe('an operation that Aurora fails at', () => {
  const designs = (index: number): CallParts => ({ ...A_DESIGN, path: { design_id: `d-${index}` } })

  it('for five objects in a row is refused, and no other', async () => {
    const { clock, arrivals, end, events } = open()
    for (let index = 0; index < 6; index += 1) await end(buildRefusal(500), designs(index))
    expect(arrivals).toHaveLength(5)
    expect(events.of('circuitOpened')).toMatchObject([{ operation: 'retrieveDesign', failures: 5 }])
    expect((await end(buildReply())).reply).toMatchObject({ status: 200 })

    await clock.advance(2 * SECOND)
    await end(buildReply(), designs(9))
    expect(events.of('circuitClosed')).toEqual([
      { of: 'operation', operation: 'retrieveDesign', openMs: 2 * SECOND },
    ])
  })

  it('for one object however often is not refused', async () => {
    const { arrivals, endAll } = open()
    await endAll(20, buildRefusal(500), designs(1))

    expect(arrivals).toHaveLength(20)
  })

  it('and that has no object of its own is refused after five in a row', async () => {
    const { arrivals, endAll } = open()
    await endAll(20, buildRefusal(500), { endpoint: READS.listProjects, path: {} })

    expect(arrivals).toHaveLength(5)
  })
})
