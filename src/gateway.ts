// Composes the line. READ THIS FIRST: one request passes the stations in the order in which they are made here.
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
import type { Clock } from './clock.ts'
import type { AuroraConfig, Config } from './config/config.ts'
import { readExamples } from './graphql/graphiql.ts'
import { createPresentError } from './graphql/present-error.ts'
import { schema } from './graphql/schema.ts'
import { createGraphQLHandler } from './graphql/yoga.ts'
import type { Caller } from './http/caller.ts'
import { createTypicalReplies } from './planning/typical-replies.ts'
import { withAdmission } from './planning/with-admission.ts'
import { withLearning } from './planning/with-learning.ts'
import { createShared } from './redis/shared.ts'
import { createBearerAuthentication, createHmacAuthentication } from './rest/authentication.ts'
import { createScope } from './rest/call.ts'
import type { Upstream } from './rest/call.ts'
import { createClient } from './rest/client.ts'
import { isRead } from './rest/endpoint.ts'
import { createRequests } from './request.ts'
import { startSimulatedAurora } from './simulated-aurora.ts'
import { createEventLog } from './telemetry/event-log.ts'
import type { Emit } from './telemetry/events.ts'
import type { Log } from './telemetry/log.ts'
import type { Metrics } from './telemetry/metrics.ts'

export interface Gateway {
  /** Answers one GraphQL request over HTTP, GraphiQL's page included. Always answers. */
  handle(request: Request, caller: Caller): Promise<Response>
  isReady(): boolean
  /** Origin of the Aurora it talks to; the simulator's own where no credential is set. */
  readonly upstreamUrl: string
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
}

export async function createGateway(config: Config, options: GatewayOptions): Promise<Gateway> {
  const { log, clock, random = Math.random, metrics = null } = options
  const emit = tellBoth(createEventLog(log, clock), metrics?.emit)
  const simulator = config.aurora ? null : await startSimulatedAurora(config)
  const aurora = config.aurora ?? simulator
  if (!aurora) throw new Error('neither Aurora nor the simulator is configured')

  const client = createClient({ ...config, baseUrl: aurora.baseUrl, clock, emit })
  const own = createCache({ maxBytes: config.cacheMaxBytes, clock })
  const cacheFile =
    config.cacheFile === null
      ? null
      : createCacheFile({
          path: config.cacheFile,
          source: config.aurora?.baseUrl.href ?? 'simulator',
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
          next: joined,
          cache: cache.glance,
          clock,
          emit,
          refreshTimeoutMs: config.requestTimeoutMs,
        })
  const asked = warmUp?.listen(reads) ?? reads
  const upstream: Upstream = (call) => (isRead(call.endpoint) ? asked(call) : writes(call))

  const scope = createScope(aurora.tenantId, authenticate(aurora, clock))
  metrics?.watch({
    budget() {
      const { limit, remaining } = budget.state(scope.key)
      return { limit: config.rateLimit, learnedLimit: limit, remaining, waiting: budget.totals().waiting }
    },
    cache: () => cache.size(),
  })

  const openRequest = createRequests({
    config,
    clock,
    emit,
    scope,
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
      logFault: (err, errorId) => log.error({ err, errorId }, 'a field failed inside the gateway'),
    }),
    hasIntrospection: config.introspection,
    graphiql: config.graphiql ? { examples: readExamples(), needsKey: config.callerAuth === 'keys' } : null,
  })

  return {
    upstreamUrl: aurora.baseUrl.origin,
    isReady: () => true,
    async handle(request, caller) {
      const { context, end } = openRequest(request, caller)
      const startMs = clock.monotonicMs()
      let status: number | null = null
      try {
        const response = await handleGraphQL(request, context)
        status = request.signal.aborted ? null : response.status
        return response
      } finally {
        end()
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

const tellBoth = (first: Emit, second: Emit | undefined): Emit =>
  second
    ? (name, fact) => {
        first(name, fact)
        second(name, fact)
      }
    : first

function authenticate({ credential }: AuroraConfig, clock: Clock) {
  switch (credential.kind) {
    case 'bearer':
      return createBearerAuthentication(credential.token)
    case 'hmac':
      return createHmacAuthentication(credential.key, credential.secret, clock)
  }
}
