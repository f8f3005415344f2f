// The reads of the line over a cache, with webhooks of one tenant: for the tables that go event by event.
import { createCache } from '../../src/cache/cache.ts'
import { withCache } from '../../src/cache/with-cache.ts'
import { withSingleFlight } from '../../src/cache/with-single-flight.ts'
import { withStore } from '../../src/cache/with-store.ts'
import { createTenants } from '../../src/callers/tenants.ts'
import { compose } from '../../src/gateway/line.ts'
import type { Call, Reply } from '../../src/rest/call.ts'
import type { Scope } from '../../src/rest/scope.ts'
import { createWebhooks } from '../../src/webhooks/webhooks.ts'
import { createManualClock } from './manual-clock.ts'

const SECRET = 'a-secret-of-the-test'

export interface EventLineOptions {
  readonly scope: Scope
  /** Aurora; `number` is how many calls there were. */
  readonly answer: (call: Call, moment: { readonly number: number; readonly nowMs: number }) => Reply
}

export function openEventLine({ scope, answer }: EventLineOptions) {
  const clock = createManualClock(1000)
  const cache = createCache({ maxBytes: 10 * 1024 * 1024, clock })
  const emit = (): void => {}
  const tenants = createTenants([{ name: 'sun', scope, keys: [], webhookKeys: [SECRET], rateLimit: null }])
  const webhooks = createWebhooks({
    config: {
      webhooks: { keys: [], ofTenants: [], keyHeader: 'x-webhook-key', settleMs: 0 },
      auroraBaseUrl: scope.baseUrl,
      tenants: [],
    },
    tenants,
    emit,
    clock,
    random: () => 0,
  })
  const { receive } = webhooks.open({
    cache,
    report: null,
    repliesTaken: () => 0,
    read: () => Promise.reject(new Error('unused')),
  })
  let calls: string[] = []
  const parts = { cache, clock, emit }
  const read = compose(
    [
      withCache({ ...parts, refreshTimeoutMs: 60_000 }),
      withSingleFlight({ ...parts, flightTimeoutMs: 60_000 }),
      withStore(cache),
    ],
    async (call) => {
      calls.push(`${call.endpoint.operation} ${Object.values(call.path)[0] ?? ''}`.trim())
      return answer(call, { number: calls.length, nowMs: clock.monotonicMs() })
    },
  )
  return {
    clock,
    cache,
    read,
    /** Since the last call of this function, sorted. */
    takeCalls(): string[] {
      const taken = calls.toSorted()
      calls = []
      return taken
    },
    receive: (event: string, query: string) =>
      receive({
        tenant: null,
        event,
        query: new URLSearchParams(query),
        fields: new Headers({ 'x-webhook-key': SECRET }),
        method: 'GET',
      }),
  }
}
