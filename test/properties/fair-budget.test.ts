// Classes and callers against a model: what goes first, what must be left free, and that nobody is kept waiting for ever.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createBudget } from '../../src/budget/budget.ts'
import { CLASSES, countKept, lendMs } from '../../src/budget/classes.ts'
import { openMemoryLedger } from '../../src/budget/ledger.ts'
import type { OpenLedger } from '../../src/budget/ledger.ts'
import { buildScope, buildSlotRequest } from '../support/builders.ts'
import { examplesOf } from '../support/examples.ts'
import { openLoneLedger } from '../support/fake-pool.ts'
import { createManualClock } from '../support/manual-clock.ts'
import type { ManualClock } from '../support/manual-clock.ts'

const WINDOW_MS = 3000
const MARGIN_MS = 40
const { budgetKey: key } = buildScope()

const visit = fc.record({
  gapMs: fc.nat(120),
  callClass: fc.constantFrom(...CLASSES, 'interactive' as const, 'interactive' as const),
  caller: fc.constantFrom('a', 'b', 'c'),
  maxWaitMs: fc.constantFrom(0, 500, 5000, 20_000),
  latencyMs: fc.nat(300),
  name: fc.nat(30),
})
interface Visit {
  readonly gapMs: number
  readonly callClass: (typeof CLASSES)[number]
  readonly caller: string
  readonly maxWaitMs: number
  readonly latencyMs: number
  readonly name: number
}

interface Waiting extends Visit {
  readonly sinceMs: number
}

/** Longer than any latency of a visit. */
const MAX_FLIGHT_MS = 3100

async function play(
  openLedgerWith: (clock: ManualClock) => OpenLedger,
  limit: number,
  visits: readonly Visit[],
): Promise<void> {
  const clock = createManualClock()
  const budget = createBudget({ limit, windowMs: WINDOW_MS, clock, openLedger: openLedgerWith(clock) })
  // Opens the ledger, whose heartbeat then keeps to whole milliseconds, too.
  budget.state(key)
  const waiting = new Set<Waiting>()
  const failures: unknown[] = []
  let inFlight = 0
  const freesAtMs: number[] = []
  const free = (): number => limit - inFlight - freesAtMs.filter((atMs) => atMs > clock.monotonicMs()).length
  const nextFreesInMs = (): number =>
    Math.min(...freesAtMs.filter((atMs) => atMs > clock.monotonicMs())) - clock.monotonicMs()

  async function arrive(plan: Visit): Promise<void> {
    const ticket: Waiting = { ...plan, sinceMs: clock.monotonicMs() }
    const latestMs = ticket.sinceMs + plan.maxWaitMs
    waiting.add(ticket)
    const permission = await budget.spend(
      key,
      buildSlotRequest({ latestMs, callClass: plan.callClass, caller: plan.caller, name: String(plan.name) }),
    )
    waiting.delete(ticket)
    expect(clock.monotonicMs(), 'nobody waits past its latest').toBeLessThanOrEqual(latestMs)
    if (!('slot' in permission)) {
      expect(permission.retryAtMs, 'the time of a refusal is still to come').toBeGreaterThanOrEqual(
        clock.monotonicMs(),
      )
      return
    }
    const rank = CLASSES.indexOf(plan.callClass)
    for (const other of waiting) {
      const otherRank = CLASSES.indexOf(other.callClass)
      expect(otherRank, `${other.callClass} goes before ${plan.callClass}`).toBeGreaterThanOrEqual(rank)
    }
    const isLent = plan.callClass === 'interactive' && nextFreesInMs() <= lendMs({ windowMs: WINDOW_MS })
    if (!isLent) expect(free(), 'what is kept stays free').toBeGreaterThan(countKept(plan.callClass, limit))
    inFlight += 1
    clock.after(plan.latencyMs, () => {
      inFlight -= 1
      freesAtMs.push(clock.monotonicMs() + WINDOW_MS + MARGIN_MS)
      permission.slot.answered()
    })
  }

  /** Between the milliseconds at which things happen. */
  function inspect(): void {
    for (const { callClass } of waiting) {
      const isFree = free() > countKept(callClass, limit)
      expect(isFree, `no slot for ${callClass} is unused while one waits`).toBe(false)
    }
  }

  const attempt = (work: () => void | Promise<void>): void =>
    void Promise.resolve()
      .then(work)
      .catch((error: unknown) => failures.push(error))
  let atMs = 0
  for (const plan of visits) {
    atMs += plan.gapMs
    clock.after(atMs, () => attempt(() => arrive(plan)))
  }
  for (let probeMs = 0.5; probeMs < atMs + 20_000; probeMs += 53) clock.after(probeMs, () => attempt(inspect))
  await clock.advance(atMs + 40_000)

  if (failures.length > 0) throw failures[0]
  expect(waiting.size, 'everybody got an answer').toBe(0)
}

describe.each<[string, (clock: ManualClock) => OpenLedger]>([
  ['in memory', openMemoryLedger],
  ['shared', (clock) => openLoneLedger(clock, MAX_FLIGHT_MS)],
])('whoever asks for whatever, with a ledger that is %s', (_, openLedgerWith) => {
  it('classes go in order, the kept slots and the reserve stay free, no slot is wasted, and nobody waits too long', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(1, 5, 20, 25, 40),
        fc.array(visit, { minLength: 20, maxLength: 120, size: 'max' }),
        (limit, visits) => play(openLedgerWith, limit, visits),
      ),
      { numRuns: examplesOf(60) },
    )
  })

  it('a caller with one call at a time gets its share beside one with a hundred', async () => {
    const clock = createManualClock()
    const budget = createBudget({ limit: 4, windowMs: 1000, clock, openLedger: openLedgerWith(clock) })
    const served = { many: 0, one: 0 }
    const ask = async (caller: 'many' | 'one', again: boolean): Promise<void> => {
      const permission = await budget.spend(key, buildSlotRequest({ latestMs: 60_000, caller }))
      if (!('slot' in permission)) return
      served[caller] += 1
      permission.slot.answered()
      if (again) await ask(caller, again)
    }
    for (let index = 0; index < 100; index += 1) void ask('many', true)
    void ask('one', true)
    await clock.advance(30_000)

    expect(served.one).toBeGreaterThan(served.many * 0.4)
  })
})
