// Clients of a company work for two minutes, 15 times as fast: no call gets 429, and every client gets its answer.
import { describe, expect, it } from 'vitest'
import { loadTheBudget, OBJECTS_332 } from '../support/budget-load.ts'

describe('60 clients with more questions than a minute has calls', () => {
  it('each get what is there and the time to ask for the rest, until they have everything', async () => {
    const report = await loadTheBudget({
      clients: 60,
      minutes: 2,
      // A busy machine delays some answers, which is no fault of the budget.
      replicas: [{ attemptTimeoutMs: 60_000, requestTimeoutMs: 60_000 }],
      scale: 15,
      size: OBJECTS_332,
      window: 'sliding',
    })
    const { outcomes, allFetchedAtMs } = report
    expect(report.answered429).toBe(0)
    expect(report.worstSliding).toBeLessThanOrEqual(90)
    // The window was used up, and then used again.
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
  })
})

/** The longest time on a busy machine from the moment at which a time to retry is computed to the end of its answer. */
const READING_MS = 500
/** The longest time on a busy machine from the arrival of a call at Aurora to its answer in the cache. */
const LANDING_MS = 1000
