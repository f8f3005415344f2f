// The model of replicas has to fail where a part of them is broken: each break alone shows, unmarked, what a write had ended.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compose } from '../../src/gateway/line.ts'
import { runPlan, whenClose, whenCutOff, whenWell } from '../support/lease-plans.ts'
import type { Schedule, Step } from '../support/lease-plans.ts'
import type { Breaks, ReplicaModel } from '../support/replica-model.ts'

/** So many are enough for each break, with any seed. */
const RUNS = 800

const BREAKS: readonly [string, Breaks, fc.Arbitrary<Schedule[]>][] = [
  [
    'a write waits for no other replica',
    {
      shared: (shared) => ({
        ...shared,
        withDropNotice: (next) => next,
        known: async () => true,
      }),
    },
    whenClose,
  ],
  [
    'a webhook waits for no other replica',
    { shared: (shared) => ({ ...shared, report: async () => true }) },
    whenClose,
  ],
  [
    'a webhook outdates nothing at other replicas',
    { cache: (cache) => ({ ...cache, outdate: () => {} }) },
    whenWell,
  ],
  [
    'a cache that has no lease serves as fresh',
    { cache: (cache) => ({ ...cache, confirmBy: () => {} }) },
    whenCutOff,
  ],
  [
    'an answer is stored although it was touched since its call began',
    { cache: (cache) => ({ ...cache, store: (call, answer) => cache.store(call, answer) }) },
    whenWell,
  ],
  [
    'a flight from before a write is joined after it',
    { cache: (cache) => ({ ...cache, isOutdated: () => false }) },
    whenClose,
  ],
  [
    'an answer counts as asked for when it came',
    {
      upstream: (next) =>
        compose(
          [
            (inner) => async (call) => {
              const reply = await inner(call)
              return { ...reply, sentAtMs: reply.answeredAtMs }
            },
          ],
          next,
        ),
    },
    whenCutOff,
  ],
  [
    'the reader of the log confirms what it has not applied',
    { cache: (cache) => ({ ...cache, drop: () => {} }) },
    whenWell,
  ],
]

describe('the model fails where', () => {
  it.each(BREAKS)('%s', { timeout: 600_000 }, async (_, breaks, plans) => {
    const property = fc.asyncProperty(
      plans,
      async (plan) => (await runPlan(plan, breaks)).violations.length === 0,
    )
    const { failed } = await fc.check(property, { numRuns: RUNS, endOnFailure: true })
    expect(failed).toBe(true)
  })

  it('nothing puts in doubt what was cached before a drop that Redis has refused, and its replica has taken with it', async () => {
    expect(
      (await runRefused({ cache: (cache) => ({ ...cache, doubtAll: () => {} }) })).violations,
    ).not.toEqual([])
    const whole = await runRefused()
    expect(whole.violations).toEqual([])
    expect(whole.unconfirmed + whole.revalidated).toBeGreaterThan(0)
  })
})

/** Long after the replica was forgotten that had written. */
async function runRefused(breaks?: Breaks): Promise<ReplicaModel> {
  const forgotten: Step[] = Array.from({ length: 25 }, () => ({ do: 'wait', ms: 3600 }))
  return runPlan(
    [
      [
        { do: 'read', at: 1, thing: 'project', isRefresh: false },
        { do: 'call', which: 0 },
        { do: 'call', which: 0 },
        { do: 'redis', refuses: 'full' },
        { do: 'write', at: 0, thing: 'project' },
        { do: 'call', which: 0 },
        { do: 'call', which: 0 },
        { do: 'wait', ms: 3600 },
        { do: 'kill', at: 0 },
        { do: 'redis', refuses: 'nothing' },
        ...forgotten,
        { do: 'read', at: 1, thing: 'project', isRefresh: false },
      ],
    ],
    breaks,
  )
}
