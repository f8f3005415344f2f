// The time of Redis' clock as one process computes it: bounds, never a guess.
import { describe, expect, it } from 'vitest'
import { createServerClock } from '../../../src/redis/server-clock.ts'

describe("Redis' clock", () => {
  it('is not known before contact', () => {
    expect(createServerClock().at(1)).toBeNull()
  })

  it('is known within the time that a question took', () => {
    const time = createServerClock()
    time.note({ sentAtMs: 100, receivedAtMs: 130, serverMs: 5000 })
    expect(time.at(200)).toEqual({ leastMs: 5070, mostMs: 5100 })
  })

  it.each([
    ['goes on', 6000, 0],
    ['is set forwards', 3_606_000, 0],
    ['differs by what a question takes', 5900, 0],
    ['is set back', 4000, 1],
  ])('that %s is noticed where ages would become too young', (_, serverMs, setbacks) => {
    const time = createServerClock()
    time.note({ sentAtMs: 100, receivedAtMs: 130, serverMs: 5000 })
    time.note({ sentAtMs: 1100, receivedAtMs: 1130, serverMs })
    expect(time.setbacks()).toBe(setbacks)
    expect(time.at(1130)?.leastMs).toBe(serverMs)
  })
})
