import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createCache } from '../../../src/cache/cache.ts'
import { withSingleFlight } from '../../../src/cache/with-single-flight.ts'
import { GatewayError } from '../../../src/errors/errors.ts'
import { createTally } from '../../../src/telemetry/tally.ts'
import { statusOf } from '../../../src/rest/attempt-error.ts'
import { beginWait } from '../../../src/rest/wait.ts'
import { toRefusalError } from '../../../src/rest/refusal-error.ts'
import type { Call, Reply } from '../../../src/rest/call.ts'
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
import { createManualClock, settle } from '../../support/manual-clock.ts'

const FLIGHT_TIMEOUT_MS = 10_000

function open() {
  const clock = createManualClock(1000)
  const cache = createCache({ maxBytes: 1024 * 1024, clock })
  const events = createEventLog()
  const { upstream, arrivals } = createStandIn()
  const shared = withSingleFlight({ cache, clock, emit: events.emit, flightTimeoutMs: FLIGHT_TIMEOUT_MS })(
    upstream,
  )
  const board = (parts: CallParts = {}) => {
    const leaving = new AbortController()
    const outcome: { reply?: Reply; error?: unknown; leave(reason: unknown): void } = {
      leave: (reason) => leaving.abort(reason),
    }
    shared(buildCall({ signal: leaving.signal, ...parts })).then(
      (reply) => (outcome.reply = reply),
      (error: unknown) => (outcome.error = error),
    )
    return outcome
  }
  return { clock, events, arrivals, board }
}

