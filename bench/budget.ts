// 60 clients of three tempers for 3 minutes against 90 calls a minute: `npm run bench:budget [scale] [replicas]`.
import { CALLS_332, loadTheBudget, OBJECTS_332, TEMPERS } from '../test/support/budget-load.ts'
import type { BudgetLoadReport, Outcome } from '../test/support/budget-load.ts'

const [scale = 5, replicaCount = 1] = process.argv.slice(2).map(Number)

for (const [name, size] of [
  ['332 objects', OBJECTS_332],
  ['332 calls', CALLS_332],
] as const)
  for (const window of ['sliding', 'fixed'] as const) {
    const replicas = Array.from({ length: replicaCount }, () => ({}))
    const report = await loadTheBudget({ clients: 60, replicas, scale, size, window })
    console.log(`\n${name}, their window ${window}, ${replicaCount} replica(s), ${scale} times as fast`)
    print(report)
  }

function print(report: BudgetLoadReport): void {
  const { outcomes, durationMs, distinctCalls, allFetchableAtMs, spent, slots } = report
  const rows = TEMPERS.flatMap((temper) =>
    (
      [
        ['whole run', 0],
        ['second half', durationMs / 2],
        ['once all can be fetched', allFetchableAtMs],
      ] as const
    ).map(([part, fromMs]) => ({
      temper,
      part,
      ...summarise(outcomes.filter((each) => each.temper === temper && each.beganAtMs >= fromMs)),
    })),
  )
  console.table(rows)
  console.log({
    'answered 429': report.answered429,
    'most calls in any window': report.worstSliding,
    'distinct calls': distinctCalls,
    'all fetchable after, share of the run': Number((allFetchableAtMs / durationMs).toFixed(2)),
    'slots used': `${spent.whole} of ${slots.whole}`,
    'slots used, second half': `${spent.secondHalf} of ${slots.secondHalf}`,
    'calls made twice': report.repeated.length,
  })
  const late = outcomes.filter(
    ({ verdict, beganAtMs }) => verdict !== 'full' && beganAtMs >= Math.max(allFetchableAtMs, durationMs / 2),
  )
  if (late.length > 0) console.log('not in full in the second half once all could be:', late.slice(0, 5))
}

function summarise(outcomes: readonly Outcome[]) {
  const percent = (count: number): string => `${((100 * count) / Math.max(1, outcomes.length)).toFixed(1)} %`
  const count = (is: (outcome: Outcome) => boolean): number => outcomes.filter(is).length
  return {
    requests: outcomes.length,
    'in full': percent(count(({ verdict }) => verdict === 'full')),
    partial: count(({ verdict }) => verdict === 'partial'),
    'of these without any field': count(({ isEmpty }) => isEmpty),
    'without a time': count(({ verdict, retryAtMs }) => verdict !== 'full' && retryAtMs === null),
    'came back': count(({ hadRest }) => hadRest !== null),
    'had the rest': count(({ hadRest }) => hadRest === true),
    failed: count(({ verdict }) => verdict === 'failed'),
    'timed out': count(({ codes }) => codes.includes('UPSTREAM_TIMEOUT')),
  }
}
