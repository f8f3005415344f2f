// What one request may use, and until when: its loaders and writes, its plan, its share of the time and of the budget.
import { setMaxListeners } from 'node:events'
import { createParts } from './answers/parts.ts'
import type { Budget } from './budget/budget.ts'
import type { Cache } from './cache/cache.ts'
import { decideUse } from './cache/decide-use.ts'
import type { Clock } from './clock.ts'
import type { Config } from './config/config.ts'
import { GatewayError } from './errors/errors.ts'
import type { GraphQLContext } from './graphql/context.ts'
import { createExecuteImagined } from './graphql/execute-imagined.ts'
import { currentPath } from './graphql/paths.ts'
import { presentKnown } from './graphql/present-error.ts'
import { schema } from './graphql/schema.ts'
import { createStaleReport } from './graphql/stale-report.ts'
import type { Caller } from './callers/caller.ts'
import { readFreshness, readWait } from './http/directives.ts'
import { createLoaders } from './loaders/loaders.ts'
import type { Loaders } from './loaders/loaders.ts'
import { createPageShares } from './loaders/page-shares.ts'
import { createWrite } from './loaders/writes.ts'
import { createDryRun } from './planning/dry-run.ts'
import { createPlanner } from './planning/planner.ts'
import { createRequestPlan } from './planning/request-plan.ts'
import { createSharedCounts } from './planning/shared-counts.ts'
import type { TypicalReplies } from './planning/typical-replies.ts'
import { createTally } from './rest/call.ts'
import type { Call, StaleReason, Terms, Upstream } from './rest/call.ts'
import type { Emit } from './telemetry/events.ts'
import type { RequestRecord } from './telemetry/request-record.ts'

export interface OpenRequest {
  readonly context: GraphQLContext
  /** Nothing is waited for any more; what was put off until the answer is begun. */
  end(): void
}

export interface RequestsOptions {
  readonly config: Config
  readonly clock: Clock
  readonly emit: Emit
  readonly upstream: Upstream
  readonly cache: Cache
  readonly budget: Budget
  readonly typicalReplies: TypicalReplies
}

/** Some 20 minutes of a key's calls: what is more is too much anyhow, and counting takes a tenth of a millisecond each. */
const MAX_IMAGINED_CALLS = 2000

const BAD_TIMES: ReadonlySet<StaleReason> = new Set<StaleReason>(['RATE_LIMITED', 'UPSTREAM_FAILED'])

/** What requests learn from each other is kept here; each opened one is of one request alone. */
export function createRequests(
  options: RequestsOptions,
): (request: Request, caller: Caller, record: RequestRecord) => OpenRequest {
  const { config, clock, emit, upstream, cache, budget, typicalReplies } = options
  const { pageSize } = config
  const pageShares = createPageShares()
  const sharedCounts = createSharedCounts(clock)
  const execute = createExecuteImagined(schema)
  const planFor = (terms: Terms, underWay: Iterable<Call> = []) =>
    createPlanner({
      execute,
      createDryRun: (outlook) =>
        createDryRun(outlook, {
          terms,
          cache,
          typicalReplies,
          currentPath,
          pageShares,
          underWay,
          pageSize,
          maxCalls: Math.max(MAX_IMAGINED_CALLS, config.maxPlannedCalls + 1),
        }),
    })

  return (request, caller, record) => {
    const { scope } = caller
    const time = createRequestTime(request, config, clock)
    const { signal, timeoutMs, maxWaitMs, preferredWaitMs } = time
    const tally = createTally()
    record.tally = tally
    const staleReport = createStaleReport(clock)
    const parts = createParts({
      scope: scope.key,
      isCurrent: ({ key, answeredAtMs }) => cache.readBy(key)?.reply.answeredAtMs === answeredAtMs,
      isGood({ key, answeredAtMs }) {
        const cached = cache.readBy(key)
        return cached?.reply.answeredAtMs === answeredAtMs && decideUse(cached, terms) === 'fresh'
      },
    })
    const later: (() => void)[] = []
    const terms: Terms = {
      scope,
      caller: caller.name,
      callClass: 'interactive',
      signal,
      begunAtMs: clock.monotonicMs(),
      deadlineAtMs: clock.monotonicMs() + timeoutMs,
      maxWaitMs,
      freshness: readFreshness(request.headers),
      afterwards: (work: () => void) => void later.push(work),
      admit: () => plan.checkCost(),
      tally,
      record,
      tellStale(fact) {
        staleReport.note(fact)
        // Good enough for who sees it now; not for a cache that would go on showing it.
        if (BAD_TIMES.has(fact.reason)) parts.spoil()
      },
      tellUsed: parts.note,
    }
    const underWay = new Set<Call>()
    const watched: Upstream = (call) => {
      underWay.add(call)
      return upstream(call).finally(() => underWay.delete(call))
    }
    const openLoaders = () => createLoaders({ terms, upstream: watched, cache, pageSize, emit, pageShares })
    const write = createWrite(terms, watched)
    const view = {
      windowMs: config.rateWindowMs,
      state: () => budget.state(scope.key),
      forecast: (count: number) => budget.forecast(scope.key, count),
      comeBackAt: (count: number) => budget.comeBackAt(scope.key, count, tally.refused),
    }
    // Not ended by a client that leaves, as others may be waiting for the same count.
    const { signal: unending } = new AbortController()
    const planner = planFor({ ...terms, signal: unending })
    const plan = createRequestPlan({
      planner,
      sharedPlanner: sharedCounts.share(planner, nameOf(terms)),
      // Whoever repeats it sends it anew, and what came in meanwhile is then as old as it is.
      repeatPlanner: planFor({ ...terms, begunAtMs: Infinity, signal: unending }, underWay),
      maxCalls: config.maxPlannedCalls,
      refused: () => tally.refused,
      budget: view,
      toTime: (atMs) => new Date(clock.wallMs() + atMs - clock.monotonicMs()).toISOString(),
    })
    /** Made when the first field asks: an answer that is remembered needs none. */
    let loaders: Loaders | null = null
    const context: GraphQLContext = {
      record,
      get loaders() {
        loaders ??= openLoaders()
        return loaders
      },
      write: (operation, input) => write(operation, input).finally(() => void (loaders = null)),
      async describe(error) {
        emit('errorPresented', { code: error.code })
        const wholeAtMs = error.code === 'RATE_LIMITED' ? await plan.wholeAtMs() : null
        const now = { monotonicMs: clock.monotonicMs(), wallMs: clock.wallMs() }
        return presentKnown(error, { wholeAtMs, now })
      },
      isReadOnly: caller.isReadOnly,
      parts,
      tally,
      preferredWaitMs,
      budget: view,
      get isTraced() {
        return staleReport.isWanted
      },
      staleReport,
      plan,
    }
    return {
      context,
      end() {
        time.end()
        if (tally.refused === 0) for (const work of later) work()
      },
    }
  }
}

/** Whatever a count depends on besides the operation. No JSON: an endless age would read like none. */
function nameOf({ scope, freshness }: Terms): string {
  const { isCacheOnly, maxAgeMs, maxStaleMs, staleIfErrorMs } = freshness
  return [scope.key, isCacheOnly, maxAgeMs, maxStaleMs, staleIfErrorMs].map(String).join(' ')
}

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
