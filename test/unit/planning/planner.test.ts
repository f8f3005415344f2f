import { parse } from 'graphql'
import { expect, it } from 'vitest'
import type { DryRun } from '../../../src/planning/dry-run.ts'
import type { ImaginedCall } from '../../../src/planning/imagined-aurora.ts'
import type { Outlook } from '../../../src/planning/outlook.ts'
import type { Operation } from '../../../src/planning/plan.ts'
import { createPlanner } from '../../../src/planning/planner.ts'
import type { ExecuteImagined } from '../../../src/planning/planner.ts'
import { createBounds } from '../../../src/planning/bounds.ts'
import { createTally } from '../../../src/telemetry/tally.ts'
import { READS } from '../../../src/aurora/reads.ts'

const operation: Operation = { document: parse('{ projects }'), variables: null, operationName: null }

const call = (path: ImaginedCall['path'], isCached = false): ImaginedCall => ({
  endpoint: READS.listDesigns,
  path,
  isCached,
  count: 1,
})

/** A planner whose dry runs make the given calls, whatever is executed. */
function open(calls: Partial<Record<Outlook, ImaginedCall[]>>, options: Partial<DryRun> = {}) {
  const outlooks: Outlook[] = []
  const createDryRun = (outlook: Outlook): DryRun => {
    outlooks.push(outlook)
    return {
      loaders: () => ({}) as never,
      write: () => Promise.reject(new Error('not used')),
      tally: createTally(),
      calls: calls[outlook] ?? [],
      bounds: createBounds({ maxCalls: Infinity, fields: { left: Infinity } }),
      gather: null,
      hasGivenUp: () => false,
      ...options,
    }
  }
  const traced: boolean[] = []
  const execute: ExecuteImagined = async (_operation, { isTraced }) => void traced.push(isTraced)
  return { createDryRun, execute, outlooks, traced }
}

it('a count has only the calls that the cache does not answer, and records no paths', async () => {
  const { createDryRun, execute, outlooks, traced } = open({ certain: [call(null), call(null, true)] })
  expect(await createPlanner({ execute, createDryRun }).count(operation, 'certain')).toEqual({
    calls: 1,
    isComplete: true,
  })
  expect({ outlooks, traced }).toEqual({ outlooks: ['certain'], traced: [false] })
})

it('a plan has one step for each field and operation, without the places in lists', async () => {
  const first = call(['projects', 0, 'designs'])
  const second = call(['projects', 1, 'designs'])
  const { createDryRun, execute, traced } = open({
    min: [],
    expected: [first, second, call(['projects', 2, 'designs'], true)],
    max: [first],
  })
  const { operation: name, method, route } = READS.listDesigns
  expect(await createPlanner({ execute, createDryRun }).plan(operation)).toEqual({
    // A run with long lists can make fewer calls of one field; the plan still never has a maximum below what is expected.
    calls: { min: 0, expected: 2, max: 2 },
    isComplete: true,
    steps: [
      {
        path: 'projects.designs',
        operation: name,
        route: `${method} ${route}`,
        calls: { min: 0, expected: 2, max: 2 },
        cached: 1,
      },
    ],
  })
  expect(traced).toEqual([true, true, true])
})

it('an execution that ends at its bounds is counted as far as it came, and its plan is the least', async () => {
  const bounds = createBounds({ maxCalls: 1, fields: { left: Infinity } })
  const { createDryRun } = open({ expected: [call(null), call(null)] }, { bounds })
  const execute = (): Promise<void> => {
    bounds.spend(2)
    return new Promise(() => {})
  }
  const planner = createPlanner({ execute, createDryRun })
  expect(await planner.count(operation, 'expected')).toEqual({ calls: 2, isComplete: false })
  expect(await planner.plan(operation)).toMatchObject({ calls: { expected: 2 }, isComplete: false })
})

it('an operation that cannot be executed has no count', async () => {
  const { createDryRun } = open({})
  const planner = createPlanner({ execute: () => Promise.reject(new Error('no')), createDryRun })
  await expect(planner.count(operation, 'certain')).rejects.toThrow('no')
})

it.each([
  ['cheap, goes on beyond enough calls', 5_000, false],
  ['not cheap, ends at enough calls', 5_001, true],
])('a count that is %s', (_, fields, isPassed) => {
  const bounds = createBounds({ maxCalls: 2000, enough: 10, fields: { left: Infinity } })
  bounds.pace.note(fields)
  bounds.spend(10)
  expect(bounds.isPassed()).toBe(false)
  bounds.spend(1)
  expect(bounds.isPassed()).toBe(isPassed)
})
