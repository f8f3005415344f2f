import { describe, expect, test } from 'vitest'
import { decideDelay, withRetry } from '../../../src/budget/with-retry.ts'
import type { ErrorCode } from '../../../src/errors/codes.ts'
import { GatewayError } from '../../../src/errors/errors.ts'
import { AttemptError } from '../../../src/rest/call.ts'
import type { Call, Reply } from '../../../src/rest/call.ts'
import {
  aWrite,
  buildCall,
  buildFailure,
  buildScope,
  buildSuccess,
  createEventLog,
} from '../../support/builders.ts'
import { createManualClock, settle } from '../../support/manual-clock.ts'

type Answer = Reply | Error

const attemptError = (code: ErrorCode, isPassing = true) =>
  new AttemptError(code, 'm', { wasSent: true, isPassing, details: {}, cause: null })
const reset = attemptError('UPSTREAM_UNAVAILABLE')
const timeout = attemptError('UPSTREAM_TIMEOUT')
const cut = attemptError('UPSTREAM_INVALID')

/** Answers from the list, the last one again and again. */
function open(answers: readonly Answer[], random = () => 0.5) {
  const clock = createManualClock(1000)
  const events = createEventLog()
  const attemptsAtMs: number[] = []
  const retried = withRetry(
    async () => {
      const answer = answers[Math.min(attemptsAtMs.push(clock.monotonicMs()), answers.length) - 1]
      if (answer instanceof Error || answer === undefined) throw answer ?? new Error('nothing to answer')
      return answer
    },
    { clock, random, emit: events.emit },
  )
  const call = (parts: Partial<Call> = {}) => {
    const outcome: { reply?: Reply; error?: unknown } = {}
    retried(buildCall(parts)).then(
      (reply) => (outcome.reply = reply),
      (error: unknown) => (outcome.error = error),
    )
    return outcome
  }
  return { clock, events, attemptsAtMs, call }
}

describe('the wait before the next attempt', () => {
  const NOW_MS = Date.UTC(2026, 2, 4, 17, 25, 9)
  const decide = (answer: Answer, retries = 0, random = 0.5) =>
    decideDelay(answer instanceof Error ? { error: answer } : { reply: answer }, retries, {
      random: () => random,
      wallMs: NOW_MS,
    })

  test.each<[what: string, answer: Answer, retries: number, delayMs: number | null]>([
    ['a success: none', buildSuccess(), 0, null],
    ['a 503', buildFailure(503), 0, 100],
    ['a second 503', buildFailure(503), 1, 200],
    ['a third 503: no more', buildFailure(503), 2, null],
    ['a 502', buildFailure(502), 0, 100],
    ['a 504', buildFailure(504), 0, 100],
    ['a 500, which is the own word of the service', buildFailure(500), 0, null],
    ['a 501', buildFailure(501), 0, null],
    ['a 400', buildFailure(400), 0, null],
    ['a 401', buildFailure(401), 0, null],
    ['a 403', buildFailure(403), 0, null],
    ['a 404', buildFailure(404), 0, null],
    ['a 408', buildFailure(408), 0, null],
    ['a 409', buildFailure(409), 0, null],
    ['a 422', buildFailure(422), 0, null],
    ['a 429, which is for the budget', buildFailure(429, { retryAfter: '1' }), 0, null],
    ['a 302', buildFailure(302), 0, null],
    ['a broken connection', reset, 0, 100],
    ['a connection broken twice', reset, 1, 200],
    ['a connection broken three times', reset, 2, null],
    ['an answer cut short', cut, 1, 200],
    ['a timeout', timeout, 0, 100],
    ['a second timeout, for which there is no time', timeout, 1, null],
    ['an answer that cannot be read', attemptError('UPSTREAM_INVALID', false), 0, null],
    ['no connection', attemptError('UPSTREAM_UNAVAILABLE', false), 0, null],
    ['a refusal of the budget', new GatewayError('RATE_LIMITED', 'm'), 0, null],
    ['a caller who left', new Error('left'), 0, null],
    ['a fault of our own', new TypeError('bug'), 0, null],
    ['a 503 that names its time, which is not jittered', buildFailure(503, { retryAfter: '1.5' }), 0, 1500],
    ['a 503 that names a date', buildFailure(503, { retryAfter: 'Wed, 04 Mar 2026 17:25:10 GMT' }), 1, 1000],
    ['a 503 that names the longest rest waited for', buildFailure(503, { retryAfter: '2' }), 0, 2000],
    ['a 503 that names a longer rest', buildFailure(503, { retryAfter: '2.001' }), 0, null],
    ['a 503 that names garbage', buildFailure(503, { retryAfter: 'soon' }), 0, 100],
    ['a 503 that names its time for the third time', buildFailure(503, { retryAfter: '1' }), 2, null],
  ])('after %s', (_what, answer, retries, delayMs) => {
    expect(decide(answer, retries)).toBe(delayMs)
  })

  test('is spread over the whole of its range, so that many do not come back together', () => {
    expect(decide(reset, 0, 0)).toBe(0)
    expect(decide(reset, 0, 0.999)).toBeCloseTo(199.8)
    expect(decide(reset, 1, 0.999)).toBeCloseTo(399.6)
  })
})

