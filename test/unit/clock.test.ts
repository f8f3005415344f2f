import { getEventListeners } from 'node:events'
import { describe, expect, it } from 'vitest'
import { createSleep, createSystemClock, createToTime } from '../../src/clock.ts'

const clock = createSystemClock()

describe('the system clock', () => {
  it('has monotonic time that is never 0 and never goes back', () => {
    const times = Array.from({ length: 100 }, () => clock.monotonicMs())

    expect(times[0]).toBeGreaterThan(0)
    expect(times.toSorted((left, right) => left - right)).toEqual(times)
  })

  it('has the time of the wall', () => {
    const beforeMs = Date.now()
    const wallMs = clock.wallMs()
    expect(wallMs).toBeGreaterThanOrEqual(beforeMs)
    expect(wallMs).toBeLessThanOrEqual(Date.now())
  })

  it('sleeps for the time asked', async () => {
    const startMs = clock.monotonicMs()

    await clock.sleep(10)

    expect(clock.monotonicMs() - startMs).toBeGreaterThanOrEqual(9)
  })

  it('wakes with the reason of the signal as soon as it aborts', async () => {
    const leaving = new AbortController()
    const asleep = clock.sleep(60_000, leaving.signal)

    leaving.abort('left')

    await expect(asleep).rejects.toBe('left')
  })

  it('takes its timer back when the signal aborts, and its listener when the time is over', async () => {
    const timers = new Set<() => void>()
    const sleep = createSleep((_ms, ring) => {
      timers.add(ring)
      return () => void timers.delete(ring)
    })
    const leaving = new AbortController()
    const abandoned = sleep(60_000, leaving.signal)
    expect(timers.size).toBe(1)
    leaving.abort('left')
    await expect(abandoned).rejects.toBe('left')
    expect(timers.size).toBe(0)

    const staying = new AbortController()
    const slept = sleep(1, staying.signal)
    expect(getEventListeners(staying.signal, 'abort')).toHaveLength(1)
    for (const ring of timers) ring()
    await slept
    expect(getEventListeners(staying.signal, 'abort')).toHaveLength(0)
  })

  it('does not fall asleep with a signal that has aborted', async () => {
    await expect(clock.sleep(60_000, AbortSignal.abort('left'))).rejects.toBe('left')
  })

  it('calls back once, and not at all when cancelled', async () => {
    let calls = 0
    const cancel = clock.after(1, () => (calls += 100))
    clock.after(1, () => (calls += 1))
    cancel()

    await clock.sleep(15)

    expect(calls).toBe(1)
  })

  it.each([2 ** 31, Number.MAX_SAFE_INTEGER, Infinity])(
    'does not take %d ms for no time at all',
    async (waitMs) => {
      let isCalled = false
      const cancel = clock.after(waitMs, () => (isCalled = true))

      await clock.sleep(5)
      cancel()

      expect(isCalled).toBe(false)
    },
  )

  it('takes a time that has passed for now', async () => {
    let isEarly = true
    const cancel = clock.after(1000, () => (isEarly = false))

    await clock.sleep(-5)
    cancel()

    expect(isEarly).toBe(true)
  })
})

it('the text of a moment is the same each time, and follows a correction of the wall clock', () => {
  let wallMs = Date.UTC(2026, 10, 29)
  let monotonicMs = 1000
  const toTime = createToTime({ wallMs: () => wallMs, monotonicMs: () => monotonicMs })
  const first = toTime(400)
  expect(first).toBe('2026-11-28T23:59:59.400Z')
  for (const lateMs of [1, -1, 2, 0]) {
    monotonicMs += 50
    wallMs += 50 + lateMs
    expect(toTime(400)).toBe(first)
    wallMs -= lateMs
  }
  wallMs += 60_000
  expect(toTime(400)).toBe('2026-11-29T00:00:59.400Z')
})
