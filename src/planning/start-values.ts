// How long lists are taken to be before one was seen, and which links are mostly empty.
import type { Endpoint } from '../rest/endpoint.ts'

export interface Length {
  readonly usual: number
  readonly longest: number
}

/**
 * `longest` is generous, so that what is told as the most is seldom exceeded. Lists that are only ever read in slices
 * count as endless: how much of them is read is up to the query.
 */
const ENDLESS: Length = { usual: 1000, longest: 100_000 }
/** Of a company of some dozens of people. */
const STAFF: Length = { usual: 50, longest: 1000 }
const FEW: Length = { usual: 5, longest: 100 }

const LENGTHS: Readonly<Partial<Record<Endpoint['operation'], Length>>> = {
  listProjects: ENDLESS,
  listModules: ENDLESS,
  listInverters: ENDLESS,
  listDcOptimizers: ENDLESS,
  listUsers: STAFF,
  listTeams: { usual: 10, longest: 200 },
  listPartners: { usual: 10, longest: 500 },
  listSharedProjects: { usual: 5, longest: 1000 },
  listDesignRequests: { usual: 20, longest: 1000 },
  // A first layout and, as a rule, one after the customer has spoken.
  listDesigns: { usual: 2, longest: 20 },
  // Cash, a loan and a lease are what is worked out for most.
  listFinancings: { usual: 3, longest: 20 },
  listAgreements: { usual: 1, longest: 20 },
  listSiteSurveys: { usual: 1, longest: 20 },
  // One a month is the most that a year of use takes.
  listUtilityBills: { usual: 1, longest: 24 },
}

export const startLength = ({ operation }: Endpoint): Length => LENGTHS[operation] ?? FEW

/** Most projects come from no order or lead, and most companies sell their own. */
const MOSTLY_EMPTY: ReadonlySet<string> = new Set(['partner_id', 'order_id', 'created_from_lead_id'])

export const isMostlyEmpty = (member: string): boolean => MOSTLY_EMPTY.has(member)
