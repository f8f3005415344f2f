// What differs where no client waits for an answer: whether its cost is counted first, and how much of it is made in one turn.
import { expect, it } from 'vitest'
import { firstTurnUnitsOf, isAdmitted } from '../../src/gateway/manner.ts'
import type { Manner } from '../../src/gateway/manner.ts'
import { FIRST_TURN_UNITS, UNITS_PER_TURN } from '../../src/turns/pace.ts'

const AGAIN: Manner = { callClass: 'revalidation', stream: { isLast: false, changes: null } }

it('an answer is made again without a plan where the last one was made of no more replies than a request may need calls', () => {
  const config = { maxPlannedCalls: 50 }
  const admitted = [undefined, 0, 50, 51].map((repliesBefore) =>
    isAdmitted({ ...AGAIN, repliesBefore }, config),
  )
  expect(admitted).toEqual([false, true, true, false])
})

it('an answer for which no client waits is made in small pieces from the beginning', () => {
  expect(firstTurnUnitsOf({ ...AGAIN, callClass: 'interactive' })).toBe(FIRST_TURN_UNITS)
  for (const callClass of ['revalidation', 'warmUp'] as const)
    expect(firstTurnUnitsOf({ ...AGAIN, callClass })).toBe(UNITS_PER_TURN)
})
