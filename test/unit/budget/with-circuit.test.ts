import { describe, expect, test } from 'vitest'
import { createBudget } from '../../../src/budget/budget.ts'
import { openMemoryLedger } from '../../../src/budget/ledger.ts'
import { withBudget } from '../../../src/budget/with-budget.ts'
import { createCircuit, withCircuit, withOutcome } from '../../../src/budget/with-circuit.ts'
import { withRetry } from '../../../src/budget/with-retry.ts'
import type { ErrorCode } from '../../../src/errors/codes.ts'
import { AttemptError } from '../../../src/rest/call.ts'
import type { Call, Reply } from '../../../src/rest/call.ts'
import { ENDPOINTS } from '../../../src/rest/endpoints.ts'
import {
  aWrite,
  buildCall,
  buildFailure,
  buildScope,
  buildSuccess,
  createEventLog,
  createStandIn,
  nth,
} from '../../support/builders.ts'
import { createManualClock, settle } from '../../support/manual-clock.ts'
import { createTally } from '../../../src/telemetry/tally.ts'

const SECOND = 1000

const lost = (code: ErrorCode, wasSent: boolean): AttemptError =>
  new AttemptError(code, 'm', { wasSent, isPassing: wasSent, details: {}, cause: undefined })
const REFUSED = lost('UPSTREAM_UNAVAILABLE', false)
const RESET = lost('UPSTREAM_UNAVAILABLE', true)
const TIMED_OUT = lost('UPSTREAM_TIMEOUT', true)
const UNREADABLE = lost('UPSTREAM_INVALID', true)

