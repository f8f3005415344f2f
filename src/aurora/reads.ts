// The reads of the gateway: one row for each operation of schema/aurora.openapi.yaml, with its name written once.
import {
  AGREEMENT,
  DESIGN,
  EAGLEVIEW,
  named,
  ORDER,
  PROJECT,
  REQUESTS,
  rowsOf,
  SURVEY,
  TENANT,
} from './endpoint.ts'
import type { Endpoint, Unnamed } from './endpoint.ts'
import type { Kind } from './kinds.ts'

/** The expected length of a list before the first one was read. */
export interface ListLength {
  readonly usual: number
  /** Generous, so that the real number is seldom above the maximum of a plan. */
  readonly longest: number
}

export interface ReadEndpoint extends Endpoint {
  /** For lists; a list without it has a few items. */
  readonly length?: ListLength
  /** The list is short and changes seldom, so one reading of it serves all look-ups of the members that it shows. */
  readonly servesLookups?: true
  /** Members of the object above it that this answer repeats, with the same meaning. */
  readonly repeats?: readonly string[]
}

const GET = 'GET'
/** An object with an id of its own. */
const one = rowsOf({ method: GET, form: 'one', answers: 'object', idMember: 'id' })
/** The only one of its parent or tenant. */
const sole = rowsOf({ method: GET, form: 'sole', answers: 'object' })
/** A list of the tenant that is always read to its end. */
const whole = rowsOf({ method: GET, form: 'whole', answers: 'list', idMember: 'id' })
/** A list of the tenant that may be long, so it is read in slices. */
const sliced = rowsOf({ method: GET, form: 'sliced', answers: 'list', idMember: 'id' })
/** The list below a parent. */
const children = rowsOf({ method: GET, form: 'children', answers: 'list', idMember: 'id' })
/** Such a list whose items have no id. */
const values = rowsOf({ method: GET, form: 'values', answers: 'list' })
/**
 * The progress of a job. Most wrappers are inferred from similar jobs; the others are read as tolerantly, because the
 * body can contain nothing else.
 */
const job = <Of extends Kind>(kind: Of, route: Endpoint['route'], wrapper: string) =>
  rowsOf({ method: GET, form: 'job', answers: 'object', idMember: 'job_id' })(kind, route, wrapper, {
    idQuery: 'job_id',
    isWrapperGuessed: true,
  } as const)

const PLAN_SET = `${TENANT}/plan_set_requests/{plan_set_request_id}` as const
const COMPONENTS = `${TENANT}/components` as const
const TEMPLATES = `${TENANT}/proposal_templates` as const

const PAGED = { isPaged: true } as const
const MAY_BE_ABSENT = { mayBeAbsent: true } as const
/** No page of Aurora's documentation shows the body. */
const GUESSED = { isWrapperGuessed: true, mayBeBare: true } as const
const BILL = { ...GUESSED, mayBeAbsent: true } as const
/** Two public clients accept a price without its wrapper, and a design may have none. */
const PRICE = { mayBeBare: true, mayBeAbsent: true } as const
/** The query alone decides how much of such a list is read. */
const ENDLESS = { isPaged: true, length: { usual: 1000, longest: 100_000 } } as const
/** Lists of designs show the sizes as well; the single design does not. */
const SUMMARY = {
  idMember: 'design_id',
  repeats: [
    'project_id',
    'external_provider_id',
    'created_at',
    'system_size_stc',
    'system_size_ptc',
    'system_size_ac',
  ],
} as const
/** Aurora promises the order of no other list. */
const PROJECTS = { ...ENDLESS, isNewestFirst: true } as const
/** A company with some dozens of people. */
const STAFF_LIST = { isPaged: true, servesLookups: true, length: { usual: 50, longest: 1000 } } as const
/** Most projects have a first layout, and a second one after the customer has seen it. */
const DESIGNS = { isPaged: true, length: { usual: 2, longest: 20 } } as const
/** Cash, a loan and a lease are worked out for most designs. */
const FINANCINGS = { length: { usual: 3, longest: 20 } } as const
const ABOUT_ONE = { length: { usual: 1, longest: 20 } } as const
/** A year of energy use has at most one bill a month, and at most two years are requested. */
const BILLS = { length: { usual: 1, longest: 24 } } as const

