// Composes the line. READ THIS FIRST: one request passes the stations in the order in which they are made here.
import { setMaxListeners } from 'node:events'
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
import type { AuroraConfig, Config } from './config.ts'
import { GatewayError } from './errors/errors.ts'
import type { GraphQLContext } from './graphql/context.ts'
import { readExamples } from './graphql/graphiql.ts'
import { currentPath } from './graphql/paths.ts'
import { createPlanner } from './graphql/planner.ts'
import { createPresentError, presentKnown } from './graphql/present-error.ts'
import { createRequestPlan } from './graphql/request-plan.ts'
import { createSharedCounts } from './graphql/shared-counts.ts'
import { schema } from './graphql/schema.ts'
import { createStaleReport } from './graphql/stale-report.ts'
import { createGraphQLHandler } from './graphql/yoga.ts'
import type { Caller } from './http/caller.ts'
import { readFreshness, readWait } from './http/directives.ts'
import { createLoaders } from './loaders/loaders.ts'
import { createPageShares } from './loaders/page-shares.ts'
import { createWrite } from './loaders/writes.ts'
import { createDryRun } from './planning/dry-run.ts'
import { createTypicalReplies } from './planning/typical-replies.ts'
import { withAdmission } from './planning/with-admission.ts'
import { withLearning } from './planning/with-learning.ts'
import { createShared } from './redis/shared.ts'
import { createBearerAuthentication, createHmacAuthentication } from './rest/authentication.ts'
import { createScope, createTally } from './rest/call.ts'
import type { Call, Terms, Upstream } from './rest/call.ts'
import { createClient } from './rest/client.ts'
import { isRead } from './rest/endpoint.ts'
import { createSimulator, DEFAULT_TENANT_ID, DEFAULT_TOKEN } from './simulator/simulator.ts'
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

/** Some 20 minutes of a key's calls: what is more is too much anyhow, and counting takes a tenth of a millisecond each. */
const MAX_IMAGINED_CALLS = 2000

