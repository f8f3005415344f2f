import { describe, expect, it } from 'vitest'
import { createBudget } from '../../../src/budget/budget.ts'
import { openMemoryLedger } from '../../../src/budget/ledger.ts'
import type { Permission } from '../../../src/budget/ledger.ts'
import { NO_RECORD } from '../../../src/budget/slot-record.ts'
import type { OpenRecord } from '../../../src/budget/slot-record.ts'
import { withBudget } from '../../../src/budget/with-budget.ts'
import type { Answer } from '../../../src/rest/answer.ts'
import type { ErrorCode } from '../../../src/errors/codes.ts'
import { AttemptError, LeftUnsent } from '../../../src/rest/attempt-error.ts'
import { createTally } from '../../../src/telemetry/tally.ts'
import { withTerms } from '../../../src/rest/call.ts'
import type { Reply } from '../../../src/rest/call.ts'
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

const WINDOW_MS = 60_000
const HELD_MS = WINDOW_MS + 40
const START_MS = 1000

function open(limit = 5) {
  const clock = createManualClock(START_MS)
  const events = createEventLog()
  const budget = createBudget({ limit, windowMs: WINDOW_MS, clock, openLedger: openMemoryLedger(clock) })
  const { upstream, arrivals } = createStandIn()
  const paid = withBudget({ budget, clock, emit: events.emit })(upstream)
  /** The outcome, once there is one, of a call that nobody awaits. */
  const call = (parts: CallParts = {}) => {
    const outcome: { reply?: Reply; error?: unknown } = {}
    paid(buildCall(parts)).then(
      (reply) => (outcome.reply = reply),
      (error: unknown) => (outcome.error = error),
    )
    return outcome
  }
  /** A call that Aurora refuses, with this header. */
  const refuse = async (retryAfterMs: number | null = null) => {
    const outcome = call()
    await settle()
    nth(arrivals, arrivals.length - 1).answer(buildRefusal(429, { retryAfterMs }))
    await settle()
    return outcome
  }
  const { budgetKey: key } = buildScope()
  /** For how long the key is closed from now on. */
  const closedForMs = () => budget.forecast(key, { caller: 'builder' }, 1) - clock.monotonicMs()
  return { clock, events, budget, arrivals, paid, call, refuse, closedForMs, key }
}

const attemptError = (wasSent: boolean) =>
  new AttemptError('UPSTREAM_UNAVAILABLE', 'm', {
    wasSent,
    isPassing: true,
    refusal: null,
    details: {},
  })

