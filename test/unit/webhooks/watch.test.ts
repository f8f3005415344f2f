// What is looked at now and then: of the reads that a trust spares, a tenth is made all the same, for each trust by itself.
import { describe, expect, it } from 'vitest'
import { ALL_NEEDED } from '../../../src/aurora/proven-kinds.ts'
import { READS } from '../../../src/aurora/reads.ts'
import type { EventName } from '../../../src/aurora/events.ts'
import type { Cached } from '../../../src/cache/cache-reads.ts'
import type { Cache } from '../../../src/cache/cache.ts'
import type { ProofFacts } from '../../../src/cache/proof-facts.ts'
import type { Tenant } from '../../../src/callers/tenants.ts'
import { callKey } from '../../../src/rest/call.ts'
import type { Proven } from '../../../src/rest/terms.ts'
import { tenantOf } from '../../../src/rest/scope.ts'
import type { Scope } from '../../../src/rest/scope.ts'
import { createOpenTrust } from '../../../src/webhooks/proof/open-trust.ts'
import type { OpenTrust } from '../../../src/webhooks/proof/open-trust.ts'
import type { Proofs, StatusNeed } from '../../../src/webhooks/proof/proofs.ts'
import { createWatch } from '../../../src/webhooks/proof/watch.ts'
import { buildReply, buildScope } from '../../support/builders.ts'
import { createManualClock } from '../../support/manual-clock.ts'
import { createRandom } from '../../support/seeded-random.ts'

const MINUTE_MS = 60_000
const FRESH_MS = 5 * MINUTE_MS

function open(tenantCount: number) {
  const clock = createManualClock()
  const tenants = Array.from({ length: tenantCount }, (_, index): Tenant => {
    const scope = buildScope(
      `token-${index}`,
      `${(0x10000000 + index).toString(16)}-0000-4000-8000-000000000000`,
    )
    return { name: `tenant-${index}`, scope, keys: [], rateLimit: null }
  })
  const trusts = tenants.map((): OpenTrust =>
    createOpenTrust({ freshMs: 120 * MINUTE_MS, untilMs: Infinity, clock, isConfirmed: () => true }),
  )
  const held = new Map<string, Cached>()
  const taken: (ProofFacts & { readonly atMs?: number | undefined })[] = []
  const made: Scope[] = []
  const state = { hasSlot: true, needs: [] as StatusNeed[] }
  let answerStatus: (events: readonly EventName[]) => void = () => {}
  const watch = createWatch({
    proofs: {
      look() {},
      needStatus: () => state.needs,
      trusts: () => trusts,
      take: (_tenant, facts, atMs) => void taken.push({ ...facts, atMs }),
    } as Partial<Proofs> as Proofs,
    cache: { glance: { read: ({ key }) => held.get(key) ?? null } as Cache['glance'] },
    clock,
    random: createRandom(7),
    served: {
      ofTenant: (key) => tenants.find(({ scope }) => tenantOf(scope.key) === key),
      ofScope: (key) => tenants.find(({ scope }) => scope.key === key),
    },
    readStatus: () => new Promise((resolve) => void (answerStatus = resolve)),
    async reread(scope) {
      if (!state.hasSlot) throw new Error('There is no spare slot')
      made.push(scope)
    },
    publish() {},
  })
  /** Replies of the tenant that were read just now, each of which may be used by proof alone later. */
  const hold = (index: number, count: number): readonly Proven[] =>
    Array.from({ length: count }, (_, which) => {
      const [tenant, trust] = [tenants[index], trusts[index]]
      if (!tenant || !trust) throw new Error('There is no such tenant')
      const question = { endpoint: READS.retrieveProject, path: { project_id: `p-${which}` }, query: {} }
      const answeredAtMs = clock.monotonicMs()
      const lifetime = { freshMs: FRESH_MS, staleMs: 2 * FRESH_MS, keptMs: 24 * 60 * MINUTE_MS }
      const proven = { trust, scope: tenant.scope.key, question, answeredAtMs, lifetime }
      const answer = buildReply({ id: `p-${which}` }, { answeredAtMs })
      held.set(callKey(tenant.scope.key, question), { answer, proven } as Partial<Cached> as Cached)
      return proven
    })
  return {
    clock,
    tenants,
    state,
    taken,
    watch,
    hold,
    answerStatus: (events: readonly EventName[]) => answerStatus(events),
    use: (used: readonly Proven[]) => used.forEach((proven) => proven.trust.noteUse(proven)),
    takeMade: (): readonly Scope[] => made.splice(0),
  }
}

describe('of the reads that a trust spares', () => {
  it('each tenant has a tenth audited, however many others there are', async () => {
    const { clock, hold, use, takeMade, watch } = open(10)
    const all = Array.from({ length: 10 }, (_, index) => hold(index, 20))
    await clock.advance(FRESH_MS)
    for (const used of all) use(used)
    await clock.advance(15_000)
    const made = takeMade()
    expect(made).toHaveLength(10 * 2)
    expect(new Set(made).size).toBe(10)
    watch.close()
  })

  it('no more than three of one trust and sixty of all are audited in one look, the others later', async () => {
    const { clock, hold, use, takeMade, watch } = open(30)
    const all = Array.from({ length: 30 }, (_, index) => hold(index, 50))
    await clock.advance(FRESH_MS)
    use(all.flat())
    await clock.advance(15_000)
    const made = takeMade()
    expect(made).toHaveLength(60)
    expect(Math.max(...made.map((scope) => made.filter((other) => other === scope).length))).toBe(3)
    await clock.advance(FRESH_MS)
    use(all.flat())
    await clock.advance(15_000)
    expect(takeMade()).toHaveLength(60)
    watch.close()
  })

  it('those that could not be made for want of a slot are made later', async () => {
    const { clock, hold, use, state, takeMade, watch } = open(1)
    const used = hold(0, 20)
    state.hasSlot = false
    await clock.advance(FRESH_MS)
    use(used)
    await clock.advance(15_000)
    expect(takeMade()).toHaveLength(0)
    state.hasSlot = true
    await clock.advance(15_000)
    // Hardly anything more is spared in these seconds.
    use(used)
    await clock.advance(15_000)
    expect(takeMade()).toHaveLength(2)
    watch.close()
  })
})

it('a look at the subscriptions is of the time at which it began', async () => {
  const { clock, tenants, state, taken, answerStatus, watch } = open(1)
  state.needs = tenants.map(({ scope }) => ({ tenant: tenantOf(scope.key), isUrgent: true }))
  await clock.advance(30 * MINUTE_MS)
  // It is under way: nothing else is looked at meanwhile.
  const doubtedAtMs = clock.monotonicMs()
  answerStatus(ALL_NEEDED)
  await clock.advance(0)
  expect(taken).toHaveLength(1)
  expect(taken[0]?.subscribed).toEqual(ALL_NEEDED)
  expect(taken[0]?.atMs).toBeLessThan(doubtedAtMs)
  watch.close()
})