// One operation a line, however long: this is read as a table.
// prettier-ignore
export const READS = named({
  retrieveVersions: sole('apiVersions', '/versions', null),
  retrieveTenant: sole('tenant', TENANT, 'tenant', GUESSED),
  retrieveSsoProvider: sole('ssoProvider', `${TENANT}/sso_provider`, 'sso_provider', MAY_BE_ABSENT),
  listRoles: whole('role', `${TENANT}/roles`, 'roles', PAGED),
  listUsers: whole('user', `${TENANT}/users`, 'users', STAFF_LIST),
  retrieveUser: one('user', `${TENANT}/users/{user_id}`, 'user'),
  listTeams: whole('team', `${TENANT}/teams`, 'teams', { ...PAGED, length: { usual: 10, longest: 200 } }),
  listPartners: whole('partner', `${TENANT}/partners`, 'partners', { ...PAGED, length: { usual: 10, longest: 500 } }),
  listWebhooks: whole('webhook', `${TENANT}/webhooks`, 'webhooks', PAGED),
  retrieveWebhook: one('webhook', `${TENANT}/webhooks/{webhook_id}`, 'webhook'),

  listModules: sliced('module', `${COMPONENTS}/modules`, 'modules', ENDLESS),
  retrieveModule: one('module', `${COMPONENTS}/modules/{module_id}`, 'module'),
  listInverters: sliced('inverter', `${COMPONENTS}/inverters`, 'inverters', ENDLESS),
  retrieveInverter: one('inverter', `${COMPONENTS}/inverters/{inverter_id}`, 'inverter'),
  listDcOptimizers: sliced('dcOptimizer', `${COMPONENTS}/dc_optimizers`, 'dc_optimizers', ENDLESS),
  retrieveDcOptimizer: one('dcOptimizer', `${COMPONENTS}/dc_optimizers/{dc_optimizer_id}`, 'dc_optimizer'),
  listProposalTemplates: whole('proposalTemplate', TEMPLATES, 'proposal_templates'),
  retrieveProposalTemplate: one('proposalTemplate', `${TEMPLATES}/{proposal_template_id}`, 'proposal_template'),

  listProjects: sliced('project', `${TENANT}/projects`, 'projects', PROJECTS),
  listSharedProjects: sliced('sharedProject', `${TENANT}/shared_projects`, 'shared_projects', { ...PAGED, length: { usual: 5, longest: 1000 } }),
  retrieveProject: one('project', PROJECT, 'project'),
  retrieveConsumptionProfile: sole('consumptionProfile', `${PROJECT}/consumption_profile`, 'consumption_profile', MAY_BE_ABSENT),
  retrieveProjectBillSummary: sole('projectBillSummary', `${PROJECT}/bill_summary`, 'bill_summary', BILL),
  listUtilityBills: children('utilityBill', `${PROJECT}/utility_bills`, 'utility_bills', BILLS),
  retrieveUtilityBill: one('utilityBill', `${PROJECT}/utility_bills/{utility_bill_id}`, 'utility_bill'),
  listProjectAssets: children('asset', `${PROJECT}/assets`, 'assets', PAGED),
  listAgreements: children('agreement', `${PROJECT}/agreements`, 'agreements', ABOUT_ONE),
  listSiteSurveys: children('siteSurvey', `${PROJECT}/site_surveys`, 'site_surveys', ABOUT_ONE),
  retrieveAhj: one('ahj', `${TENANT}/ahjs/{ahj_id}`, 'ahj'),
  retrieveOrder: one('order', ORDER, 'order'),
  retrieveAgreement: one('agreement', AGREEMENT, 'agreement'),
  retrieveAgreementDownloadLink: sole('agreementDownloadLink', `${AGREEMENT}/download_link`, null, MAY_BE_ABSENT),
  getSiteSurvey: one('siteSurvey', SURVEY, 'site_survey'),
  getSiteSurveyRequest: sole('siteSurveyRequest', `${SURVEY}/request`, null, MAY_BE_ABSENT),

  listDesigns: children('design', `${PROJECT}/designs`, 'designs', DESIGNS),
  retrieveDesign: one('design', DESIGN, 'design'),
  retrieveDesignSummary: sole('designSummary', `${DESIGN}/summary`, 'design', SUMMARY),
  retrieveDesignBillSummary: sole('designBillSummary', `${DESIGN}/bill_summary`, 'bill_summary', BILL),
  retrieveRoofSummary: sole('roofSummary', `${DESIGN}/roof_summary`, null),
  listRackingArrays: values('rackingArray', `${DESIGN}/racking_arrays`, 'racking_arrays'),
  listDesignAssets: children('asset', `${DESIGN}/assets`, 'assets', PAGED),
  retrieveAsset: one('asset', `${TENANT}/assets/{asset_id}`, 'asset'),
  retrieveDesignPricing: sole('pricing', `${DESIGN}/pricing`, 'pricing', PRICE),
  listFinancings: children('financing', `${DESIGN}/financings`, 'financings', FINANCINGS),
  retrieveFinancing: one('financing', `${DESIGN}/financings/{financing_id}`, 'financing'),
  retrieveProposal: sole('proposal', `${DESIGN}/proposals/default`, 'proposal', MAY_BE_ABSENT),
  retrieveWebProposal: sole('webProposal', `${DESIGN}/web_proposal`, 'web_proposal', MAY_BE_ABSENT),

  listDesignRequests: whole('designRequest', REQUESTS, 'design_requests', { length: { usual: 20, longest: 1000 } }),
  retrieveDesignRequest: one('designRequest', `${REQUESTS}/{design_request_id}`, 'design_request'),
  retrieveEagleviewDesignRequest: one('eagleviewDesignRequest', EAGLEVIEW, 'eagleview_design_request'),
  retrievePlanSetRequest: one('planSetRequest', PLAN_SET, 'plan_set_request'),
  retrievePlanSet: sole('planSet', `${PLAN_SET}/plan_set`, 'plan_set', MAY_BE_ABSENT),

  retrievePerformanceSimulationStatus: job('performanceSimulationJob', `${DESIGN}/performance_simulation/status`, 'performance_simulation_job'),
  retrieveIrradianceAnalysisStatus: job('irradianceAnalysisJob', `${DESIGN}/irradiance_analysis/status`, 'irradiance_analysis_job'),
  retrieveAutoDesignerStatus: job('autoDesignerJob', `${DESIGN}/auto_designer/status`, 'auto_designer_job'),
  retrieveFirePathwayPlacementStatus: job('firePathwayPlacementJob', `${DESIGN}/fire_pathway_placement/status`, 'fire_pathway_placement_job'),
  retrieveAiRoofStatus: job('aiRoofJob', `${DESIGN}/ai_roof/status`, 'ai_roof_job'),
  retrieveProposalPdfGenerationStatus: job('proposalPdfGenerationJob', `${DESIGN}/proposal_pdf_generation/status`, 'proposal_pdf_generation_job'),
  retrieveAgreementDownloadUrlStatus: job('agreementDownloadUrlJob', `${AGREEMENT}/download_url/status`, 'agreement_download_url_job'),
  retrieveUtilityBillUploadStatus: job('utilityBillUploadJob', `${PROJECT}/utility_bill_upload/status`, 'utility_bill_upload_job'),
  retrieveCreateProjectStatus: job('projectCreationJob', `${ORDER}/project_creation/status`, 'project_creation_job'),
} satisfies Partial<Record<Endpoint['operation'], Unnamed<ReadEndpoint>>>)

