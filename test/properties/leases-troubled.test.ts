// What was acknowledged is what is read, at every replica: a model of caches, flights and leases over a Redis in trouble.
import { describe, it } from 'vitest'
import { expectNothingOld, partsOf, whenTroubled } from '../support/lease-plans.ts'

/** With leases-well.test.ts and leases-killed.test.ts, 100,000 interleavings: each line is a test of some seconds. */
const PLANS = partsOf('and replicas stop and start', whenTroubled, 30_000)

describe('over a Redis that is full, frozen, gone, emptied or cut off, nothing that an acknowledged write has ended is shown unmarked', () => {
  it.each(PLANS)('%s', { timeout: 600_000 }, (_what, plans, numRuns) => expectNothingOld(plans, numRuns))
})