describe('every attempt takes a slot', () => {
  it.each<[what: string, answer: Answer]>([
    ['a success', buildReply()],
    ['a 404', buildRefusal(404)],
    ['a 500', buildRefusal(500)],
  ])('%s passes through, and its slot is held', async (_what, answer) => {
    const { call, arrivals, budget, key } = open()
    const tally = createTally()
    const outcome = call({ tally })
    await settle()
    nth(arrivals, 0).answer(answer)
    await settle()

    expect(outcome.reply ?? (outcome.error as AttemptError).refusal).toBe(answer)
    expect(budget.state(key).remaining).toBe(4)
    expect(tally).toEqual(createTally())
  })

  it('an attempt that may have been counted holds its slot', async () => {
    const { call, arrivals, budget, key } = open()
    const outcome = call()
    await settle()
    nth(arrivals, 0).fail(attemptError(true))
    await settle()

    expect(outcome.error).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' })
    expect(budget.state(key).remaining).toBe(4)
  })

  it('an attempt that certainly never left gives its slot back', async () => {
    const { call, arrivals, budget, key } = open()
    const outcome = call()
    await settle()
    nth(arrivals, 0).fail(attemptError(false))
    await settle()

    expect(outcome.error).toMatchObject({ wasSent: false })
    expect(budget.state(key).remaining).toBe(5)
  })

  it('a read whose client left before anything was sent gives its slot back, and gets its own reason', async () => {
    const { call, arrivals, budget, key } = open(1)
    const reason = new Error('left')
    const leaver = call()
    const next = call({ waitUntilMs: START_MS + 2 * HELD_MS })
    await settle()
    expect(arrivals).toHaveLength(1)
    nth(arrivals, 0).fail(new LeftUnsent(reason))
    await settle()

    expect(leaver.error).toBe(reason)
    expect(arrivals).toHaveLength(2)
    nth(arrivals, 1).answer(buildReply())
    await settle()
    expect(next.reply).toBeDefined()
    expect(budget.state(key).remaining).toBe(0)
  })

  it('a read whose client left after it had begun holds its slot', async () => {
    const { call, arrivals, budget, key } = open()
    const reason = new Error('left')
    const leaver = call()
    await settle()
    nth(arrivals, 0).fail(reason)
    await settle()

    expect(leaver.error).toBe(reason)
    expect(budget.state(key).remaining).toBe(4)
  })

  it('a call that ended with an unexpected error holds its slot, and no slot is lost', async () => {
    const { clock, call, arrivals, budget, key } = open(1)
    call()
    await settle()
    nth(arrivals, 0).fail(new TypeError('bug'))
    await clock.advance(HELD_MS)

    expect(budget.state(key).remaining).toBe(1)
  })

  it('a call whose slot is not counted any more, because the process stood still, takes another one', async () => {
    const { budget, key, clock, events } = open()
    const { upstream, arrivals } = createStandIn()
    let granted = 0
    const firstIsVoid = {
      ...budget,
      async spend(...parts: Parameters<typeof budget.spend>): Promise<Permission> {
        const permission = await budget.spend(...parts)
        const isFirst = (granted += 1) === 1
        return 'slot' in permission ? { slot: { ...permission.slot, mayBeUsed: () => !isFirst } } : permission
      },
    }
    const paid = withBudget({ budget: firstIsVoid, clock, emit: events.emit })(upstream)
    const reply = paid(buildCall())
    await settle()
    expect(granted).toBe(2)
    expect(budget.state(key).remaining).toBe(4)
    nth(arrivals, 0).answer(buildReply())
    expect(await reply).toMatchObject({ status: 200 })
  })

  it('a caller who left while its slot came does not send, and its slot is free again', async () => {
    const { arrivals, budget, key, clock, events } = open(1)
    const leaving = new AbortController()
    const leavesAsItIsGranted = {
      ...budget,
      spend: async (...parts: Parameters<typeof budget.spend>) => {
        const permission = await budget.spend(...parts)
        leaving.abort('left')
        return permission
      },
    }
    const paid = withBudget({ budget: leavesAsItIsGranted, clock, emit: events.emit })(
      createStandIn().upstream,
    )

    await expect(paid(buildCall({ signal: leaving.signal }))).rejects.toBe('left')

    expect(arrivals).toHaveLength(0)
    expect(budget.state(key).remaining).toBe(1)
  })
})

describe('a call for which there is no slot', () => {
  it('is refused at once, with the time, if it may not wait', async () => {
    const { call, arrivals, events } = open(1)
    call()
    await settle()
    nth(arrivals, 0).answer(buildReply())
    await settle()
    const tally = createTally()
    const outcome = call({ tally })
    await settle()

    expect(outcome.error).toMatchObject({
      code: 'RATE_LIMITED',
      details: {
        retryAtMs: START_MS + HELD_MS,
        upstream: { method: 'GET', route: '/tenants/{tenant_id}/projects/{project_id}' },
      },
    })
    expect(outcome.error).not.toHaveProperty('details.status')
    expect(tally.calls).toBe(0)
    expect(arrivals).toHaveLength(1)
    expect(events.of('refused')).toEqual([
      { operation: 'retrieveProject', callClass: 'interactive', retryInMs: HELD_MS },
    ])
  })

  it('waits as long as it may, and reports how long it queued', async () => {
    const { clock, call, arrivals } = open(1)
    call()
    await settle()
    nth(arrivals, 0).answer(buildReply())
    await clock.advance(HELD_MS - 1500)
    const tally = createTally()
    call({ waitUntilMs: clock.monotonicMs() + 2000, tally })

    await clock.advance(1499)
    expect(arrivals).toHaveLength(1)
    await clock.advance(1)
    expect(arrivals).toHaveLength(2)
    expect(tally.queuedMs).toBe(1500)
  })

  it('does not wait beyond its deadline, however long it might queue', async () => {
    const { clock, call, arrivals } = open(1)
    call()
    await settle()
    nth(arrivals, 0).answer(buildReply())
    await clock.advance(HELD_MS - 1500)

    const outcome = call({
      waitUntilMs: clock.monotonicMs() + 2000,
      deadlineAtMs: clock.monotonicMs() + 1499,
    })
    await settle()

    expect(outcome.error).toMatchObject({ code: 'RATE_LIMITED' })
  })

  it('leaves the queue when its caller leaves', async () => {
    const { clock, call, arrivals } = open(1)
    call()
    await settle()
    nth(arrivals, 0).answer(buildReply())
    await settle()
    const leaving = new AbortController()
    const leaver = call({ waitUntilMs: clock.monotonicMs() + HELD_MS, signal: leaving.signal })
    await clock.advance(10)
    leaving.abort('left')
    await clock.advance(HELD_MS)

    expect(leaver.error).toBe('left')
    expect(arrivals).toHaveLength(1)
  })
})

