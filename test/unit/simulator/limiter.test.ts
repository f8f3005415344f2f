// The limit of the simulator, against the clock.

import { describe, expect, it } from 'vitest'
import { createLimiter, formatRetryAfter } from '../../../src/simulator/limiter.ts'
import type { LimiterOptions } from '../../../src/simulator/limiter.ts'

const SLIDING: LimiterOptions = { limit: 2, windowMs: 100, window: 'sliding', countRefused: false }
const FIXED: LimiterOptions = { ...SLIDING, window: 'fixed' }

/** Each call as [when, how long it is told to wait]; 0 is let in. */
const TABLE: readonly {
  name: string
  options: LimiterOptions
  calls: readonly [at: number, waitMs: number][]
}[] = [
  {
    name: 'a sliding window frees a place exactly one window after the call that took it',
    options: SLIDING,
    calls: [
      [10, 0],
      [60, 0],
      [109, 1],
      [110, 0],
      [159, 1],
      [160, 0],
    ],
  },
  {
    name: 'a sliding window does not count what it refused',
    options: SLIDING,
    calls: [
      [0, 0],
      [1, 0],
      [90, 10],
      [91, 9],
      [100, 0],
    ],
  },
  {
    name: 'a sliding window that counts refusals lets nobody in who keeps knocking',
    options: { ...SLIDING, countRefused: true },
    calls: [
      [0, 0],
      [1, 0],
      [90, 11],
      [95, 95],
      [150, 45],
      [195, 0],
    ],
  },
  {
    name: 'a fixed window lets a burst through on either side of its border',
    options: FIXED,
    calls: [
      [98, 0],
      [99, 0],
      [99, 1],
      [100, 0],
      [101, 0],
      [102, 98],
      [200, 0],
    ],
  },
  {
    name: 'a fixed window forgets refusals at its border even when it counts them',
    options: { ...FIXED, countRefused: true },
    calls: [
      [0, 0],
      [1, 0],
      [2, 98],
      [3, 97],
      [100, 0],
    ],
  },
  {
    name: 'a call that is a moment late does not open an old fixed window again',
    options: FIXED,
    calls: [
      [100, 0],
      [99, 0],
      [101, 99],
    ],
  },
]

describe('the limiter', () => {
  it.each(TABLE)('$name', ({ options, calls }) => {
    const limiter = createLimiter(options)
    const waits = calls.map(([at]) => {
      const verdict = limiter.take('key', at)
      return [at, verdict.isAllowed ? 0 : verdict.waitMs]
    })
    expect(waits).toEqual(calls)
  })

  it('gives every key a window of its own', () => {
    const limiter = createLimiter({ ...SLIDING, limit: 1 })
    expect(limiter.take('a', 0).isAllowed).toBe(true)
    expect(limiter.take('a', 0).isAllowed).toBe(false)
    expect(limiter.take('b', 0).isAllowed).toBe(true)
  })

  it('allows a call that comes exactly after the reported wait', () => {
    const limiter = createLimiter({ ...SLIDING, limit: 3 })
    for (const at of [3, 20, 50]) limiter.take('key', at)
    const refused = limiter.take('key', 70)
    expect(refused).toEqual({ isAllowed: false, waitMs: 33 })
    expect(limiter.take('key', 70 + 32).isAllowed).toBe(false)
    expect(limiter.take('key', 70 + 33).isAllowed).toBe(true)
  })
})

describe('Retry-After', () => {
  const wallMs = Date.UTC(2026, 0, 2, 3, 4, 5, 250)

  it.each([
    ['seconds', 1, '1'],
    ['seconds', 1000, '1'],
    ['seconds', 1001, '2'],
    ['fraction', 1500.2, '1.501'],
    ['date', 500, 'Fri, 02 Jan 2026 03:04:06 GMT'],
    ['date', 751, 'Fri, 02 Jan 2026 03:04:07 GMT'],
    ['none', 1000, undefined],
    ['garbage', 1000, 'in a little while'],
  ] as const)('as %s never says less than the wait of %d ms', (form, waitMs, header) => {
    expect(formatRetryAfter(form, waitMs, wallMs)).toBe(header)
  })
})
