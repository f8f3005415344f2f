// What was acknowledged is what is read, at every replica: a model of caches, flights and leases over a Redis in trouble, with replicas that are killed or cut off.
import { describe, it } from 'vitest'
import { expectNothingOld, partsOf, whenCutOff, whenKilled } from '../support/lease-plans.ts'

/** With leases-well.test.ts and leases-troubled.test.ts, 100,000 interleavings: each line is a test of some seconds. */
const PLANS = [
  ...partsOf('and replicas are killed', whenKilled, 17_500),
  ...partsOf('for one replica alone, whose calls are under way', whenCutOff, 2_500),
]

describe('over a Redis that is full, frozen, gone, emptied or cut off, nothing that an acknowledged write has ended is shown unmarked', () => {
  it.each(PLANS)('%s', { timeout: 600_000 }, (_what, plans, numRuns) => expectNothingOld(plans, numRuns))
})
