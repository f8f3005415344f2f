// What was acknowledged is what is read, at every replica: a model of caches, flights and leases over a Redis in trouble.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { runPlan, SCHEDULES, whenCutOff, whenKilled, whenTroubled } from '../support/lease-plans.ts'

/** With leases-well.test.ts, 100,000 interleavings. */
const PLANS = [
  ['and replicas stop and start', whenTroubled, 35_000],
  ['and replicas are killed', whenKilled, 18_000],
  ['for one replica alone, whose calls are under way', whenCutOff, 2000],
] as const

describe('over a Redis that is full, frozen, gone, emptied or cut off, nothing that an acknowledged write has ended is shown unmarked', () => {
  it.each(PLANS)('%s', { timeout: 600_000 }, async (_what, plans, interleavings) => {
    let unconfirmed = 0
    await fc.assert(
      fc.asyncProperty(plans, async (plan) => {
        const model = await runPlan(plan)
        expect(model.violations).toEqual([])
        unconfirmed += model.unconfirmed
      }),
      { numRuns: interleavings / SCHEDULES },
    )
    expect(unconfirmed).toBeGreaterThan(0)
  })
})
