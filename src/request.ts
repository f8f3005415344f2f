// What one request may use, and until when: its loaders and writes, its plan, its share of the time and of the budget.
import { createParts } from './answers/parts.ts'
import type { Parts } from './answers/parts.ts'
import type { Budget } from './budget/budget.ts'
import type { Asker } from './budget/reservations.ts'
import type { Cache } from './cache/cache.ts'
import { decideUse } from './cache/decide-use.ts'
import type { Caller } from './callers/caller.ts'
import type { Clock } from './clock.ts'
import type { Config } from './config/config.ts'
import type { BudgetView, GraphQLContext } from './graphql/context.ts'
import { currentPath } from './graphql/paths.ts'
import { createExecuteImagined } from './graphql/execute-imagined.ts'
import { presentKnown } from './graphql/present-error.ts'
import { schema } from './graphql/schema.ts'
import { createStaleReport } from './graphql/stale-report.ts'
import type { StaleReport } from './graphql/stale-report.ts'
import { readFreshness } from './http/directives.ts'
import type { ListEnds } from './loaders/list-ends.ts'
import { createLoaders } from './loaders/loaders.ts'
import type { Loaders } from './loaders/loaders.ts'
import { createPageShares } from './loaders/page-shares.ts'
import type { PageShares } from './loaders/page-shares.ts'
import { createWrite } from './loaders/writes.ts'
import type { Allowance } from './planning/bounds.ts'
import { createDryRun } from './planning/dry-run.ts'
import { createPlanner } from './planning/planner.ts'
import type { Planner } from './planning/plan.ts'
import { createRequestPlan } from './planning/request-plan.ts'
import type { RequestPlan } from './planning/request-plan.ts'
import { createSharedCounts } from './planning/shared-counts.ts'
import type { SharedCounts } from './planning/shared-counts.ts'
import type { TypicalReplies } from './planning/typical-replies.ts'
import { createPace } from './pace.ts'
import type { Pace } from './pace.ts'
import { createRequestTime } from './request-time.ts'
import type { RequestTime } from './request-time.ts'
import type { Call, Upstream } from './rest/call.ts'
import type { Terms, UsedReply } from './rest/terms.ts'
import type { Emit } from './telemetry/events.ts'
import type { RequestRecord } from './telemetry/request-record.ts'
import { createTally } from './telemetry/tally.ts'
import type { Tally } from './telemetry/tally.ts'

export interface OpenRequest {
  readonly context: GraphQLContext
  /** Ends the wait for everything, and starts the work that was deferred until the answer. */
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
  readonly listEnds: ListEnds
}

/** Some 20 minutes of a key's calls: a larger plan is refused anyhow, and each call takes a tenth of a millisecond to count. */
const MAX_IMAGINED_CALLS = 2000

/**
 * The fields of all objects that the dry runs of one request execute: the plan of a screen whose calls fit into
 * MAX_IMAGINED_CALLS executes 10,000 where no objects are alike. Each takes some 20 microseconds.
 */
const MAX_IMAGINED_FIELDS = 40_000

/** What requests have in common: what they learn from each other. */
interface Common extends RequestsOptions {
  readonly pageShares: PageShares
  readonly sharedCounts: SharedCounts
}

/** One request in the making. */
interface Opening {
  readonly caller: Caller
  readonly record: RequestRecord
  readonly request: Request
  readonly time: RequestTime
  readonly tally: Tally
  readonly staleReport: StaleReport
  /** Runs when the request is answered. */
  readonly deferred: (() => void)[]
}

export function createRequests(
  options: RequestsOptions,
): (request: Request, caller: Caller, record: RequestRecord) => OpenRequest {
  const { config, clock, budget } = options
  const common: Common = {
    ...options,
    pageShares: createPageShares(),
    sharedCounts: createSharedCounts(clock),
  }
  return (request, caller, record) => {
    const tally = createTally()
    record.tally = tally
    const time = createRequestTime(request, config, clock)
    const staleReport = createStaleReport(clock)
    const opening: Opening = { caller, record, request, time, tally, staleReport, deferred: [] }
    return {
      context: createContext(opening, common),
      end() {
        time.end()
        if (tally.refused > 0 && request.signal.aborted)
          budget.forget(caller.scope.budgetKey, askerOf(opening))
        if (tally.refused === 0) for (const work of opening.deferred) work()
      },
    }
  }
}

/** In whose name its calls take slots: the tally is the same for all of them. */
const askerOf = ({ caller, tally }: Opening): Asker => ({ caller: caller.name, request: tally })

function createContext(opening: Opening, common: Common): GraphQLContext {
  const { caller, record, time, tally, staleReport } = opening
  const { config, clock, emit, budget } = common
  const { budgetKey } = caller.scope
  const asker = { ...askerOf(opening), waitMs: time.waitUntilMs - time.begunAtMs }
  const budgetView: BudgetView = {
    windowMs: config.rateWindowMs,
    state: () => budget.state(budgetKey),
    forecast: (count) => budget.forecast(budgetKey, asker, count),
    comeBackAt: (count) => budget.comeBackAt(budgetKey, asker, count),
  }
  const parts = createAnswerParts(opening, common)
  const terms = createTerms(opening, { common, parts, admitCalls: () => plan.checkCost() })
  const underWay = new Set<Call>()
  const plan = createPlan(terms, { common, underWay, budgetView })
  const pace = createPace()
  const access = openAccess(terms, { ...common, underWay, pace })
  return {
    record,
    get loaders() {
      return access.loaders
    },
    write: access.write,
    async describe(error) {
      emit('errorPresented', { code: error.code })
      const wholeAtMs = error.code === 'RATE_LIMITED' ? await plan.wholeAtMs() : null
      const now = { monotonicMs: clock.monotonicMs(), wallMs: clock.wallMs() }
      return presentKnown(error, { wholeAtMs, now })
    },
    isReadOnly: caller.isReadOnly,
    parts,
    tally,
    preferredWaitMs: time.preferredWaitMs,
    budget: budgetView,
    get isTraced() {
      return staleReport.isWanted
    },
    staleReport,
    plan,
    pace,
    gather: null,
  }
}

