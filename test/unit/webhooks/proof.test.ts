// What has to be seen before replies are fresh for longer, and what ends that.
import { describe, expect, it } from 'vitest'
import { ALL_NEEDED, PROVEN_KIND_NAMES, provenKindRow } from '../../../src/aurora/proven-kinds.ts'
import { eventRow } from '../../../src/aurora/events.ts'
import { kindRow } from '../../../src/aurora/kinds.ts'
import { WORK } from '../../../src/aurora/lifetimes.ts'
import { ALL_READS } from '../../../src/aurora/reads.ts'
import type { DoubtReason, ProofFacts } from '../../../src/cache/proof-facts.ts'
import type { TenantKey } from '../../../src/rest/scope.ts'
import { tenantOf } from '../../../src/rest/scope.ts'
import { createProofs } from '../../../src/webhooks/proof/proofs.ts'
import { buildScope } from '../../support/builders.ts'
import { createManualClock } from '../../support/manual-clock.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const SCOPE = buildScope()
const TENANT = tenantOf(SCOPE.key)

function open() {
  const clock = createManualClock(1000)
  const published: ProofFacts[] = []
  const ended: DoubtReason[] = []
  const state = { isConfirmed: true, isServed: true }
  const proofs = createProofs({
    freshMs: 2 * HOUR_MS,
    clock,
    emit: (name, fact) =>
      void (name === 'proofEnded' && ended.push((fact as { reason: DoubtReason }).reason)),
    isServed: () => state.isServed,
    isConfirmed: () => state.isConfirmed,
    publish: async (_tenant: TenantKey, facts: ProofFacts) => void published.push(facts),
    onEnd: () => {},
  })
  const advance = async (ms: number): Promise<void> => {
    await clock.advance(ms)
    proofs.look()
  }
  const receive = (): void => proofs.take(TENANT, { received: ['project_changed'] })
  const subscribe = (): void => proofs.take(TENANT, { subscribed: ALL_NEEDED })
  const agree = (times: number): void => {
    for (let time = 0; time < times; time += 1) proofs.agreed(TENANT, 'project')
  }
  return {
    clock,
    proofs,
    published,
    ended,
    state,
    advance,
    receive,
    subscribe,
    agree,
    isProven: () => proofs.counts().project === 1,
    /** All that is asked for, in some minutes; `audits` of five that agree. */
    async prove(audits = 1): Promise<void> {
      for (let time = 0; time < 4; time += 1) {
        receive()
        await advance(2 * MINUTE_MS)
      }
      subscribe()
      agree(5 * audits)
      proofs.look()
    },
  }
}

describe('webhooks provably arrive', () => {
  it('after three of them, a look at the subscriptions, and five audits that agree, and never at once', async () => {
    const { proofs, advance, receive, subscribe, agree, isProven } = open()
    agree(100)
    receive()
    agree(100)
    subscribe()
    await advance(MINUTE_MS)
    expect(isProven()).toBe(false)
    receive()
    receive()
    agree(4)
    await advance(10 * MINUTE_MS)
    expect(isProven()).toBe(false)
    agree(1)
    proofs.look()
    // Two webhooks within seconds are about one change.
    expect(isProven()).toBe(false)
    receive()
    proofs.look()
    expect(isProven()).toBe(true)
  })

  it('never before five minutes are over', async () => {
    const { proofs, advance, receive, subscribe, agree, isProven } = open()
    for (const _time of [1, 2, 3]) {
      receive()
      await advance(30_000)
    }
    subscribe()
    agree(5)
    proofs.look()
    expect(isProven()).toBe(false)
    await advance(4 * MINUTE_MS)
    expect(isProven()).toBe(true)
  })

  it('for replies that were asked for since, and for no older ones', async () => {
    const { clock, proofs, prove } = open()
    await prove()
    const nowMs = clock.monotonicMs()
    expect(proofs.trustOf(SCOPE.key, 'project', nowMs - 1)).toBeNull()
    expect(proofs.trustOf(SCOPE.key, 'project', nowMs)?.holds()).toBe(true)
    expect(proofs.trustOf(SCOPE.key, 'consumptionProfile', nowMs)).toBeNull()
    expect(proofs.trustOf(SCOPE.key, 'design', nowMs)).toBeNull()
    const other = buildScope('sk_sand_builder', 'another')
    expect(proofs.trustOf(other.key, 'project', nowMs)).toBeNull()
  })
})

