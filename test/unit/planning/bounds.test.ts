// A dry run ends when nobody waits for it any more.
import { expect, it } from 'vitest'
import { createLeaving } from '../../../src/leaving.ts'
import { createBounds } from '../../../src/planning/bounds.ts'

const boundsOf = (leaving?: ReturnType<typeof createLeaving>) =>
  createBounds({ maxCalls: 10, fields: { left: 1000 }, leaving: leaving?.signal })

it('passes its bounds when the client leaves, and at once where it has left before', async () => {
  const leaving = createLeaving()
  const bounds = boundsOf(leaving)
  expect(bounds.isPassed()).toBe(false)
  leaving.abort(new Error('left'))
  await bounds.passed
  expect([bounds.isPassed(), boundsOf(leaving).isPassed(), boundsOf().isPassed()]).toEqual([
    true,
    true,
    false,
  ])
})
