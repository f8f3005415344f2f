// What the pane of costs reads out of an answer.
import { expect, it } from 'vitest'
import { createAnswers } from '../../../graphiql/answers.ts'
import { isStreamed } from '../../../graphiql/is-streamed.ts'
import { readSpent } from '../../../graphiql/spent.ts'
import { describeCost, describeRange, describeWait } from '../../../graphiql/words.ts'
import { parse } from 'graphql'

const UPSTREAM = {
  calls: 3,
  saved: { cache: 2, joined: 1, stale: 1 },
  limit: 90,
  remaining: 87,
  resetAt: '2026-11-29T10:00:00.000Z',
  queuedMs: 12,
}

it('is all that the answer reports, and the last of the times to come back', () => {
  const limited = (retryAt: string) => ({ message: 'm', extensions: { code: 'RATE_LIMITED', retryAt } })
  const answer = {
    data: {},
    errors: [
      limited('2026-11-29T10:00:10.000Z'),
      limited('2026-11-29T10:00:20.000Z'),
      limited('2026-11-29T10:00:05.000Z'),
      { message: 'm', extensions: { code: 'NOT_FOUND' } },
      { message: 'm', extensions: { code: 'NOT_FOUND' } },
      { message: 'm' },
    ],
    extensions: {
      upstream: UPSTREAM,
      freshness: [
        { path: ['a', 0, 'b'], operation: 'listAs', ageSeconds: 360, reason: 'REVALIDATING' },
        { path: null, operation: 'listBs', ageSeconds: 1, reason: 'LIMITED' },
      ],
    },
  }
  expect(readSpent(answer)).toEqual({
    calls: 3,
    saved: { cache: 2, joined: 1, stale: 1 },
    queuedMs: 12,
    window: { limit: 90, remaining: 87, resetAt: '2026-11-29T10:00:00.000Z' },
    stale: [
      { path: 'a.0.b', ageSeconds: 360, reason: 'REVALIDATING' },
      { path: 'listBs', ageSeconds: 1, reason: 'LIMITED' },
    ],
    limited: 3,
    comeBackAt: '2026-11-29T10:00:20.000Z',
    otherCodes: ['NOT_FOUND', 'no code'],
  })
})

it.each([[null], ['<html>'], [[]], [{}], [{ errors: 'x', extensions: { upstream: 3 } }]])(
  'is nothing for %j, which reports nothing',
  (answer) => {
    expect(readSpent(answer)).toBeNull()
  },
)

it('counts each answer, and forgets a refusal with the next request that is accepted', () => {
  const answers = createAnswers(() => 1000)
  answers.noteHead(new Response(null, { status: 401 }), true)
  expect(answers.get()).toMatchObject({ refused: { status: 401, untilMs: null }, isSchemaRefused: true })
  answers.noteHead(new Response(null, { status: 429, headers: { 'retry-after': '7' } }))
  expect(answers.get()).toMatchObject({ refused: { status: 429, untilMs: 8000 }, isSchemaRefused: true })
  answers.noteHead(new Response(null, { status: 200 }), true)
  answers.note({ extensions: { upstream: UPSTREAM } }, 'A')
  expect(answers.get()).toMatchObject({
    refused: null,
    isSchemaRefused: false,
    answered: 1,
    spentBy: 'A',
    spent: { calls: 3 },
  })
})

it.each([
  [0, 0],
  [1500, 0],
  [90_000, 90_000],
  [-90_000, -90_000],
])('takes a clock that is %i ms ahead for one that is %i ms ahead', (aheadMs, seen) => {
  const answers = createAnswers(() => 1_000_000)
  const date = new Date(1_000_000 + aheadMs).toUTCString()
  answers.noteHead(new Response(null, { headers: { date } }))
  expect(answers.get().aheadMs).toBe(seen)
})

it.each([
  ['query { a }', null, false],
  ['subscription { a }', null, true],
  ['query @live { a }', null, true],
  ['query A @live { a } query B { a }', 'B', false],
  ['query A { a } subscription B { a }', 'B', true],
])('%s, operation %j, is a stream: %j', (text, operationName, wanted) => {
  expect(isStreamed(parse(text), operationName)).toBe(wanted)
})

const planOf = (min: number, expected: number, max: number, isComplete = true) => ({
  calls: { min, expected, max },
  isComplete,
  remaining: 90,
  readyAt: null,
  steps: [],
})

it.each([
  [planOf(0, 0, 0), '0 calls', 'All of it is in memory'],
  [planOf(1, 1, 1), '1 call', 'exact'],
  [planOf(1, 17, 60), 'about 17 calls', '1 at least, seldom more than 60'],
  [planOf(1, 17, 9), 'about 17 calls', '1 at least, seldom more than 17'],
  [planOf(1, 5, 316, false), 'about 5 calls', '316 or more if a list is very long'],
  [planOf(5, 2000, 2000, false), 'at least 2000 calls', 'Counting ended early'],
])('describes %j', (plan, cost, range) => {
  expect(describeCost(plan)).toBe(cost)
  expect(describeRange(plan)).toContain(range)
})

it.each([
  [-5, 'now'],
  [1, 'in 1 s'],
  [119_000, 'in 119 s'],
  [120_000, 'in 2 min'],
  [7_200_000, 'in 2 h'],
])('describes a wait of %i ms as %s', (waitMs, words) => {
  expect(describeWait(waitMs)).toBe(words)
})
