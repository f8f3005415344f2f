// Reads that Aurora answers with 429 at random queue again: against a model of Aurora that counts calls and pauses the key.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createBudget } from '../../src/budget/budget.ts'
import { openMemoryLedger } from '../../src/budget/ledger.ts'
import type { OpenLedger } from '../../src/budget/ledger.ts'
import { withBudget } from '../../src/budget/with-budget.ts'
import { isRateLimited } from '../../src/errors/errors.ts'
import { openSharedLedger } from '../../src/redis/shared-ledger.ts'
import type { Upstream } from '../../src/rest/call.ts'
import { buildCall, buildRefusal, buildReply, buildScope, carry } from '../support/builders.ts'
import { examplesOf } from '../support/examples.ts'
import { createFakePool, openLoneLedger } from '../support/fake-pool.ts'
import { createManualClock } from '../support/manual-clock.ts'
import type { ManualClock } from '../support/manual-clock.ts'

const WINDOW_MS = 1000
const MAX_FLIGHT_MS = 800

interface Read {
  readonly gapMs: number
  readonly waitMs: number
  readonly replica: number
}

interface Fate {
  readonly latencyMs: number
  /** Where between sending and answer Aurora counts the call, 0 to 1. */
  readonly countedAt: number
  readonly answer: 'data' | 'nothing there' | { readonly namedMs: number | null }
}

const read: fc.Arbitrary<Read> = fc.record({
  gapMs: fc.oneof(fc.constant(0), fc.nat(300)),
  waitMs: fc.oneof(fc.constant(0), fc.nat(3000), fc.nat(20_000)),
  replica: fc.nat(1),
})
const fate: fc.Arbitrary<Fate> = fc.record({
  latencyMs: fc.integer({ min: 1, max: MAX_FLIGHT_MS - 100 }),
  countedAt: fc.double({ min: 0, max: 1, noNaN: true }),
  answer: fc.oneof(
    { weight: 4, arbitrary: fc.constant<Fate['answer']>('data') },
    { weight: 1, arbitrary: fc.constant<Fate['answer']>('nothing there') },
    { weight: 2, arbitrary: fc.record({ namedMs: fc.option(fc.nat(4000), { freq: 3 }) }) },
  ),
})

/** Answers each call by the next fate; notes what breaks the rules. */
function createAurora(clock: ManualClock, fates: readonly Fate[]) {
  const countedAtMs: number[] = []
  const broken: string[] = []
  let sent = 0
  let inFlight = 0
  let pausedUntilMs = 0
  let refusedAtMs = -1
  let isUnproven = false
  const send: Upstream = async (call) => {
    const sentAtMs = clock.monotonicMs()
    if (sentAtMs < pausedUntilMs) broken.push(`asked ${pausedUntilMs - sentAtMs} ms before the pause ends`)
    if (isUnproven && inFlight > 0) broken.push('asked while another call tries the key')
    const { latencyMs, countedAt, answer } = fates[sent++ % fates.length] as Fate
    inFlight += 1
    await clock.sleep(latencyMs)
    inFlight -= 1
    const nowMs = clock.monotonicMs()
    countedAtMs.push(sentAtMs + countedAt * latencyMs)
    if (typeof answer === 'object') {
      refusedAtMs = nowMs
      isUnproven = true
      pausedUntilMs = Math.max(pausedUntilMs, nowMs + (answer.namedMs || 1000))
      return carry(call, buildRefusal(429, { answeredAtMs: nowMs, retryAfterMs: answer.namedMs }))
    }
    if (sentAtMs >= refusedAtMs) isUnproven = false
    return carry(call, answer === 'data' ? buildReply() : buildRefusal(404))
  }
  return { send, countedAtMs, broken, countSent: () => sent }
}

interface Story {
  readonly limit: number
  readonly reads: readonly Read[]
  readonly fates: readonly Fate[]
}