describe('a 429', () => {
  it('pauses the budget for every caller of the key', async () => {
    const { call, refuse, arrivals } = open()
    await refuse(30_000)

    const others = [call(), call({ path: { project_id: 'p-2' } })]
    await settle()

    expect(arrivals).toHaveLength(1)
    for (const { error } of others) {
      expect(error).toMatchObject({ code: 'RATE_LIMITED', details: { retryAtMs: START_MS + 30_000 } })
    }
  })

  it('is RATE_LIMITED for its caller, with the time and the status', async () => {
    const { refuse, events } = open()

    const { error } = await refuse(30_000)

    expect(error).toMatchObject({
      code: 'RATE_LIMITED',
      details: { status: 429, retryAtMs: START_MS + 30_000, upstream: { status: 429 } },
    })
    expect(events.of('paused')).toEqual([{ operation: 'retrieveProject', pauseMs: 30_000 }])
  })

  it.each<[namedMs: number | null, pauseMs: number]>([
    [1000, 1000],
    [400, 400],
    [2500, 2500],
    [3_600_000, 3_600_000],
    [null, 1000],
    [0, 1000],
  ])('that names %s ms closes the key for %i ms', async (namedMs, pauseMs) => {
    const { refuse, closedForMs } = open()

    await refuse(namedMs)

    expect(closedForMs()).toBe(pauseMs)
  })

  it('holds its slot for a window like any answer, and no longer', async () => {
    const { clock, refuse, budget, key } = open(1)
    await refuse(3000)

    await clock.advance(HELD_MS - 1)
    expect(budget.state(key).remaining).toBe(0)
    await clock.advance(1)
    expect(budget.state(key).remaining).toBe(1)
  })

  it('lets the waiters go on when its time is over', async () => {
    const { clock, call, refuse, arrivals } = open()
    await refuse(3000)
    call({ waitUntilMs: clock.monotonicMs() + 5000 })

    await clock.advance(2999)
    expect(arrivals).toHaveLength(1)
    await clock.advance(1)
    expect(arrivals).toHaveLength(2)
  })

  it('without a header doubles its pause each time in a row, to half a minute', async () => {
    const { clock, refuse, closedForMs } = open(20)
    const pauses: number[] = []
    for (let index = 0; index < 8; index += 1) {
      await refuse()
      pauses.push(closedForMs())
      await clock.advance(closedForMs())
    }

    expect(pauses).toEqual([1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000])
  })

  it.each([
    [0, [1000, 2000, 4000]],
    [1000, [1000, 2000, 4000]],
    [3000, [3000, 3000, 4000, 8000]],
    [3_600_000, [3_600_000, 3_600_000]],
  ])(
    'that names %s ms each time is not obeyed more often than one that names nothing',
    async (namedMs, wanted) => {
      const { clock, refuse, closedForMs } = open(20)
      const pauses: number[] = []
      for (const _ of wanted) {
        await refuse(namedMs)
        pauses.push(closedForMs())
        await clock.advance(closedForMs())
      }

      expect(pauses).toEqual(wanted)
    },
  )

  it('after a success begins again at a second', async () => {
    const { clock, call, refuse, arrivals, closedForMs } = open(20)
    await refuse()
    await clock.advance(1000)
    await refuse()
    await clock.advance(2000)
    call()
    await settle()
    nth(arrivals, 2).answer(buildReply())
    await settle()

    await refuse()

    expect(closedForMs()).toBe(1000)
  })

  it('of calls under way when the key was paused counts once', async () => {
    const { clock, call, arrivals, refuse, closedForMs } = open(20)
    for (let index = 0; index < 5; index += 1) call()
    await clock.advance(10)
    for (let index = 0; index < 5; index += 1) nth(arrivals, index).answer(buildRefusal(429))
    await settle()
    expect(closedForMs()).toBe(1000)

    await clock.advance(1000)
    await refuse()

    expect(closedForMs()).toBe(2000)
  })

  it('is not ended by the success of a call that was under way before it', async () => {
    const { clock, call, arrivals, refuse, closedForMs } = open(20)
    call()
    await clock.advance(10)
    await refuse()
    nth(arrivals, 0).answer(buildReply())
    await clock.advance(1000)

    await refuse()

    expect(closedForMs()).toBe(2000)
  })

  it('is not shortened by another answer that names a shorter pause', async () => {
    const { call, arrivals, closedForMs } = open(20)
    call()
    call()
    await settle()
    nth(arrivals, 0).answer(buildRefusal(429, { retryAfterMs: 60_000 }))
    await settle()
    nth(arrivals, 1).answer(buildRefusal(429, { retryAfterMs: 2000 }))
    await settle()

    expect(closedForMs()).toBe(60_000)
  })

  it('of one key does not pause another', async () => {
    const { call, refuse, arrivals } = open()
    await refuse(30_000)

    call({ scope: buildScope('other') })
    await settle()

    expect(arrivals).toHaveLength(2)
  })

  it('makes a read wait for the end of the pause, and go again for another slot', async () => {
    const { clock, call, arrivals, budget, key } = open(9)
    const tally = createTally()
    const outcome = call({ waitUntilMs: clock.monotonicMs() + 30_000, tally })
    await settle()
    nth(arrivals, 0).answer(buildRefusal(429, { retryAfterMs: 2000 }))
    await clock.advance(1999)
    expect([arrivals.length, outcome.error]).toEqual([1, undefined])
    await clock.advance(1)
    const reply = buildReply()
    nth(arrivals, 1).answer(reply)
    await settle()

    expect(outcome.reply).toBe(reply)
    expect(tally.queuedMs).toBe(2000)
    expect(budget.state(key)).toMatchObject({ limit: 6, remaining: 4 })
  })

  it('again and again lets a read go once after each pause, until its wait cannot hold the next', async () => {
    const { clock, call, arrivals, events } = open(20)
    const outcome = call({ waitUntilMs: clock.monotonicMs() + 10_000 })
    await settle()
    const sentAtMs: number[] = []
    while (outcome.error === undefined) {
      sentAtMs.push(clock.monotonicMs() - START_MS)
      nth(arrivals, arrivals.length - 1).answer(buildRefusal(429))
      const { length } = arrivals
      while (arrivals.length === length && outcome.error === undefined) await clock.advance(100)
    }

    expect(sentAtMs).toEqual([0, 1000, 3000, 7000])
    expect(clock.monotonicMs() - START_MS).toBe(7100)
    expect(outcome.error).toMatchObject({
      code: 'RATE_LIMITED',
      details: { status: 429, retryAtMs: START_MS + 15_000, upstream: { status: 429 } },
    })
    expect(events.of('refused')).toHaveLength(1)
  })

  it('to reads that were under way together leaves one to try the key; the others follow', async () => {
    const { clock, call, arrivals } = open(90)
    const waitUntilMs = clock.monotonicMs() + 30_000
    const outcomes = Array.from({ length: 10 }, (_, index) =>
      call({ path: { project_id: `p-${index}` }, waitUntilMs }),
    )
    await clock.advance(10)
    arrivals.slice().forEach(({ answer }) => answer(buildRefusal(429, { retryAfterMs: 2000 })))
    await clock.advance(5000)
    expect(arrivals).toHaveLength(11)
    nth(arrivals, 10).answer(buildReply())
    await settle()
    expect(arrivals).toHaveLength(20)
    arrivals.slice(11).forEach(({ answer }) => answer(buildReply()))
    await settle()

    expect(outcomes.every(({ reply }) => reply !== undefined)).toBe(true)
  })

  it('sends a read to the back, and another call tries the key', async () => {
    const { clock, call, arrivals } = open(20)
    const waitUntilMs = clock.monotonicMs() + 30_000
    call({ path: { project_id: 'limited' }, waitUntilMs })
    call({ path: { project_id: 'under way' }, waitUntilMs })
    await settle()
    nth(arrivals, 1).answer(buildRefusal(429, { retryAfterMs: 2000 }))
    await settle()
    call({ path: { project_id: 'behind' }, waitUntilMs })
    nth(arrivals, 0).answer(buildRefusal(429, { retryAfterMs: 2000 }))
    await clock.advance(2000)
    nth(arrivals, 2).answer(buildReply())
    await settle()

    const ids = arrivals.map((arrival) => arrival.call.path['project_id'])
    expect(ids.slice(2)).toEqual(['behind', 'under way', 'limited'])
  })

  it('does not make a read wait beyond its deadline', async () => {
    const { clock, call, arrivals } = open()
    const nowMs = clock.monotonicMs()
    const outcome = call({ waitUntilMs: nowMs + 30_000, deadlineAtMs: nowMs + 1999 })
    await settle()
    nth(arrivals, 0).answer(buildRefusal(429, { retryAfterMs: 2000 }))
    await settle()

    expect(outcome.error).toMatchObject({ code: 'RATE_LIMITED', details: { status: 429 } })
  })

  it('is the end of a write, however long it may wait: it was not carried out, and is not sent again', async () => {
    const { clock, call, arrivals } = open()
    const outcome = call({ endpoint: aWrite(), waitUntilMs: clock.monotonicMs() + 30_000 })
    await settle()
    nth(arrivals, 0).answer(buildRefusal(429, { retryAfterMs: 2000 }))
    await clock.advance(30_000)

    expect(outcome.error).toMatchObject({
      code: 'RATE_LIMITED',
      details: { status: 429, retryAtMs: START_MS + 2000 },
    })
    expect(outcome.error).not.toHaveProperty('details.outcome')
    expect(arrivals).toHaveLength(1)
  })

  it('while its caller leaves frees the place in the queue', async () => {
    const { clock, call, arrivals } = open()
    const leaving = new AbortController()
    const outcome = call({ waitUntilMs: clock.monotonicMs() + 30_000, signal: leaving.signal })
    await settle()
    nth(arrivals, 0).answer(buildRefusal(429, { retryAfterMs: 2000 }))
    await clock.advance(10)
    leaving.abort('left')
    await clock.advance(30_000)

    expect(outcome.error).toBe('left')
    expect(arrivals).toHaveLength(1)
    expect(clock.countTimers()).toBe(0)
  })

  it('is followed by one call that tries the key, and by the others when that one was answered', async () => {
    const { clock, call, refuse, arrivals } = open(20)
    await refuse(3000)
    for (let index = 0; index < 10; index += 1) call({ waitUntilMs: clock.monotonicMs() + 5000 })

    await clock.advance(3000)
    expect(arrivals).toHaveLength(2)
    nth(arrivals, 1).answer(buildReply())
    await clock.advance(1000)
    expect(arrivals).toHaveLength(11)
  })
})