describe('a flight', () => {
  it('takes 1,000 callers; a further one is refused with a time, and those who wait get the reply', async () => {
    const { board, arrivals } = open()
    const outcomes = Array.from({ length: 1_001 }, () => board())
    await settle()
    expect(outcomes.at(-1)?.error).toMatchObject({ code: 'RATE_LIMITED', details: { retryAtMs: 2_000 } })
    nth(arrivals, 0).answer(buildReply())
    await settle()
    expect(arrivals).toHaveLength(1)
    expect(outcomes.filter(({ reply }) => reply !== undefined)).toHaveLength(1_000)
  })

  it('serves 50 callers with one call and one reply', async () => {
    const { board, arrivals, events } = open()
    const tallies = Array.from({ length: 50 }, createTally)
    const outcomes = tallies.map((tally) => board({ tally }))
    await settle()
    const reply = buildReply()
    nth(arrivals, 0).answer(reply)
    await settle()

    expect(arrivals).toHaveLength(1)
    expect(outcomes.every((outcome) => outcome.reply === reply)).toBe(true)
    expect(tallies.map(({ saved }) => saved.joined)).toEqual([0, ...Array.from({ length: 49 }, () => 1)])
    expect(events.of('saved')).toHaveLength(49)
  })

  it('queues for as long as its most patient caller waits', async () => {
    const { board, arrivals } = open()
    board({ waitUntilMs: 1000 + 500 })
    board({ waitUntilMs: 1000 + 3000 })
    board({ waitUntilMs: 0 })
    await settle()

    expect(nth(arrivals, 0).call.wait?.latestMs).toBe(1000 + 3000)
  })

  it('that revalidates and gets no slot: a client that waits for it starts a flight of its own', async () => {
    const { board, arrivals } = open()
    const refresh = board({ callClass: 'revalidation', waitUntilMs: 0 })
    const readers = [board({ waitUntilMs: 1000 + 3000 }), board({ waitUntilMs: 1000 + 3000 })]
    await settle()
    expect(arrivals.map(({ call }) => [call.terms.callClass, call.wait?.latestMs])).toEqual([
      ['revalidation', 0],
    ])
    nth(arrivals, 0).fail(new GatewayError('RATE_LIMITED', 'no slot to spare'))
    await settle()
    expect(refresh.error).toMatchObject({ code: 'RATE_LIMITED' })
    expect(arrivals.slice(1).map(({ call }) => [call.terms.callClass, call.wait?.latestMs])).toEqual([
      ['interactive', 1000 + 3000],
    ])
    const reply = buildReply()
    nth(arrivals, 1).answer(reply)
    await settle()
    expect(readers.map((reader) => reader.reply)).toEqual([reply, reply])
  })

  it('reports the expected time to a caller whose wait is over, and the others go on waiting', async () => {
    const { clock, board, arrivals } = open()
    const [hasty, patient] = [board({ waitUntilMs: 1000 + 500 }), board({ waitUntilMs: 1000 + 3000 })]
    await settle()
    const { call, answer } = nth(arrivals, 0)
    if (call.wait) call.wait.retryAtMs = 2500

    await clock.advance(501)
    expect(hasty.error).toMatchObject({ code: 'RATE_LIMITED', details: { retryAtMs: 2500 } })
    expect(call.terms.signal.aborted).toBe(false)
    answer(buildReply())
    await settle()

    expect(patient.reply).toBeDefined()
    expect(clock.countTimers()).toBe(0)
  })

  it('that waits for a time that Aurora named is left at once by callers that wait less long', async () => {
    const { clock, board, arrivals } = open()
    const [hasty, patient] = [board({ waitUntilMs: 1000 + 500 }), board({ waitUntilMs: 1000 + 30_000 })]
    await clock.advance(600)
    const { call, answer } = nth(arrivals, 0)
    const error = toRefusalError(
      call.endpoint,
      buildRefusal(503, { answeredAtMs: 1600, retryAfterMs: 20_000 }),
    )
    if (call.wait) beginWait(call.wait, error)
    await settle()
    expect(hasty.error).toBe(error)
    const late = board({ waitUntilMs: 1600 + 2000 })
    await settle()
    expect(late.error).toBe(error)
    expect(call.terms.signal.aborted).toBe(false)
    answer(buildReply())
    await settle()

    expect(patient.reply).toBeDefined()
    expect(arrivals).toHaveLength(1)
    expect(clock.countTimers()).toBe(0)
  })

  it('that revalidates and is to be asked again later: a patient client starts a flight of its own', async () => {
    const { board, arrivals } = open()
    board({ callClass: 'revalidation', waitUntilMs: 0 })
    const reader = board({ waitUntilMs: 1000 + 30_000 })
    await settle()
    nth(arrivals, 0).answer(buildRefusal(503, { retryAfterMs: 20_000 }))
    await settle()
    nth(arrivals, 1).answer(buildReply())
    await settle()

    expect(reader.reply).toBeDefined()
  })

  it('that was sent is waited for, however short the accepted wait for a slot was', async () => {
    const { clock, board, arrivals } = open()
    const outcome = board({ waitUntilMs: 0 })
    await clock.advance(2000)
    expect(outcome.error).toBeUndefined()
    nth(arrivals, 0).answer(buildReply())
    await settle()

    expect(outcome.reply).toBeDefined()
  })

  it('ends with its answer: a later caller starts another flight', async () => {
    const { board, arrivals } = open()
    board()
    await settle()
    nth(arrivals, 0).answer(buildReply())
    await settle()
    board()
    await settle()

    expect(arrivals).toHaveLength(2)
  })

  it('that fails rejects for all its waiters, and for no later caller', async () => {
    const { board, arrivals } = open()
    const outcomes = [board(), board()]
    await settle()
    const error = new GatewayError('UPSTREAM_INVALID', 'm')
    nth(arrivals, 0).fail(error)
    await settle()
    const next = board()
    await settle()
    nth(arrivals, 1).answer(buildReply())
    await settle()

    expect(outcomes.map((outcome) => outcome.error)).toEqual([error, error])
    expect(next.reply).toMatchObject({ status: 200 })
  })

  it('shares a refusal of Aurora as the error that it is', async () => {
    const { board, arrivals } = open()
    const outcomes = [board(), board()]
    await settle()
    nth(arrivals, 0).answer(buildRefusal(503))
    await settle()

    expect(outcomes.map(({ error }) => statusOf(error))).toEqual([503, 503])
  })

  it('is not shared by different ids, parameters or operations', async () => {
    const { board, arrivals } = open()
    board()
    board({ path: { project_id: 'p-2' } })
    board({ query: { page: '1' } })
    await settle()

    expect(arrivals).toHaveLength(3)
  })

  it('is never shared across scopes', async () => {
    const { board, arrivals } = open()
    const [mine, theirs] = [board(), board({ scope: buildScope('other') })]
    await settle()
    nth(arrivals, 0).answer(buildReply({ id: 'p-1', name: 'mine' }))
    await settle()

    expect(arrivals).toHaveLength(2)
    expect(mine.reply).toMatchObject({ value: { name: 'mine' } })
    expect(theirs.reply).toBeUndefined()
  })

  it('is not for writes', async () => {
    const { board, arrivals } = open()
    board({ endpoint: aWrite() })
    board({ endpoint: aWrite() })
    await settle()

    expect(arrivals).toHaveLength(2)
  })
})

