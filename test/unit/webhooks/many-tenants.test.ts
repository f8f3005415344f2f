// A look at the proofs of many tenants costs each of them once: the list of tenants is walked only when it is replaced.
import { expect, it } from 'vitest'
import { createTenants } from '../../../src/callers/tenants.ts'
import type { Tenant } from '../../../src/callers/tenants.ts'
import { createBearerAuthentication } from '../../../src/rest/authentication.ts'
import { createScope, tenantOf } from '../../../src/rest/scope.ts'
import type { Cache } from '../../../src/cache/cache.ts'
import { ALL_NEEDED } from '../../../src/aurora/proven-kinds.ts'
import { createProving } from '../../../src/webhooks/proof/proving.ts'
import { createSenders } from '../../../src/webhooks/senders.ts'
import { createManualClock } from '../../support/manual-clock.ts'

const COUNT = 200
const BASE_URL = new URL('https://api.example')
const WEBHOOKS = { keys: [], ofTenants: [], keyHeader: 'x-webhook-key', settleMs: 0, proof: null }

function open() {
  const clock = createManualClock()
  let walked = 0
  let notices = 0
  const scopes = Array.from({ length: COUNT }, (_, index) =>
    createScope({
      tenantId: `${(0x10000000 + index).toString(16)}-0000-4000-8000-000000000000`,
      baseUrl: BASE_URL,
      authentication: createBearerAuthentication(`token-${index}`),
    }),
  )
  const all = scopes.map((scope, index): Tenant => ({
    name: `tenant-${index}`,
    keys: [],
    webhookKeys: [`the-secret-of-tenant-${index}`],
    rateLimit: null,
    get scope() {
      walked += 1
      return scope
    },
  }))
  const tenants = createTenants(all)
  const senders = createSenders({ tenants, config: () => WEBHOOKS, baseUrl: BASE_URL })
  const asked: string[] = []
  const proving = createProving({
    config: { webhooks: WEBHOOKS, tenants: [] },
    proof: { url: BASE_URL, freshMs: 7_200_000 },
    tenants,
    received: senders.received,
    clock,
    emit: () => {},
    random: () => 0,
  })
  proving.open({
    cache: {
      isConfirmed: () => true,
      glance: { read: () => null } as Partial<Cache['glance']> as Cache['glance'],
      notifyWhere: () => void (notices += 1),
    } as Partial<Cache> as Cache,
    report: null,
    async read(scope) {
      asked.push(scope.key)
      throw new Error('There is no spare slot')
    },
  })
  walked = 0
  return {
    clock,
    tenants,
    all,
    asked,
    owners: scopes.map(({ key }) => tenantOf(key)),
    proving,
    notices: () => notices,
    takeWalked(): number {
      const taken = walked
      walked = 0
      return taken
    },
  }
}

it('webhooks of all tenants, and every look, walk the list of tenants no more than a few times', async () => {
  const { clock, owners, asked, proving, takeWalked } = open()
  for (const owner of owners) proving.proofs.take(owner, { received: ['project_changed'] })
  expect(takeWalked()).toBeLessThanOrEqual(4 * COUNT)
  // The second look reads the subscriptions of each tenant.
  await clock.advance(15_000)
  await clock.advance(15_000)
  expect(asked).toHaveLength(COUNT)
  takeWalked()
  // In these there is nothing to read.
  for (let look = 0; look < 10; look += 1) await clock.advance(15_000)
  expect(asked).toHaveLength(COUNT)
  expect(takeWalked()).toBe(0)
  proving.close()
})

it('a tenant that is removed is looked at no more, and one that comes is', () => {
  const { all, owners, tenants, proving } = open()
  const [first, second] = owners
  if (first === undefined || second === undefined) throw new Error('There are no tenants')
  tenants.replace(all.slice(1))
  for (const owner of [first, second]) proving.proofs.take(owner, { received: ['project_changed'] })
  expect(proving.proofs.needStatus().map(({ tenant }) => tenant)).toEqual([second])
  tenants.replace(all.slice(0, 1))
  proving.proofs.look()
  proving.proofs.take(first, { received: ['project_changed'] })
  expect(proving.proofs.needStatus().map(({ tenant }) => tenant)).toEqual([first])
  proving.close()
})

it('all trusts that end at one moment are noticed with one walk of what is listened to, at once', async () => {
  const { clock, owners, proving, notices } = open()
  for (let time = 0; time < 3; time += 1) {
    for (const owner of owners) proving.proofs.take(owner, { received: ['project_changed'] })
    await clock.advance(120_000)
  }
  for (const owner of owners) {
    proving.proofs.take(owner, { subscribed: ALL_NEEDED })
    for (let time = 0; time < 5; time += 1) proving.proofs.agreed(owner, 'project')
  }
  proving.proofs.look()
  expect(proving.counts().project).toBe(COUNT)
  proving.proofs.doubtAll('replicas')
  expect(proving.counts().project).toBe(0)
  await Promise.resolve()
  expect(notices()).toBe(1)
  proving.close()
})
