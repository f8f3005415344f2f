// What one request may use, and until when: its loaders and writes, its plan, its share of the time and of the budget.
import { createParts } from './answers/parts.ts'
import type { Parts } from './answers/parts.ts'
import type { Budget } from './budget/budget.ts'
import type { Asker } from './budget/reservations.ts'
import type { Cache } from './cache/cache.ts'
import { isFreshForAll } from './cache/decide-use.ts'
import type { Caller } from './callers/caller.ts'
import type { Clock } from './clock.ts'
import type { Config } from './config/config.ts'
import type { BudgetView, GraphQLContext } from './graphql/context.ts'
import { createRepeatNotes } from './graphql/repeat-notes.ts'
import { presentKnown } from './graphql/present-error.ts'
import { createStaleReport } from './graphql/stale-report.ts'
import type { StaleReport } from './graphql/stale-report.ts'
import { readFreshness } from './http/directives.ts'
import type { ListEnds } from './loaders/list-ends.ts'
import { createLoaders } from './loaders/loaders.ts'
import type { Loaders } from './loaders/loaders.ts'
import { createPageShares } from './loaders/page-shares.ts'
import type { PageShares } from './loaders/page-shares.ts'
import { createWrite } from './loaders/writes.ts'
import { createSharedCounts } from './planning/shared-counts.ts'
import type { SharedCounts } from './planning/shared-counts.ts'
import type { TypicalReplies } from './planning/typical-replies.ts'
import type { RequestHead } from './plain-exchange.ts'
import { createPace } from './pace.ts'
import type { InTurn, Pace } from './pace.ts'
import type { RequestPlan } from './planning/request-plan.ts'
import { createPlan } from './plan-of-request.ts'
import type { Loop } from './loop.ts'
import { createRequestTime } from './request-time.ts'
import type { RequestTime } from './request-time.ts'
import type { AnswerAtOnce } from './rest/answer.ts'
import type { Call, Upstream } from './rest/call.ts'
import type { Freshness } from './rest/freshness.ts'
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
  readonly loop: Pick<Loop, 'work'>
  readonly emit: Emit
  readonly upstream: Upstream
  readonly answerAtOnce: AnswerAtOnce
  readonly cache: Cache
  readonly budget: Budget
  readonly typicalReplies: TypicalReplies
  readonly listEnds: ListEnds
}

/** What requests have in common: what they learn from each other. */
interface Common extends RequestsOptions {
  readonly pageShares: PageShares
  readonly sharedCounts: SharedCounts
}

/** One request in the making. */
interface Opening {
  readonly caller: Caller
  readonly record: RequestRecord
  readonly request: RequestHead
  readonly freshness: Freshness
  readonly time: RequestTime
  readonly tally: Tally
  readonly staleReport: StaleReport
  /** Runs when the request is answered. */
  readonly deferred: (() => void)[]
}

export function createRequests(
  options: RequestsOptions,
): (request: RequestHead, caller: Caller, record: RequestRecord) => OpenRequest {
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
    const freshness = readFreshness(request.headers)
    const opening: Opening = { caller, record, request, freshness, time, tally, staleReport, deferred: [] }
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
  const { config, clock, emit, budget, loop } = common
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
  let place: readonly [string, object] | null = null
  const inTurn: InTurn = (piece) =>
    loop.work(piece, (place ??= [caller.holder ?? JSON.stringify([caller.scope.key, caller.name]), tally]))
  const plan = createLatePlan(() => createPlan(terms, { common, underWay, budgetView, inTurn }), tally)
  const pace = createPace({ inTurn, leaving: () => opening.request.signal })
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
    repeat: createRepeatNotes(),
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

/** The plan is made when a call is to be made, or counted: what is answered from memory needs none. */
function createLatePlan(make: () => RequestPlan, tally: Tally): RequestPlan {
  let made: RequestPlan | null = null
  let begun: Parameters<RequestPlan['begin']> | null = null
  function planOf(): RequestPlan {
    if (made) return made
    made = make()
    if (begun) made.begin(...begun)
    return made
  }
  return {
    begin(...given) {
      begun = given
      made?.begin(...given)
    },
    checkCost: () => planOf().checkCost(),
    rejection: () => made?.rejection() ?? null,
    wholeAtMs: () => (tally.refused === 0 ? Promise.resolve(null) : planOf().wholeAtMs()),
    explain: (asked) => planOf().explain(asked),
  }
}

function createAnswerParts({ caller, freshness }: Opening, { cache, clock }: Common): Parts {
  const wanted = { begunAtMs: clock.monotonicMs(), freshness }
  const currentOf = ({ key, answer }: UsedReply) => {
    const cached = cache.readBy(key)
    return cached && cached.answer === answer.deref() ? cached : null
  }
  return createParts({
    scope: caller.scope.key,
    maxAgeMs: wanted.freshness.maxAgeMs,
    isCurrent: (used) => currentOf(used) !== null,
    isGood(used) {
      const cached = currentOf(used)
      return cached !== null && isFreshForAll(cached, wanted)
    },
  })
}

function createTerms(
  { caller, record, freshness, time, tally, staleReport, deferred }: Opening,
  { common, parts, admitCalls }: { common: Common; parts: Parts; admitCalls: () => Promise<void> },
): Terms {
  const nowMs = common.clock.monotonicMs()
  return {
    scope: caller.scope,
    caller: caller.name,
    callClass: 'interactive',
    get signal() {
      return time.signal
    },
    begunAtMs: nowMs,
    deadlineAtMs: time.deadlineAtMs,
    waitUntilMs: time.waitUntilMs,
    freshness,
    afterwards: (work) => void deferred.push(work),
    admitCalls,
    tally,
    record,
    onStale: staleReport.note,
    onUsed: parts.note,
  }
}

interface Access extends Common {
  readonly underWay: Set<Call>
  readonly pace: Pace
}

/** The loaders and writes of one request; after a write there are new loaders, so that nothing read before it is shown. */
function openAccess(
  terms: Terms,
  { upstream, answerAtOnce, cache, config, emit, pageShares, listEnds, underWay, pace }: Access,
): Pick<GraphQLContext, 'loaders' | 'write'> {
  const { pageSize } = config
  const watched: Upstream = (call) => {
    underWay.add(call)
    const reply = upstream(call)
    const isOver = (): void => void underWay.delete(call)
    reply.then(isOver, isOver)
    return reply
  }
  const write = createWrite(terms, watched)
  /** Made when the first field asks: an answer that is remembered needs none. */
  let loaders: Loaders | null = null
  return {
    get loaders() {
      loaders ??= createLoaders({
        terms,
        upstream: watched,
        answerAtOnce,
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