describe('a waiter that leaves', () => {
  it('gets its own reason, and the others go on waiting, also when it was the first', async () => {
    const { board, arrivals } = open()
    const [first, second] = [board(), board()]
    await settle()

    first.leave('left')
    await settle()
    expect(first.error).toBe('left')
    expect(nth(arrivals, 0).call.terms.signal.aborted).toBe(false)

    nth(arrivals, 0).answer(buildReply())
    await settle()
    expect(second.reply).toMatchObject({ status: 200 })
    expect(first.reply).toBeUndefined()
  })

  it('as the last one aborts the flight, in the same tick', async () => {
    const { board, arrivals } = open()
    const [first, second] = [board(), board()]
    await settle()

    first.leave('a')
    expect(nth(arrivals, 0).call.terms.signal.aborted).toBe(false)
    second.leave('b')
    expect(nth(arrivals, 0).call.terms.signal).toMatchObject({ aborted: true, reason: 'b' })
  })

  it('as the last one leaves no flight that a later caller could join before its end is known', async () => {
    const { board, arrivals } = open()
    const first = board()
    await settle()
    first.leave('left')
    const second = board()
    await settle()
    nth(arrivals, 0).fail('left')
    await settle()

    expect(arrivals).toHaveLength(2)
    expect(second.error).toBeUndefined()
    const third = board()
    await settle()
    expect(arrivals).toHaveLength(2)
    nth(arrivals, 1).answer(buildReply())
    await settle()
    expect([second.reply, third.reply]).toMatchObject([{ status: 200 }, { status: 200 }])
  })

  it('after the answer changes nothing', async () => {
    const { board, arrivals } = open()
    const [first, second] = [board(), board()]
    await settle()
    nth(arrivals, 0).answer(buildReply())
    await settle()
    first.leave('a')
    second.leave('b')

    expect(nth(arrivals, 0).call.terms.signal.aborted).toBe(false)
  })

  it('before it joins starts no flight', async () => {
    const { board, arrivals } = open()
    const outcome = board({ signal: AbortSignal.abort('left') })
    await settle()

    expect(outcome.error).toBe('left')
    expect(arrivals).toHaveLength(0)
  })
})

describe('the deadline of a flight', () => {
  it('is its own, not that of the first caller', async () => {
    const { board, arrivals, clock } = open()
    board({ deadlineAtMs: clock.monotonicMs() + 5 })
    await settle()

    expect(nth(arrivals, 0).call.terms.deadlineAtMs).toBe(1000 + FLIGHT_TIMEOUT_MS)
  })

  it('is not the deadline of the first caller: callers that joined later still get the answer', async () => {
    const { board, arrivals, clock } = open()
    const first = board({ deadlineAtMs: clock.monotonicMs() + 1000 })
    await clock.advance(900)
    const late = board()
    await clock.advance(100)
    first.leave(new GatewayError('UPSTREAM_TIMEOUT', 'm'))
    await clock.advance(1000)
    nth(arrivals, 0).answer(buildReply())
    await settle()

    expect(first.error).toMatchObject({ code: 'UPSTREAM_TIMEOUT' })
    expect(late.reply).toMatchObject({ status: 200 })
  })
})

it('whatever callers join and leave, each gets its reply or its reason, and no flight stays open', async () => {
  const step = fc.oneof(
    fc.record({ does: fc.constant('board' as const), project: fc.nat(1), scope: fc.nat(1) }),
    fc.record({ does: fc.constant('leave' as const), who: fc.nat(20) }),
    fc.record({ does: fc.constant('land' as const), which: fc.nat(20), isBad: fc.boolean() }),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40, size: 'max' }), async (steps) => {
      const { board, arrivals } = open()
      const passengers: (ReturnType<typeof board> & { wanted: string; hasLeft: boolean })[] = []
      const landed = new Set<number>()
      const describeCall = ({ path, terms }: Call) => `${path['project_id']} ${terms.scope.key}`
      const land = (which: number, isBad: boolean) => {
        const arrival = arrivals[which]
        if (arrival === undefined || landed.has(which)) return
        landed.add(which)
        if (isBad) arrival.fail(new Error(describeCall(arrival.call)))
        else arrival.answer(buildReply({ id: describeCall(arrival.call) }))
      }
      for (const taken of steps) {
        if (taken.does === 'board') {
          const scope = buildScope(`s-${taken.scope}`)
          const path = { project_id: `p-${taken.project}` }
          const passenger = board({ scope, path })
          passengers.push(
            Object.assign(passenger, { wanted: `${path.project_id} ${scope.key}`, hasLeft: false }),
          )
        } else if (taken.does === 'leave') {
          const passenger = passengers[taken.who]
          if (passenger && passenger.reply === undefined && passenger.error === undefined) {
            passenger.hasLeft = true
            passenger.leave('left')
          }
        } else land(taken.which, taken.isBad)
        await settle()
        const inTheAir = arrivals
          .filter(({ call }, index) => !landed.has(index) && !call.terms.signal.aborted)
          .map(({ call }) => describeCall(call))
        expect(new Set(inTheAir).size, 'one flight for each object and scope').toBe(inTheAir.length)
      }
      arrivals.forEach((_, index) => land(index, false))
      await settle()

      for (const { wanted, hasLeft, reply, error } of passengers) {
        if (hasLeft) expect([reply, error]).toEqual([undefined, 'left'])
        else if (error instanceof Error) expect(error.message).toBe(wanted)
        else expect(reply).toMatchObject({ value: { id: wanted } })
      }
    }),
    { numRuns: 60 },
  )
})
