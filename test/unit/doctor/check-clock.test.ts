// Two clocks agree unless the bounds of both show that they do not.
import { expect, it } from 'vitest'
import { checkClock, toReading } from '../../../src/doctor/check-clock.ts'

const AT = Date.UTC(2026, 2, 4, 17, 25, 9)
const given = { date: 'Wed, 04 Mar 2026 17:25:09 GMT', age: null }

it.each([
  ['the same', 0, 200, 'ok'],
  ['behind by less than tokens allow', -5_000, -4_800, 'ok'],
  ['behind', -9_000, -6_000, 'warning'],
  ['ahead', 7_000, 7_200, 'warning'],
  ['not known so exactly, for the answer was slow', -20_000, 500, 'ok'],
])('%s', (_, sent, received, verdict) => {
  const reading = toReading(given, {
    whose: "Aurora's",
    sentWallMs: AT + sent,
    receivedWallMs: AT + received,
  })
  expect(reading && checkClock(reading, false).verdict).toBe(verdict)
})

it('is wrong where signatures or tokens need it', () => {
  const reading = { whose: "Aurora's", leastMs: 0, mostMs: 0, sentWallMs: 60_000, receivedWallMs: 60_000 }
  expect(checkClock(reading, true)).toMatchObject({
    verdict: 'wrong',
    says: expect.stringContaining('60 s ahead') as string,
  })
})

it.each([
  ['no date', { date: null, age: null }],
  ['no date that can be read', { date: 'yesterday', age: null }],
  ['an answer that a cache has kept', { ...given, age: '90' }],
])('%s: nothing is known', (_, headers) => {
  expect(toReading(headers, { whose: "Aurora's", sentWallMs: AT, receivedWallMs: AT })).toBeNull()
})
