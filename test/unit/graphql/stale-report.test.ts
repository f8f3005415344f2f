import { expect, test } from 'vitest'
import { createStaleReport } from '../../../src/graphql/stale-report.ts'
import { createManualClock } from '../../support/manual-clock.ts'

const FACT = { operation: 'retrieveProject', answeredAtMs: 1000, reason: 'REVALIDATING' } as const

test('a report that nobody wants holds nothing', () => {
  const report = createStaleReport(createManualClock())
  report.note(FACT)

  expect(report.entries()).toEqual([])
})

test('a report is of a hundred entries at most', () => {
  const report = createStaleReport(createManualClock())
  report.want()
  for (let index = 0; index < 150; index += 1) report.note(FACT)

  expect(report.entries()).toHaveLength(100)
})

test('times are told by the wall clock as it stands when they are told', async () => {
  const clock = createManualClock(1000)
  const report = createStaleReport(clock)
  report.want()
  await clock.advance(2900)
  report.note(FACT)

  expect(report.entries()).toEqual([
    {
      path: null,
      operation: 'retrieveProject',
      fetchedAt: '2026-03-04T17:25:09.000Z',
      ageSeconds: 2,
      reason: 'REVALIDATING',
    },
  ])
})
