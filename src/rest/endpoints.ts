// The table of Aurora's operations that the gateway calls: one row, one operation of schema/aurora.openapi.yaml.
import type { operations, paths } from './aurora.d.ts'

/** Kinds of Aurora objects; each has its lifetimes in cache/lifetimes.ts. */
export type Kind =
  | 'tenant'
  | 'user'
  | 'team'
  | 'partner'
  | 'project'
  | 'consumptionProfile'
  | 'design'
  | 'designSummary'
  | 'pricing'
  | 'financing'

export interface Endpoint {
  /** Aurora's operationId. */
  readonly operation: keyof operations
  readonly method: 'GET'
  /** Path template; its parameters are the ids a call must bring, besides tenant_id. */
  readonly route: keyof paths
  readonly kind: Kind
  readonly answers: 'object' | 'list'
  /** The member of the body that holds the object or the list. */
  readonly wrapper: string
  /** The member that identifies an object; absent from kinds of which there is one per parent. */
  readonly idMember?: string
  /** Aurora is known to leave the wrapper out at times. */
  readonly mayBeBare?: true
  /** Lists: whether `page` and `per_page` are sent. Where the contract has none, the first answer is the whole. */
  readonly isPaged?: true
  /** 404 is an ordinary state here ("not filled out"), so the field is null without an error. */
  readonly mayBeAbsent?: true
}

const one = (
  operation: keyof operations,
  kind: Kind,
  route: keyof paths,
  wrapper: string,
  rest: Partial<Endpoint> = {},
): Endpoint => ({ operation, method: 'GET', route, kind, answers: 'object', wrapper, ...rest })

const list = (
  operation: keyof operations,
  kind: Kind,
  route: keyof paths,
  wrapper: string,
  rest: Partial<Endpoint> = {},
): Endpoint => ({ ...one(operation, kind, route, wrapper, rest), answers: 'list', idMember: 'id' })

const TENANT = '/tenants/{tenant_id}'
const PROJECT = `${TENANT}/projects/{project_id}`
const DESIGN = `${TENANT}/designs/{design_id}`
const PAGED = { isPaged: true } as const
const BY_ID = { idMember: 'id' } as const

export const ENDPOINTS = {
  retrieveTenant: one('retrieveTenant', 'tenant', TENANT, 'tenant'),
  listUsers: list('listUsers', 'user', `${TENANT}/users`, 'users', PAGED),
  retrieveUser: one('retrieveUser', 'user', `${TENANT}/users/{user_id}`, 'user', BY_ID),
  listTeams: list('listTeams', 'team', `${TENANT}/teams`, 'teams'),
  listPartners: list('listPartners', 'partner', `${TENANT}/partners`, 'partners'),
  listProjects: list('listProjects', 'project', `${TENANT}/projects`, 'projects', PAGED),
  retrieveProject: one('retrieveProject', 'project', PROJECT, 'project', BY_ID),
  retrieveConsumptionProfile: one(
    'retrieveConsumptionProfile',
    'consumptionProfile',
    `${PROJECT}/consumption_profile`,
    'consumption_profile',
    { mayBeAbsent: true },
  ),
  listDesigns: list('listDesigns', 'design', `${PROJECT}/designs`, 'designs', PAGED),
  retrieveDesign: one('retrieveDesign', 'design', DESIGN, 'design', BY_ID),
  retrieveDesignSummary: one('retrieveDesignSummary', 'designSummary', `${DESIGN}/summary`, 'design', {
    idMember: 'design_id',
  }),
  retrieveDesignPricing: one('retrieveDesignPricing', 'pricing', `${DESIGN}/pricing`, 'pricing', {
    mayBeBare: true,
    mayBeAbsent: true,
  }),
  listFinancings: list('listFinancings', 'financing', `${DESIGN}/financings`, 'financings'),
  retrieveFinancing: one(
    'retrieveFinancing',
    'financing',
    `${DESIGN}/financings/{financing_id}`,
    'financing',
    BY_ID,
  ),
} as const satisfies Record<string, Endpoint>
