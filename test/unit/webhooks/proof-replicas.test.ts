// Two replicas over one Redis: a wrong secret at one of them ends the proof at the other before anybody is answered.
import { expect, it } from 'vitest'
import { ALL_NEEDED } from '../../../src/aurora/proven-kinds.ts'
import { createCache } from '../../../src/cache/cache.ts'
import { createTenants } from '../../../src/callers/tenants.ts'
import type { Clock } from '../../../src/clock.ts'
import { createShared } from '../../../src/redis/shared.ts'
import { createStandings } from '../../../src/rest/standings.ts'
import { tenantOf } from '../../../src/rest/scope.ts'
import { createProving } from '../../../src/webhooks/proof/proving.ts'
import { createReceiveWebhook } from '../../../src/webhooks/receive.ts'
import { createReport } from '../../../src/webhooks/report.ts'
import { createSenders } from '../../../src/webhooks/senders.ts'
import { buildScope } from '../../support/builders.ts'
import { createFakeNetwork } from '../../support/fake-network.ts'
import type { FakeNetwork } from '../../support/fake-network.ts'
import { createFakeRedis } from '../../support/fake-redis.ts'
import { createManualClock, settle } from '../../support/manual-clock.ts'

const MINUTE_MS = 60_000
const SECRET = 'the-secret-of-the-webhooks'
const scope = buildScope()
const tenant = tenantOf(scope.key)
const tenants = createTenants([{ name: 'one', scope, keys: [], webhookKeys: [SECRET], rateLimit: null }])
const proof = { url: new URL('https://gateway.example'), freshMs: 120 * MINUTE_MS }
const webhooks = { keys: [], ofTenants: [], keyHeader: 'x-webhook-key', settleMs: 0, proof }
const emit = (): void => {}

function openReplica(network: FakeNetwork, clock: Clock) {
  const host = network.open()
  const senders = createSenders({ tenants, config: () => webhooks, baseUrl: scope.baseUrl })
  const { received } = senders
  const config = { webhooks, tenants: [] }
  const proving = createProving({ config, proof, tenants, received, clock, emit, random: () => 0.5 })
  const shared = createShared({
    redis: { url: '', prefix: 'test:', maxReplicas: 2 },
    cache: createCache({ maxBytes: 1_000_000, clock, trustOf: proving.trustOf }),
    clock,
    emit,
    attemptTimeoutMs: 5000,
    standings: createStandings({ clock }),
    isBrought: false,
    onFacts: proving.onFacts,
    connect: ({ isWaiting = false }) => (isWaiting ? host.tail : host.main),
  })
  const { cache, report, repliesTaken } = shared
  proving.open({ cache, report, read: () => Promise.reject(new Error('no slot')) })
  const receive = createReceiveWebhook({
    senders,
    cache,
    report: report && createReport({ report, repliesTaken, cache, clock }),
    emit,
    proofs: proving.proofs,
  })
  return {
    host,
    proving,
    isProven: () => proving.counts().project === 1,
    send: (secret: string) =>
      receive({
        tenant: null,
        event: 'project_changed',
        query: new URLSearchParams({ PROJECT_ID: 'p-1' }),
        fields: new Headers({ 'x-webhook-key': secret }),
        method: 'GET',
      }),
    async close(): Promise<void> {
      proving.close()
      await shared.close()
      host.close()
    },
  }
}

it('a wrong secret at one replica ends the proof at the other before it is answered', async () => {
  const clock = createManualClock(1000)
  const network = createFakeNetwork(createFakeRedis(clock.wallMs), clock)
  const [one, other] = [openReplica(network, clock), openReplica(network, clock)]
  await clock.advance(1000)
  // Whichever of them receives them, both count them.
  for (let count = 0; count < 4; count += 1) {
    const sent = other.send(SECRET)
    await clock.advance(2 * MINUTE_MS)
    expect(await sent).toBe('recorded')
  }
  for (const { proving } of [one, other]) {
    proving.proofs.take(tenant, { subscribed: ALL_NEEDED })
    for (let count = 0; count < 5; count += 1) proving.proofs.agreed(tenant, 'project')
    proving.proofs.look()
  }
  expect([one.isProven(), other.isProven()]).toEqual([true, true])

  other.host.isNewsHeld = true
  let answered: string | null = null
  void Promise.resolve(one.send('a-wrong-secret-of-somebody')).then((received) => (answered = received))
  await settle()
  expect([one.isProven(), other.isProven(), answered]).toEqual([false, true, null])
  other.host.isNewsHeld = false
  other.host.deliver()
  await settle()
  expect([one.isProven(), other.isProven(), answered]).toEqual([false, false, 'unknown'])
  await Promise.all([one.close(), other.close()])
})
