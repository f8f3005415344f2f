// The budget against a model of Aurora that counts each call at some moment between its sending and its answer.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createBudget } from '../../src/budget/budget.ts'
import { openMemoryLedger } from '../../src/budget/ledger.ts'
import type { OpenLedger, Permission, Slot } from '../../src/budget/ledger.ts'
import { buildScope, buildSlotRequest } from '../support/builders.ts'
import { examplesOf } from '../support/examples.ts'
import { openLoneLedger } from '../support/fake-pool.ts'
import { createManualClock } from '../support/manual-clock.ts'
import type { ManualClock } from '../support/manual-clock.ts'

const WINDOW_MS = 1000
const MARGIN_MS = 40
const { budgetKey: key } = buildScope()

interface Visit {
  /** Since the visit before. */
  readonly gapMs: number
  readonly maxWaitMs: number
  readonly latencyMs: number
  /** Where between sending and answer Aurora counts it, 0 to 1. */
  readonly countedAt: number
  readonly fate: 'answered' | 'neverSent' | 'refused'
  readonly pauseMs: number
  /** Since its arrival; null stays. */
  readonly leavesAfterMs: number | null
}

const visit: fc.Arbitrary<Visit> = fc.record({
  gapMs: fc.oneof(fc.constant(0), fc.nat(400)),
  maxWaitMs: fc.oneof(fc.constant(0), fc.nat(5000)),
  latencyMs: fc.oneof(fc.constant(0), fc.nat(700), fc.nat(3000)),
  countedAt: fc.double({ min: 0, max: 1, noNaN: true }),
  fate: fc.oneof(
    { weight: 8, arbitrary: fc.constant<Visit['fate']>('answered') },
    { weight: 2, arbitrary: fc.constant<Visit['fate']>('neverSent') },
    { weight: 1, arbitrary: fc.constant<Visit['fate']>('refused') },
  ),
  pauseMs: fc.nat(3000),
  leavesAfterMs: fc.option(fc.nat(3000), { freq: 4 }),
})

