// The plan of one request: its cost, worked out on an imagined Aurora with the caller's own cache and terms.
import type { BudgetView } from '../graphql/context.ts'
import { createExecuteImagined } from '../graphql/execute-imagined.ts'
import { currentPath } from '../graphql/paths.ts'
import { NEVER_LEFT } from '../leaving.ts'
import type { LeaveSignal } from '../leaving.ts'
import type { InTurn } from '../turns/pace.ts'
import type { Allowance } from '../planning/bounds.ts'
import { createDryRun } from '../planning/dry-run.ts'
import type { Planner } from '../planning/plan.ts'
import { createPlanner } from '../planning/planner.ts'
import { createRequestPlan } from '../planning/request-plan.ts'
import type { RequestPlan } from '../planning/request-plan.ts'
import type { Call } from '../rest/call.ts'
import type { Terms } from '../rest/terms.ts'
import type { Tally } from '../telemetry/tally.ts'
import type { SharedByRequests } from './shared-by-requests.ts'

/**
 * Some 20 minutes of a key's calls: a request with more calls is refused in any case, and counting a call takes a tenth
 * of a millisecond.
 */
const MAX_IMAGINED_CALLS = 2000

/**
 * The fields of all objects that the dry runs of one request execute: the plan of a screen whose calls fit into
 * MAX_IMAGINED_CALLS executes 10,000 if no objects are alike. Each takes some 20 microseconds.
 */
const MAX_IMAGINED_FIELDS = 40_000

/**
 * The same limit for the plan in the error of a refused request, which only has to show that the request is too costly.
 */
const MAX_REFUSED_FIELDS = 10_000

export interface PlanParts {
  readonly shared: SharedByRequests
  readonly underWay: Iterable<Call>
  readonly budgetView: BudgetView
  /** Does a piece of work of this request as soon as a turn has time for it. */
  readonly inTurn: InTurn
}

export function createPlan(terms: Terms, { shared, underWay, budgetView, inTurn }: PlanParts): RequestPlan {
  const { clock, config, sharedCounts } = shared
  // A client that leaves does not end a count, because other requests may wait for the same one.
  const signal = NEVER_LEFT
  const fields: Allowance = { left: MAX_IMAGINED_FIELDS }
  const ownPlanner = createPlannerOn(
    { ...terms, signal },
    { fields, inTurn, leaving: terms.signal, ...shared },
  )
  const planner = createPlannerOn({ ...terms, signal }, { fields, inTurn, ...shared })
  const briefPlanner = createPlannerOn(
    { ...terms, signal },
    { fields: { left: MAX_REFUSED_FIELDS }, inTurn, ...shared },
  )
  return createRequestPlan({
    planner: ownPlanner,
    sharedPlanner: sharedCounts.share({ count: planner.count, plan: briefPlanner.plan }, nameOf(terms)),
    // The repeat is a new request: answers that came during this one will have their real age then.
    repeatPlanner: createPlannerOn(
      { ...terms, begunAtMs: Infinity, signal },
      { fields, underWay, inTurn, ...shared },
    ),
    maxCalls: config.maxPlannedCalls,
    refused: () => terms.tally.refused,
    budget: budgetView,
    toTime: (atMs) => new Date(clock.wallMs() + atMs - clock.monotonicMs()).toISOString(),
  })
}

/** The plan is made only when a call has to be made or counted: a request that is answered from memory needs none. */
export function createLatePlan(make: () => RequestPlan, tally: Tally): RequestPlan {
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

const createPlannerOn = (
  terms: Terms,
  {
    schema,
    config,
    cache,
    typicalReplies,
    pageShares,
    listEnds,
    histories,
    lists,
    fields,
    inTurn,
    leaving,
    underWay = [],
  }: SharedByRequests &
    Pick<PlanParts, 'inTurn'> & {
      readonly fields: Allowance
      readonly underWay?: Iterable<Call>
      readonly leaving?: LeaveSignal
    },
): Planner =>
  createPlanner({
    execute: createExecuteImagined(schema),
    createDryRun: (outlook, isGathering, enough) =>
      createDryRun(outlook, {
        isGathering,
        enough,
        terms,
        cache,
        typicalReplies,
        currentPath,
        pageShares,
        listEnds,
        histories,
        lists,
        underWay,
        pageSize: config.pageSize,
        maxCalls: Math.max(MAX_IMAGINED_CALLS, config.maxPlannedCalls + 1),
        fields,
        inTurn,
        leaving,
      }),
  })

/**
 * Names everything that a count depends on besides the operation. It is not written as JSON, which writes an endless
 * age as null.
 */
function nameOf({ scope, freshness }: Terms): string {
  const { isCacheOnly, maxAgeMs, maxStaleMs, staleIfErrorMs } = freshness
  return [scope.key, isCacheOnly, maxAgeMs, maxStaleMs, staleIfErrorMs].map(String).join(' ')
}
