// What one request may use, and until when: its loaders and writes, its plan, its share of the time and of the budget.
import type { GraphQLSchema } from 'graphql'
import { createParts } from '../answers/parts.ts'
import type { Parts } from '../answers/parts.ts'
import type { Budget } from '../budget/budget.ts'
import type { Asker } from '../budget/reservations.ts'
import type { Cache } from '../cache/cache.ts'
import { createStanding } from '../cache/standing.ts'
import type { Histories } from '../changes/histories.ts'
import type { Caller } from '../callers/caller.ts'
import type { Clock } from '../clock.ts'
import type { Config } from '../config/config.ts'
import { RequestContext } from '../graphql/context.ts'
import type { BudgetView, GraphQLContext } from '../graphql/context.ts'
import { createRepeatNotes } from '../graphql/repeat-notes.ts'
import { presentKnown } from '../graphql/present-error.ts'
import { createStaleReport } from '../graphql/stale-report.ts'
import type { StaleReport } from '../graphql/stale-report.ts'
import { readFreshness } from '../http/directives.ts'
import type { GatewayError } from '../errors/errors.ts'
import type { OpenKnownObjects, Showing } from './known-objects.ts'
import { createListIndexes } from '../list-index/list-indexes.ts'
import type { ListIndexes } from '../list-index/list-indexes.ts'
import type { ListEnds } from '../loaders/list-ends.ts'
import { createLoaders } from '../loaders/loaders.ts'
import type { OwnLoaders } from '../loaders/loaders.ts'
import { createPageShares } from '../loaders/page-shares.ts'
import type { PageShares } from '../loaders/page-shares.ts'
import { createWrite } from '../loaders/writes.ts'
import { createSharedCounts } from '../planning/shared-counts.ts'
import type { SharedCounts } from '../planning/shared-counts.ts'
import type { TypicalReplies } from '../planning/typical-replies.ts'
import type { RequestHead } from '../exchange/plain-exchange.ts'
import { createPace } from '../turns/pace.ts'
import type { InTurn, Pace } from '../turns/pace.ts'
import { createLatePlan, createPlan } from './plan-of-request.ts'
import type { Loop } from '../turns/loop.ts'
import type { TenantsSeen } from '../turns/tenants-seen.ts'
import { firstTurnUnitsOf, isAdmitted, mannerOf } from './manner.ts'
import type { Manner } from './manner.ts'
import { partyOf } from '../live/watched.ts'
import { createRequestTime } from './request-time.ts'
import type { RequestTime } from './request-time.ts'
import type { AnswerAtOnce } from '../rest/answer.ts'
import type { Call, Upstream } from '../rest/call.ts'
import type { Freshness } from '../rest/freshness.ts'
import type { Terms } from '../rest/terms.ts'
import type { Emit } from '../telemetry/events.ts'
import type { RequestRecord } from '../telemetry/request-record.ts'
import { createTally } from '../telemetry/tally.ts'
import type { Tally } from '../telemetry/tally.ts'

export interface OpenRequest {
  readonly context: GraphQLContext
  /** Ends everything that still waits, and starts the work that was deferred until after the answer. */
  end(): void
}

export interface RequestsOptions {
  readonly schema: GraphQLSchema
  readonly config: Config
  readonly clock: Clock
  readonly loop: Pick<Loop, 'work'>
  readonly seen: TenantsSeen
  readonly emit: Emit
  readonly upstream: Upstream
  readonly answerAtOnce: AnswerAtOnce
  readonly cache: Cache
  readonly budget: Budget
  readonly typicalReplies: TypicalReplies
  readonly listEnds: ListEnds
  readonly knownObjects: OpenKnownObjects
  readonly histories: Histories
}

/** What all requests share: what they learn from each other. */
interface Common extends RequestsOptions {
  readonly pageShares: PageShares
  readonly sharedCounts: SharedCounts
  readonly lists: ListIndexes
}

/** The eighth part of the cache's memory is for indexes: some 14,000 projects with the default. */
const INDEX_PARTS = 8

const watchTouches =
  ({ mark, nameOf, haveTouched }: Cache): ListIndexes['watchTouches'] =>
  (scope, endpoint) => {
    const begun = mark()
    return () => haveTouched(nameOf(scope, { endpoint, path: {} }), begun)
  }

/** A request that is being opened. */
interface Opening {
  readonly caller: Caller
  readonly record: RequestRecord
  readonly request: RequestHead
  readonly freshness: Freshness
  readonly time: RequestTime
  readonly tally: Tally
  readonly staleReport: StaleReport
  /** Work that runs when the request is answered. */
  readonly deferred: (() => void)[]
  readonly manner: Manner
}

export function createRequests(
  options: RequestsOptions,
): (request: RequestHead, caller: Caller, record: RequestRecord, manner?: Manner) => OpenRequest {
  const { config, clock, budget } = options
  const common: Common = {
    ...options,
    pageShares: createPageShares(),
    sharedCounts: createSharedCounts(clock),
    lists: createListIndexes({
      maxBytes: config.cacheMaxBytes / INDEX_PARTS,
      clock,
      watchTouches: watchTouches(options.cache),
      mark: options.cache.mark,
      objectsSince: options.cache.objectsSince,
    }),
  }
  return (request, caller, record, manner = mannerOf(request)) => {
    const tally = createTally()
    record.tally = tally
    record.isOfRouter = caller.router !== undefined
    const time = createRequestTime(request, config, clock)
    const staleReport = createStaleReport(clock)
    const freshness = readFreshness(request.headers)
    const opening: Opening = {
      caller,
      record,
      request,
      freshness,
      time,
      tally,
      staleReport,
      deferred: [],
      manner,
    }
    const context = createContext(opening, common)
    return {
      context,
      end() {
        time.end()
        context.known?.report()
        if (tally.refused > 0 && request.signal.aborted)
          budget.forget(caller.scope.budgetKey, askerOf(opening))
        if (tally.refused === 0) for (const work of opening.deferred) work()
      },
    }
  }
}

