// What was acknowledged is what is read, at every replica: a model of caches, flights and leases over a Redis in trouble.
import { describe, expect, it } from 'vitest'
import { expectNothingOld, partsOf, runPlan, whenTroubled } from '../support/lease-plans.ts'
import type { Step } from '../support/lease-plans.ts'

/** With leases-well.test.ts and leases-killed.test.ts, 100,000 interleavings: each line is a test of some seconds. */
const PLANS = partsOf('and replicas stop and start', whenTroubled, 30_000)

describe('over a Redis that is full, frozen, gone, emptied or cut off, nothing that an acknowledged write has ended is shown unmarked', () => {
  it.each(PLANS)('%s', { timeout: 600_000 }, (_what, plans, numRuns) => expectNothingOld(plans, numRuns))
})

/** Its news come before it looks at the log as a whole. */
it.each(['write', 'webhook'] as const)(
  'a replica that was cut off while a %s has left the log in Redis again marks what it shows',
  async (what) => {
    const call: Step = { do: 'call', which: 0 }
    const read: Step = { do: 'read', at: 1, thing: 'project', isRefresh: false }
    const model = await runPlan([
      [
        read,
        call,
        call,
        { do: 'link', at: 1, is: 'cut' },
        { do: what, at: 0, thing: 'project' },
        call,
        call,
        { do: 'wait', ms: 3600 },
        { do: 'webhook', at: 0, thing: 'profile' },
        { do: 'wait', ms: 3600 },
        { do: 'trim' },
        { do: 'link', at: 1, is: 'well' },
        { do: 'wait', ms: 1600 },
        read,
      ],
    ])
    expect(model.acknowledged).toBe(2)
    expect(model.violations).toEqual([])
    expect(model.unconfirmed + model.revalidated).toBe(1)
  },
)
