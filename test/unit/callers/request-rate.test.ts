// How many requests are let in, and of whom.
import { describe, expect, it } from 'vitest'
import { createRequestRate } from '../../../src/callers/request-rate.ts'
import { createManualClock } from '../../support/manual-clock.ts'

describe('a rate', () => {
  it('lets in as many as it says in a minute, tells the true wait, and then begins anew', async () => {
    const clock = createManualClock()
    const rate = createRequestRate({ limit: 2, clock })
    expect([rate.count('a'), rate.count('a')]).toEqual([null, null])
    await clock.advance(20_000)
    expect(rate.count('a')).toBe(40_000)
    expect(rate.count('b')).toBeNull()
    await clock.advance(40_000)
    expect(rate.count('a')).toBeNull()
  })

  it('of 0 lets everybody in', () => {
    const rate = createRequestRate({ limit: 0, clock: createManualClock() })
    for (let turn = 0; turn < 100; turn += 1) expect(rate.count('a')).toBeNull()
  })

  it('remembers a bounded number of names', () => {
    const rate = createRequestRate({ limit: 1, clock: createManualClock() })
    rate.count('first')
    for (let name = 0; name < 20_000; name += 1) rate.count(String(name))
    expect(rate.count('first')).toBeNull()
    expect(rate.count('19999')).not.toBeNull()
  })
})
