// The credentials of one address that Aurora has not accepted: how many are tried at once, and how many in a minute.
import { describe, expect, it } from 'vitest'
import { createNewcomers } from '../../../src/callers/newcomers.ts'
import { createManualClock } from '../../support/manual-clock.ts'

function setUp() {
  const clock = createManualClock()
  return { clock, newcomers: createNewcomers({ clock }) }
}

const names = (count: number): string[] => Array.from({ length: count }, (_, index) => `credential ${index}`)

describe('the newcomers of an address', () => {
  it('wait for the end of the minute after ten that were not accepted, and those of another address do not', async () => {
    const { clock, newcomers } = setUp()
    newcomers.note('a', 'credential 0')
    await clock.advance(20_000)
    for (const name of names(10)) newcomers.note('a', name)
    expect(newcomers.waitMs('a', 'new')).toBe(40_000)
    expect(newcomers.waitMs('b', 'new')).toBeNull()
    await clock.advance(40_000)
    expect(newcomers.waitMs('a', 'new')).toBeNull()
  })

  it('count once in a minute each, however often they come', () => {
    const { newcomers } = setUp()
    for (let times = 0; times < 100; times += 1) newcomers.note('a', 'same')
    expect(newcomers.waitMs('a', 'new')).toBeNull()
  })

  it('that were counted already are not refused: what they cost is bounded elsewhere', () => {
    const { newcomers } = setUp()
    for (const name of names(10)) newcomers.note('a', name)
    expect(newcomers.waitMs('a', 'credential 3')).toBeNull()
  })

  it('are twenty at once, and the requests of one count as one', () => {
    const { newcomers } = setUp()
    const ends = names(20).map((name) => newcomers.begin('a', name))
    const again = newcomers.begin('a', 'credential 0')
    expect([newcomers.waitMs('a', 'new'), newcomers.waitMs('a', 'credential 5')]).toEqual([1000, null])
    ends[0]?.()
    expect(newcomers.waitMs('a', 'new')).toBe(1000)
    again()
    expect(newcomers.waitMs('a', 'new')).toBeNull()
  })
})
