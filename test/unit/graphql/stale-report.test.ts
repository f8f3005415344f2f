import { expect, it } from 'vitest'
import { createStaleReport } from '../../../src/graphql/stale-report.ts'
import { createManualClock } from '../../support/manual-clock.ts'

const FACT = { operation: 'retrieveProject', answeredAtMs: 1000, reason: 'REVALIDATING' } as const

it('a report that the request does not ask for has no entries', () => {
  const report = createStaleReport(createManualClock())
  report.note(FACT)

  expect(report.entries()).toEqual([])
})

it('a report has at most a hundred entries', () => {
  const report = createStaleReport(createManualClock())
  report.want()
  for (let index = 0; index < 150; index += 1) report.note(FACT)

  expect(report.entries()).toHaveLength(100)
})

it('times are written with the wall clock of the moment at which they are noted', async () => {
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
