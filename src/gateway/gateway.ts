// Makes the parts of the gateway and joins them: memories, counters, the line (line.ts), and the requests on it.
import { createAnswering } from './answering.ts'
import type { Answering } from './answering.ts'
import { doAtOnce } from '../turns/at-once.ts'
import type { Pieces } from '../turns/at-once.ts'
import { createRememberedAnswers } from '../answers/remembered.ts'
import { createBudget } from '../budget/budget.ts'
import type { Budget } from '../budget/budget.ts'
import { createCircuitBreakers } from '../budget/with-circuit-breaker.ts'
import { createCache } from '../cache/cache.ts'
import { withChangeNotices } from '../cache/change-notices.ts'
import { createHistories } from '../changes/histories.ts'
import { withHistories } from '../changes/with-histories.ts'
import { createWarmUpIfSet } from '../cache/warm-up.ts'
import { createAnswerAtOnce } from '../cache/with-cache.ts'
import { createAuthenticate } from '../callers/authenticate.ts'
import type { Authenticate } from '../callers/caller.ts'
import type { Clock } from '../clock.ts'
import type { Config } from '../config/config.ts'
import { openPage } from '../graphql/open-page.ts'
import { createHandler, describeValidation } from './graphql-handler.ts'
import { createLiveAnswers } from './live-answers.ts'
import { createKnownObjects } from './known-objects.ts'
import { createLine } from './line.ts'
import { createListEnds } from '../loaders/list-ends.ts'
import { NO_PROXIES } from '../network/proxies.ts'
import { createTypicalReplies } from '../planning/typical-replies.ts'
import { openShared } from '../redis/open-shared.ts'
import { isRead } from '../aurora/endpoint.ts'
import { createCall } from '../rest/call.ts'
import type { Upstream } from '../rest/call.ts'
import type { ScopeKey } from '../rest/scope.ts'
import { createRepeats } from './repeats.ts'
import { createInvalidations } from '../router-cache/invalidations.ts'
import { createClient } from '../rest/client.ts'
import { createSpareTerms } from '../rest/spare-terms.ts'
import { createStandings } from '../rest/standings.ts'
import { lastAnswerMs } from './request-time.ts'
import { createRequests } from './request.ts'
import { openCacheFile } from './open-cache-file.ts'
import { reread } from './reread.ts'
import type { Reread } from './reread.ts'
import { watchShares } from '../spent/shares.ts'
import { openSpent } from '../spent/spent.ts'
import { createServedTenants, warnOfUnequalLimits } from './served-tenants.ts'
import { emitToAll } from '../telemetry/emit-to-all.ts'
import { createEventLog } from '../telemetry/event-log.ts'
import type { Log } from '../telemetry/log.ts'
import { createLoop } from '../turns/loop.ts'
import type { Loop } from '../turns/loop.ts'
import { createTenantsSeen } from '../turns/tenants-seen.ts'
import type { Metrics } from '../telemetry/metrics.ts'
import type { ReceiveWebhook } from '../webhooks/receive.ts'
import { createWebhooks } from '../webhooks/webhooks.ts'
import type { Traces } from '../telemetry/traces.ts'
import { createServedSchema } from './served-schema.ts'
import { createTrustedDocuments } from './trusted-documents.ts'

export interface Gateway {
  /** The event loop's turns, shared by the gateway's requests and the HTTP server before them. */
  readonly loop: Loop
  readonly authenticate: Authenticate
  /** Answers one GraphQL request over HTTP. Always answers. */
  readonly handle: Answering['handle']
  readonly handlePlain: Answering['handlePlain']
  /** The page of the query editor, which contains no secret; null: there is none. */
  readonly page: Awaited<ReturnType<typeof openPage>> | null
  isReady(): boolean
  /**
   * To be called when the process did not run for a while: webhooks that came then may be lost. `sleptMs`: the part of
   * this time that the clock by which answers age has not counted.
   */
  noteLostTime(lost: { readonly sleptMs: number }): void
  /** Receives a webhook of Aurora: `off` if no secret is set. */
  readonly receiveWebhook: ReceiveWebhook
  /** Whether all data is made up. */
  readonly isSimulated: boolean
  /** Origins of the Aurora servers that the gateway calls; the simulator's own if no credential is set. */
  upstreamUrls(): readonly string[]
  /**
   * Serves the tenants of another configuration from now on, and reads the trusted documents again. Requests under way
   * end as they began. Throws a ManifestError, and changes nothing, if a document cannot be executed. All files are
   * read before anything is replaced.
   */
  reloadInPieces(config: Config): Pieces<void>
  /** As `reloadInPieces`, at once. */
  reload(config: Config): void
  /** The process ends in `graceMs`: calls without a slot in time are refused now, with the time to repeat them. */
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
  /** Sends spans of requests and attempts to a collector; left out, nothing is traced. */
  readonly traces?: Traces | null
}

