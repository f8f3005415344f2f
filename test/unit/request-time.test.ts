import { describe, expect, it } from 'vitest'
import { readConfig } from '../../src/config/read-config.ts'
import { createRequestTime } from '../../src/gateway/request-time.ts'
import { createManualClock } from '../support/manual-clock.ts'

function open({ leaver = new AbortController(), headers = {} } = {}) {
  const clock = createManualClock()
  const request = new Request('http://gateway.test/graphql', { signal: leaver.signal, headers })
  const time = createRequestTime(request, { ...readConfig({}), requestTimeoutMs: 5000 }, clock)
  return { clock, time, leaver }
}

describe('the time of a request', () => {
  it('needs no timer where nothing listens to its end', () => {
    const { clock, time } = open()

    expect(clock.countTimers()).toBe(0)
    time.end()
    expect(time.signal.aborted).toBe(false)
    expect(clock.countTimers()).toBe(0)
  })

  it('is over at its deadline, however late the first call listens', async () => {
    const { clock, time } = open()
    await clock.advance(4000)
    const { signal } = time

    await clock.advance(999)
    expect(signal.aborted).toBe(false)
    await clock.advance(1)

    expect([signal.aborted, time.signal]).toEqual([true, signal])
    expect(signal.reason).toMatchObject({ code: 'UPSTREAM_TIMEOUT' })
    expect(time.deadlineAtMs).toBe(clock.monotonicMs())
  })

  it('ends when the client leaves, also before a call listens', () => {
    const [early, late] = [open(), open()]
    early.leaver.abort(new Error('left'))
    const { signal } = late.time
    late.leaver.abort(new Error('left'))

    for (const each of [early.time.signal, signal]) {
      expect(each.aborted).toBe(true)
      expect(each.reason).toMatchObject({ message: 'left' })
    }
  })

  it('leaves no timer and no listener behind', async () => {
    const { clock, time, leaver } = open()
    const { signal } = time

    time.end()
    leaver.abort(new Error('left'))
    await clock.advance(10_000)

    expect([clock.countTimers(), signal.aborted]).toEqual([0, false])
  })
})