export type ReadOperation = keyof typeof READS

/** Operations of one form, by name. */
export type ReadOf<Shape extends Endpoint['form']> = {
  [Name in ReadOperation]: (typeof READS)[Name]['form'] extends Shape ? Name : never
}[ReadOperation]

export const isReadOperation = (operation: string): operation is ReadOperation =>
  Object.hasOwn(READS, operation)

export const ALL_READS: readonly ReadEndpoint[] = Object.values(READS)

/** The read of one object of the kind, or of the only one of a parent; undefined if only lists show it. */
export const ownReadOf = (kind: Kind): ReadEndpoint | undefined => OWN.get(kind)

/** The reads that return the parts of one object of the kind: those that need no other key than the object's own. */
export const partsOf = (kind: Kind): readonly ReadEndpoint[] => PARTS.get(kind) ?? []

const PARTS: ReadonlyMap<Kind, readonly ReadEndpoint[]> = new Map(
  ALL_READS.filter(({ form }) => form === 'one').map((own) => [
    own.kind,
    ALL_READS.filter(
      ({ operation, parameters }) =>
        operation !== own.operation && parameters.join() === own.parameters.join(),
    ),
  ]),
)

/** The part that repeats members of its object. */
export const repeatingPartOf = (kind: Kind): ReadEndpoint | undefined => REPEATING.get(kind)

const REPEATING: ReadonlyMap<Kind, ReadEndpoint> = new Map(
  [...PARTS].flatMap(([kind, parts]) =>
    parts.filter(({ repeats }) => repeats !== undefined).map((part): [Kind, ReadEndpoint] => [kind, part]),
  ),
)

/** An object that exists may lack this part: the answer is then an empty list, or an ordinary absence. */
export const mayBeNothing = ({ answers, mayBeAbsent }: Endpoint): boolean =>
  answers === 'list' || mayBeAbsent === true

/** The list of all objects of the kind that the tenant has. */
export const tenantListOf = (kind: Kind): ReadEndpoint | undefined => TENANT_LISTS.get(kind)

/** For each kind, the first read of the table that passes the test. */
const byKind = (isOne: (read: ReadEndpoint) => boolean): ReadonlyMap<Kind, ReadEndpoint> =>
  new Map(
    ALL_READS.filter(isOne)
      .toReversed()
      .map((read) => [read.kind, read]),
  )

const OWN = byKind(({ answers }) => answers === 'object')
const TENANT_LISTS = byKind(({ form }) => form === 'whole' || form === 'sliced')

/** Reads of the only one of a parent, or of the tenant, that is always there. */
export type PresentRead = {
  [Name in ReadOf<'sole'>]: (typeof READS)[Name] extends { readonly mayBeAbsent: true } ? never : Name
}[ReadOf<'sole'>]

export const isPresentAlways = ({ form, mayBeAbsent }: ReadEndpoint): boolean =>
  form === 'sole' && mayBeAbsent === undefined