it.each<ErrorCode>(['UPSTREAM_TIMEOUT', 'UPSTREAM_INVALID'])(
  'a failed attempt of code %s reaches the caller as it is',
  async (code) => {
    const { call, arrivals } = open()
    const error = new AttemptError(code, 'm', {
      wasSent: true,
      isPassing: true,
      refusal: null,
      details: {},
    })
    const outcome = call()
    await settle()
    nth(arrivals, 0).fail(error)
    await settle()

    expect(outcome.error).toBe(error)
  },
)

describe('a call whose slot is written down', () => {
  function openRecorded(limit: number) {
    const clock = createManualClock(START_MS)
    const written: (() => void)[] = []
    const unsent: string[] = []
    const openRecord: OpenRecord = () => ({
      ...NO_RECORD,
      taken: () => new Promise((resolve) => void written.push(resolve)),
      neverSent: (id) => void unsent.push(id),
    })
    const budget = createBudget({
      limit,
      windowMs: WINDOW_MS,
      clock,
      openLedger: openMemoryLedger(clock),
      openRecord,
    })
    const { upstream, arrivals } = createStandIn()
    const paid = withBudget({ budget, clock, emit: createEventLog().emit })(upstream)
    const { budgetKey: key } = buildScope()
    return { paid, written, unsent, arrivals, remaining: () => budget.state(key).remaining }
  }

  // Few slots are granted in the order of the queue, plenty at once.
  it.each([5, 1000])('leaves when it is written, and not before, of %i slots', async (limit) => {
    const { paid, written, arrivals, remaining } = openRecorded(limit)
    const replies = [paid(buildCall()), paid(buildCall())]
    await settle()
    expect([arrivals.length, written.length, remaining()]).toEqual([0, 2, limit - 2])
    for (const resolve of written) resolve()
    await settle()
    for (const arrival of arrivals) arrival.answer(buildReply())
    await expect(Promise.all(replies)).resolves.toHaveLength(2)
    expect(remaining()).toBe(limit - 2)
  })

  it.each([5, 1000])('gives its slot back where its client leaves meanwhile, of %i slots', async (limit) => {
    const { paid, written, unsent, arrivals, remaining } = openRecorded(limit)
    const leaving = new AbortController()
    const outcome = paid(withTerms(buildCall(), { signal: leaving.signal })).catch((error: unknown) => error)
    await settle()
    leaving.abort('left')
    for (const resolve of written) resolve()
    await expect(outcome).resolves.toBe('left')
    expect([arrivals.length, unsent.length, remaining()]).toEqual([0, 1, limit])
  })
})