export async function createGateway(config: Config, options: GatewayOptions): Promise<Gateway> {
  const { log, clock, random = Math.random, metrics = null } = options
  const emit = tellBoth(createEventLog(log, clock), metrics?.emit)
  const simulator = config.aurora ? null : await startSimulator(config)
  const aurora = config.aurora ?? simulator
  if (!aurora) throw new Error('neither Aurora nor the simulator is configured')

  const client = createClient({ ...config, baseUrl: aurora.baseUrl, clock, emit })
  const shared = createShared({
    ...config,
    cache: createCache({ maxBytes: config.cacheMaxBytes, clock }),
    clock,
    emit,
  })
  const { cache } = shared
  const budget = createBudget({
    limit: config.rateLimit,
    windowMs: config.rateWindowMs,
    operationLimits: config.operationLimits,
    clock,
    openLedger: shared.openLedger,
  })
  const circuit = createCircuit({ clock, emit })

  const cacheFile =
    config.cacheFile === null
      ? null
      : createCacheFile({
          path: config.cacheFile,
          source: config.aurora?.baseUrl.href ?? 'simulator',
          cache,
          maxBytes: config.cacheMaxBytes,
          clock,
          emit,
        })
  await Promise.all([cacheFile?.load(), shared.ready()])

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
  const known = withCache(withAdmission(joined), {
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
          cache,
          clock,
          emit,
          refreshTimeoutMs: config.requestTimeoutMs,
        })
  const asked = warmUp?.listen(reads) ?? reads
  const upstream: Upstream = (call) => (isRead(call.endpoint) ? asked(call) : writes(call))

  const pageShares = createPageShares()
  const scope = createScope(aurora.tenantId, authenticate(aurora, clock))
  metrics?.watch({
    budget() {
      const { limit, remaining } = budget.state(scope.key)
      return { limit: config.rateLimit, learnedLimit: limit, remaining, waiting: budget.totals().waiting }
    },
    cache: () => cache.size(),
  })

  const sharedCounts = createSharedCounts(clock)
  const planFor = (terms: Terms, underWay: Iterable<Call> = []) =>
    createPlanner({
      schema,
      createDryRun: (outlook) =>
        createDryRun(outlook, {
          terms,
          cache,
          typicalReplies,
          currentPath,
          pageShares,
          underWay,
          pageSize: config.pageSize,
          maxCalls: Math.max(MAX_IMAGINED_CALLS, config.maxPlannedCalls + 1),
        }),
    })

  /** What one request may use, and until when. */
  function openRequest(
    { headers }: Request,
    caller: Caller,
    { signal, timeoutMs, maxWaitMs, preferredWaitMs }: RequestTime,
  ): GraphQLContext & { end(): void } {
    const tally = createTally()
    const staleReport = createStaleReport(clock)
    const later: (() => void)[] = []
    const terms: Terms = {
      scope,
      caller: caller.name,
      callClass: 'interactive',
      signal,
      begunAtMs: clock.monotonicMs(),
      deadlineAtMs: clock.monotonicMs() + timeoutMs,
      maxWaitMs,
      freshness: readFreshness(headers),
      afterwards: (work: () => void) => void later.push(work),
      admit: () => plan.admit(),
      tally,
      tellStale: staleReport.note,
    }
    const underWay = new Set<Call>()
    const watched: Upstream = (call) => {
      underWay.add(call)
      return upstream(call).finally(() => underWay.delete(call))
    }
    const openLoaders = () =>
      createLoaders({ terms, upstream: watched, cache, pageSize: config.pageSize, emit, pageShares })
    const write = createWrite(terms, watched)
    const view = {
      windowMs: config.rateWindowMs,
      state: () => budget.state(scope.key),
      forecast: (count: number) => budget.forecast(scope.key, count),
      comeBackAt: (count: number) => budget.comeBackAt(scope.key, count, tally.refused),
    }
    const plan = createRequestPlan({
      planner: sharedCounts.share(planFor(terms), JSON.stringify([scope.key, terms.freshness])),
      // Whoever repeats it sends it anew, and what came in meanwhile is then as old as it is.
      repeatPlanner: planFor(
        { ...terms, begunAtMs: Infinity, signal: new AbortController().signal },
        underWay,
      ),
      maxCalls: config.maxPlannedCalls,
      refused: () => tally.refused,
      budget: view,
      toTime: (atMs) => new Date(clock.wallMs() + atMs - clock.monotonicMs()).toISOString(),
    })
    let loaders = openLoaders()
    return {
      get loaders() {
        return loaders
      },
      write: (operation, input) => write(operation, input).finally(() => void (loaders = openLoaders())),
      async describe(error) {
        emit('errorPresented', { code: error.code })
        const wholeAtMs = error.code === 'RATE_LIMITED' ? await plan.wholeAtMs() : null
        const now = { monotonicMs: clock.monotonicMs(), wallMs: clock.wallMs() }
        return presentKnown(error, { wholeAtMs, now })
      },
      tally,
      preferredWaitMs,
      budget: view,
      get isTraced() {
        return staleReport.isWanted
      },
      staleReport,
      plan,
      end: () => {
        if (tally.refused === 0) for (const work of later) work()
      },
    }
  }

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
      const time = createRequestTime(request, config, clock)
      const opened = openRequest(request, caller, time)
      const startMs = clock.monotonicMs()
      let status: number | null = null
      try {
        const response = await handleGraphQL(request, opened)
        status = request.signal.aborted ? null : response.status
        return response
      } finally {
        time.end()
        opened.end()
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

/** How long a request may take and its calls may queue: what `Prefer: wait` asks for comes on top of the usual time. */
interface RequestTime {
  readonly signal: AbortSignal
  readonly timeoutMs: number
  readonly maxWaitMs: number
  /** The same where the request named it; null where it did not. */
  readonly preferredWaitMs: number | null
}

/** Ends the wait of a request's fields when its time is over or its client has left. */
function createRequestTime(request: Request, config: Config, clock: Clock): RequestTime & { end(): void } {
  const { signal: left } = request
  const namedMs = readWait(request.headers)
  const preferredWaitMs = namedMs === null ? null : Math.min(namedMs, config.maxPreferredWaitMs)
  const maxWaitMs = preferredWaitMs ?? config.maxWaitMs
  const timeoutMs = config.requestTimeoutMs + Math.max(0, maxWaitMs - config.maxWaitMs)
  const controller = new AbortController()
  // Every call of the request listens, and a request may make hundreds.
  setMaxListeners(0, controller.signal)
  const leave = (): void => controller.abort(left.reason)
  const cancel = clock.after(timeoutMs, () =>
    controller.abort(
      new GatewayError('UPSTREAM_TIMEOUT', 'The time of the request was over before this was answered.'),
    ),
  )
  if (left.aborted) leave()
  else left.addEventListener('abort', leave, { once: true })
  return {
    signal: controller.signal,
    timeoutMs,
    maxWaitMs,
    preferredWaitMs,
    end() {
      cancel()
      left.removeEventListener('abort', leave)
    },
  }
}

function authenticate({ credential }: AuroraConfig, clock: Clock) {
  switch (credential.kind) {
    case 'bearer':
      return createBearerAuthentication(credential.token)
    case 'hmac':
      return createHmacAuthentication(credential.key, credential.secret, clock)
  }
}

/** An Aurora of our own on a free port of loopback, for whoever has no credential yet. */
async function startSimulator({
  rateLimit,
  rateWindowMs,
}: Config): Promise<AuroraConfig & { close(): Promise<void> }> {
  const simulator = createSimulator({ limit: rateLimit, windowMs: rateWindowMs })
  const { url } = await simulator.listen()
  return {
    baseUrl: new URL(url),
    tenantId: DEFAULT_TENANT_ID,
    credential: { kind: 'bearer', token: DEFAULT_TOKEN },
    close: () => simulator.close(),
  }
}
