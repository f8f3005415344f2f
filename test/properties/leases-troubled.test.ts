// What was acknowledged is what is read, at every replica: a model of caches, flights and leases over a Redis in trouble.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { partsOf, runPlan, whenTroubled } from '../support/lease-plans.ts'

/** With leases-well.test.ts and leases-killed.test.ts, 40,000 interleavings: each line is a test of some seconds. */
const PLANS = partsOf('and replicas stop and start', whenTroubled, 12_000)

describe('over a Redis that is full, frozen, gone, emptied or cut off, nothing that an acknowledged write has ended is shown unmarked', () => {
  it.each(PLANS)('%s', { timeout: 600_000 }, async (_what, plans, numRuns) => {
    let unconfirmed = 0
    await fc.assert(
      fc.asyncProperty(plans, async (plan) => {
        const model = await runPlan(plan)
        expect(model.violations).toEqual([])
        unconfirmed += model.unconfirmed
      }),
      { numRuns },
    )
    expect(unconfirmed).toBeGreaterThan(0)
  })
})
