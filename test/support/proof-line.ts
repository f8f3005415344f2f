// The layers that decide on ages, and what proves that webhooks arrive, over an Aurora that is a function: a day takes a second.
import { ALL_NEEDED } from '../../src/aurora/proven-kinds.ts'
import { READS } from '../../src/aurora/reads.ts'
import { createCache } from '../../src/cache/cache.ts'
import { withCache } from '../../src/cache/with-cache.ts'
import { withSingleFlight } from '../../src/cache/with-single-flight.ts'
import { withStore } from '../../src/cache/with-store.ts'
import { createTenants } from '../../src/callers/tenants.ts'
import { compose } from '../../src/gateway/line.ts'
import { createCall } from '../../src/rest/call.ts'
import type { Call, Reply } from '../../src/rest/call.ts'
import { createSpareTerms } from '../../src/rest/spare-terms.ts'
import { createOwnAddress } from '../../src/webhooks/manage/own-address.ts'
import type { Received } from '../../src/webhooks/receive.ts'
import { createWebhooks } from '../../src/webhooks/webhooks.ts'
import { buildScope, buildTerms } from './builders.ts'
import type { ManualClock } from './manual-clock.ts'

const SECRET = 'the-secret-of-the-webhooks'
const ADDRESS = new URL('https://gateway.example')
const SCOPE = buildScope()

export interface ProofLineOptions {
  readonly clock: ManualClock
  /** Null: the ordinary ages hold. */
  readonly freshMs: number | null
  /** 0 to 1. */
  readonly random: () => number
  /** What Aurora has. */
  readonly valueOf: (id: string) => number
  readonly isSwitchedOff?: () => boolean
}

export interface Shown {
  readonly value: number
  readonly isMarked: boolean
  /** When Aurora has answered with it. */
  readonly answeredAtMs: number
}

export type ProofLine = ReturnType<typeof openProofLine>

export function openProofLine({ clock, freshMs, random, valueOf, isSwitchedOff }: ProofLineOptions) {
  const emit = (): void => {}
  const webhooks = createWebhooks({
    config: {
      webhooks: {
        keys: [],
        ofTenants: [],
        keyHeader: 'x-webhook-key',
        settleMs: 0,
        proof: freshMs === null ? null : { url: ADDRESS, freshMs },
      },
      auroraBaseUrl: SCOPE.baseUrl,
      tenants: [],
    },
    tenants: createTenants([{ name: 'one', scope: SCOPE, keys: [], webhookKeys: [SECRET], rateLimit: null }]),
    emit,
    clock,
    random,
  })
  const cache = createCache({ maxBytes: 10_000_000, clock, trustOf: webhooks.proving?.trustOf })
  let calls = 0
  async function answer({ endpoint, path }: Call): Promise<Reply> {
    calls += 1
    const nowMs = clock.monotonicMs()
    const id = path['project_id'] ?? ''
    const value =
      endpoint.kind === 'webhook' ? subscriptions(isSwitchedOff?.() ?? false) : { id, name: valueOf(id) }
    return { status: 200, value, bytes: 100, answeredAtMs: nowMs, sentAtMs: nowMs }
  }
  const parts = { cache, clock, emit }
  const spare = {
    scope: SCOPE,
    caller: 'webhooks',
    signal: new AbortController().signal,
    clock,
    timeoutMs: 60_000,
  }
  const { receive, audit } = webhooks.open({
    cache,
    report: null,
    repliesTaken: () => 0,
    read: (_scope, question) => fetch(createCall(createSpareTerms(spare), question)),
  })
  const fetch = compose(
    [withSingleFlight({ ...parts, flightTimeoutMs: 60_000 }), withStore(cache, undefined, audit)],
    answer,
  )
  const read = compose([withCache({ ...parts, refreshTimeoutMs: 60_000 })], fetch)

  return {
    cache,
    calls: () => calls,
    isProven: () => webhooks.proving?.counts().project === 1,
    close: webhooks.close,
    async ask(id: string): Promise<Shown> {
      const after: (() => void)[] = []
      let isMarked = false
      const terms = buildTerms({
        scope: SCOPE,
        begunAtMs: clock.monotonicMs(),
        afterwards: (work) => void after.push(work),
        onStale: () => void (isMarked = true),
      })
      const question = { endpoint: READS.retrieveProject, path: { project_id: id }, query: {} }
      const reply = await read(createCall(terms, question))
      for (const work of after) work()
      return {
        value: Number((reply.value as { name: number }).name),
        isMarked,
        answeredAtMs: reply.answeredAtMs,
      }
    },
    receive: async (id: string, secret = SECRET): Promise<Received> =>
      receive({
        tenant: null,
        event: 'project_changed',
        query: new URLSearchParams({ PROJECT_ID: id }),
        fields: new Headers({ 'x-webhook-key': secret }),
        method: 'GET',
      }),
  }
}

const subscriptions = (isSwitchedOff: boolean) =>
  ALL_NEEDED.map((event) => ({
    id: event,
    event,
    url_template: createOwnAddress(ADDRESS, null).templateOf(event),
    enabled: !isSwitchedOff,
  }))
