import { describe, expect, it } from 'vitest'
import { decideDelay, withRetry } from '../../../src/budget/with-retry.ts'
import type { ErrorCode } from '../../../src/errors/codes.ts'
import { GatewayError } from '../../../src/errors/errors.ts'
import { AttemptError } from '../../../src/rest/attempt-error.ts'
import { READS } from '../../../src/aurora/reads.ts'
import { isReply } from '../../../src/rest/answer.ts'
import type { Answer as CachedAnswer } from '../../../src/rest/answer.ts'
import { toRefusalError } from '../../../src/rest/refusal-error.ts'
import type { Reply } from '../../../src/rest/call.ts'
import {
  aWrite,
  buildCall,
  buildRefusal,
  buildScope,
  buildReply,
  createEventLog,
} from '../../support/builders.ts'
import type { CallParts } from '../../support/builders.ts'
import { createRequestRecord } from '../../../src/telemetry/request-record.ts'
import { createManualClock, settle } from '../../support/manual-clock.ts'

type Answer = CachedAnswer | Error

const toError = (answer: Answer): Error | null => {
  if (answer instanceof Error) return answer
  return isReply(answer) ? null : toRefusalError(READS.retrieveProject, answer)
}

const attemptError = (code: ErrorCode, isPassing = true) =>
  new AttemptError(code, 'm', { wasSent: true, isPassing, refusal: null, details: {} })
const reset = attemptError('UPSTREAM_UNAVAILABLE')
const timeout = attemptError('UPSTREAM_TIMEOUT')
const cut = attemptError('UPSTREAM_INVALID')

/** Answers from the list, the last one again and again. */
function open(answers: readonly Answer[], random = () => 0.5) {
  const clock = createManualClock(1000)
  const events = createEventLog()
  const attemptsAtMs: number[] = []
  const ending = new AbortController()
  const retried = withRetry({ clock, random, emit: events.emit, ending: ending.signal })(async () => {
    const answer = answers[Math.min(attemptsAtMs.push(clock.monotonicMs()), answers.length) - 1]
    if (answer === undefined) throw new Error('nothing to answer')
    const error = toError(answer)
    if (error) throw error
    return answer as Reply
  })
  const call = (parts: CallParts = {}) => {
    const outcome: { reply?: Reply; error?: unknown } = {}
    retried(buildCall(parts)).then(
      (reply) => (outcome.reply = reply),
      (error: unknown) => (outcome.error = error),
    )
    return outcome
  }
  return { clock, events, attemptsAtMs, call, ending }
}

describe('the wait before the next attempt', () => {
  const decide = (answer: Answer, retries = 0, random = 0.5) =>
    decideDelay(toError(answer), retries, () => random)

  it.each<[what: string, answer: Answer, retries: number, delayMs: number | null]>([
    ['a success: none', buildReply(), 0, null],
    ['a 503', buildRefusal(503), 0, 100],
    ['a second 503', buildRefusal(503), 1, 200],
    ['a third 503: no more', buildRefusal(503), 2, null],
    ['a 502', buildRefusal(502), 0, 100],
    ['a 504', buildRefusal(504), 0, 100],
    ['a 500, which is the own word of the service', buildRefusal(500), 0, null],
    ['a 501', buildRefusal(501), 0, null],
    ['a 400', buildRefusal(400), 0, null],
    ['a 401', buildRefusal(401), 0, null],
    ['a 403', buildRefusal(403), 0, null],
    ['a 404', buildRefusal(404), 0, null],
    ['a 408', buildRefusal(408), 0, 100],
    ['a second 408, which came at once', buildRefusal(408), 1, 200],
    ['a 421', buildRefusal(421), 0, 100],
    ['a 425', buildRefusal(425), 0, 100],
    ['a 409', buildRefusal(409), 0, null],
    ['a 422', buildRefusal(422), 0, null],
    ['a 429, which is for the budget', buildRefusal(429, { retryAfterMs: 1000 }), 0, null],
    ['a 302', buildRefusal(302), 0, null],
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
  ])('after %s', (_what, answer, retries, delayMs) => {
    expect(decide(answer, retries)).toBe(delayMs)
  })

  it('is spread over its whole range, so that many retries do not come at the same time', () => {
    expect(decide(reset, 0, 0)).toBe(0)
    expect(decide(reset, 0, 0.999)).toBeCloseTo(199.8)
    expect(decide(reset, 1, 0.999)).toBeCloseTo(399.6)
  })
})

