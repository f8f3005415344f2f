// A read that begins after an acknowledged write, or a webhook, never shows what was before it: one process, whatever the order.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Endpoint } from '../../src/aurora/endpoint.ts'
import { eventRow } from '../../src/aurora/events.ts'
import type { EventName } from '../../src/aurora/events.ts'
import { READS } from '../../src/aurora/reads.ts'
import { WRITES } from '../../src/aurora/writes.ts'
import type { WriteEndpoint, WriteOperation } from '../../src/aurora/writes.ts'
import { createCache } from '../../src/cache/cache.ts'
import { touchesOfEvent } from '../../src/cache/event-touches.ts'
import type { Asked } from '../../src/cache/parents.ts'
import { withCache } from '../../src/cache/with-cache.ts'
import { withInvalidation } from '../../src/cache/with-invalidation.ts'
import { withSingleFlight } from '../../src/cache/with-single-flight.ts'
import { withStore } from '../../src/cache/with-store.ts'
import { compose } from '../../src/gateway/line.ts'
import type { Ids, Reply } from '../../src/rest/call.ts'
import { ANY_FRESHNESS } from '../../src/rest/freshness.ts'
import { tenantOf } from '../../src/rest/scope.ts'
import type { UsedReply } from '../../src/rest/terms.ts'
import { buildCall, buildScope, createEventLog } from '../support/builders.ts'
import { examplesOf } from '../support/examples.ts'
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
const MINUTE = 60_000

const EACH = [
  'read',
  'read',
  'read',
  'read',
  'write',
  'write',
  'write',
  'webhook',
  'carry out',
  'carry out',
  'carry one out',
  'answer',
  'answer',
  'answer',
  'answer',
  'lose',
  'wait',
] as const

const step = fc.record({
  what: fc.constantFrom(...EACH),
  /** Of the operations of the run, of the ids, or of the calls under way. */
  pick: fc.nat(11),
  isUpper: fc.constantFrom(false, false, false, true),
})
/** A few operations on a few objects, so that they meet. */
const run = fc.record({
  reads: fc.subarray([...READ_NAMES], { minLength: 1, maxLength: 3 }),
  writes: fc.subarray([...WRITE_NAMES], { minLength: 1, maxLength: 2 }),
  ids: fc.constantFrom(1, 1, 2, 3),
  steps: fc.array(step, { minLength: 5, maxLength: 40 }),
})
type Run = typeof run extends fc.Arbitrary<infer One> ? One : never

/** The events that report what these writes do, where somebody does it in the app. */
const EVENT_OF: Partial<Record<WriteOperation, EventName>> = {
  updateProject: 'project_changed',
  updateConsumptionProfile: 'consumption_profile_changed',
  deleteProject: 'project_deleted',
}

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

  function beginRead(endpoint: Endpoint, path: Ids, isRefresh: boolean): void {
    const before = { facts: new Map(floor.facts), deleted: new Set(floor.deleted) }
    let isMarked = false
    const used: UsedReply[] = []
    const call = buildCall({
      endpoint,
      path,
      onStale: () => void (isMarked = true),
      onUsed: (part) => void used.push(part),
      begunAtMs: clock.monotonicMs(),
      freshness: isRefresh ? { ...ANY_FRESHNESS, maxAgeMs: 0 } : ANY_FRESHNESS,
    })
    const check = ({ value }: Reply): void => {
      const fault = faultOf(call, value, before)
      // Else a 304 could confirm a copy of it that has no mark.
      const isKeptFromCaches = used.some((part) => part.isOutdated)
      if (!isMarked) note(fault)
      else if (fault !== null && !isKeptFromCaches) note(`no cache is kept from it: ${fault}`)
    }
    read(call).then(check, () => {})
  }

  function beginWrite(endpoint: Endpoint, path: Ids): void {
    const result = write(buildCall({ endpoint, path }))
    const pending = aurora.underWay().at(-1)
    const confirm = (): void => {
      if (pending) acknowledge(pending, floor)
    }
    result.then(confirm, () => {})
  }

  /** Done and reported at once; nothing of it goes through the gateway. */
  function changeInApp(endpoint: WriteEndpoint, path: Ids, isNamed: boolean): void {
    const event = EVENT_OF[endpoint.operation as WriteOperation]
    if (event === undefined) return
    aurora.upstream(buildCall({ endpoint, path })).catch(() => {})
    const pending = aurora.underWay().at(-1)
    if (!pending) return
    aurora.answer(pending)
    const tenant = tenantOf(scope)
    const facts = {
      ids: isNamed ? path : {},
      projectsAbove: (asked: Asked) => cache.projectsAbove(tenant, asked),
    }
    cache.outdate(tenant, touchesOfEvent(eventRow(event), facts))
    acknowledge(pending, floor)
  }

  async function take(
    { what, pick, isUpper }: Run['steps'][number],
    { reads, writes, ids }: Run,
  ): Promise<void> {
    const underWay = aurora.underWay()
    // Every other time the newest, so that older answers come late.
    const chosen = pick % 2 === 0 ? underWay.at(-1) : underWay[pick % Math.max(1, underWay.length)]
    const reading = READS[reads[pick % reads.length] ?? 'listProjects']
    const writing = WRITES[writes[pick % writes.length] ?? 'updateProject']
    if (what === 'read') beginRead(reading, pathFor(reading, pick % ids, isUpper), pick === 11)
    if (what === 'write') beginWrite(writing, pathFor(writing, pick % ids, isUpper))
    if (what === 'webhook') changeInApp(writing, pathFor(writing, pick % ids, isUpper), pick < 9)
    if (chosen && what === 'carry one out') aurora.carryOut(chosen)
    if (what === 'carry out') for (const each of underWay) aurora.carryOut(each)
    if (chosen && what === 'answer') aurora.answer(chosen)
    if (chosen && what === 'lose') aurora.lose(chosen)
    if (what === 'wait') await clock.advance(MINUTE * pick)
    await settle()
    checkShown()
  }

  /** Everything is answered, and then everything is read once more. */
  async function end({ reads, ids }: Run): Promise<void> {
    for (const pending of aurora.underWay()) aurora.answer(pending)
    await settle()
    checkShown()
    for (const name of reads)
      for (let pick = 0; pick < ids; pick += 1)
        beginRead(READS[name], pathFor(READS[name], pick, false), false)
    for (const pending of aurora.underWay()) aurora.answer(pending)
    await settle()
  }

  return { take, end, faults }
}

describe('a read that begins after an acknowledged write or a webhook', () => {
  it('shows nothing from before it, in whatever order calls are carried out and answered', async () => {
    await fc.assert(
      fc.asyncProperty(run, async (all) => {
        const { take, end, faults } = open()
        for (const one of all.steps) await take(one, all)
        await end(all)
        expect(faults).toEqual([])
      }),
      { numRuns: examplesOf(250) },
    )
  })
})