function createAnswerParts({ caller, request }: Opening, { cache, clock }: Common): Parts {
  const wanted = { begunAtMs: clock.monotonicMs(), freshness: readFreshness(request.headers) }
  const currentOf = ({ key, answer }: UsedReply) => {
    const cached = cache.readBy(key)
    return cached && cached.answer === answer.deref() ? cached : null
  }
  return createParts({
    scope: caller.scope.key,
    isCurrent: (used) => currentOf(used) !== null,
    isGood(used) {
      const cached = currentOf(used)
      return cached !== null && decideUse(cached, wanted) === 'fresh'
    },
  })
}

function createTerms(
  { caller, record, request, time, tally, staleReport, deferred }: Opening,
  { common, parts, admitCalls }: { common: Common; parts: Parts; admitCalls: () => Promise<void> },
): Terms {
  const nowMs = common.clock.monotonicMs()
  return {
    scope: caller.scope,
    caller: caller.name,
    callClass: 'interactive',
    signal: time.signal,
    begunAtMs: nowMs,
    deadlineAtMs: time.deadlineAtMs,
    waitUntilMs: time.waitUntilMs,
    freshness: readFreshness(request.headers),
    afterwards: (work) => void deferred.push(work),
    admitCalls,
    tally,
    record,
    onStale: staleReport.note,
    onUsed: parts.note,
  }
}

const execute = createExecuteImagined(schema)

interface PlanParts {
  readonly common: Common
  readonly underWay: Iterable<Call>
  readonly budgetView: BudgetView
}

function createPlan(terms: Terms, { common, underWay, budgetView }: PlanParts): RequestPlan {
  const { clock, config, sharedCounts } = common
  // A client that leaves does not end it, as other requests may wait for the same count.
  const { signal } = new AbortController()
  const fields: Allowance = { left: MAX_IMAGINED_FIELDS }
  const planner = createPlannerOn({ ...terms, signal }, { ...common, fields })
  return createRequestPlan({
    planner,
    sharedPlanner: sharedCounts.share(planner, nameOf(terms)),
    // The repeat is a new request: an answer that came after this one began has its real age there.
    repeatPlanner: createPlannerOn(
      { ...terms, begunAtMs: Infinity, signal },
      { ...common, fields, underWay },
    ),
    maxCalls: config.maxPlannedCalls,
    refused: () => terms.tally.refused,
    budget: budgetView,
    toTime: (atMs) => new Date(clock.wallMs() + atMs - clock.monotonicMs()).toISOString(),
  })
}

const createPlannerOn = (
  terms: Terms,
  {
    config,
    cache,
    typicalReplies,
    pageShares,
    listEnds,
    fields,
    underWay = [],
  }: Common & { readonly fields: Allowance; readonly underWay?: Iterable<Call> },
): Planner =>
  createPlanner({
    execute,
    createDryRun: (outlook, isGathering) =>
      createDryRun(outlook, {
        isGathering,
        terms,
        cache,
        typicalReplies,
        currentPath,
        pageShares,
        listEnds,
        underWay,
        pageSize: config.pageSize,
        maxCalls: Math.max(MAX_IMAGINED_CALLS, config.maxPlannedCalls + 1),
        fields,
      }),
  })

interface Access extends Common {
  readonly underWay: Set<Call>
  readonly pace: Pace
}

/** The loaders and writes of one request; after a write there are new loaders, so that nothing read before it is shown. */
function openAccess(
  terms: Terms,
  { upstream, cache, config, emit, pageShares, listEnds, underWay, pace }: Access,
): Pick<GraphQLContext, 'loaders' | 'write'> {
  const { pageSize } = config
  const watched: Upstream = (call) => {
    underWay.add(call)
    return upstream(call).finally(() => underWay.delete(call))
  }
  const write = createWrite(terms, watched)
  /** Made when the first field asks: an answer that is remembered needs none. */
  let loaders: Loaders | null = null
  return {
    get loaders() {
      loaders ??= createLoaders({
        terms,
        upstream: watched,
        cache,
        pageSize,
        emit,
        pageShares,
        listEnds,
        pace,
      })
      return loaders
    },
    write: (operation, input) => write(operation, input).finally(() => void (loaders = null)),
  }
}

/** What a count depends on besides the operation. Not as JSON, which writes an endless age as null. */
function nameOf({ scope, freshness }: Terms): string {
  const { isCacheOnly, maxAgeMs, maxStaleMs, staleIfErrorMs } = freshness
  return [scope.key, isCacheOnly, maxAgeMs, maxStaleMs, staleIfErrorMs].map(String).join(' ')
}
