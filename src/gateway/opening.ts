// A request that is being opened, and what follows from it alone: under which name and on which terms its calls are made.
import { createParts } from '../answers/parts.ts'
import type { Parts } from '../answers/parts.ts'
import type { Asker } from '../budget/reservations.ts'
import { createStanding } from '../cache/standing.ts'
import type { Caller } from '../callers/caller.ts'
import type { BudgetView } from '../graphql/context.ts'
import { createStaleReport } from '../graphql/stale-report.ts'
import type { StaleReport } from '../graphql/stale-report.ts'
import { readFreshness } from '../http/directives.ts'
import type { RequestHead } from '../exchange/plain-exchange.ts'
import { partyOf } from '../live/watched.ts'
import type { Freshness } from '../rest/freshness.ts'
import type { Terms } from '../rest/terms.ts'
import type { RequestRecord } from '../telemetry/request-record.ts'
import { createTally } from '../telemetry/tally.ts'
import type { Tally } from '../telemetry/tally.ts'
import type { InTurn } from '../turns/pace.ts'
import type { Manner } from './manner.ts'
import { createRequestTime } from './request-time.ts'
import type { RequestTime } from './request-time.ts'
import type { SharedByRequests } from './shared-by-requests.ts'

export interface Asked {
  readonly request: RequestHead
  readonly caller: Caller
  readonly record: RequestRecord
  readonly manner: Manner
}

export interface Opening extends Asked {
  readonly freshness: Freshness
  readonly time: RequestTime
  readonly tally: Tally
  readonly staleReport: StaleReport
  /** Work that runs when the request is answered. */
  readonly deferred: (() => void)[]
}

export function createOpening(
  { request, caller, record, manner }: Asked,
  { config, clock }: SharedByRequests,
): Opening {
  return {
    request,
    caller,
    record,
    manner,
    freshness: readFreshness(request.headers),
    time: createRequestTime(request, config, clock),
    tally: createTally(),
    staleReport: createStaleReport(clock),
    deferred: [],
  }
}

/** Under which name its calls take slots: the tally is the same object for all of them. */
export const askerOf = ({ caller, tally }: Opening): Asker => ({ caller: caller.name, request: tally })

/** The budget of the caller's key, as this request sees it. */
export function viewBudget(opening: Opening, { budget, clock, config }: SharedByRequests): BudgetView {
  const { time, caller } = opening
  const { budgetKey } = caller.scope
  const asker = { waitMs: time.waitUntilMs - time.begunAtMs, ...askerOf(opening) }
  return {
    windowMs: config.rateWindowMs,
    state: () => budget.state(budgetKey),
    toTime: (atMs) => new Date(clock.wallMs() + atMs - clock.monotonicMs()).toISOString(),
    forecast: (count) => budget.forecast(budgetKey, asker, count),
    comeBackAt: (count) => budget.comeBackAt(budgetKey, asker, count),
  }
}

export function createInTurn({ caller, tally }: Opening, { loop, seen }: SharedByRequests): InTurn {
  const party = partyOf(caller)
  seen.note(party.tenant)
  return (piece) => loop.work(piece, [seen.turnOf(party.tenant), party.caller, tally])
}

export function createAnswerParts({ caller, freshness }: Opening, { cache, clock }: SharedByRequests): Parts {
  const standing = createStanding({ cache, clock, wanted: { begunAtMs: clock.monotonicMs(), freshness } })
  return createParts({ scope: caller.scope.key, maxAgeMs: freshness.maxAgeMs, ...standing })
}

export function createTerms(
  { caller, record, freshness, time, tally, staleReport, deferred, manner }: Opening,
  { shared, parts, admitCalls }: { shared: SharedByRequests; parts: Parts; admitCalls: Terms['admitCalls'] },
): Terms {
  return {
    scope: caller.scope,
    caller: caller.name,
    callClass: manner.callClass,
    signal: time.signal,
    begunAtMs: shared.clock.monotonicMs(),
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
