// A model of several replicas over one Redis and one Aurora: the real caches, layers, log of drops and leases, with a clock and a
// network that stand still until a step moves them. It records every read that shows, unmarked, what an acknowledged write had ended.
import { READS } from '../../src/aurora/reads.ts'
import { WRITES } from '../../src/aurora/writes.ts'
import { createCache } from '../../src/cache/cache.ts'
import type { Cache } from '../../src/cache/cache.ts'
import type { FiledReply } from '../../src/cache/filed-replies.ts'
import type { LogPosition } from '../../src/cache/log-position.ts'
import { withCache } from '../../src/cache/with-cache.ts'
import { withInvalidation } from '../../src/cache/with-invalidation.ts'
import { withSingleFlight } from '../../src/cache/with-single-flight.ts'
import { withStore } from '../../src/cache/with-store.ts'
import { createTenants } from '../../src/callers/tenants.ts'
import { createSleep } from '../../src/clock.ts'
import type { Clock } from '../../src/clock.ts'
import { compose } from '../../src/gateway/line.ts'
import { createShared } from '../../src/redis/shared.ts'
import type { Shared } from '../../src/redis/shared.ts'
import { itemsOf } from '../../src/rest/answer.ts'
import { createStandings } from '../../src/rest/standings.ts'
import { createCall } from '../../src/rest/call.ts'
import type { Call, Reply, Upstream } from '../../src/rest/call.ts'
import { statusOf } from '../../src/rest/attempt-error.ts'
import { toRefusalError } from '../../src/rest/refusal-error.ts'
import type { StaleReason } from '../../src/rest/freshness.ts'
import type { ReceiveWebhook } from '../../src/webhooks/receive.ts'
import { createWebhooks } from '../../src/webhooks/webhooks.ts'
import { buildScope, buildTerms } from './builders.ts'
import { createFakeNetwork } from './fake-network.ts'
import type { FakeHost } from './fake-network.ts'
import { createFakeRedis } from './fake-redis.ts'

/** Parts that a test may break on purpose, to show that the model then fails. */
export interface Breaks {
  readonly cache?: (cache: Cache) => Cache
  readonly shared?: (shared: Shared) => Shared
  readonly upstream?: (upstream: Upstream) => Upstream
}

export type Thing = 'project' | 'list' | 'profile'

/** A read that showed an older version than one that was acknowledged before it began, and nothing that marks it. */
export interface Violation {
  readonly replica: number
  readonly thing: Thing
  readonly shown: number
  readonly acknowledged: number
}

const SCOPE = buildScope()
const WEBHOOK_KEY = 'the-secret-of-the-model'
const WEBHOOKS = {
  webhooks: { keys: [], ofTenants: [], keyHeader: 'x-webhook-key', settleMs: 0 },
  auroraBaseUrl: SCOPE.baseUrl,
  tenants: [],
}
const TENANTS = createTenants([
  { name: 'model', scope: SCOPE, keys: [], webhookKeys: [WEBHOOK_KEY], rateLimit: null },
])
const ID = 'p-1'
const PATH = { project_id: ID }
/** Each reading of the clock is later than the last, as with a real clock. */
const TICK_MS = 0.01
const FOREVER_MS = 1e12
const READ_OF = {
  project: { endpoint: READS.retrieveProject, path: PATH, query: {} },
  list: { endpoint: READS.listProjects, path: {}, query: { page: '1' } },
  profile: { endpoint: READS.retrieveConsumptionProfile, path: PATH, query: {} },
} as const

/** Timers in order, and as many turns of the queue of microtasks as the longest chain of layers needs. */
function createModelClock() {
  let nowMs = 1000
  let timers: { readonly dueMs: number; readonly callback: () => void }[] = []
  const after = (waitMs: number, callback: () => void): (() => void) => {
    const timer = { dueMs: nowMs + Math.max(0, waitMs), callback }
    timers.push(timer)
    return () => void (timers = timers.filter((each) => each !== timer))
  }
  const clock: Clock = {
    monotonicMs: () => nowMs,
    wallMs: () => nowMs + 1_795_648_096_000,
    after,
    sleep: createSleep(after),
  }
  return {
    clock,
    async advance(ms: number): Promise<void> {
      const untilMs = nowMs + ms
      for (;;) {
        const due = timers.reduce<(typeof timers)[number] | null>(
          (first, timer) => (timer.dueMs <= untilMs && (!first || timer.dueMs < first.dueMs) ? timer : first),
          null,
        )
        if (!due) break
        timers = timers.filter((timer) => timer !== due)
        nowMs = Math.max(nowMs, due.dueMs)
        due.callback()
        await settle()
      }
      nowMs = untilMs
      await settle()
    },
  }
}

const TURNS = 40

async function settle(): Promise<void> {
  for (let turn = 0; turn < TURNS; turn += 1) await Promise.resolve()
}

/** A call that Aurora has got: it reads or writes at one step, and answers at a later one. */
interface Pending {
  readonly replica: number
  readonly isWrite: boolean
  hasHappened: boolean
  readonly happen: () => void
  readonly answer: () => void
}