describe('a read that failed in passing', () => {
  it('is sent again after its wait, and the caller gets the success only', async () => {
    const { clock, events, attemptsAtMs, call } = open([buildRefusal(503), reset, buildReply()])
    const outcome = call()
    await clock.advance(1000)

    expect(outcome.reply).toMatchObject({ status: 200 })
    expect(attemptsAtMs).toEqual([1000, 1100, 1300])
    expect(events.of('retried')).toEqual([
      { operation: 'retrieveProject', attempt: 1, delayMs: 100 },
      { operation: 'retrieveProject', attempt: 2, delayMs: 200 },
    ])
  })

  it('is reported with the request that caused it', async () => {
    const { clock, events, call } = open([buildRefusal(503), buildReply()])
    const record = createRequestRecord('r-1')
    call({ record })
    await clock.advance(1000)

    expect(events.of('retried')).toMatchObject([{ operation: 'retrieveProject', attempt: 1, record }])
  })

  it('three times ends with the last result, reply or error', async () => {
    const failing = open([reset, reset, buildRefusal(503, { answeredAtMs: 7 })])
    const breaking = open([buildRefusal(503), buildRefusal(503), reset])
    const outcomes = [failing.call(), breaking.call()]
    await failing.clock.advance(1000)
    await breaking.clock.advance(1000)

    expect(outcomes[0]?.error).toMatchObject({ refusal: { status: 503, answeredAtMs: 7 } })
    expect(outcomes[1]?.error).toBe(reset)
    expect(failing.attemptsAtMs).toHaveLength(3)
  })

  it('is not sent again where its deadline would be over', async () => {
    const { clock, attemptsAtMs, call } = open([reset])
    const outcome = call({ deadlineAtMs: 1100 })
    await clock.advance(1000)

    expect(outcome.error).toBe(reset)
    expect(attemptsAtMs).toHaveLength(1)
  })

  it('is sent again where its deadline just is not over', async () => {
    const { clock, attemptsAtMs, call } = open([reset, buildReply()])
    call({ deadlineAtMs: 1101 })
    await clock.advance(1000)

    expect(attemptsAtMs).toHaveLength(2)
  })

  it('is given up as soon as its caller leaves during the wait, and no timer stays', async () => {
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

  it('is not sent again for a caller who has left already', async () => {
    const { clock, attemptsAtMs, call } = open([reset])
    call({ signal: AbortSignal.abort('left') })
    await clock.advance(1000)

    expect(attemptsAtMs).toHaveLength(1)
  })
})

describe('a read for which Aurora names a time', () => {
  const named = (retryAfterMs: number, answeredAtMs = 1000, status = 503) =>
    buildRefusal(status, { retryAfterMs, answeredAtMs })

  it.each([408, 421, 425, 500, 502, 503, 504])(
    'by a %i waits for it if it may wait so long, and is sent again then',
    async (status) => {
      const { clock, events, attemptsAtMs, call } = open([named(20_000, 1000, status), buildReply()])
      const outcome = call({ waitUntilMs: 1000 + 30_000 })
      await clock.advance(20_000)
      expect([outcome.reply, attemptsAtMs.length]).toEqual([undefined, 1])
      await clock.advance(1)

      expect(outcome.reply).toMatchObject({ status: 200 })
      expect(attemptsAtMs).toEqual([1000, 21_001])
      expect(events.of('retried')).toMatchObject([{ attempt: 1, delayMs: 20_001 }])
    },
  )

  it('fails at once with the time if it may not wait so long', async () => {
    const { clock, attemptsAtMs, call } = open([named(20_000)])
    const outcome = call({ waitUntilMs: 1000 + 20_000 })
    await settle()

    expect(outcome.error).toMatchObject({
      code: 'UPSTREAM_ERROR',
      details: { status: 503, retryAtMs: 21_000 },
    })
    expect([attemptsAtMs.length, clock.countTimers()]).toEqual([1, 0])
  })

  it('is not asked again by anybody before that time, at no cost, and is then', async () => {
    const { clock, attemptsAtMs, call } = open([named(20_000), buildReply()])
    const early = []
    for (let second = 0; second < 20; second += 1) {
      early.push(call({ waitUntilMs: clock.monotonicMs() + 100 }))
      await clock.advance(1000)
    }
    const patient = call({ waitUntilMs: clock.monotonicMs() + 100 })
    await clock.advance(1)

    expect(early.map(({ error }) => error)).toEqual(
      early.map(() =>
        expect.objectContaining({ details: expect.objectContaining({ retryAtMs: 21_000 }) as unknown }),
      ),
    )
    expect(patient.reply).toMatchObject({ status: 200 })
    expect(attemptsAtMs).toHaveLength(2)
  })

  it('of another credential, or another read, is sent all the same', async () => {
    const { attemptsAtMs, call } = open([named(20_000)])
    call()
    await settle()
    call({ scope: buildScope('other') })
    call({ path: { project_id: 'p-2' } })
    await settle()

    expect(attemptsAtMs).toHaveLength(3)
  })

  it('of an hour is sent again after five minutes, because Aurora may be back earlier', async () => {
    const { clock, attemptsAtMs, call } = open([named(3_600_000), buildReply()])
    call()
    await clock.advance(299_000)
    call()
    await clock.advance(1000)
    const outcome = call()
    await settle()

    expect(outcome.reply).toMatchObject({ status: 200 })
    expect(attemptsAtMs).toHaveLength(2)
  })

  it('that is too short each time is sent less and less often', async () => {
    const clock = createManualClock(1000)
    const sentAtMs: number[] = []
    const send = withRetry({
      clock,
      random: () => 0.5,
      emit: createEventLog().emit,
      ending: new AbortController().signal,
    })(async ({ endpoint }) => {
      sentAtMs.push(clock.monotonicMs() - 1000)
      throw toRefusalError(endpoint, named(500, clock.monotonicMs()))
    })
    const failed = send(buildCall({ waitUntilMs: 1000 + 30_000 })).catch((error: unknown) => error)
    await clock.advance(60_000)

    expect(await failed).toMatchObject({ refusal: { status: 503 } })
    expect(sentAtMs).toEqual([0, 501, 2501, 6501, 14_501])
  })

  it('needs no share of the retries', async () => {
    const { clock, call } = open([...Array.from({ length: 50 }, () => named(2000)), buildReply()])
    const outcomes = Array.from({ length: 50 }, (_, index) =>
      call({ path: { project_id: `p-${index}` }, waitUntilMs: 1000 + 10_000 }),
    )
    await clock.advance(5000)

    expect(outcomes.every(({ reply }) => reply !== undefined)).toBe(true)
  })

  it('goes on waiting if the circuit breaker lets another read try first', async () => {
    const refusedByBreaker = new AttemptError('UPSTREAM_UNAVAILABLE', 'm', {
      wasSent: false,
      isPassing: false,
      refusal: null,
      details: { retryAtMs: 7000 },
    })
    const { clock, attemptsAtMs, call } = open([named(2000), refusedByBreaker, buildReply()])
    const outcome = call({ waitUntilMs: 1000 + 30_000 })
    await clock.advance(30_000)

    expect(outcome.reply).toMatchObject({ status: 200 })
    expect(attemptsAtMs).toEqual([1000, 3001, 7001])
    const atOnce = open([refusedByBreaker]).call({ waitUntilMs: 1000 + 30_000 })
    await settle()
    expect(atOnce.error).toBe(refusedByBreaker)
  })

  it('is given up when its caller leaves, and no timer stays', async () => {
    const { clock, attemptsAtMs, call } = open([named(20_000)])
    const leaving = new AbortController()
    const outcome = call({ waitUntilMs: 1000 + 30_000, signal: leaving.signal })
    await clock.advance(50)
    leaving.abort('left')
    await settle()

    expect(outcome.error).toBe('left')
    expect([attemptsAtMs.length, clock.countTimers()]).toEqual([1, 0])
  })

  it('fails with the time when the process begins to end, and later ones at once', async () => {
    const { clock, attemptsAtMs, call, ending } = open([named(20_000)])
    const waiting = call({ waitUntilMs: 1000 + 30_000 })
    await clock.advance(50)
    ending.abort()
    await settle()
    const later = call({ waitUntilMs: 1000 + 30_000 })
    await settle()

    for (const { error } of [waiting, later]) expect(error).toMatchObject({ details: { retryAtMs: 21_000 } })
    expect([attemptsAtMs.length, clock.countTimers()]).toEqual([1, 0])
  })

  it('is a write: it is sent once', async () => {
    const { clock, attemptsAtMs, call } = open([named(2000)])
    const outcome = call({ endpoint: aWrite(), waitUntilMs: 1000 + 30_000 })
    await clock.advance(30_000)

    expect(outcome.error).toMatchObject({ details: { retryAtMs: 3000 } })
    expect(attemptsAtMs).toHaveLength(1)
  })
})

it.each([400, 401, 403, 404, 409, 422, 429, 500])('a %i is never asked for again', async (status) => {
  const { clock, attemptsAtMs, call } = open([buildRefusal(status)])
  const outcome = call()
  await clock.advance(10_000)

  expect(outcome.error).toMatchObject({ refusal: { status } })
  expect(attemptsAtMs).toHaveLength(1)
})

it('a write is sent once, whatever its result', async () => {
  const { clock, attemptsAtMs, call } = open([reset])
  const outcome = call({ endpoint: aWrite() })
  await clock.advance(10_000)

  expect(outcome.error).toBe(reset)
  expect(attemptsAtMs).toHaveLength(1)
})

describe('retries as a share of calls', () => {
  it('are at most what was saved up and a fifth, while Aurora is down', async () => {
    const { clock, attemptsAtMs, call } = open([buildRefusal(503)])
    for (let index = 0; index < 500; index += 1) {
      call()
      await clock.advance(1000)
    }

    const retries = attemptsAtMs.length - 500
    expect(retries).toBeGreaterThanOrEqual(100)
    expect(retries).toBeLessThanOrEqual(110)
  })

  it('that were not needed are saved up to ten', async () => {
    const answers: Answer[] = Array.from({ length: 1000 }, () => buildReply())
    const { clock, attemptsAtMs, call } = open([...answers, buildRefusal(503)])
    for (let index = 0; index < 1000; index += 1) call()
    await settle()

    for (let index = 0; index < 20; index += 1) call()
    await clock.advance(5000)

    expect(attemptsAtMs.length - 1020).toBeLessThanOrEqual(10 + 20 / 5)
  })

  it('of one key are not used up by another', async () => {
    const { clock, attemptsAtMs, call } = open([buildRefusal(503)])
    for (let index = 0; index < 50; index += 1) call()
    await clock.advance(5000)
    const before = attemptsAtMs.length

    call({ scope: buildScope('other') })
    await clock.advance(5000)

    expect(attemptsAtMs.length - before).toBe(3)
  })
})