/** Plays the visits to the end; throws where the budget breaks its contract. */
async function play(
  openLedgerWith: (clock: ManualClock) => OpenLedger,
  limit: number,
  visits: readonly Visit[],
): Promise<{ countedAtMs: number[]; granted: number }> {
  const clock = createManualClock()
  const budget = createBudget({ limit, windowMs: WINDOW_MS, clock, openLedger: openLedgerWith(clock) })
  const countedAtMs: number[] = []
  const waiting = new Set<number>()
  let granted = 0
  // The model's own books, by which the budget's are judged.
  let inFlight = 0
  const heldUntilMs: number[] = []
  let pausedUntilMs = 0
  let isUnproven = false
  const countFree = (): number => {
    const nowMs = clock.monotonicMs()
    if (nowMs < pausedUntilMs || (isUnproven && inFlight > 0)) return 0
    const free = limit - inFlight - heldUntilMs.filter((atMs) => atMs > nowMs).length
    return isUnproven ? Math.min(1, free) : free
  }

  function send(slot: Slot, { latencyMs, countedAt, fate, pauseMs }: Visit, signal: AbortSignal): void {
    granted += 1
    inFlight += 1
    const sentAtMs = clock.monotonicMs()
    let isOver = false
    const end = (): void => {
      if (isOver) return
      isOver = true
      const nowMs = clock.monotonicMs()
      inFlight -= 1
      if (fate === 'neverSent') return slot.neverSent()
      countedAtMs.push(sentAtMs + countedAt * (nowMs - sentAtMs))
      heldUntilMs.push(nowMs + WINDOW_MS + MARGIN_MS)
      if (fate === 'refused') {
        pausedUntilMs = Math.max(pausedUntilMs, nowMs + pauseMs)
        isUnproven = true
        budget.pause(key, nowMs + pauseMs, { isFirstInARow: false })
      }
      slot.answered()
      // A call that was sent in the same millisecond as the 429 came was sent before it.
      if (fate === 'answered' && isUnproven && sentAtMs >= pausedUntilMs) {
        isUnproven = false
        budget.resume(key, sentAtMs)
      }
    }
    clock.after(latencyMs, end)
    signal.addEventListener('abort', end)
  }

  function arrive(number: number, plan: Visit): void {
    const leaving = new AbortController()
    const latestMs = clock.monotonicMs() + plan.maxWaitMs
    const settle = (permission: Permission): void => {
      expect(clock.monotonicMs(), 'nobody waits past its latest').toBeLessThanOrEqual(latestMs)
      waiting.delete(number)
      if ('slot' in permission) {
        expect(
          [...waiting].every((other) => other > number),
          'nobody overtakes',
        ).toBe(true)
        send(permission.slot, plan, leaving.signal)
      } else {
        expect(permission.retryAtMs, 'what could be served is not refused').toBeGreaterThanOrEqual(latestMs)
        expect(permission.retryAtMs).toBeGreaterThanOrEqual(clock.monotonicMs())
      }
    }
    waiting.add(number)
    budget
      .spend(key, buildSlotRequest({ latestMs, signal: leaving.signal }))
      .then(settle, () => waiting.delete(number))
      .catch(fail)
    if (plan.leavesAfterMs !== null) clock.after(plan.leavesAfterMs, () => leaving.abort())
  }

  const failures: unknown[] = []
  const fail = (error: unknown): void => void failures.push(error)
  /** Between the whole milliseconds at which things happen. */
  const inspect = (): void => {
    try {
      const free = countFree()
      expect(budget.state(key).remaining, 'the books agree').toBe(Math.max(0, free))
      if (waiting.size > 0) expect(free, 'no slot is unused while somebody waits').toBeLessThanOrEqual(0)
    } catch (error) {
      fail(error)
    }
  }

  // Opens the ledger, whose heartbeat then keeps to whole milliseconds, too.
  budget.state(key)
  let atMs = 0
  visits.forEach((plan, number) => {
    atMs += plan.gapMs
    clock.after(atMs, () => arrive(number, plan))
  })
  for (let probeMs = 0.5; probeMs < atMs + 20_000; probeMs += 97) clock.after(probeMs, inspect)
  await clock.advance(atMs + 60_000)

  if (failures.length > 0) throw failures[0]
  expect(waiting.size, 'everybody got an answer').toBe(0)
  expect(budget.state(key)).toEqual({ limit, remaining: isUnproven ? 1 : limit, resetAtMs: null })
  budget.close()
  await clock.advance(0)
  expect(clock.countTimers(), 'no timer is left').toBe(0)
  return { countedAtMs: countedAtMs.toSorted((left, right) => left - right), granted }
}

/** The longest latency of a visit, and what the clocks of two machines may differ by. */
const MAX_FLIGHT_MS = 3100

describe.each<[string, (clock: ManualClock) => OpenLedger]>([
  ['in memory', openMemoryLedger],
  ['shared', (clock) => openLoneLedger(clock, MAX_FLIGHT_MS)],
])('whatever arrives, leaves, fails or is refused, with a ledger that is %s', (_, openLedgerWith) => {
  it('Aurora never counts more than the limit in any window, nobody overtakes or waits too long, no slot is wasted', async () => {
    let granted = 0
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 4 }),
        fc.array(visit, { minLength: 5, maxLength: 40, size: 'max' }),
        async (limit, visits) => {
          const result = await play(openLedgerWith, limit, visits)
          granted += result.granted
          const { countedAtMs } = result
          countedAtMs.forEach((atMs, index) => {
            const before = countedAtMs[index - limit]
            if (before !== undefined) expect(atMs - before).toBeGreaterThan(WINDOW_MS)
          })
        },
      ),
      { numRuns: examplesOf(200) },
    )

    expect(granted).toBeGreaterThan(1000)
  })
})
