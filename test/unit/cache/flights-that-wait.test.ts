import { describe, expect, it } from 'vitest'
import { createBudget } from '../../../src/budget/budget.ts'
import { openMemoryLedger } from '../../../src/budget/ledger.ts'
import { withBudget } from '../../../src/budget/with-budget.ts'
import { withRetry } from '../../../src/budget/with-retry.ts'
import { createCache } from '../../../src/cache/cache.ts'
import { withSingleFlight } from '../../../src/cache/with-single-flight.ts'
import { compose } from '../../../src/gateway/line.ts'
import type { Answer } from '../../../src/rest/answer.ts'
import type { Reply } from '../../../src/rest/call.ts'
import { buildCall, buildRefusal, buildReply, carry, createEventLog } from '../../support/builders.ts'
import type { CallParts } from '../../support/builders.ts'
import { createManualClock } from '../../support/manual-clock.ts'

const SECOND = 1000

interface Outcome {
  reply?: Reply
  error?: unknown
  endedAtMs?: number
}

/** The clock begins at 0. `answerTo` gets the number of the attempt, from 0 on, and the time. */
function open(answerTo: (attempt: number, nowMs: number) => Answer | Promise<Answer>, limit = 90) {
  const clock = createManualClock(0)
  const { emit } = createEventLog()
  const budget = createBudget({ limit, windowMs: 60 * SECOND, clock, openLedger: openMemoryLedger(clock) })
  const sentAtMs: number[] = []
  const cache = createCache({ maxBytes: 1024 * 1024, clock })
  const ending = new AbortController().signal
  const line = compose(
    [
      withSingleFlight({ cache, clock, emit, flightTimeoutMs: 600 * SECOND }),
      withRetry({ clock, random: () => 0.5, emit, ending }),
      withBudget({ budget, clock, emit }),
    ],
    async (call) => {
      const nowMs = clock.monotonicMs()
      return carry(call, await answerTo(sentAtMs.push(nowMs) - 1, nowMs))
    },
  )
  /** Asks for the same project each time, unless `parts` name another one. */
  const ask = (waitMs: number, parts: CallParts = {}): Outcome => {
    const outcome: Outcome = {}
    line(buildCall({ waitUntilMs: clock.monotonicMs() + waitMs, ...parts }))
      .then(
        (reply) => (outcome.reply = reply),
        (error: unknown) => (outcome.error = error),
      )
      .finally(() => (outcome.endedAtMs = clock.monotonicMs()))
    return outcome
  }
  return { clock, sentAtMs, ask }
}

const asksForASecond = (_attempt: number, answeredAtMs: number): Answer =>
  buildRefusal(503, { answeredAtMs, retryAfterMs: SECOND })

describe('a caller who joins a flight that waits for a named time', () => {
  it('and does not wait until the next attempt gets the time of that attempt, and not the time that Aurora named', async () => {
    const { clock, sentAtMs, ask } = open(asksForASecond)
    const patient = ask(60 * SECOND)
    await clock.advance(9 * SECOND)
    const hasty = ask(2 * SECOND)
    await clock.advance(60 * SECOND)

    expect(sentAtMs).toEqual([0, 1001, 3001, 7001, 15_001, 31_001])
    expect(hasty.error).toMatchObject({ code: 'UPSTREAM_ERROR', details: { status: 503, retryAtMs: 15_001 } })
    expect(hasty.endedAtMs).toBe(9 * SECOND)
    expect(patient.error).toMatchObject({ details: { status: 503 } })
    expect(clock.countTimers()).toBe(0)
  })

  it('and waits until the next attempt shares it, and leaves when the one after it comes too late', async () => {
    const { clock, sentAtMs, ask } = open(asksForASecond)
    ask(60 * SECOND)
    await clock.advance(9 * SECOND)
    const second = ask(7 * SECOND)
    await clock.advance(60 * SECOND)

    expect(second).toMatchObject({ endedAtMs: 15_001, error: { details: { retryAtMs: 31_001 } } })
    expect(sentAtMs).toHaveLength(6)
  })

  it('before the flight waits leaves as soon as the flight begins to wait for too long', async () => {
    const { clock, ask } = open(asksForASecond)
    ask(60 * SECOND)
    const second = ask(5 * SECOND)
    await clock.advance(60 * SECOND)

    // The attempts are sent after 0, 1, 3 and 7 s.
    expect(second).toMatchObject({ endedAtMs: 3001, error: { details: { retryAtMs: 7001 } } })
  })

  it('shares the answer that comes in its wait', async () => {
    const { clock, sentAtMs, ask } = open((attempt, nowMs) =>
      attempt < 4 ? asksForASecond(attempt, nowMs) : buildReply(),
    )
    const [first] = [ask(60 * SECOND)]
    await clock.advance(9 * SECOND)
    const second = ask(7 * SECOND)
    await clock.advance(60 * SECOND)

    expect([first?.reply, second.reply]).toEqual([buildReply(), buildReply()])
    expect(sentAtMs).toHaveLength(5)
  })
})

describe('a flight that was under way at the end of a caller’s wait', () => {
  it('and then queues for the slot of its retry is left by that caller, with the time', async () => {
    let arrive: () => void = () => {}
    const { clock, sentAtMs, ask } = open((attempt) => {
      if (attempt > 0) return buildReply()
      return new Promise((resolve) => (arrive = () => resolve(buildRefusal(503, { answeredAtMs: 3000 }))))
    }, 1)
    const patient = ask(120 * SECOND)
    const hasty = ask(2 * SECOND)
    await clock.advance(3 * SECOND)
    expect(hasty.endedAtMs).toBeUndefined()
    arrive()
    await clock.advance(120 * SECOND)

    expect(hasty).toMatchObject({
      endedAtMs: 3100,
      error: { code: 'RATE_LIMITED', details: { retryAtMs: 63_040 } },
    })
    expect(patient.reply).toEqual(buildReply())
    expect(sentAtMs).toEqual([0, 63_040])
  })
})

it('a repeat at a named time for which no slot is left fails with the time of the slot', async () => {
  const { clock, sentAtMs, ask } = open(asksForASecond, 1)
  const outcome = ask(10 * SECOND)
  await clock.advance(20 * SECOND)

  expect(outcome.error).toMatchObject({ code: 'UPSTREAM_ERROR', details: { status: 503, retryAtMs: 60_040 } })
  expect(sentAtMs).toEqual([0])
})
