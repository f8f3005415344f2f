// A model of one replica: while any doubt stands, nothing is shown unmarked beyond its ordinary fresh time, whatever has happened.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { examplesOf } from '../support/examples.ts'
import { createManualClock } from '../support/manual-clock.ts'
import { openProofLine } from '../support/proof-line.ts'
import type { ProofLine } from '../support/proof-line.ts'

const MINUTE_MS = 60_000
const ORDINARY_MS = 5 * MINUTE_MS
const FRESH_MS = 25 * MINUTE_MS
const IDS = ['p-0', 'p-1', 'p-2']

type Step =
  | { readonly is: 'pass'; readonly minutes: number }
  | { readonly is: 'look' | 'refuse' | 'cutOff' | 'join' | 'restart' | 'doubtAll' }
  | { readonly is: 'change'; readonly which: number; readonly isLost: boolean }

const steps: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ is: fc.constant('pass'), minutes: fc.integer({ min: 5, max: 40 }) }) },
  { weight: 4, arbitrary: fc.record({ is: fc.constant('look') }) },
  {
    weight: 4,
    arbitrary: fc.record({
      is: fc.constant('change'),
      which: fc.integer({ min: 0, max: 2 }),
      isLost: fc.boolean(),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      is: fc.constantFrom('refuse', 'refuse', 'cutOff', 'join', 'join', 'restart', 'doubtAll'),
    }),
  },
) as fc.Arbitrary<Step>

/** Returns how often something was fresh by proof alone, and what was so though a doubt stood. */
async function run(
  history: readonly Step[],
): Promise<{ readonly byProof: number; readonly faults: readonly string[] }> {
  const clock = createManualClock()
  const values = new Map(IDS.map((id) => [id, 0]))
  const faults: string[] = []
  let byProof = 0
  /** What was answered before may not be fresh by proof. */
  let doubtedAtMs = clock.monotonicMs()
  let isConfirmed = true
  const open = (): ProofLine => {
    const opened = openProofLine({
      clock,
      freshMs: FRESH_MS,
      random: () => 0.5,
      valueOf: (id) => values.get(id) ?? 0,
    })
    opened.cache.confirmBy(() => isConfirmed)
    return opened
  }
  let line = open()

  async function look(): Promise<void> {
    for (const id of IDS) {
      const nowMs = clock.monotonicMs()
      const { isMarked, answeredAtMs } = await line.ask(id)
      const ageMs = nowMs - answeredAtMs
      if (isMarked || ageMs < ORDINARY_MS) continue
      byProof += 1
      if (answeredAtMs < doubtedAtMs) faults.push(`${id}: from before a doubt, ${ageMs} ms old`)
      if (!isConfirmed) faults.push(`${id}: cut off, ${ageMs} ms old`)
      if (ageMs >= FRESH_MS) faults.push(`${id}: ${ageMs} ms old`)
    }
  }
  async function pass(minutes: number): Promise<void> {
    for (let minute = 0; minute < minutes; minute += 1) {
      if (minute % 3 === 0) await line.receive('another')
      if (minute % 2 === 0) await look()
      await clock.advance(MINUTE_MS)
    }
  }
  const acts: Readonly<Record<Exclude<Step['is'], 'pass' | 'change'>, () => Promise<void> | void>> = {
    look,
    async refuse() {
      await line.receive('another', 'a-wrong-secret-it-is')
      doubtedAtMs = clock.monotonicMs()
    },
    cutOff: () => void (isConfirmed = false),
    join: () => void (isConfirmed = true),
    restart() {
      line.close()
      const entries = line.cache.entries()
      line = open()
      for (const entry of entries) line.cache.restore(entry)
      doubtedAtMs = clock.monotonicMs()
    },
    doubtAll: () => line.cache.doubtAll(),
  }

  await pass(30)
  for (const step of history) {
    if (step.is === 'pass') await pass(step.minutes)
    else if (step.is === 'change') {
      const id = IDS[step.which] ?? ''
      values.set(id, (values.get(id) ?? 0) + 1)
      if (!step.isLost) await line.receive(id)
    } else await acts[step.is]()
    await look()
  }
  line.close()
  return { byProof, faults }
}

describe('while any doubt stands', () => {
  it('nothing is fresh by proof, in whatever order things happen', async () => {
    let byProof = 0
    await fc.assert(
      fc.asyncProperty(fc.array(steps, { minLength: 4, maxLength: 12 }), async (history) => {
        const outcome = await run(history)
        byProof += outcome.byProof
        expect(outcome.faults).toEqual([])
      }),
      { numRuns: examplesOf(15) },
    )
    // Otherwise the model would show nothing.
    expect(byProof).toBeGreaterThan(20)
  })
})
