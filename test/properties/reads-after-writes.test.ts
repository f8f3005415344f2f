// A read that begins after an acknowledged write never shows what was before it: one process, whatever the order of answers.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { READS } from '../../src/aurora/reads.ts'
import { WRITES } from '../../src/aurora/writes.ts'
import { createCache } from '../../src/cache/cache.ts'
import { withCache } from '../../src/cache/with-cache.ts'
import { withInvalidation } from '../../src/cache/with-invalidation.ts'
import { withSingleFlight } from '../../src/cache/with-single-flight.ts'
import { withStore } from '../../src/cache/with-store.ts'
import { compose } from '../../src/line.ts'
import type { Reply } from '../../src/rest/call.ts'
import { ANY_FRESHNESS } from '../../src/rest/freshness.ts'
import { buildCall, buildScope, createEventLog } from '../support/builders.ts'
import { createManualClock, settle } from '../support/manual-clock.ts'
import {
  acknowledge,
  createVersionedAurora,
  DESIGNS,
  faultOf,
  pathFor,
  PROJECTS,
  READ_NAMES,
  WRITE_NAMES,
} from '../support/versioned-aurora.ts'
import type { Fact } from '../support/versioned-aurora.ts'

const { key: scope } = buildScope()

const step = fc.oneof(
  { weight: 5, arbitrary: fc.tuple(fc.constant('read'), fc.constantFrom(...READ_NAMES)) },
  { weight: 3, arbitrary: fc.tuple(fc.constant('write'), fc.constantFrom(...WRITE_NAMES)) },
  { weight: 3, arbitrary: fc.tuple(fc.constant('carry out'), fc.constant(null)) },
  { weight: 6, arbitrary: fc.tuple(fc.constant('answer'), fc.constant(null)) },
  { weight: 1, arbitrary: fc.tuple(fc.constant('lose'), fc.constant(null)) },
  { weight: 1, arbitrary: fc.tuple(fc.constant('wait'), fc.constant(null)) },
)
const steps = fc.array(fc.tuple(step, fc.nat(11), fc.constantFrom(false, false, true)), {
  minLength: 5,
  maxLength: 40,
})
type Step = typeof steps extends fc.Arbitrary<readonly (infer One)[]> ? One : never

const SHOWN = [
  ...PROJECTS.map((id) => ['project', id, READS.retrieveProject] as const),
  ...PROJECTS.map((id) => ['consumptionProfile', id, READS.retrieveConsumptionProfile] as const),
  ...Object.keys(DESIGNS).map((id) => ['pricing', id, READS.retrieveDesignPricing] as const),
  ...Object.keys(DESIGNS).map((id) => ['design', id, READS.retrieveDesign] as const),
]

function open() {
  const clock = createManualClock(1000)
  const cache = createCache({ maxBytes: 10 * 1024 * 1024, clock })
  const aurora = createVersionedAurora(clock.monotonicMs)
  const { emit } = createEventLog()
  const parts = { cache, clock, emit }
  const reading = [withCache({ ...parts, refreshTimeoutMs: 60_000 })]
  const fetching = [withSingleFlight({ ...parts, flightTimeoutMs: 60_000 }), withStore(cache)]
  const read = compose([...reading, ...fetching], aurora.upstream)
  const write = withInvalidation(cache)(aurora.upstream)
  const floor = { facts: new Map<Fact, number>(), deleted: new Set<string>() }
  const faults: string[] = []
  const note = (fault: string | null): void => void (fault !== null && faults.push(fault))

  /** What lists and answers to writes have shown, in either case of the ids. */
  function checkShown(): void {
    for (const [kind, id, endpoint] of SHOWN)
      for (const key of [id, id.toUpperCase()]) {
        const value = cache.readListed(scope, kind, key)
        const [name = ''] = endpoint.parameters
        if (value) note(faultOf({ endpoint, path: { [name]: id } }, value, floor))
      }
  }

  function begin([[what, operation], pick, isUpper]: Step): void {
    if (what === 'read' && operation !== null) {
      const endpoint = READS[operation as keyof typeof READS]
      const before = { facts: new Map(floor.facts), deleted: new Set(floor.deleted) }
      let isMarked = false
      const call = buildCall({
        endpoint,
        path: pathFor(endpoint, pick, isUpper),
        onStale: () => void (isMarked = true),
        begunAtMs: clock.monotonicMs(),
        freshness: pick === 11 ? { ...ANY_FRESHNESS, maxAgeMs: 0 } : ANY_FRESHNESS,
      })
      const check = ({ value }: Reply): void => {
        if (!isMarked) note(faultOf(call, value, before))
      }
      read(call).then(check, () => {})
    }
    if (what === 'write' && operation !== null) {
      const endpoint = WRITES[operation as keyof typeof WRITES]
      const result = write(buildCall({ endpoint, path: pathFor(endpoint, pick, isUpper) }))
      const pending = aurora.underWay().at(-1)
      result.then(
        () => void (pending && acknowledge(pending, floor)),
        () => {},
      )
    }
  }

  async function run(one: Step): Promise<void> {
    const [[what], pick] = one
    const underWay = aurora.underWay()
    const chosen = underWay[pick % Math.max(1, underWay.length)]
    begin(one)
    if (chosen && what === 'carry out') aurora.carryOut(chosen)
    if (chosen && what === 'answer') aurora.answer(chosen)
    if (chosen && what === 'lose') aurora.lose(chosen)
    if (what === 'wait') await clock.advance(1000 * 60 * pick)
    await settle()
    checkShown()
  }

  return { run, faults }
}

describe('a read that begins after an acknowledged write', () => {
  it('shows nothing from before it, in whatever order calls are carried out and answered', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (all) => {
        const { run, faults } = open()
        for (const one of all) await run(one)
        expect(faults).toEqual([])
      }),
      { numRuns: 500 },
    )
  })
})
