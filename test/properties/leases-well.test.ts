// What was acknowledged is what is read, at every replica: a model of caches, flights and leases over a Redis that is well.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { partsOf, runPlan, whenClose, whenWell } from '../support/lease-plans.ts'

/** With leases-troubled.test.ts and leases-killed.test.ts, 100,000 interleavings: each line is a test of some seconds. */
const PLANS = [
  ...partsOf('of several things', whenWell, 30_000),
  ...partsOf('of one thing', whenClose, 20_000),
]

describe('over a Redis that is well, reads and writes', () => {
  it.each(PLANS)(
    '%s show nothing that an acknowledged write has ended, and nothing is marked',
    { timeout: 600_000 },
    async (_what, plans, numRuns) => {
      const property = fc.asyncProperty(plans, async (plan) => {
        const { violations, unconfirmed, revalidated } = await runPlan(plan)
        expect({ violations, unconfirmed, revalidated }).toEqual({
          violations: [],
          unconfirmed: 0,
          revalidated: 0,
        })
      })
      await fc.assert(property, { numRuns })
    },
  )

  it('cost no call that they would not cost without leases', async () => {
    let acknowledged = 0
    await fc.assert(
      fc.asyncProperty(whenWell, async (plan) => {
        const model = await runPlan(plan)
        const without = await runPlan(plan, { cache: (cache) => ({ ...cache, confirmBy: () => {} }) })
        expect(model.calls).toBe(without.calls)
        acknowledged += model.acknowledged
      }),
      { numRuns: 25 },
    )
    // Fewer writes would mean that the model shows next to nothing.
    expect(acknowledged).toBeGreaterThan(125)
  })
})