/** The eighth part of the cache's memory is added for the bodies that were read. */
const BODY_PARTS = 8

export async function createGateway(config: Config, options: GatewayOptions): Promise<Gateway> {
  const { log, clock, random = Math.random, metrics = null, traces = null } = options
  const emit = emitToAll([createEventLog(log, clock), metrics?.emit, traces?.emit])
  const served = await createServedTenants(config, clock)
  const { tenants } = served
  warnOfUnequalLimits(tenants, log)

  const settling = { settleMs: config.webhooks.settleMs, writeSettleMs: config.writeSettleMs }
  const webhooks = createWebhooks({ config, tenants, emit, clock, random })
  const { proving } = webhooks
  const { cache: noticed, changes } = withChangeNotices(
    createCache({ maxBytes: config.cacheMaxBytes, clock, emit, ...settling, trustOf: proving?.trustOf }),
  )
  const histories = createHistories({ ...config, clock })
  const own = withHistories(noticed, { histories, clock, ...settling })
  const cacheFile = await openCacheFile(config, {
    isSimulated: served.isSimulated,
    cache: own,
    position: () => shared.position(),
    clock,
    emit,
  })
  // Before the first contact with other replicas, which drops from it what they have changed since it was written.
  const filed = (await cacheFile?.load()) ?? null
  const isBrought = config.callerAuth === 'passthrough'
  const standings = createStandings({
    clock,
    onAccepted: (key) => shared.credentials.note(key),
    onWithdrawn: (key) => shared.credentials.forget(key),
  })
  const parts = { filed, clock, emit, standings, isBrought, onFacts: proving?.onFacts }
  const shared = await openShared({ ...config, cache: own, ...parts })
  await shared.ready()
  const invalidations = createInvalidations({ config, clock, emit, random })
  const cache = invalidations.withNotices(shared.cache)

  const spent = openSpent({ ...config, isSimulated: served.isSimulated, clock, emit })
  // With Redis, all replicas and commands count there, so no shares are read from the folder.
  const sharesIn = spent && shared.connections().length === 0 ? config.stateDir : null
  const shares = watchShares({ folder: sharesIn, clock, onChange: () => budget.takeUpLimits() })
  const budget: Budget = createBudget({
    limit: config.rateLimit,
    limitOf: (key) => Math.max(1, (tenants.rateLimitOf(key) ?? config.rateLimit) - shares.calls()),
    windowMs: config.rateWindowMs,
    operationLimits: config.operationLimits,
    clock,
    openLedger: shared.openLedger,
    openRecord: spent?.openRecord,
  })
  const breakers = createCircuitBreakers({ clock, emit, standings })
  const listEnds = createListEnds({ clock })
  const typicalReplies = createTypicalReplies(listEnds)
  const client = createClient({
    ...config,
    // No proxy reaches the simulator, which listens on this machine only.
    proxies: served.isSimulated ? NO_PROXIES : config.proxies,
    knownBytes: config.cacheMaxBytes / BODY_PARTS,
    clock,
    emit,
    standings,
  })
  const callerParts = { ...served, clock, emit, standings, isAcceptedElsewhere: shared.credentials.has }
  const ending = new AbortController()
  const reading = { caller: 'webhooks', signal: ending.signal, clock, timeoutMs: config.requestTimeoutMs }
  const { receive, audit } = webhooks.open({
    ...shared,
    cache,
    read: (scope, question) => line.fetch(createCall(createSpareTerms({ ...reading, scope }), question)),
  })
  const common = { cache, budget, typicalReplies, clock, emit }
  const line = createLine({
    ...common,
    shared,
    breakers,
    standings,
    random,
    ending: ending.signal,
    attempt: client.send,
    audit,
    refreshTimeoutMs: config.requestTimeoutMs,
    flightTimeoutMs: config.requestTimeoutMs + config.maxPreferredWaitMs,
  })
  const remembered = createRememberedAnswers({
    maxBytes: config.answersMaxBytes,
    cache,
    onUsed: (part, times) => warmUp?.again(part, times),
  })
  const isServed = (key: ScopeKey): boolean =>
    isBrought || tenants.all().some(({ scope }) => scope.key === key)
  const warmUp = createWarmUpIfSet(config.warmUp, {
    isServed: ({ key }) => isServed(key),
    next: line.fetch,
    cache: cache.glance,
    clock,
    emit,
    refreshTimeoutMs: config.requestTimeoutMs,
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
    ...(proving && { proven: proving.counts }),
  })
  const schema = createServedSchema(config)
  const trusted = createTrustedDocuments(config, schema)
  const loop = createLoop({ clock })
  const seen = createTenantsSeen(clock)
  const knownObjects = createKnownObjects({
    maxBytes: config.textsMaxBytes,
    cache,
    answerAtOnce: createAnswerAtOnce({ cache, emit: () => {} }),
    onUsed: (part, times) => warmUp?.again(part, times),
    clock,
    emit,
  })
  const ofRequests = { schema, config, loop, seen, upstream, answerAtOnce, listEnds, knownObjects, histories }
  const openRequest = createRequests({ ...common, ...ofRequests })
  const isKnown = isBrought ? standings.isAccepted : undefined
  const handleGraphQL = createHandler(config, {
    schema,
    trusted: trusted.current,
    isKnown,
    remembered,
    log,
    clock,
    emit,
  })
  const ofBudget = { budget, windowMs: config.rateWindowMs, ...describeValidation(config, clock) }
  const executing = { openRequest, handleGraphQL, loop, seen }
  const live = createLiveAnswers({ ...executing, ...ofBudget, cache, changes, clock, log, emit })
  const repeats = createRepeats({ ...ofBudget, remembered, clock, emit, traces })

  const replaceAll = (next: Config, read: Reread): void => {
    trusted.replace(read.documents)
    repeats.endAll()
    tenants.replace(read.tenants)
    served.takeUpRouters(next)
    const scopes = new Set(read.tenants.map(({ scope }) => scope.key))
    live.endUnserved((key) => isBrought || scopes.has(key))
    webhooks.replace(next)
    invalidations.replace(next)
    warnOfUnequalLimits(tenants, log)
    budget.takeUpLimits()
  }
  const reloadInPieces = (next: Config): Pieces<void> => reread(next, { served, trusted, replaceAll })

  return {
    ...createAnswering({ openRequest, handleGraphQL, repeats, live, clock, emit, traces }),
    loop,
    authenticate: await createAuthenticate(config, callerParts),
    page: config.graphiql ? await openPage(config.callerAuth) : null,
    upstreamUrls: () =>
      config.callerAuth === 'passthrough'
        ? [config.auroraBaseUrl.origin]
        : [...new Set(tenants.all().map(({ scope }) => scope.baseUrl.origin))],
    reloadInPieces,
    reload: (next) => doAtOnce(reloadInPieces(next)),
    receiveWebhook: receive,
    isReady: () => true,
    noteLostTime({ sleptMs }) {
      if (sleptMs > 0) cache.ageAll(sleptMs)
      proving?.noteStandstill()
    },
    isSimulated: served.isSimulated,
    drain(graceMs) {
      budget.drain(clock.monotonicMs() + graceMs - lastAnswerMs(graceMs))
      ending.abort()
    },
    async close() {
      live.end()
      await invalidations.close()
      webhooks.close()
      warmUp?.close()
      shares.close()
      budget.close()
      await cacheFile?.close()
      await shared.close()
      await client.close()
      await served.close()
      spent?.close()
    },
  }
}

function totalsOf(budget: Budget, { rateLimit }: Config) {
  const { limit, ...totals } = budget.totals()
  return { ...totals, limit: rateLimit, learnedLimit: limit }
}
