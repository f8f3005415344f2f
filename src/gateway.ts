// Composes the line. READ THIS FIRST: one request passes the stations in the order in which they are made here.
import { randomUUID } from 'node:crypto'
import { createRememberedAnswers } from './answers/remembered.ts'
import { createBudget } from './budget/budget.ts'
import { withBudget } from './budget/with-budget.ts'
import { createCircuit, withCircuit, withOutcome } from './budget/with-circuit.ts'
import { withRetry } from './budget/with-retry.ts'
import { createCache } from './cache/cache.ts'
import { createCacheFile } from './cache/cache-file.ts'
import { createWarmUp } from './cache/warm-up.ts'
import { withCache, withStore } from './cache/with-cache.ts'
import { withInvalidation } from './cache/with-invalidation.ts'
import { withJoin } from './cache/with-join.ts'
import { createAuthenticate } from './callers/authenticate.ts'
import type { Authenticate, Caller } from './callers/caller.ts'
import { createTenants, toTenant } from './callers/tenants.ts'
import type { Clock } from './clock.ts'
import type { AuroraConfig, Config, TenantConfig } from './config/config.ts'
import { createAutomaticDocuments } from './documents/automatic.ts'
import { NO_DOCUMENTS, readManifest } from './documents/manifest.ts'
import { checkDocument } from './graphql/limits/check-document.ts'
import { createPage, readExamples } from './graphql/graphiql.ts'
import { createPresentError } from './graphql/present-error.ts'
import { FIXED_LIMITS } from './graphql/limits/query-limits.ts'
import { schema } from './graphql/schema.ts'
import { createGraphQLHandler } from './graphql/yoga.ts'
import { createTypicalReplies } from './planning/typical-replies.ts'
import { withAdmission } from './planning/with-admission.ts'
import { withLearning } from './planning/with-learning.ts'
import { createShared } from './redis/shared.ts'
import type { Upstream } from './rest/call.ts'
import { createClient } from './rest/client.ts'
import { isRead } from './rest/endpoint.ts'
import { createRequests } from './request.ts'
import { startSimulatedAurora } from './simulated-aurora.ts'
import { createEventLog } from './telemetry/event-log.ts'
import type { Emit } from './telemetry/events.ts'
import type { Log } from './telemetry/log.ts'
import type { Metrics } from './telemetry/metrics.ts'
import { createRequestRecord } from './telemetry/request-record.ts'
import type { RequestRecord } from './telemetry/request-record.ts'
import type { Traces } from './telemetry/traces.ts'

export interface Gateway {
  readonly authenticate: Authenticate
  /** Answers one GraphQL request over HTTP. Always answers. */
  handle(request: Request, caller: Caller, record?: RequestRecord): Promise<Response>
  /** The page of the query editor, which holds nothing that needs to be kept from anybody; null: there is none. */
  readonly page: (() => Promise<Response>) | null
  isReady(): boolean
  /** All data is made up. */
  readonly isSimulated: boolean
  /** Origins of the Auroras it talks to; the simulator's own where no credential is set. */
  upstreamUrls(): readonly string[]
  /**
   * Serves the tenants of another configuration from now on, and reads the trusted documents again. What is under way is
   * answered as it began. Throws a ManifestError, and changes nothing, where a document can't be executed.
   */
  reload(config: Config): void
  /** The end comes in `graceMs`: calls that can't have their turn in time are refused now, with the time to ask again. */
  drain(graceMs: number): void
  close(): Promise<void>
}

export interface GatewayOptions {
  readonly log: Log
  readonly clock: Clock
  /** 0 to 1; spreads retries. */
  readonly random?: () => number
  /** Hears what happens beside the log; left out, nothing is counted. */
  readonly metrics?: Metrics | null
  /** Tells a collector of requests and attempts; left out, nothing is traced. */
  readonly traces?: Traces | null
}