async function play(openLedgers: (clock: ManualClock, limit: number) => OpenLedger[], story: Story) {
  const { limit, reads, fates } = story
  const clock = createManualClock()
  const aurora = createAurora(clock, fates)
  const budgets = openLedgers(clock, limit).map((openLedger) =>
    createBudget({ limit, windowMs: WINDOW_MS, clock, openLedger }),
  )
  const lines = budgets.map((budget) => withBudget({ budget, clock, emit: () => {} })(aurora.send))
  const failures: unknown[] = []
  let ended = 0

  async function ask({ waitMs, replica }: Read, number: number): Promise<void> {
    const waitUntilMs = clock.monotonicMs() + waitMs
    const call = buildCall({ path: { project_id: `p-${number}` }, waitUntilMs })
    const error: unknown = await lines[replica % lines.length]?.(call).then(
      () => null,
      (reason: unknown) => reason,
    )
    ended += 1
    expect(clock.monotonicMs(), 'nobody waits too long').toBeLessThanOrEqual(waitUntilMs + MAX_FLIGHT_MS)
    if (!isRateLimited(error)) return
    expect(error.details.retryAtMs, 'the time is still to come').toBeGreaterThanOrEqual(clock.monotonicMs())
  }

  let atMs = 0
  reads.forEach((plan, number) => {
    atMs += plan.gapMs
    clock.after(atMs, () => void ask(plan, number).catch((error: unknown) => failures.push(error)))
  })
  await clock.advance(atMs + 60_000)
  for (const budget of budgets) budget.close()
  if (failures.length > 0) throw failures[0]
  expect(aurora.broken).toEqual([])
  expect(ended, 'everybody got an answer').toBe(reads.length)
  const counted = aurora.countedAtMs.toSorted((left, right) => left - right)
  counted.forEach((countedAtMs, index) => {
    const before = counted[index - limit]
    if (before !== undefined) expect(countedAtMs - before).toBeGreaterThan(WINDOW_MS)
  })
  return aurora.countSent()
}

function openTwoReplicas(clock: ManualClock): OpenLedger[] {
  const pool = createFakePool(clock)
  pool.openAtOnce(buildScope().budgetKey)
  return ['a', 'b'].map((replicaId) =>
    openSharedLedger({
      exchange: pool.connect().exchange,
      clock,
      replicaId,
      newToken: () => '',
      maxReplicas: 2,
      maxFlightMs: MAX_FLIGHT_MS,
    }),
  )
}

/** A call of one replica that was sent before the other got its second 429, and was answered at the same time. */
const ANSWERED_BESIDE_A_429: Story = {
  limit: 7,
  reads: [
    { gapMs: 0, waitMs: 0, replica: 0 },
    { gapMs: 0, waitMs: 0, replica: 0 },
    { gapMs: 0, waitMs: 0, replica: 0 },
    { gapMs: 0, waitMs: 0, replica: 0 },
    { gapMs: 0, waitMs: 0, replica: 0 },
    { gapMs: 108, waitMs: 0, replica: 0 },
    { gapMs: 0, waitMs: 1001, replica: 1 },
    { gapMs: 0, waitMs: 1003, replica: 1 },
    { gapMs: 0, waitMs: 1251, replica: 0 },
    { gapMs: 0, waitMs: 0, replica: 0 },
    { gapMs: 0, waitMs: 2252, replica: 0 },
    { gapMs: 0, waitMs: 1003, replica: 1 },
    { gapMs: 0, waitMs: 2292, replica: 0 },
    { gapMs: 0, waitMs: 1003, replica: 1 },
  ],
  fates: [
    { latencyMs: 1, countedAt: 0, answer: 'data' },
    { latencyMs: 70, countedAt: 0, answer: 'data' },
    { latencyMs: 1, countedAt: 0, answer: 'data' },
    { latencyMs: 1, countedAt: 0, answer: { namedMs: 1108 } },
    { latencyMs: 70, countedAt: 0, answer: 'data' },
    { latencyMs: 1, countedAt: 0, answer: 'data' },
    { latencyMs: 250, countedAt: 0, answer: { namedMs: null } },
    { latencyMs: 1, countedAt: 0, answer: 'data' },
    { latencyMs: 1, countedAt: 0, answer: 'nothing there' },
    { latencyMs: 1, countedAt: 0, answer: 'data' },
    { latencyMs: 40, countedAt: 0, answer: { namedMs: null } },
    { latencyMs: 1, countedAt: 0, answer: 'data' },
    { latencyMs: 1, countedAt: 0, answer: 'nothing there' },
  ],
}

describe.each<[string, (clock: ManualClock, limit: number) => OpenLedger[]]>([
  ['in memory', (clock) => [openMemoryLedger(clock)]],
  ['shared by one', (clock) => [openLoneLedger(clock, MAX_FLIGHT_MS)]],
  ['shared by two replicas', openTwoReplicas],
])('whatever is answered with 429, with a ledger that is %s', (_, openLedgers) => {
  it('no call is sent before the pause ends, one call tries the key, and Aurora never counts more than the limit', async () => {
    let sent = 0
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          limit: fc.integer({ min: 2, max: 8 }),
          reads: fc.array(read, { minLength: 5, maxLength: 30, size: 'max' }),
          fates: fc.array(fate, { minLength: 5, maxLength: 40, size: 'max' }),
        }),
        async (story) => void (sent += await play(openLedgers, story)),
      ),
      { numRuns: examplesOf(150), examples: [[ANSWERED_BESIDE_A_429]] },
    )

    expect(sent).toBeGreaterThan(1000)
  })
})
