// 60 clients of three tempers for 3 minutes against 90 calls a minute: `npm run bench:budget [scale] [replicas]`.
import { readConfig } from '../src/config/read-config.ts'
import type { Config } from '../src/config/config.ts'
import { startRedis } from '../test/support/redis-server.ts'
import { createTestGateway } from '../test/support/test-gateway.ts'
import { CALLS_332, loadTheBudget, OBJECTS_332, TEMPERS } from '../test/support/budget-load.ts'
import type { BudgetLoadReport, Outcome } from '../test/support/budget-load.ts'

const [scale = 5, replicaCount = 1] = process.argv.slice(2).map(Number)

for (const [name, size] of [
  ['332 objects', OBJECTS_332],
  ['332 calls', CALLS_332],
] as const)
  for (const window of ['sliding', 'fixed'] as const) {
    await using redis = replicaCount > 1 ? await startRedis() : null
    const shared = redis ? await openPool(redis.url) : {}
    const replicas = Array.from({ length: replicaCount }, () => shared)
    const report = await loadTheBudget({ clients: 60, minutes: 3, replicas, scale, size, window })
    console.log(`\n${name}, their window ${window}, ${replicaCount} replica(s), ${scale} times as fast`)
    print(report)
  }

/** A Redis that was empty a moment ago leaves each replica its share; what is measured is the pool. */
async function openPool(redisUrl: string): Promise<Partial<Config>> {
  const { redis } = readConfig({ REDIS_URL: redisUrl })
  const shared = { redis, attemptTimeoutMs: 5000, rateLimit: 90, rateWindowMs: 60_000 / scale }
  await using first = await createTestGateway({ config: shared })
  for (let remaining = 0; remaining < shared.rateLimit;) {
    await new Promise((resolve) => setTimeout(resolve, 500))
    remaining = (await first.ask('{ __typename }')).extensions.upstream.remaining
  }
  return shared
}

function print(report: BudgetLoadReport): void {
  const { outcomes, durationMs, distinctCalls, allFetchedAtMs, spent, slots } = report
  const rows = TEMPERS.flatMap((temper) =>
    (
      [
        ['whole run', 0],
        ['second half', durationMs / 2],
        ['once all is fetched', allFetchedAtMs],
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
    'all fetched after, share of the run': Number((allFetchedAtMs / durationMs).toFixed(2)),
    'slots used': `${spent.whole} of ${slots.whole}`,
    'slots used, second half': `${spent.secondHalf} of ${slots.secondHalf}`,
    'calls made twice': report.repeated.length,
    'not in full though a slot was free': report.refusedInVain.length,
  })
  for (const { temper, kind, beganAtMs, codes, retryAtMs } of report.refusedInVain.slice(0, 10))
    console.log('refused though a slot was free:', {
      temper,
      kind,
      beganAtMs,
      refused: codes.length,
      retryAtMs,
    })
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