export async function createGateway(config: Config, options: GatewayOptions): Promise<Gateway> {
  const { log, clock, random = Math.random, metrics = null, traces = null } = options
  const emit = tellAll([createEventLog(log, clock), metrics?.emit, traces?.emit])
  const simulator = isSimulated(config) ? await startSimulatedAurora(config) : null
  const serve = (from: Config) =>
    servedBy(from, simulator).map((tenant) => toTenant(tenant, { clock, isSimulated: simulator !== null }))
  const tenants = createTenants(serve(config))

  const client = createClient({ ...config, clock, emit })
  const own = createCache({ maxBytes: config.cacheMaxBytes, clock })
  const cacheFile =
    config.cacheFile === null
      ? null
      : createCacheFile({
          path: config.cacheFile,
          source: simulator ? 'simulator' : config.auroraBaseUrl.href,
          cache: own,
          maxBytes: config.cacheMaxBytes,
          clock,
          emit,
        })
  // Before replicas are heard of: what they have written since the file was is dropped from it then.
  await cacheFile?.load()
  const shared = createShared({ ...config, cache: own, clock, emit })
  await shared.ready()
  const { cache } = shared
  const budget = createBudget({
    limit: config.rateLimit,
    limitOf: tenants.rateLimitOf,
    windowMs: config.rateWindowMs,
    operationLimits: config.operationLimits,
    clock,
    openLedger: shared.openLedger,
  })
  const circuit = createCircuit({ clock, emit })

  // Read from the inside out: a call is looked up, joined, (what comes is stored,) retried, paid for, sent.
  // While Aurora is down it is refused before it is paid for.
  const heard = withOutcome(client.send, circuit)
  const paid = withCircuit(withBudget(heard, { budget, clock, emit }), circuit)
  const retried = withRetry(paid, { clock, random, emit })
  const typicalReplies = createTypicalReplies()
  const stored = withStore(withLearning(retried, typicalReplies), cache)
  const joined = withJoin(shared.fly(stored), {
    cache,
    clock,
    emit,
    flightTimeoutMs: config.requestTimeoutMs + config.maxPreferredWaitMs,
  })
  const known = withCache(joined, {
    cache,
    clock,
    emit,
    refreshTimeoutMs: config.requestTimeoutMs,
  })
  const reads = shared.lookUp(known)
  // A write is paid for and sent, once; what it changed is dropped.
  const writes = shared.tell(withInvalidation(withAdmission(paid), cache))
  const warmUp =
    config.warmUp === 'off'
      ? null
      : createWarmUp({
          mode: config.warmUp,
          isServed: ({ key }) =>
            config.callerAuth === 'passthrough' || tenants.all().some(({ scope }) => scope.key === key),
          next: joined,
          cache: cache.glance,
          clock,
          emit,
          refreshTimeoutMs: config.requestTimeoutMs,
        })
  const asked = warmUp?.listen(reads) ?? reads
  const upstream: Upstream = (call) => (isRead(call.endpoint) ? asked(call) : writes(call))

  metrics?.watch({
    budget() {
      const { limit, ...totals } = budget.totals()
      return { ...totals, limit: config.rateLimit, learnedLimit: limit }
    },
    cache: () => cache.size(),
    openCircuits: circuit.countOpen,
    redis: shared.connections,
  })

  const limits = { ...FIXED_LIMITS, ...config.queryLimits }
  const { path, mode } = config.documents
  const readTrusted = () =>
    path === null
      ? NO_DOCUMENTS
      : readManifest({ path, check: (text) => checkDocument(text, schema, limits) })
  let trusted = readTrusted()

  const openRequest = createRequests({
    config,
    clock,
    emit,
    upstream,
    cache,
    budget,
    typicalReplies,
  })
  const handleGraphQL = createGraphQLHandler({
    schema,
    clock,
    presentError: createPresentError({
      emit,
      // Names of the schema come out with them, which is not to be read.
      hasSuggestions: config.introspection,
      logFault: (err, ids) => log.error({ err, ...ids }, 'a field failed inside the gateway'),
    }),
    hasIntrospection: config.introspection,
    answers: {
      remembered: createRememberedAnswers(config.answersMaxBytes),
      clock,
      onAgain({ parts, spared }, { tally }) {
        tally.saved.cache += spared
        const asked = parts.filter(({ isListed }) => !isListed)
        const found = parts.filter(({ isListed }) => isListed).slice(0, spared - asked.length)
        for (const { operation, isListed } of [...asked, ...found])
          emit('saved', { operation, by: isListed ? 'listed' : 'cache' })
        if (warmUp) parts.forEach(warmUp.again)
      },
    },
    limits,
    documents: {
      trusted: () => trusted,
      automatic: mode === 'automatic' ? createAutomaticDocuments() : null,
      isOnlyTrusted: mode === 'only-trusted',
    },
  })

  return {
    authenticate: createAuthenticate(config, { tenants, clock, emit }),
    page: config.graphiql ? createPage({ examples: readExamples(), callerAuth: config.callerAuth }) : null,
    upstreamUrls: () =>
      config.callerAuth === 'passthrough'
        ? [config.auroraBaseUrl.origin]
        : [...new Set(tenants.all().map(({ scope }) => scope.baseUrl.origin))],
    reload(next) {
      trusted = readTrusted()
      tenants.replace(serve(next))
    },
    isReady: () => true,
    isSimulated: simulator !== null,
    async handle(request, caller, record = createRequestRecord(randomUUID())) {
      const { context, end } = openRequest(request, caller, record)
      traces?.begin(record, request)
      const startMs = clock.monotonicMs()
      let status: number | null = null
      try {
        const response = await handleGraphQL(request, context)
        status = request.signal.aborted ? null : response.status
        return response
      } finally {
        end()
        traces?.end(record, status)
        emit('answered', { status, durationMs: clock.monotonicMs() - startMs })
      }
    },
    drain: (graceMs) => budget.drain(clock.monotonicMs() + graceMs - Math.min(LAST_ANSWER_MS, graceMs / 2)),
    async close() {
      warmUp?.close()
      budget.close()
      await cacheFile?.close()
      await shared.close()
      await client.close()
      await simulator?.close()
    },
  }
}

/** Whose turn comes last still has to be answered: some times what Aurora takes. */
const LAST_ANSWER_MS = 1000

function tellAll(hearers: readonly (Emit | undefined)[]): Emit {
  const all = hearers.filter((hearer) => hearer !== undefined)
  return (name, fact) => {
    for (const hear of all) hear(name, fact)
  }
}

/** Who has no credential yet gets made-up data, unless callers bring credentials of their own. */
const isSimulated = ({ aurora, tenants, callerAuth }: Config): boolean =>
  aurora === null && tenants.length === 0 && callerAuth !== 'passthrough'

function servedBy(config: Config, simulator: AuroraConfig | null): readonly TenantConfig[] {
  const { tenants, gatewayKeys: keys } = config
  const aurora = config.aurora ?? simulator
  if (tenants.length > 0 || aurora === null) return tenants
  return [{ name: aurora.tenantId, aurora, keys, rateLimit: null }]
}
