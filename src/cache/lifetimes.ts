// How long each kind of object is fresh, stale, and kept for bad times; the reasons are in docs/caching.md.
import type { Members, Success } from '../rest/call.ts'
import type { Endpoint, Kind } from '../rest/endpoint.ts'

/** Ages since the answer, in milliseconds, ascending. */
export interface Lifetime {
  /** Younger: served. */
  readonly freshMs: number
  /** Younger: served at once, marked, and refreshed behind. */
  readonly staleMs: number
  /** Younger: served, marked, only when no call is left or Aurora fails. Older: forgotten. */
  readonly keptMs: number
}

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** What changes about never. */
const SETTLED: Lifetime = { freshMs: DAY, staleMs: 2 * DAY, keptMs: 7 * DAY }
/** People join and leave a company by the day, not by the minute. */
const STAFF: Lifetime = { freshMs: HOUR, staleMs: 4 * HOUR, keptMs: DAY }
/** What people work on: a screen reopened within a coffee break costs nothing, and is at most minutes behind. */
const WORK: Lifetime = { freshMs: 5 * MINUTE, staleMs: 15 * MINUTE, keptMs: DAY }
/** What carries download addresses: never beyond the shortest life known of one, 15 minutes, less the time to use it. */
const LINKED: Lifetime = { freshMs: 5 * MINUTE, staleMs: 10 * MINUTE, keptMs: 10 * MINUTE }
/** How far a job has come: everybody who polls shares an answer, and hears of the end seconds late at the most. */
const JOB: Lifetime = { freshMs: 2 * SECOND, staleMs: 2 * SECOND, keptMs: MINUTE }
/** What is only ever answered to a write, and never asked for. */
const NEVER: Lifetime = { freshMs: 0, staleMs: 0, keptMs: 0 }

export const LIFETIMES: Readonly<Record<Kind, Lifetime>> = {
  tenant: SETTLED,
  ssoProvider: SETTLED,
  apiVersions: SETTLED,
  role: STAFF,
  user: STAFF,
  team: STAFF,
  partner: STAFF,
  webhook: WORK,
  project: WORK,
  sharedProject: WORK,
  consumptionProfile: WORK,
  projectBillSummary: WORK,
  utilityBill: LINKED,
  ahj: SETTLED,
  order: WORK,
  siteSurvey: WORK,
  siteSurveyRequest: WORK,
  agreement: WORK,
  agreementDownloadLink: LINKED,
  asset: LINKED,
  design: WORK,
  designSummary: WORK,
  designBillSummary: WORK,
  roofSummary: WORK,
  rackingArray: WORK,
  pricing: WORK,
  financing: WORK,
  proposal: WORK,
  webProposal: WORK,
  proposalTemplate: SETTLED,
  module: SETTLED,
  inverter: SETTLED,
  dcOptimizer: SETTLED,
  designRequest: WORK,
  eagleviewDesignRequest: WORK,
  planSetRequest: WORK,
  planSet: LINKED,
  performanceSimulationJob: JOB,
  irradianceAnalysisJob: JOB,
  autoDesignerJob: JOB,
  firePathwayPlacementJob: JOB,
  aiRoofJob: JOB,
  proposalPdfGenerationJob: JOB,
  agreementDownloadUrlJob: JOB,
  utilityBillUploadJob: JOB,
  projectCreationJob: JOB,
  adder: NEVER,
  rackingComponents: NEVER,
  sharedMilestone: NEVER,
}

/** How long an answer stays: a job that has ended changes no more, save that its links die. */
export const decideLifetime = (kind: Kind, value: Success['value']): Lifetime =>
  LIFETIMES[kind] === JOB && hasEnded(value) ? LINKED : LIFETIMES[kind]

/** The two words after which a job stays as it is; any other means that it is still going. */
const ENDS: ReadonlySet<unknown> = new Set(['succeeded', 'failed'])

export const hasEnded = (value: Success['value']): boolean => {
  const status = (value as Members | null)?.['status']
  return typeof status === 'string' && ENDS.has(status.trim().toLowerCase())
}

/**
 * What a key may not see is changed by hand in an account. Longer than any slot is held: a query with more of these
 * than there are slots would otherwise ask for the first of them for ever, and never come to the last.
 */
const FORBIDDEN_LIFETIME: Lifetime = { freshMs: 5 * MINUTE, staleMs: 5 * MINUTE, keptMs: 5 * MINUTE }

/** "Not there" is remembered for seconds: long enough for one screen's repeats, short for what is being made. */
const NOT_FOUND_LIFETIME: Lifetime = { freshMs: 10 * SECOND, staleMs: 10 * SECOND, keptMs: 10 * SECOND }

/** How long a refusal stays as it is; null for those that are never kept. */
export function decideRefusalLifetime(status: number, { kind, mayBeAbsent }: Endpoint): Lifetime | null {
  if (status === 403) return FORBIDDEN_LIFETIME
  if (status !== 404) return null
  // Where absence is an ordinary state it is an answer like any other, and lives as long.
  return mayBeAbsent ? { ...LIFETIMES[kind], keptMs: LIFETIMES[kind].staleMs } : NOT_FOUND_LIFETIME
}

export type Age = 'fresh' | 'stale' | 'kept' | 'forgotten'

export function decideAge(ageMs: number, { freshMs, staleMs, keptMs }: Lifetime): Age {
  if (ageMs < freshMs) return 'fresh'
  if (ageMs < staleMs) return 'stale'
  return ageMs < keptMs ? 'kept' : 'forgotten'
}