interface Replica {
  readonly index: number
  readonly host: FakeHost
  readonly cache: Cache
  readonly shared: Shared
  readonly read: Upstream
  readonly write: Upstream
  readonly receive: ReceiveWebhook
  isAlive: boolean
}

export interface ReplicaModel {
  readonly violations: readonly Violation[]
  /** Reads that were marked, by their reason. */
  readonly unconfirmed: number
  readonly revalidated: number
  /** Calls that Aurora has got. */
  readonly calls: number
  /** Writes that were acknowledged, and webhooks that were recorded. */
  readonly acknowledged: number
  tick(): Promise<void>
  advance(ms: number): Promise<void>
  readonly redis: ReturnType<typeof createFakeRedis>
  readonly network: ReturnType<typeof createFakeNetwork>
  host(index: number): FakeHost | null
  read(index: number, thing: Thing, isRefresh?: boolean): void
  write(index: number, thing: 'project' | 'profile'): void
  /** A user changes it in the app, and Aurora sends the webhook to this replica. */
  webhook(index: number, thing: 'project' | 'profile'): void
  /** One step of one of the calls under way. */
  step(which: number): void
  /** Nothing stays under way. */
  finish(): Promise<void>
  kill(index: number): void
  /** The signal to stop; the next process at this place reads the file of this one. */
  stop(index: number): Promise<void>
  start(index: number): void
}

export function createReplicaModel(count: number, breaks: Breaks = {}): ReplicaModel {
  const { clock, advance } = createModelClock()
  const redis = createFakeRedis(clock.wallMs)
  const network = createFakeNetwork(redis, clock)
  const files: ({ readonly entries: readonly FiledReply[]; readonly position: LogPosition | null } | null)[] =
    []
  const replicas: Replica[] = []
  const violations: Violation[] = []
  /** What Aurora has, and what was acknowledged of it. */
  const truth = { project: 1, profile: 0 }
  const known = { project: 1, profile: 0 }
  let pending: Pending[] = []
  let calls = 0
  let unconfirmed = 0
  let revalidated = 0
  let acknowledged = 0

  const bodyOf = (thing: Thing): unknown => {
    if (thing === 'list') return [{ id: ID, name: String(truth.project) }]
    if (thing === 'project') return { id: ID, name: String(truth.project) }
    return { annual_energy: truth.profile }
  }

  function callAurora(index: number, call: Call): Promise<Reply> {
    const isWrite = call.endpoint.method !== 'GET'
    const thing = thingOf(call)
    const sentAtMs = clock.monotonicMs()
    calls += 1
    let value: unknown = null
    return new Promise((resolve, reject) => {
      pending.push({
        replica: index,
        isWrite,
        hasHappened: false,
        happen() {
          if (isWrite && thing !== 'list') truth[thing] += 1
          value = thing === 'profile' && truth.profile === 0 ? null : bodyOf(thing)
        },
        answer() {
          const answered = { answeredAtMs: clock.monotonicMs(), sentAtMs }
          if (value === null)
            reject(toRefusalError(call.endpoint, { status: 404, retryAfterMs: null, ...answered }))
          else resolve({ status: 200, value: value as Reply['value'], bytes: 50, ...answered })
        },
      })
    })
  }

  function start(index: number): void {
    if (replicas[index]?.isAlive) return
    const file = files[index] ?? null
    files[index] = null
    replicas[index] = openReplica(index, {
      clock,
      host: network.open(),
      file,
      breaks,
      callAurora: (call) => callAurora(index, call),
    })
  }

  const alive = (index: number): Replica | null => (replicas[index]?.isAlive ? replicas[index] : null)

  function kill(index: number): void {
    const replica = alive(index)
    if (!replica) return
    replica.isAlive = false
    replica.host.close()
    pending = pending.filter((each) => each.replica !== index)
  }

  /** What it must show at least is decided when it begins. */
  function read(index: number, thing: Thing, isRefresh = false): void {
    const replica = alive(index)
    if (!replica) return
    const wanted = thing === 'profile' ? known.profile : known.project
    let reason: StaleReason | null = null
    const deferred: (() => void)[] = []
    const terms = buildTerms({
      scope: SCOPE,
      begunAtMs: clock.monotonicMs(),
      waitUntilMs: FOREVER_MS,
      freshness: {
        isCacheOnly: false,
        maxAgeMs: isRefresh ? 0 : null,
        maxStaleMs: null,
        staleIfErrorMs: null,
      },
      afterwards: (work) => void deferred.push(work),
      onStale: (fact) => void (reason = fact.reason),
    })
    const end = (shown: number): void => {
      if (!replica.isAlive) return
      if (shown < wanted && reason === null)
        violations.push({ replica: index, thing, shown, acknowledged: wanted })
      if (reason === 'UNCONFIRMED') unconfirmed += 1
      if (reason === 'REVALIDATING') revalidated += 1
      for (const work of deferred) work()
    }
    replica.read(createCall(terms, READ_OF[thing])).then(
      (reply) => end(versionIn(thing, reply)),
      (error: unknown) => {
        if (statusOf(error) !== 404) throw error
        end(0)
      },
    )
  }

  function write(index: number, thing: 'project' | 'profile'): void {
    const replica = alive(index)
    if (!replica) return
    const terms = buildTerms({ scope: SCOPE, begunAtMs: clock.monotonicMs(), callClass: 'mutation' })
    const endpoint = thing === 'project' ? WRITES.updateProject : WRITES.updateConsumptionProfile
    const call = createCall(terms, { endpoint, path: PATH, query: {} }, { json: {} })
    replica.write(call).then(
      (reply) => {
        if (!replica.isAlive) return
        acknowledged += 1
        known[thing] = Math.max(known[thing], versionIn(thing, reply))
      },
      (error: unknown) => {
        throw error
      },
    )
  }

  function webhook(index: number, thing: 'project' | 'profile'): void {
    truth[thing] += 1
    const changed = truth[thing]
    const replica = alive(index)
    if (!replica) return
    const request = {
      tenant: null,
      event: thing === 'project' ? 'project_changed' : 'consumption_profile_changed',
      query: new URLSearchParams({ PROJECT_ID: ID.toUpperCase() }),
      fields: new Headers({ 'x-webhook-key': WEBHOOK_KEY }),
      method: 'GET',
    }
    void Promise.resolve(replica.receive(request)).then((received) => {
      if (!replica.isAlive || received !== 'recorded') return
      acknowledged += 1
      known[thing] = Math.max(known[thing], changed)
    })
  }

  function step(which: number): void {
    const each = pending[which % Math.max(1, pending.length)]
    if (!each) return
    if (!each.hasHappened) {
      each.hasHappened = true
      each.happen()
      return
    }
    pending = pending.filter((other) => other !== each)
    each.answer()
  }

  async function finish(): Promise<void> {
    await settle()
    for (let steps = 0; pending.length > 0 && steps < 200; steps += 1) {
      step(0)
      await settle()
    }
  }

  for (let index = 0; index < count; index += 1) start(index)
  return {
    violations,
    get unconfirmed() {
      return unconfirmed
    },
    get revalidated() {
      return revalidated
    },
    get calls() {
      return calls
    },
    get acknowledged() {
      return acknowledged
    },
    redis,
    network,
    tick: () => advance(TICK_MS),
    advance,
    host: (index) => alive(index)?.host ?? null,
    read,
    write,
    webhook,
    step,
    finish,
    kill,
    async stop(index) {
      const replica = alive(index)
      if (!replica) return
      files[index] = { entries: replica.cache.entries(), position: replica.shared.position() }
      pending = pending.filter((each) => each.replica !== index)
      replica.isAlive = false
      await replica.shared.close()
      replica.host.close()
    },
    start,
  }
}