describe('ordinary ages hold at once', () => {
  it.each<[DoubtReason, (opened: ReturnType<typeof open>) => Promise<void> | void]>([
    ['refused', ({ proofs }) => proofs.doubt(TENANT, ['project'], 'refused')],
    ['audit', ({ proofs }) => proofs.doubt(TENANT, ['project'], 'audit')],
    ['subscription', ({ proofs }) => proofs.take(TENANT, { subscribed: ALL_NEEDED.slice(1) })],
    ['audit', ({ proofs }) => proofs.take(TENANT, { doubted: { project: 'audit' } })],
    ['replicas', ({ proofs }) => proofs.doubtAll('replicas')],
  ])('at a doubt: %s', async (reason, raise) => {
    const opened = open()
    await opened.prove()
    const trust = opened.proofs.trustOf(SCOPE.key, 'project', opened.clock.monotonicMs())
    await raise(opened)
    expect(trust?.holds()).toBe(false)
    expect(opened.ended).toEqual([reason])
    // Neither does trust come back by what was seen before.
    opened.agree(100)
    opened.receive()
    await opened.advance(MINUTE_MS)
    expect(opened.isProven()).toBe(false)
    await opened.prove(2)
    expect(opened.isProven()).toBe(true)
    expect(trust?.holds()).toBe(false)
  })

  it('when it is silent for three times as long as usual, also before anybody looks, and for good', async () => {
    const { clock, proofs, prove, receive, ended, isProven } = open()
    await prove()
    const trust = proofs.trustOf(SCOPE.key, 'project', clock.monotonicMs())
    await clock.advance(12 * MINUTE_MS)
    expect(trust?.holds()).toBe(true)
    await clock.advance(2 * MINUTE_MS)
    expect(trust?.holds()).toBe(false)
    receive()
    expect(trust?.holds()).toBe(false)
    expect(ended).toEqual(['silence'])
    expect(isProven()).toBe(false)
    // The silence was learned.
    await prove()
    const again = proofs.trustOf(SCOPE.key, 'project', clock.monotonicMs())
    await clock.advance(40 * MINUTE_MS)
    expect(again?.holds()).toBe(true)
  })

  it('when nobody has looked at the subscriptions for more than an hour', async () => {
    const { prove, receive, advance, ended, isProven } = open()
    await prove()
    for (let minute = 0; minute < 65; minute += 5) {
      receive()
      await advance(5 * MINUTE_MS)
    }
    expect(isProven()).toBe(true)
    receive()
    await advance(6 * MINUTE_MS)
    expect([isProven(), ended]).toEqual([false, ['subscription']])
  })

  it('while other replicas may know of a doubt, and for good after half a minute', async () => {
    const { clock, proofs, prove, state, advance, ended } = open()
    await prove()
    const trust = proofs.trustOf(SCOPE.key, 'project', clock.monotonicMs())
    state.isConfirmed = false
    expect(trust?.holds()).toBe(false)
    await advance(20_000)
    state.isConfirmed = true
    expect(trust?.holds()).toBe(true)
    await advance(1000)
    state.isConfirmed = false
    await advance(1000)
    await advance(30_000)
    state.isConfirmed = true
    expect([trust?.holds(), ended]).toEqual([false, ['replicas']])
  })

  it('when the tenant has no secret any more', async () => {
    const { clock, proofs, prove, state, advance, ended } = open()
    await prove()
    const trust = proofs.trustOf(SCOPE.key, 'project', clock.monotonicMs())
    state.isServed = false
    await advance(1)
    expect([trust?.holds(), ended]).toEqual([false, ['removed']])
  })
})

describe('trust comes back', () => {
  it('later after each doubt of a day: audits have to agree twice as often', async () => {
    const { proofs, prove, agree, isProven, advance } = open()
    await prove()
    await proofs.doubt(TENANT, ['project'], 'audit')
    await prove()
    expect(isProven()).toBe(false)
    agree(5)
    proofs.look()
    expect(isProven()).toBe(true)
    await proofs.doubt(TENANT, ['project'], 'audit')
    await prove(3)
    expect(isProven()).toBe(false)
    agree(5)
    proofs.look()
    expect(isProven()).toBe(true)
    await advance(25 * HOUR_MS)
    await prove(1)
    expect(isProven()).toBe(true)
  })

  it('only after a look at the subscriptions that was made after the doubt', async () => {
    const { clock, proofs, prove, receive, agree, advance, isProven } = open()
    await prove()
    const beforeMs = clock.monotonicMs()
    await advance(1000)
    await proofs.doubt(TENANT, ['project'], 'refused')
    for (const _time of [1, 2, 3]) {
      receive()
      await advance(2 * MINUTE_MS)
    }
    // Another replica's, which is read late.
    proofs.take(TENANT, { subscribed: ALL_NEEDED }, beforeMs)
    agree(50)
    proofs.look()
    expect(isProven()).toBe(false)
  })
})

it('what Aurora was asked for before a doubt does not count after it', async () => {
  const { clock, proofs, prove, receive, subscribe, advance, isProven } = open()
  await prove()
  const beforeMs = clock.monotonicMs()
  await advance(1000)
  await proofs.doubt(TENANT, ['project'], 'silence')
  for (const _time of [1, 2, 3]) {
    await advance(2 * MINUTE_MS)
    receive()
  }
  subscribe()
  for (let time = 0; time < 5; time += 1) proofs.agreed(TENANT, 'project', beforeMs)
  proofs.look()
  expect(isProven()).toBe(false)
  for (let time = 0; time < 5; time += 1) proofs.agreed(TENANT, 'project', clock.monotonicMs())
  proofs.look()
  expect(isProven()).toBe(true)
})

describe('a doubt is reported to the other replicas', () => {
  it('once in a while only, however often it is raised', async () => {
    const { proofs, published, clock } = open()
    for (let time = 0; time < 1000; time += 1)
      await proofs.doubt(TENANT, ['project', 'consumptionProfile'], 'refused')
    expect(published).toEqual([{ doubted: { project: 'refused', consumptionProfile: 'refused' } }])
    await clock.advance(2 * MINUTE_MS)
    await proofs.doubt(TENANT, ['project'], 'refused')
    expect(published).toHaveLength(2)
  })
})

describe('the kinds that may be proven', () => {
  it.each(PROVEN_KIND_NAMES)(
    '%s: an event touches each of its reads, and it is work of every day',
    (kind) => {
      expect(kindRow(kind).lifetime).toBe(WORK)
      const touched = [...provenKindRow(kind).usual, ...provenKindRow(kind).rare].flatMap((event) => {
        const { reads = [], below = [] } = eventRow(event).touches
        return [...reads, ...below]
      })
      const reads = ALL_READS.filter((read) => read.kind === kind).map(({ operation }) => operation)
      expect(reads.filter((operation) => !touched.includes(operation as (typeof touched)[number]))).toEqual(
        [],
      )
    },
  )
})
