// The table of Aurora's operations that the gateway calls: one row, one operation of schema/aurora.openapi.yaml.
import type { operations, paths } from './aurora.d.ts'

/** Kinds of Aurora objects; each has its lifetimes in cache/lifetimes.ts. */
export type Kind =
  | 'tenant'
  | 'ssoProvider'
  | 'apiVersions'
  | 'role'
  | 'user'
  | 'team'
  | 'partner'
  | 'project'
  | 'sharedProject'
  | 'consumptionProfile'
  | 'projectBillSummary'
  | 'utilityBill'
  | 'ahj'
  | 'order'
  | 'siteSurvey'
  | 'siteSurveyRequest'
  | 'agreement'
  | 'agreementDownloadLink'
  | 'asset'
  | 'design'
  | 'designSummary'
  | 'designBillSummary'
  | 'roofSummary'
  | 'rackingArray'
  | 'pricing'
  | 'financing'
  | 'proposal'
  | 'webProposal'
  | 'proposalTemplate'
  | 'module'
  | 'inverter'
  | 'dcOptimizer'
  | 'designRequest'
  | 'eagleviewDesignRequest'
  | 'planSetRequest'
  | 'planSet'
  | 'webhook'

export interface Endpoint {
  /** Aurora's operationId. */
  readonly operation: keyof operations
  readonly method: 'GET'
  /** Path template; its parameters are the ids a call must bring, besides tenant_id. */
  readonly route: keyof paths
  /** The ids that the route needs besides the tenant's, in order. */
  readonly parameters: readonly string[]
  readonly kind: Kind
  readonly answers: 'object' | 'list'
  /** The member of the body that holds the object or the list; null where the body itself is the object. */
  readonly wrapper: string | null
  /** The member that identifies an object; undefined where it has no id of its own. */
  readonly idMember?: string | undefined
  /** Aurora is known to leave the wrapper out at times. */
  readonly mayBeBare?: true
  /**
   * Lists: `page` and `per_page` are sent, also where it is unknown whether they do anything: a list that ignores them
   * is recognised, one that pages without being asked would lose its rest.
   */
  readonly isPaged?: true
  /** 404 is an ordinary state here ("not filled out"), so the field is null without an error. */
  readonly mayBeAbsent?: true
}

type Details = Omit<Partial<Endpoint>, 'operation' | 'route' | 'parameters' | 'kind' | 'wrapper'>

const parametersOf = (route: string): readonly string[] =>
  [...route.matchAll(/\{(\w+)\}/g)].flatMap(([, name]) => (name && name !== 'tenant_id' ? [name] : []))

/** Rows of one kind: what they answer, and the member that names an object. */
const rowsOf =
  (answers: Endpoint['answers'], idMember: string | undefined) =>
  (
    operation: keyof operations,
    kind: Kind,
    route: keyof paths,
    wrapper: string | null,
    details: Details = {},
  ): Endpoint => ({
    operation,
    method: 'GET',
    route,
    parameters: parametersOf(route),
    kind,
    answers,
    wrapper,
    idMember,
    ...details,
  })

/** An object with an id of its own. */
const one = rowsOf('object', 'id')
/** An object of which there is one per parent, or one per tenant. */
const only = rowsOf('object', undefined)
const list = rowsOf('list', 'id')

const TENANT = '/tenants/{tenant_id}'
const PROJECT = `${TENANT}/projects/{project_id}`
const DESIGN = `${TENANT}/designs/{design_id}`
const AGREEMENT = `${TENANT}/agreements/{agreement_id}`
const SURVEY = `${TENANT}/site_surveys/{site_survey_id}`
const PLAN_SET = `${TENANT}/plan_set_requests/{plan_set_request_id}`
const EAGLEVIEW = `${TENANT}/design_requests/eagleview/{eagleview_design_request_id}`
const COMPONENTS = `${TENANT}/components`
const TEMPLATES = `${TENANT}/proposal_templates`
const REQUESTS = `${TENANT}/design_requests`

const PAGED = { isPaged: true } as const
const MAY_BE_ABSENT = { mayBeAbsent: true } as const
/** Two clients accept a price without its wrapper, and a design may have none. */
const PRICE = { mayBeBare: true, mayBeAbsent: true } as const
const NO_ID = { idMember: undefined } as const
const BY_DESIGN_ID = { idMember: 'design_id' } as const

