// The arithmetic of docs/budget.md, done by the budget.
import { setMaxListeners } from 'node:events'
import { describe, expect, it } from 'vitest'
import { createBudget } from '../../../src/budget/budget.ts'
import { openMemoryLedger } from '../../../src/budget/ledger.ts'
import { buildScope } from '../../support/builders.ts'
import { createManualClock } from '../../support/manual-clock.ts'

const ANSWER_MS = 300
const key = buildScope().budgetKey

/** Asks for so many reads at once, and again for what is left whenever it comes back, until all are answered. */
async function complete(
  calls: number,
  comesBackAt: 'retryAt' | 'resetAt',
): Promise<{ rounds: number; afterMs: number }> {
  const clock = createManualClock()
  const budget = createBudget({ limit: 90, windowMs: 60_000, clock, openLedger: openMemoryLedger(clock) })
  const startMs = clock.monotonicMs()
  const { signal } = new AbortController()
  // Every call of the query listens, as with the signal of a request.
  setMaxListeners(0, signal)
  let left = Array.from({ length: calls }, (_, index) => `call ${index}`)
  for (let rounds = 0; ; rounds += 1) {
    const permissions = await Promise.all(
      left.map(async (name) => {
        const wait = { latestMs: clock.monotonicMs(), retryAtMs: null }
        const request = { operation: 'retrieveProject', caller: 'c', callClass: 'interactive', name } as const
        return { name, permission: await budget.spend(key, { ...request, wait, signal }) }
      }),
    )
    await clock.advance(ANSWER_MS)
    for (const { permission } of permissions) if ('slot' in permission) permission.slot.answered()
    left = permissions.flatMap(({ name, permission }) => ('slot' in permission ? [] : [name]))
    if (left.length === 0) return { rounds, afterMs: clock.monotonicMs() - startMs }
    const wholeAtMs = budget.comeBackAt(key, { caller: 'c', waitMs: 0 }, left.length)
    const backAtMs = comesBackAt === 'retryAt' ? wholeAtMs : (budget.state(key).resetAtMs ?? 0)
    await clock.advance(backAtMs - clock.monotonicMs())
  }
}

describe('a query that nobody else disturbs', () => {
  it.each([
    [21, 'retryAt', 0, 0.3],
    [88, 'retryAt', 0, 0.3],
    [160, 'retryAt', 1, 60.6],
    [176, 'retryAt', 1, 60.6],
    [250, 'retryAt', 2, 121],
    [21, 'resetAt', 0, 0.3],
    [88, 'resetAt', 0, 0.3],
    [160, 'resetAt', 1, 60.6],
    [250, 'resetAt', 2, 121],
  ] as const)(
    'of %i calls, coming back at %s: %i times, whole after %d s',
    async (calls, at, rounds, seconds) => {
      const whole = await complete(calls, at)
      expect({ ...whole, afterMs: Math.round(whole.afterMs / 100) / 10 }).toEqual({
        rounds,
        afterMs: seconds,
      })
    },
  )
})
