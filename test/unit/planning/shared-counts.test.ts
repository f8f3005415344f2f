import { parse } from 'graphql'
import { expect, it } from 'vitest'
import type { Operation, Planner } from '../../../src/planning/plan.ts'
import { createSharedCounts } from '../../../src/planning/shared-counts.ts'
import { createManualClock } from '../../support/manual-clock.ts'

function open() {
  const clock = createManualClock()
  const shared = createSharedCounts(clock)
  const counted: Operation['variables'][] = []
  const planner: Planner = {
    plan: () => Promise.reject(new Error('not asked for')),
    async count({ variables }) {
      counted.push(variables)
      return { calls: counted.length, isComplete: true }
    },
  }
  return { clock, counted, shared, planner }
}

const document = parse('{ tenant { name } }')
const asked = (variables: Operation['variables'] = null): Operation => ({
  document,
  variables,
  operationName: null,
})

it('equal requests of one moment share one count, and each other request has its own', async () => {
  const { counted, shared, planner } = open()
  const first = shared.share(planner, 'terms')
  const counts = await Promise.all([
    first.count(asked(), 'certain'),
    shared.share(planner, 'terms').count(asked(), 'certain'),
    first.count(asked({ id: 1 }), 'certain'),
    first.count(asked(), 'expected'),
    shared.share(planner, 'others').count(asked(), 'certain'),
    first.count({ ...asked(), document: parse('{ tenant { name } }') }, 'certain'),
  ])

  expect(counts.map(({ calls }) => calls)).toEqual([1, 1, 2, 3, 4, 5])
  expect(counted).toHaveLength(5)
})

it('a count is made again after a second, and a failed count at once', async () => {
  const { clock, shared, planner } = open()
  const { count } = shared.share(planner, 'terms')
  await count(asked(), 'certain')
  await clock.advance(1000)
  expect(await count(asked(), 'certain')).toMatchObject({ calls: 2 })

  const failing = shared.share({ ...planner, count: () => Promise.reject(new Error('no')) }, 'failing')
  await expect(failing.count(asked(), 'certain')).rejects.toThrow('no')
  expect(await shared.share(planner, 'failing').count(asked(), 'certain')).toMatchObject({ calls: 3 })
})