function open({ limit = 1000 } = {}) {
  const clock = createManualClock()
  const events = createEventLog()
  const { emit } = events
  const { upstream, arrivals } = createStandIn()
  const circuit = createCircuit({ clock, emit })
  const budget = createBudget({ limit, windowMs: 60 * SECOND, clock, openLedger: openMemoryLedger(clock) })
  const paid = withCircuit(withBudget(withOutcome(upstream, circuit), { budget, clock, emit }), circuit)
  const retried = withRetry(paid, { clock, random: () => 0, emit })
  const send = (parts: Partial<Call> = {}, line = paid) => {
    const outcome: { reply?: Reply; error?: unknown } = {}
    line(buildCall(parts)).then(
      (reply) => (outcome.reply = reply),
      (error: unknown) => (outcome.error = error),
    )
    return outcome
  }
  /** Sends one call that ends so, if it is let through. */
  const end = async (outcome: Reply | Error | string, parts: Partial<Call> = {}) => {
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

const A_DESIGN: Partial<Call> = { endpoint: ENDPOINTS.retrieveDesign, path: { design_id: 'd-1' } }
const isRefused = (retryAtMs: number) =>
  expect.objectContaining({
    code: 'UPSTREAM_UNAVAILABLE',
    details: expect.objectContaining({ retryAtMs }) as object,
  }) as Error

describe('an Aurora that cannot be reached', () => {
  test('is asked five times, and then left alone, for reads and writes of every tenant', async () => {
    const { clock, arrivals, endAll, end, events, budget } = open()
    await endAll(5, REFUSED)
    const nextMs = clock.monotonicMs() + 2 * SECOND
    const others = [{}, A_DESIGN, { endpoint: aWrite() }, { scope: buildScope('other', 'other-tenant') }]

    for (const other of others) expect((await end(buildSuccess(), other)).error).toEqual(isRefused(nextMs))
    expect(arrivals).toHaveLength(5)
    expect(events.of('circuitOpened')).toEqual([{ operation: null, failures: 5, probeInMs: 2 * SECOND }])
    // No slot is held for what was never sent.
    expect(budget.state(buildScope().key).remaining).toBe(1000)
  })

  test('leaves a write that it refuses without any doubt of what became of it', async () => {
    const { endAll, end } = open()
    await endAll(5, REFUSED)
    const { error } = await end(buildSuccess(), { endpoint: aWrite() })

    expect(error).toBeInstanceOf(AttemptError)
    expect(error).toMatchObject({ wasSent: false, details: { upstream: { method: 'PUT' } } })
    expect((error as AttemptError).details.outcome).toBeUndefined()
  })

  test('is tried by one call at a time, after 2, 4, 8 and 16 s and then every 30', async () => {
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

  test('gets at most ten calls in its first 30 s, however many want something', async () => {
    const { clock, arrivals, end } = open()
    for (let tenth = 0; tenth < 300; tenth += 1) {
      await end(REFUSED, tenth % 2 === 0 ? {} : A_DESIGN)
      await clock.advance(100)
    }

    expect(arrivals.length).toBeLessThanOrEqual(10)
  })

  test('is asked by all again as soon as one try succeeds', async () => {
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
    nth(arrivals, 5).answer(buildSuccess())
    await settle()

    expect(probe.reply).toMatchObject({ status: 200 })
    expect((await end(buildSuccess(), A_DESIGN)).reply).toMatchObject({ status: 200 })
    expect(events.of('circuitClosed')).toEqual([{ operation: null, openMs: 2 * SECOND }])
    // It takes five again, and 2 s at first.
    await endAll(4, REFUSED)
    expect((await end(buildSuccess())).reply).toMatchObject({ status: 200 })
    await endAll(5, REFUSED)
    expect((await end(buildSuccess())).error).toEqual(isRefused(clock.monotonicMs() + 2 * SECOND))
  })

  test('whose try is given up by its caller is tried by the next who comes', async () => {
    const { clock, arrivals, endAll, end } = open()
    await endAll(5, REFUSED)
    await clock.advance(2 * SECOND)
    await end('left')
    await end(buildSuccess())

    expect(arrivals).toHaveLength(7)
    expect((await end(buildSuccess())).reply).toMatchObject({ status: 200 })
  })

  test('is not asked again by a retry, nor by what waited for a slot meanwhile', async () => {
    const { clock, arrivals, send, retried, events } = open({ limit: 5 })
    const tally = createTally()
    const terms = { maxWaitMs: 3600 * SECOND, tally }
    const outcomes = Array.from({ length: 9 }, () => send(terms, retried))
    await settle()
    expect(arrivals).toHaveLength(5)
    arrivals.slice().forEach(({ fail }) => fail(REFUSED))
    await clock.advance(60 * SECOND)

    expect(arrivals).toHaveLength(5)
    expect(outcomes.map(({ error }) => (error as AttemptError).code)).toEqual(
      Array(9).fill('UPSTREAM_UNAVAILABLE'),
    )
    expect(tally.calls).toBe(5)
    expect(events.of('retried')).toEqual([])
  })
})

describe('five in a row are needed', () => {
  test.each<[string, Reply | Error | string]>([
    ['an answer', buildSuccess()],
    ['a refusal', buildFailure(404)],
    ['a 429', buildFailure(429)],
    ['a failure of Aurora’s own', buildFailure(500)],
    ['an answer that cannot be read', UNREADABLE],
  ])('and %s between them is none', async (_, between) => {
    const { arrivals, endAll, end, clock } = open()
    await endAll(4, REFUSED)
    await end(between)
    await clock.advance(2 * SECOND)
    await endAll(4, REFUSED)
    const before = arrivals.length
    await end(buildSuccess())

    expect(arrivals).toHaveLength(before + 1)
  })

  test('and a caller who leaves is neither one of them nor an answer', async () => {
    const { arrivals, endAll, end } = open()
    await endAll(4, REFUSED)
    await endAll(5, 'left')
    expect(arrivals).toHaveLength(9)
    await end(REFUSED)
    await end(buildSuccess())

    expect(arrivals).toHaveLength(10)
  })
})

describe('an operation that gets no answer', () => {
  test.each<[string, Reply | Error]>([
    ['502', buildFailure(502)],
    ['503', buildFailure(503)],
    ['504', buildFailure(504)],
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
      await end(none, { endpoint: ENDPOINTS.listUsers, path: {} })
      expect(arrivals).toHaveLength(6)
      expect(events.of('circuitOpened')).toMatchObject([
        { operation: 'retrieveProject' },
        { operation: null },
      ])
    },
  )
})

describe('an operation that Aurora fails at', () => {
  const designs = (index: number): Partial<Call> => ({ ...A_DESIGN, path: { design_id: `d-${index}` } })

  test('for five objects in a row is left alone, and no other', async () => {
    const { clock, arrivals, end, events } = open()
    for (let index = 0; index < 6; index += 1) await end(buildFailure(500), designs(index))
    expect(arrivals).toHaveLength(5)
    expect(events.of('circuitOpened')).toMatchObject([{ operation: 'retrieveDesign', failures: 5 }])
    expect((await end(buildSuccess())).reply).toMatchObject({ status: 200 })

    await clock.advance(2 * SECOND)
    await end(buildSuccess(), designs(9))
    expect(events.of('circuitClosed')).toEqual([{ operation: 'retrieveDesign', openMs: 2 * SECOND }])
  })

  test('for one object however often is not left alone', async () => {
    const { arrivals, endAll } = open()
    await endAll(20, buildFailure(500), designs(1))

    expect(arrivals).toHaveLength(20)
  })

  test('and that has no object of its own is left alone after five in a row', async () => {
    const { arrivals, endAll } = open()
    await endAll(20, buildFailure(500), { endpoint: ENDPOINTS.listProjects, path: {} })

    expect(arrivals).toHaveLength(5)
  })
})