const thingOf = ({ endpoint: { kind, answers } }: Call): Thing => {
  if (answers === 'list') return 'list'
  return kind === 'project' ? 'project' : 'profile'
}

function versionIn(thing: Thing, { value }: Reply): number {
  const [item] = thing === 'list' ? itemsOf({ value } as Reply) : [value as Record<string, unknown>]
  return Number(item?.[thing === 'profile' ? 'annual_energy' : 'name'])
}

interface ReplicaParts {
  readonly clock: Clock
  readonly host: FakeHost
  readonly file: { readonly entries: readonly FiledReply[]; readonly position: LogPosition | null } | null
  readonly breaks: Breaks
  readonly callAurora: Upstream
}

/** The line without what spends: see line.ts. */
function openReplica(index: number, { clock, host, file, breaks, callAurora }: ReplicaParts): Replica {
  const { cache: breakCache, shared: breakShared, upstream: breakUpstream } = breaks
  const emit = (): void => {}
  const webhooks = createWebhooks({ config: WEBHOOKS, tenants: TENANTS, emit, clock, random: () => 0 })
  const whole = createCache({ maxBytes: 1_000_000, clock })
  const cache = breakCache?.(whole) ?? whole
  for (const entry of file?.entries ?? []) cache.restore(entry)
  const opened = createShared({
    redis: { url: '', prefix: 'model:', maxReplicas: 4 },
    cache,
    clock,
    emit,
    attemptTimeoutMs: 5000,
    standings: createStandings({ clock }),
    isBrought: false,
    filed: file?.position ?? null,
    connect: ({ isWaiting = false }) => (isWaiting ? host.tail : host.main),
  })
  const shared = breakShared?.(opened) ?? opened
  const parts = { cache: shared.cache, clock, emit }
  const aurora = breakUpstream?.(callAurora) ?? callAurora
  const fetch = compose(
    [
      withSingleFlight({ ...parts, flightTimeoutMs: FOREVER_MS }),
      shared.withSharedFlight,
      withStore(shared.cache, shared.known),
    ],
    aurora,
  )
  return {
    index,
    host,
    cache,
    shared,
    read: compose([shared.withSecondLevel, withCache({ ...parts, refreshTimeoutMs: FOREVER_MS })], fetch),
    write: compose([shared.withDropNotice, withInvalidation(shared.cache)], aurora),
    receive: webhooks.open({ ...shared, read: () => Promise.reject(new Error('unused')) }).receive,
    isAlive: true,
  }
}