/** Under which name its calls take slots: the tally is the same object for all of them. */
const askerOf = ({ caller, tally }: Opening): Asker => ({ caller: caller.name, request: tally })

function createContext(opening: Opening, common: Common): GraphQLContext {
  const { caller, record, time, tally, staleReport } = opening
  const { config, clock, emit, budget } = common
  const { budgetKey } = caller.scope
  const asker = { waitMs: time.waitUntilMs - time.begunAtMs, ...askerOf(opening) }
  const budgetView: BudgetView = {
    windowMs: config.rateWindowMs,
    state: () => budget.state(budgetKey),
    toTime: (atMs) => new Date(clock.wallMs() + atMs - clock.monotonicMs()).toISOString(),
    forecast: (count) => budget.forecast(budgetKey, asker, count),
    comeBackAt: (count) => budget.comeBackAt(budgetKey, asker, count),
  }
  const parts = createAnswerParts(opening, common)
  const admitCalls = isAdmitted(opening.manner, config) ? undefined : () => plan.checkCost()
  const terms = createTerms(opening, { common, parts, admitCalls })
  const underWay = new Set<Call>()
  const inTurn = createInTurn(opening, common)
  const plan = createLatePlan(() => createPlan(terms, { common, underWay, budgetView, inTurn }), tally)
  const firstUnits = firstTurnUnitsOf(opening.manner)
  const pace = createPace({ inTurn, firstUnits, leaving: () => opening.request.signal })
  const access = openAccess(terms, { underWay, pace, ...common })
  const given = {
    record,
    write: access.write,
    async describe(error: GatewayError) {
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
    staleReport,
    plan,
    pace,
    stream: opening.manner.stream,
    gather: null,
    known: null,
  }
  const known = openKnown(opening, { given, terms, loaders: access.loaders }, common)
  return new RequestContext(known ? { ...given, known } : given, access.loaders)
}

function createInTurn({ caller, tally }: Opening, { loop, seen }: Common): InTurn {
  const party = partyOf(caller)
  seen.note(party.tenant)
  return (piece) => loop.work(piece, [seen.turnOf(party.tenant), party.caller, tally])
}

/** Where a request names the age that it accepts, each reply has to be looked at. */
function openKnown(
  { caller, freshness, manner }: Opening,
  showing: Pick<Showing, 'given' | 'terms' | 'loaders'>,
  { knownObjects, config, pageShares, listEnds }: Common,
): GraphQLContext['known'] {
  if (!knownObjects || freshness.maxAgeMs !== null || manner.stream !== null) return null
  const taker = { tenant: caller.scope.key, holder: caller.name }
  return knownObjects({ pageSize: config.pageSize, pageShares, listEnds, taker, ...showing })
}

function createAnswerParts({ caller, freshness }: Opening, { cache, clock }: Common): Parts {
  const standing = createStanding({ cache, clock, wanted: { begunAtMs: clock.monotonicMs(), freshness } })
  return createParts({ scope: caller.scope.key, maxAgeMs: freshness.maxAgeMs, ...standing })
}

function createTerms(
  { caller, record, freshness, time, tally, staleReport, deferred, manner }: Opening,
  { common, parts, admitCalls }: { common: Common; parts: Parts; admitCalls: Terms['admitCalls'] },
): Terms {
  return {
    scope: caller.scope,
    caller: caller.name,
    callClass: manner.callClass,
    signal: time.signal,
    begunAtMs: common.clock.monotonicMs(),
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

/** The loaders and writes of one request; a write makes new loaders, so that no value from before the write is shown. */
function openAccess(
  terms: Terms,
  {
    upstream,
    answerAtOnce,
    cache,
    config,
    emit,
    pageShares,
    listEnds,
    lists,
    histories,
    underWay,
    pace,
  }: Access,
): { readonly loaders: () => OwnLoaders; readonly write: GraphQLContext['write'] } {
  const watched: Upstream = (call) => {
    underWay.add(call)
    const reply = upstream(call)
    const isOver = (): void => void underWay.delete(call)
    reply.then(isOver, isOver)
    return reply
  }
  const write = createWrite(terms, watched)
  /** Made when the first field needs them: a remembered answer needs none. */
  let loaders: OwnLoaders | null = null
  return {
    loaders: () =>
      (loaders ??= createLoaders({
        terms,
        upstream: watched,
        // A request that accepts no age could only find replies that came since it began, and the line finds these as well.
        answerAtOnce: terms.freshness.maxAgeMs === 0 ? undefined : answerAtOnce,
        cache,
        pageSize: config.pageSize,
        emit,
        pageShares,
        listEnds,
        lists,
        histories,
        pace,
      })),
    write: (operation, input) => write(operation, input).finally(() => void (loaders = null)),
  }
}
