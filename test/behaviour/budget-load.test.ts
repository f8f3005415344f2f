// A company at work for two minutes, 15 times as fast: nobody is answered 429, and nobody is left without an answer.
import { describe, expect, it } from 'vitest'
import { loadTheBudget, OBJECTS_332 } from '../support/budget-load.ts'

describe('60 clients with more questions than a minute has calls', () => {
  it('are each told all that there is, and when to come back for the rest, until everything is known', async () => {
    const report = await loadTheBudget({
      clients: 60,
      minutes: 2,
      // What a busy machine makes late is no fault of the budget's.
      replicas: [{ attemptTimeoutMs: 60_000, requestTimeoutMs: 60_000 }],
      scale: 15,
      size: OBJECTS_332,
      window: 'sliding',
    })
    const { outcomes, allFetchedAtMs } = report
    expect(report.answered429).toBe(0)
    expect(report.worstSliding).toBeLessThanOrEqual(90)
    // The window was used up, and used again.
    expect(report.distinctCalls).toBeGreaterThan(90)
    expect(report.repeated).toEqual([])

    const codes = new Set(outcomes.flatMap((outcome) => outcome.codes))
    expect([...codes]).toEqual(['RATE_LIMITED'])
    expect(outcomes.filter(({ verdict }) => verdict === 'failed')).toEqual([])
    const refused = outcomes.filter(({ verdict }) => verdict === 'partial')
    const tooEarly = refused.filter(
      ({ retryAtMs, endedAtMs }) => retryAtMs === null || retryAtMs <= endedAtMs - READING_MS,
    )
    expect(tooEarly).toEqual([])
    const late = refused.filter(({ beganAtMs }) => beganAtMs > allFetchedAtMs + LANDING_MS)
    expect(late).toEqual([])
  }, 90_000)
})

/** From the moment at which a time is told to the end of the answer that tells it, on a machine that is busy. */
const READING_MS = 500
/** From the arrival of a call at Aurora to its answer in the cache, on a machine that is busy. */
const LANDING_MS = 1000