// One operation a line, however long: this is read as a table.
// prettier-ignore
export const ENDPOINTS = {
  retrieveVersions: only('retrieveVersions', 'apiVersions', '/versions', null),
  retrieveTenant: only('retrieveTenant', 'tenant', TENANT, 'tenant'),
  retrieveSsoProvider: only('retrieveSsoProvider', 'ssoProvider', `${TENANT}/sso_provider`, 'sso_provider', MAY_BE_ABSENT),
  listRoles: list('listRoles', 'role', `${TENANT}/roles`, 'roles', PAGED),
  listUsers: list('listUsers', 'user', `${TENANT}/users`, 'users', PAGED),
  retrieveUser: one('retrieveUser', 'user', `${TENANT}/users/{user_id}`, 'user'),
  listTeams: list('listTeams', 'team', `${TENANT}/teams`, 'teams', PAGED),
  listPartners: list('listPartners', 'partner', `${TENANT}/partners`, 'partners', PAGED),
  listWebhooks: list('listWebhooks', 'webhook', `${TENANT}/webhooks`, 'webhooks', PAGED),
  retrieveWebhook: one('retrieveWebhook', 'webhook', `${TENANT}/webhooks/{webhook_id}`, 'webhook'),

  listModules: list('listModules', 'module', `${COMPONENTS}/modules`, 'modules', PAGED),
  retrieveModule: one('retrieveModule', 'module', `${COMPONENTS}/modules/{module_id}`, 'module'),
  listInverters: list('listInverters', 'inverter', `${COMPONENTS}/inverters`, 'inverters', PAGED),
  retrieveInverter: one('retrieveInverter', 'inverter', `${COMPONENTS}/inverters/{inverter_id}`, 'inverter'),
  listDcOptimizers: list('listDcOptimizers', 'dcOptimizer', `${COMPONENTS}/dc_optimizers`, 'dc_optimizers', PAGED),
  retrieveDcOptimizer: one('retrieveDcOptimizer', 'dcOptimizer', `${COMPONENTS}/dc_optimizers/{dc_optimizer_id}`, 'dc_optimizer'),
  listProposalTemplates: list('listProposalTemplates', 'proposalTemplate', TEMPLATES, 'proposal_templates'),
  retrieveProposalTemplate: one('retrieveProposalTemplate', 'proposalTemplate', `${TEMPLATES}/{proposal_template_id}`, 'proposal_template'),

  listProjects: list('listProjects', 'project', `${TENANT}/projects`, 'projects', PAGED),
  listSharedProjects: list('listSharedProjects', 'sharedProject', `${TENANT}/shared_projects`, 'shared_projects', PAGED),
  retrieveProject: one('retrieveProject', 'project', PROJECT, 'project'),
  retrieveConsumptionProfile: only('retrieveConsumptionProfile', 'consumptionProfile', `${PROJECT}/consumption_profile`, 'consumption_profile', MAY_BE_ABSENT),
  retrieveProjectBillSummary: only('retrieveProjectBillSummary', 'projectBillSummary', `${PROJECT}/bill_summary`, 'bill_summary', MAY_BE_ABSENT),
  listUtilityBills: list('listUtilityBills', 'utilityBill', `${PROJECT}/utility_bills`, 'utility_bills'),
  retrieveUtilityBill: one('retrieveUtilityBill', 'utilityBill', `${PROJECT}/utility_bills/{utility_bill_id}`, 'utility_bill'),
  listProjectAssets: list('listProjectAssets', 'asset', `${PROJECT}/assets`, 'assets', PAGED),
  listAgreements: list('listAgreements', 'agreement', `${PROJECT}/agreements`, 'agreements'),
  listSiteSurveys: list('listSiteSurveys', 'siteSurvey', `${PROJECT}/site_surveys`, 'site_surveys'),
  retrieveAhj: one('retrieveAhj', 'ahj', `${TENANT}/ahjs/{ahj_id}`, 'ahj'),
  retrieveOrder: one('retrieveOrder', 'order', `${TENANT}/orders/{order_id}`, 'order'),
  retrieveAgreement: one('retrieveAgreement', 'agreement', AGREEMENT, 'agreement'),
  retrieveAgreementDownloadLink: only('retrieveAgreementDownloadLink', 'agreementDownloadLink', `${AGREEMENT}/download_link`, null, MAY_BE_ABSENT),
  getSiteSurvey: one('getSiteSurvey', 'siteSurvey', SURVEY, 'site_survey'),
  getSiteSurveyRequest: only('getSiteSurveyRequest', 'siteSurveyRequest', `${SURVEY}/request`, null, MAY_BE_ABSENT),

  listDesigns: list('listDesigns', 'design', `${PROJECT}/designs`, 'designs', PAGED),
  retrieveDesign: one('retrieveDesign', 'design', DESIGN, 'design'),
  retrieveDesignSummary: only('retrieveDesignSummary', 'designSummary', `${DESIGN}/summary`, 'design', BY_DESIGN_ID),
  retrieveDesignBillSummary: only('retrieveDesignBillSummary', 'designBillSummary', `${DESIGN}/bill_summary`, 'bill_summary', MAY_BE_ABSENT),
  retrieveRoofSummary: only('retrieveRoofSummary', 'roofSummary', `${DESIGN}/roof_summary`, null),
  listRackingArrays: list('listRackingArrays', 'rackingArray', `${DESIGN}/racking_arrays`, 'racking_arrays', NO_ID),
  listDesignAssets: list('listDesignAssets', 'asset', `${DESIGN}/assets`, 'assets', PAGED),
  retrieveAsset: one('retrieveAsset', 'asset', `${TENANT}/assets/{asset_id}`, 'asset'),
  retrieveDesignPricing: only('retrieveDesignPricing', 'pricing', `${DESIGN}/pricing`, 'pricing', PRICE),
  listFinancings: list('listFinancings', 'financing', `${DESIGN}/financings`, 'financings'),
  retrieveFinancing: one('retrieveFinancing', 'financing', `${DESIGN}/financings/{financing_id}`, 'financing'),
  retrieveProposal: only('retrieveProposal', 'proposal', `${DESIGN}/proposals/default`, 'proposal', MAY_BE_ABSENT),
  retrieveWebProposal: only('retrieveWebProposal', 'webProposal', `${DESIGN}/web_proposal`, 'web_proposal', MAY_BE_ABSENT),

  listDesignRequests: list('listDesignRequests', 'designRequest', REQUESTS, 'design_requests'),
  retrieveDesignRequest: one('retrieveDesignRequest', 'designRequest', `${REQUESTS}/{design_request_id}`, 'design_request'),
  retrieveEagleviewDesignRequest: one('retrieveEagleviewDesignRequest', 'eagleviewDesignRequest', EAGLEVIEW, 'eagleview_design_request'),
  retrievePlanSetRequest: one('retrievePlanSetRequest', 'planSetRequest', PLAN_SET, 'plan_set_request'),
  retrievePlanSet: only('retrievePlanSet', 'planSet', `${PLAN_SET}/plan_set`, 'plan_set', MAY_BE_ABSENT),
} as const satisfies Record<string, Endpoint>
