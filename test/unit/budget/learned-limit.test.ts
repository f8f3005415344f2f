import { describe, expect, it } from 'vitest'
import { learn, limitAt } from '../../../src/budget/learned-limit.ts'

const ALLOWED = { limit: 90, windowMs: 60_000 }
const NOW_MS = 5000

describe('the limit in force', () => {
  it('is the one that was set while nothing was learned', () => {
    expect(limitAt(ALLOWED, null, NOW_MS)).toBe(90)
  })

  it.each([
    [0, 67],
    [60_000, 71],
    [5 * 60_000, 89],
    [6 * 60_000, 90],
    [60 * 60_000, 90],
  ])('%i ms after a 429 is back at %i', (afterMs, limit) => {
    expect(limitAt(ALLOWED, learn(ALLOWED, null, NOW_MS), NOW_MS + afterMs)).toBe(limit)
  })

  it('falls by a quarter each time, to a tenth and never below one call', () => {
    let learned = learn(ALLOWED, null, NOW_MS)
    const limits = Array.from({ length: 9 }, () => {
      learned = learn(ALLOWED, learned, NOW_MS)
      return limitAt(ALLOWED, learned, NOW_MS)
    })

    expect(limits).toEqual([50, 37, 27, 20, 15, 11, 9, 9, 9])
    expect(limitAt({ limit: 1, windowMs: 1000 }, learn({ limit: 1, windowMs: 1000 }, null, 0), 0)).toBe(1)
  })
})
