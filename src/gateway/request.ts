// Opens a request: gives it its loaders and writes, its plan, its time and its share of the budget, until it is answered.
import type { Caller } from '../callers/caller.ts'
import { RequestContext } from '../graphql/context.ts'
import type { GraphQLContext } from '../graphql/context.ts'
import { createRepeatNotes } from '../graphql/repeat-notes.ts'
import { presentKnown } from '../graphql/present-error.ts'
import type { GatewayError } from '../errors/errors.ts'
import type { RequestHead } from '../exchange/plain-exchange.ts'
import { createPace } from '../turns/pace.ts'
import type { Call } from '../rest/call.ts'
import type { RequestRecord } from '../telemetry/request-record.ts'
import { openAccess } from './access.ts'
import type { Showing } from './known-objects.ts'
import { firstTurnUnitsOf, isAdmitted, mannerOf } from './manner.ts'
import type { Manner } from './manner.ts'
import {
  askerOf,
  createAnswerParts,
  createInTurn,
  createOpening,
  createTerms,
  viewBudget,
} from './opening.ts'
import type { Opening } from './opening.ts'
import { createLatePlan, createPlan } from './plan-of-request.ts'
import { createSharedByRequests } from './shared-by-requests.ts'
import type { RequestsOptions, SharedByRequests } from './shared-by-requests.ts'

export interface OpenRequest {
  readonly context: GraphQLContext
  /** Ends everything that still waits, and starts the work that was deferred until after the answer. */
  end(): void
}

export type OpenRequests = (
  request: RequestHead,
  caller: Caller,
  record: RequestRecord,
  manner?: Manner,
) => OpenRequest

export function createRequests(options: RequestsOptions): OpenRequests {
  const shared = createSharedByRequests(options)
  return (request, caller, record, manner = mannerOf(request)) => {
    const opening = createOpening({ request, caller, record, manner }, shared)
    const { tally, time, deferred } = opening
    record.tally = tally
    record.isOfRouter = caller.router !== undefined
    const context = createContext(opening, shared)
    return {
      context,
      end() {
        time.end()
        context.known?.report()
        if (tally.refused > 0 && request.signal.aborted)
          shared.budget.forget(caller.scope.budgetKey, askerOf(opening))
        if (tally.refused === 0) for (const work of deferred) work()
      },
    }
  }
}

function createContext(opening: Opening, shared: SharedByRequests): GraphQLContext {
  const { caller, record, request, time, tally, staleReport, manner } = opening
  const { config, clock, emit } = shared
  const budgetView = viewBudget(opening, shared)
  const parts = createAnswerParts(opening, shared)
  const admitCalls = isAdmitted(manner, config) ? undefined : () => plan.checkCost()
  const terms = createTerms(opening, { shared, parts, admitCalls })
  const underWay = new Set<Call>()
  const inTurn = createInTurn(opening, shared)
  const plan = createLatePlan(() => createPlan(terms, { shared, underWay, budgetView, inTurn }), tally)
  const firstUnits = firstTurnUnitsOf(manner)
  const pace = createPace({ inTurn, firstUnits, leaving: () => request.signal })
  const access = openAccess(terms, { shared, underWay, pace })
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
    stream: manner.stream,
    gather: null,
    known: null,
  }
  const known = openKnown(opening, { given, terms, loaders: access.loaders }, shared)
  return new RequestContext(known ? { ...given, known } : given, access.loaders)
}

/** Where a request names the age that it accepts, each reply has to be looked at. */
function openKnown(
  { caller, freshness, manner }: Opening,
  showing: Pick<Showing, 'given' | 'terms' | 'loaders'>,
  { knownObjects, config, pageShares, listEnds }: SharedByRequests,
): GraphQLContext['known'] {
  if (!knownObjects || freshness.maxAgeMs !== null || manner.stream !== null) return null
  const taker = { tenant: caller.scope.key, holder: caller.name }
  return knownObjects({ pageSize: config.pageSize, pageShares, listEnds, taker, ...showing })
}
