// The kinds of Aurora's objects, one row each: GraphQL type, key, lifetime, secrets, and the webhook events that report a change.
import { JOB, LINKED, NEVER, SETTLED, STAFF, WORK } from './lifetimes.ts'
import type { LifetimeClass } from './lifetimes.ts'

/**
 * How an object is found. `id`: by an id of its own. `parent`: its parent has one of it, so it goes by the parent's
 * id. `parent/id`: Aurora has it under its parent only, so both ids are needed. `tenant`: each tenant has one of it.
 * `none`: nothing can refer to it.
 */
export type Keying = 'id' | 'parent' | 'parent/id' | 'tenant' | 'none'

export interface KindRow {
  /** The GraphQL type that shows it, which begins its global id; null where no type with an id does. */
  readonly typeName: string | null
  readonly keyedBy: Keying
  readonly lifetime: LifetimeClass
  /** The body contains a secret of the tenant's: it never leaves the process, and `raw` does not show it. */
  readonly holdsSecrets?: true
  /** Aurora's webhook events that report a change of it, by the names of `x-aurora-webhook-events` in the contract. */
  readonly events: readonly string[]
}

const row = <Type extends string | null, Key extends Keying>(
  typeName: Type,
  keyedBy: Key,
  lifetime: LifetimeClass,
  events: readonly string[] = [],
) => ({ typeName, keyedBy, lifetime, events })

const job = <Type extends string>(typeName: Type, event?: string) =>
  row(typeName, 'parent/id', JOB, event === undefined ? [] : [event])

const PROJECT_EVENTS = ['project_created', 'project_changed', 'project_status_changed', 'project_deleted']
const DESIGN_EVENTS = ['design_created', 'design_deleted', 'milestone_created']

// One kind a line, however long: this is read as a table.
// prettier-ignore
export const KINDS = {
  tenant: row('Tenant', 'tenant', SETTLED),
  ssoProvider: { ...row('SsoProvider', 'tenant', SETTLED), holdsSecrets: true },
  apiVersions: row(null, 'none', SETTLED),
  role: row('Role', 'id', STAFF),
  user: row('User', 'id', STAFF),
  team: row('Team', 'id', STAFF),
  partner: row('Partner', 'id', STAFF),
  webhook: { ...row('Webhook', 'id', WORK), holdsSecrets: true },

  project: row('Project', 'id', WORK, PROJECT_EVENTS),
  sharedProject: row('SharedProject', 'id', WORK, ['milestone_shared']),
  consumptionProfile: row('ConsumptionProfile', 'parent', WORK, ['consumption_profile_changed']),
  projectBillSummary: row('ProjectBillSummary', 'parent', WORK, ['consumption_profile_changed']),
  utilityBill: row('UtilityBill', 'parent/id', LINKED),
  ahj: row('Ahj', 'id', SETTLED),
  order: row('Order', 'id', WORK, ['order_created']),
  siteSurvey: row('SiteSurvey', 'id', WORK, ['site_survey_requested', 'site_survey_status_changed']),
  siteSurveyRequest: row(null, 'parent', WORK, ['site_survey_requested']),
  agreement: row('Agreement', 'id', WORK, ['agreement_status_changed']),
  agreementDownloadLink: row(null, 'parent', LINKED, ['agreement_status_changed']),

  asset: row('Asset', 'id', LINKED, ['asset_created']),
  design: row('Design', 'id', WORK, DESIGN_EVENTS),
  designSummary: row('DesignSummary', 'parent', WORK, ['performance_simulation_job_completed']),
  designBillSummary: row('DesignBillSummary', 'parent', WORK, ['consumption_profile_changed']),
  roofSummary: row('RoofSummary', 'parent', WORK, ['ai_roof_job_completed']),
  rackingArray: row(null, 'none', WORK),
  pricing: row('Pricing', 'parent', WORK),
  financing: row('Financing', 'parent/id', WORK, ['financier_contract_status_changed']),
  proposal: row('Proposal', 'parent', WORK),
  webProposal: row('WebProposal', 'parent', WORK, ['web_proposal_url_created']),

  proposalTemplate: row('ProposalTemplate', 'id', SETTLED),
  module: row('Module', 'id', SETTLED),
  inverter: row('Inverter', 'id', SETTLED),
  dcOptimizer: row('DcOptimizer', 'id', SETTLED),

  designRequest: row('DesignRequest', 'id', WORK, ['design_request_created', 'design_request_completed', 'design_request_rejected']),
  eagleviewDesignRequest: row('EagleviewDesignRequest', 'id', WORK, ['eagleview_design_request_created', 'eagleview_design_request_status_changed']),
  planSetRequest: row('PlanSetRequest', 'id', WORK, ['plan_set_request_status_changed']),
  planSet: row('PlanSet', 'parent', LINKED, ['plan_set_request_status_changed']),

  performanceSimulationJob: job('PerformanceSimulationJob', 'performance_simulation_job_completed'),
  irradianceAnalysisJob: job('IrradianceAnalysisJob', 'panel_irradiance_analysis_job_completed'),
  autoDesignerJob: job('AutoDesignerJob', 'auto_designer_job_completed'),
  firePathwayPlacementJob: job('FirePathwayPlacementJob', 'fire_pathway_placement_job_completed'),
  aiRoofJob: job('AiRoofJob', 'ai_roof_job_completed'),
  proposalPdfGenerationJob: job('ProposalPdfGenerationJob', 'proposal_pdf_generation_job_completed'),
  agreementDownloadUrlJob: job('AgreementDownloadUrlJob', 'agreement_download_url_job_completed'),
  utilityBillUploadJob: job('UtilityBillUploadJob'),
  projectCreationJob: job('ProjectCreationJob'),

  adder: row(null, 'none', NEVER),
  rackingComponents: row(null, 'none', NEVER),
  sharedMilestone: row(null, 'none', NEVER),
} as const satisfies Record<string, KindRow>

export type Kind = keyof typeof KINDS

/** Kinds whose objects are found by a key of their own. */
export type KeyedKind = {
  [Name in Kind]: (typeof KINDS)[Name]['keyedBy'] extends 'id' | 'parent/id' ? Name : never
}[Kind]

const table: Readonly<Record<Kind, KindRow>> = KINDS

export const kindRow = (kind: Kind): KindRow => table[kind]

/** The body contains a secret, so it may be neither stored outside of the process nor shown whole. */
export const holdsSecrets = (kind: Kind): boolean => table[kind].holdsSecrets === true

/** The kind that a GraphQL type shows, by the type's name. */
export const KIND_OF_TYPE: ReadonlyMap<string, Kind> = new Map(
  (Object.entries(table) as [Kind, KindRow][]).flatMap(([kind, { typeName }]) =>
    typeName === null ? [] : [[typeName, kind]],
  ),
)