describe('a read that failed in passing', () => {
  test('is sent again after its wait, and the caller sees the success alone', async () => {
    const { clock, events, attemptsAtMs, call } = open([buildFailure(503), reset, buildSuccess()])
    const outcome = call()
    await clock.advance(1000)

    expect(outcome.reply).toMatchObject({ isSuccess: true })
    expect(attemptsAtMs).toEqual([1000, 1100, 1300])
    expect(events.of('retried')).toEqual([
      { operation: 'retrieveProject', attempt: 1, delayMs: 100 },
      { operation: 'retrieveProject', attempt: 2, delayMs: 200 },
    ])
  })

  test('three times ends with the last outcome, reply or error', async () => {
    const failing = open([reset, reset, buildFailure(503, { messages: ['last'] })])
    const breaking = open([buildFailure(503), buildFailure(503), reset])
    const outcomes = [failing.call(), breaking.call()]
    await failing.clock.advance(1000)
    await breaking.clock.advance(1000)

    expect(outcomes[0]?.reply).toMatchObject({ status: 503, messages: ['last'] })
    expect(outcomes[1]?.error).toBe(reset)
    expect(failing.attemptsAtMs).toHaveLength(3)
  })

  test('is not sent again where its deadline would be over', async () => {
    const { clock, attemptsAtMs, call } = open([reset])
    const outcome = call({ deadlineAtMs: 1100 })
    await clock.advance(1000)

    expect(outcome.error).toBe(reset)
    expect(attemptsAtMs).toHaveLength(1)
  })

  test('is sent again where its deadline just is not over', async () => {
    const { clock, attemptsAtMs, call } = open([reset, buildSuccess()])
    call({ deadlineAtMs: 1101 })
    await clock.advance(1000)

    expect(attemptsAtMs).toHaveLength(2)
  })

  test('is given up as soon as its caller leaves during the wait, and no timer stays', async () => {
    const { clock, attemptsAtMs, call } = open([reset])
    const leaving = new AbortController()
    const outcome = call({ signal: leaving.signal })
    await clock.advance(50)
    leaving.abort('left')
    await settle()

    expect(outcome.error).toBe('left')
    expect(clock.countTimers()).toBe(0)
    await clock.advance(1000)
    expect(attemptsAtMs).toHaveLength(1)
  })

  test('is not sent again for a caller who has left already', async () => {
    const { clock, attemptsAtMs, call } = open([reset])
    call({ signal: AbortSignal.abort('left') })
    await clock.advance(1000)

    expect(attemptsAtMs).toHaveLength(1)
  })
})

test.each([400, 401, 403, 404, 409, 422, 429, 500])('a %i is never asked for again', async (status) => {
  const { clock, attemptsAtMs, call } = open([buildFailure(status)])
  const outcome = call()
  await clock.advance(10_000)

  expect(outcome.reply).toMatchObject({ status })
  expect(attemptsAtMs).toHaveLength(1)
})

test('a write is sent once, whatever comes of it', async () => {
  const { clock, attemptsAtMs, call } = open([reset])
  const outcome = call({ endpoint: aWrite() })
  await clock.advance(10_000)

  expect(outcome.error).toBe(reset)
  expect(attemptsAtMs).toHaveLength(1)
})

describe('retries as a share of calls', () => {
  test('are at most what was saved up and a fifth, while Aurora is down', async () => {
    const { clock, attemptsAtMs, call } = open([buildFailure(503)])
    for (let index = 0; index < 500; index += 1) {
      call()
      await clock.advance(1000)
    }

    const retries = attemptsAtMs.length - 500
    expect(retries).toBeGreaterThanOrEqual(100)
    expect(retries).toBeLessThanOrEqual(110)
  })

  test('that were not needed are saved up to ten', async () => {
    const answers: Answer[] = Array.from({ length: 1000 }, () => buildSuccess())
    const { clock, attemptsAtMs, call } = open([...answers, buildFailure(503)])
    for (let index = 0; index < 1000; index += 1) call()
    await settle()

    for (let index = 0; index < 20; index += 1) call()
    await clock.advance(5000)

    expect(attemptsAtMs.length - 1020).toBeLessThanOrEqual(10 + 20 / 5)
  })

  test('of one key are not used up by another', async () => {
    const { clock, attemptsAtMs, call } = open([buildFailure(503)])
    for (let index = 0; index < 50; index += 1) call()
    await clock.advance(5000)
    const before = attemptsAtMs.length

    call({ scope: buildScope('other') })
    await clock.advance(5000)

    expect(attemptsAtMs.length - before).toBe(3)
  })
})
