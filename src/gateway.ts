// Makes the parts of the gateway and joins them: what is kept, what is counted, the line (line.ts), and the requests on it.
import { createAnswering } from './answering.ts'
import type { Answering } from './answering.ts'
import { createRememberedAnswers } from './answers/remembered.ts'
import { createBudget } from './budget/budget.ts'
import type { Budget } from './budget/budget.ts'
import { createCircuitBreakers } from './budget/with-circuit-breaker.ts'
import { createCache } from './cache/cache.ts'
import { createWarmUp } from './cache/warm-up.ts'
import type { WarmUp } from './cache/warm-up.ts'
import { createAuthenticate } from './callers/authenticate.ts'
import type { Authenticate } from './callers/caller.ts'
import type { Tenants } from './callers/tenants.ts'
import type { Clock } from './clock.ts'
import type { Config } from './config/config.ts'
import { openPage } from './graphql/open-page.ts'
import { createHandler } from './graphql-handler.ts'
import { createLine } from './line.ts'
import { createListEnds } from './loaders/list-ends.ts'
import { NO_PROXIES } from './network/proxies.ts'
import { createTypicalReplies } from './planning/typical-replies.ts'
import { openShared } from './redis/open-shared.ts'
import { isRead } from './aurora/endpoint.ts'
import type { Upstream } from './rest/call.ts'
import { createRepeats } from './repeats.ts'
import { createClient } from './rest/client.ts'
import { createStandings } from './rest/standings.ts'
import { lastAnswerMs } from './request-time.ts'
import { createRequests } from './request.ts'
import { openSpent } from './spent/spent.ts'
import { createServedTenants } from './served-tenants.ts'
import type { ServedTenants } from './served-tenants.ts'
import { createEventLog } from './telemetry/event-log.ts'
import type { Emit } from './telemetry/events.ts'
import type { Log } from './telemetry/log.ts'
import { createLoop } from './loop.ts'
import type { Loop } from './loop.ts'
import type { Metrics } from './telemetry/metrics.ts'
import type { Traces } from './telemetry/traces.ts'
import { createTrustedDocuments } from './trusted-documents.ts'

export interface Gateway {
  /** Its requests and the server that they come through share the turns of the event loop. */
  readonly loop: Loop
  readonly authenticate: Authenticate
  /** Answers one GraphQL request over HTTP. Always answers. */
  readonly handle: Answering['handle']
  readonly handlePlain: Answering['handlePlain']
  /** The page of the query editor, which contains no secret; null: there is none. */
  readonly page: (() => Promise<Response>) | null
  isReady(): boolean
  /** All data is made up. */
  readonly isSimulated: boolean
  /** Origins of the Auroras that it asks; the simulator's own where no credential is set. */
  upstreamUrls(): readonly string[]
  /**
   * Serves the tenants of another configuration from now on, and reads the trusted documents again. Requests under way end
   * as they began. Throws a ManifestError, and changes nothing, if a document cannot be executed.
   */
  reload(config: Config): void
  /** The process ends in `graceMs`: calls that cannot get a slot in time are refused now, with the time to ask again. */
  drain(graceMs: number): void
  close(): Promise<void>
}

export interface GatewayOptions {
  readonly log: Log
  readonly clock: Clock
  /** 0 to 1; spreads retries. */
  readonly random?: () => number
  /** Receives the events beside the log; left out, nothing is counted. */
  readonly metrics?: Metrics | null
  /** Sends requests and attempts to a collector; left out, nothing is traced. */
  readonly traces?: Traces | null
}

export async function createGateway(config: Config, options: GatewayOptions): Promise<Gateway> {
  const { log, clock, random = Math.random, metrics = null, traces = null } = options
  const emit = emitToAll([createEventLog(log, clock), metrics?.emit, traces?.emit])
  const served = await createServedTenants(config, clock)
  const { tenants } = served
  warnOfUnequalLimits(tenants, log)

  const own = createCache({ maxBytes: config.cacheMaxBytes, clock, emit })
  const cacheFile =
    config.cacheFile === null
      ? null
      : (await import('./cache/cache-file.ts')).createCacheFile({
          path: config.cacheFile,
          source: served.isSimulated ? 'simulator' : config.auroraBaseUrl.href,
          cache: own,
          maxBytes: config.cacheMaxBytes,
          position: () => shared.position(),
          clock,
          emit,
        })
  // Before the first contact with other replicas: what they have changed since the file was written is dropped from it then.
  const filed = (await cacheFile?.load()) ?? null
  const isBrought = config.callerAuth === 'passthrough'
  const standings = createStandings({
    clock,
    onAccepted: (key) => shared.credentials.note(key),
    onWithdrawn: (key) => shared.credentials.forget(key),
  })
  const shared = await openShared({ ...config, cache: own, filed, clock, emit, standings, isBrought })
  await shared.ready()
  const { cache } = shared

  const spent = openSpent({ ...config, isSimulated: served.isSimulated, clock, emit })
  const budget = createBudget({
    limit: config.rateLimit,
    limitOf: tenants.rateLimitOf,
    windowMs: config.rateWindowMs,
    operationLimits: config.operationLimits,
    clock,
    openLedger: shared.openLedger,
    openRecord: spent?.openRecord,
  })
  const breakers = createCircuitBreakers({ clock, emit })
  const listEnds = createListEnds({ clock })
  const typicalReplies = createTypicalReplies(listEnds)
  const client = createClient({
    ...config,
    // No proxy reaches the simulator, which listens on this machine only.
    proxies: served.isSimulated ? NO_PROXIES : config.proxies,
    clock,
    emit,
    standings,
  })
  const callerParts = { tenants, clock, emit, standings, isAcceptedElsewhere: shared.credentials.has }
  const ending = new AbortController()
  const line = createLine({
    shared,
    cache,
    budget,
    breakers,
    typicalReplies,
    standings,
    clock,
    random,
    emit,
    ending: ending.signal,
    attempt: client.send,
    refreshTimeoutMs: config.requestTimeoutMs,
    flightTimeoutMs: config.requestTimeoutMs + config.maxPreferredWaitMs,
  })
  const remembered = createRememberedAnswers({
    maxBytes: config.answersMaxBytes,
    cache,
    onUsed: (part, times) => warmUp?.again(part, times),
  })
  const warmUp = createWarmUpOrNot(config, {
    served,
    next: line.fetch,
    cache: cache.glance,
    clock,
    emit,
    beforeLook: remembered.reportUses,
  })
  const read = warmUp?.watch(line.read) ?? line.read
  const answerAtOnce = warmUp?.watchAtOnce(line.answerAtOnce) ?? line.answerAtOnce
  const upstream: Upstream = (call) => (isRead(call.endpoint) ? read(call) : line.write(call))

  metrics?.watch({
    budget: () => totalsOf(budget, config),
    cache: () => cache.size(),
    openCircuits: breakers.countOpen,
    redis: shared.connections,
  })
  const trusted = createTrustedDocuments(config)
  const loop = createLoop({ clock })
  const openRequest = createRequests({
    config,
    clock,
    loop,
    emit,
    upstream,
    answerAtOnce,
    cache,
    budget,
    typicalReplies,
    listEnds,
  })
  const isKnown = isBrought ? standings.isAccepted : undefined
  const handleGraphQL = createHandler(config, {
    trusted: trusted.current,
    isKnown,
    remembered,
    log,
    clock,
    emit,
  })
  const repeats = createRepeats({ remembered, budget, windowMs: config.rateWindowMs, clock, emit, traces })

  return {
    ...createAnswering({ openRequest, handleGraphQL, repeats, clock, emit, traces }),
    loop,
    authenticate: await createAuthenticate(config, callerParts),
    page: config.graphiql ? await openPage(config.callerAuth) : null,
    upstreamUrls: () =>
      config.callerAuth === 'passthrough'
        ? [config.auroraBaseUrl.origin]
        : [...new Set(tenants.all().map(({ scope }) => scope.baseUrl.origin))],
    reload(next) {
      trusted.read()
      repeats.endAll()
      served.replace(next)
      warnOfUnequalLimits(tenants, log)
      budget.takeUpLimits()
    },
    isReady: () => true,
    isSimulated: served.isSimulated,
    drain(graceMs) {
      budget.drain(clock.monotonicMs() + graceMs - lastAnswerMs(graceMs))
      ending.abort()
    },
    async close() {
      warmUp?.close()
      budget.close()
      await cacheFile?.close()
      await shared.close()
      await client.close()
      await served.close()
      spent?.close()
    },
  }
}

function emitToAll(receivers: readonly (Emit | undefined)[]): Emit {
  const all = receivers.filter((receiver) => receiver !== undefined)
  return (name, fact) => {
    for (const receive of all) receive(name, fact)
  }
}

function warnOfUnequalLimits(tenants: Tenants, log: Log): void {
  for (const unequal of tenants.unequalLimits())
    log.warn(unequal, 'tenants with one API key have different limits: the lowest counts for all')
}

function totalsOf(budget: Budget, { rateLimit }: Config) {
  const { limit, ...totals } = budget.totals()
  return { ...totals, limit: rateLimit, learnedLimit: limit }
}

interface WarmUpParts {
  readonly served: ServedTenants
  readonly next: Upstream
  readonly cache: Parameters<typeof createWarmUp>[0]['cache']
  readonly clock: Clock
  readonly emit: Emit
  readonly beforeLook: () => void
}

function createWarmUpOrNot(
  { warmUp: mode, callerAuth, requestTimeoutMs }: Config,
  { served, ...parts }: WarmUpParts,
): WarmUp | null {
  if (mode === 'off') return null
  return createWarmUp({
    ...parts,
    mode,
    isServed: ({ key }) =>
      callerAuth === 'passthrough' || served.tenants.all().some(({ scope }) => scope.key === key),
    refreshTimeoutMs: requestTimeoutMs,
  })
}
