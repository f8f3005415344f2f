// The writes of the gateway, and what each makes outdated: one row for each operation of schema/aurora.openapi.yaml.
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
import type { ReadOperation } from './reads.ts'

/** The reads whose answers are outdated afterwards. */
export interface Touches {
  /**
   * Limited to the known ids: those of the route, and the project or design in the sent members or in the answer. If an
   * id is unknown, the read counts as touched for every id.
   */
  readonly reads?: readonly ReadOperation[]
  /** Limited to everything below the project or design of the route, even if the route of the read names neither. */
  readonly below?: readonly ReadOperation[]
  /** Limited to the project of the design of the route, if earlier answers have shown it. */
  readonly ofProject?: readonly ReadOperation[]
}

export interface WriteEndpoint extends Endpoint {
  readonly touches: Touches
  /** The read that would return the object that the answer shows; the object is new and named by its own id. */
  readonly makes?: ReadOperation
  /** The read that would return the object that the answer shows; the object is the one that the route names. */
  readonly changes?: ReadOperation
  /** The read of the job that the write begins. */
  readonly begins?: ReadOperation
  /** What the job makes outdated when it ends, and not before. */
  readonly endTouches?: Touches
}

/** A write is carried out once, so its answer is accepted in every form. */
const LOOSE = { isWrapperGuessed: true, mayBeBare: true } as const
const creating = rowsOf({ method: 'POST', form: 'write', answers: 'object', idMember: 'id', ...LOOSE })
const updating = rowsOf({ method: 'PUT', form: 'write', answers: 'object', idMember: 'id', ...LOOSE })
const deleting = rowsOf({ method: 'DELETE', form: 'write', answers: 'nothing' })

type Details = Pick<WriteEndpoint, 'makes' | 'changes' | 'begins' | 'endTouches'> &
  Partial<Pick<WriteEndpoint, 'bodyWrapper' | 'idMember' | 'touches'>>

const write =
  (make: typeof creating) =>
  (kind: Kind, route: Endpoint['route'], wrapper: string | null, details: Details = {}) =>
    make(kind, route, wrapper, { bodyWrapper: wrapper, touches: {}, ...details })

/** The body has the same wrapper as the answer. */
const creates = write(creating)
/** Only the members that change are sent. */
const updates = write(updating)
const deletes = (kind: Kind, route: Endpoint['route'], touches: Touches) =>
  deleting(kind, route, null, { touches })

const BARE_BODY = { bodyWrapper: null } as const
/** The parent has only one such object, so an id in its answer belongs to something inside it. */
const NO_ID = { idMember: undefined } as const
/** An action on the object that the route names; the options, if any, are the body itself. */
const acts = (kind: Kind, route: Endpoint['route'], wrapper: string, details: Details) =>
  creates(kind, route, wrapper, { ...BARE_BODY, ...details })
/** Begins a job, which the answer describes. */
const runs = (kind: Kind, route: Endpoint['route'], wrapper: string, details: Details) =>
  creates(kind, route, wrapper, { ...BARE_BODY, idMember: 'job_id', ...details })
/** No form of the answer is known. */
const ANYTHING = { ...BARE_BODY, ...NO_ID } as const

const reads = (...operations: readonly ReadOperation[]): { readonly touches: Touches } => ({
  touches: { reads: operations },
})

/** A financing is worked out for one price, so with another price it is outdated. */
const PRICES = ['retrieveDesignPricing', 'listFinancings', 'retrieveFinancing'] as const
/** Aurora works out offset, bill after solar and savings from the energy use as well. */
const OF_ENERGY_USE = [
  'retrieveDesignSummary',
  'retrieveDesignBillSummary',
  'listFinancings',
  'retrieveFinancing',
] as const
const JOBS_OF_DESIGN = [
  'retrievePerformanceSimulationStatus',
  'retrieveIrradianceAnalysisStatus',
  'retrieveAutoDesignerStatus',
  'retrieveFirePathwayPlacementStatus',
  'retrieveAiRoofStatus',
  'retrieveProposalPdfGenerationStatus',
] as const
/** Everything that is read by the id of a design, or of something that is part of one. */
export const BELOW_DESIGN = [
  'retrieveDesign',
  'retrieveDesignSummary',
  'retrieveDesignBillSummary',
  'retrieveRoofSummary',
  'listRackingArrays',
  'listDesignAssets',
  'retrieveAsset',
  'retrieveDesignPricing',
  'listFinancings',
  'retrieveFinancing',
  'retrieveProposal',
  'retrieveWebProposal',
  ...JOBS_OF_DESIGN,
] as const
/** Everything that is read by the id of a project, of one of its designs, or of something that names either. */
export const BELOW_PROJECT = [
  'retrieveProject',
  'retrieveConsumptionProfile',
  'retrieveProjectBillSummary',
  'listUtilityBills',
  'retrieveUtilityBill',
  'retrieveUtilityBillUploadStatus',
  'listProjectAssets',
  'listAgreements',
  'retrieveAgreement',
  'retrieveAgreementDownloadLink',
  'retrieveAgreementDownloadUrlStatus',
  'listSiteSurveys',
  'getSiteSurvey',
  'getSiteSurveyRequest',
  'retrieveOrder',
  'retrieveDesignRequest',
  'retrieveEagleviewDesignRequest',
  'retrievePlanSetRequest',
  'retrievePlanSet',
  'listDesigns',
  ...BELOW_DESIGN,
] as const
/** A job that draws makes new pictures, and a project shows those of its designs too. */
const PICTURES = {
  below: ['listDesignAssets', 'retrieveAsset'],
  ofProject: ['listProjectAssets'],
} as const
/** A project shows sizes and bills of its designs. */
const FIGURES = {
  below: PICTURES.below,
  ofProject: [...PICTURES.ofProject, 'retrieveProjectBillSummary'],
} as const
/** A project shows pictures and bills of its designs, and a design that comes complete brings its own. */
const COMPLETE_DESIGN = ['listDesigns', 'listProjectAssets', 'retrieveProjectBillSummary'] as const
/** The design that was ordered is part of the project from then on. */
const OF_ACCEPTED = [
  ...COMPLETE_DESIGN,
  'retrieveDesign',
  'retrieveDesignSummary',
  'retrieveRoofSummary',
] as const
const SURVEY_CHANGED = {
  changes: 'getSiteSurvey',
  ...reads('getSiteSurvey', 'listSiteSurveys'),
} as const

// One operation a line, however long: this is read as a table. The reasons are in docs/caching.md.
// prettier-ignore
export const WRITES = named({
  createSsoProvider: creates('ssoProvider', `${TENANT}/sso_provider`, 'sso_provider', { ...NO_ID, changes: 'retrieveSsoProvider', ...reads('retrieveSsoProvider') }),
  createUser: creates('user', `${TENANT}/users`, 'user', { makes: 'retrieveUser', ...reads('listUsers') }),
  inviteUser: creates('user', `${TENANT}/users/invite`, 'user', { makes: 'retrieveUser', ...reads('listUsers') }),
  updateUser: updates('user', `${TENANT}/users/{user_id}`, 'user', { changes: 'retrieveUser', ...reads('retrieveUser', 'listUsers') }),
  createWebhook: creates('webhook', `${TENANT}/webhooks`, 'webhook', { makes: 'retrieveWebhook', ...reads('listWebhooks') }),
  updateWebhook: updates('webhook', `${TENANT}/webhooks/{webhook_id}`, 'webhook', { changes: 'retrieveWebhook', ...reads('retrieveWebhook', 'listWebhooks') }),
  deleteWebhook: deletes('webhook', `${TENANT}/webhooks/{webhook_id}`, { reads: ['retrieveWebhook', 'listWebhooks'] }),

  createProject: creates('project', `${TENANT}/projects`, 'project', { makes: 'retrieveProject', ...reads('listProjects') }),
  updateProject: updates('project', PROJECT, 'project', { changes: 'retrieveProject', ...reads('retrieveProject', 'listProjects', 'listSharedProjects', 'retrieveConsumptionProfile') }),
  // It is not documented what happens to the objects below it: reading them again shows whether they are still there.
  deleteProject: deletes('project', PROJECT, { reads: ['listProjects', 'listSharedProjects', 'listDesignRequests'], below: BELOW_PROJECT }),
  updateConsumptionProfile: updates('consumptionProfile', `${PROJECT}/consumption_profile`, 'consumption_profile', { ...NO_ID, changes: 'retrieveConsumptionProfile', touches: { reads: ['retrieveConsumptionProfile', 'retrieveProjectBillSummary'], below: OF_ENERGY_USE } }),
  runUtilityBillUpload: runs('utilityBillUploadJob', `${PROJECT}/utility_bill_upload/run`, 'utility_bill_upload_job', { begins: 'retrieveUtilityBillUploadStatus', ...reads('listUtilityBills'), endTouches: { reads: ['listUtilityBills', 'retrieveUtilityBill', 'retrieveConsumptionProfile', 'retrieveProjectBillSummary'], below: OF_ENERGY_USE } }),
  updateOrder: updates('order', ORDER, 'order', { changes: 'retrieveOrder', ...reads('retrieveOrder') }),
  declineOrder: acts('order', `${ORDER}/decline`, 'order', { changes: 'retrieveOrder', ...reads('retrieveOrder') }),
  createProjectFromOrder: runs('projectCreationJob', `${ORDER}/project_creation/run`, 'project_creation_job', { begins: 'retrieveCreateProjectStatus', endTouches: { reads: ['listProjects', 'retrieveOrder'] } }),
  runAgreementDownloadUrl: runs('agreementDownloadUrlJob', `${AGREEMENT}/download_url/run`, 'agreement_download_url_job', { begins: 'retrieveAgreementDownloadUrlStatus', endTouches: { reads: ['retrieveAgreementDownloadLink'] } }),
  createSiteSurvey: creates('siteSurvey', `${TENANT}/site_surveys`, 'site_survey', { makes: 'getSiteSurvey', ...reads('listSiteSurveys') }),
  updateSiteSurvey: updates('siteSurvey', SURVEY, 'site_survey', SURVEY_CHANGED),
  updateSiteSurveyStatus: updates('siteSurvey', `${SURVEY}/status`, 'site_survey', { ...BARE_BODY, ...SURVEY_CHANGED }),
  updateSiteSurveyElectricalData: updates('siteSurvey', `${SURVEY}/electrical`, 'site_survey', { ...BARE_BODY, ...SURVEY_CHANGED }),
  updateSiteSurveyElectricalSubpanels: updates('siteSurvey', `${SURVEY}/electrical/subpanels`, 'site_survey', { ...BARE_BODY, ...SURVEY_CHANGED }),
  updateSiteSurveyMountingPlanes: updates('siteSurvey', `${SURVEY}/roofs/mounting_planes`, 'site_survey', { ...BARE_BODY, ...SURVEY_CHANGED }),

  createDesign: creates('design', `${TENANT}/designs`, 'design', { makes: 'retrieveDesign', ...reads('listDesigns') }),
  duplicateDesign: creates('design', `${DESIGN}/duplicate`, 'design', { makes: 'retrieveDesign', ...reads(...COMPLETE_DESIGN) }),
  updateDesignPricing: updates('pricing', `${DESIGN}/pricing`, 'pricing', { ...NO_ID, changes: 'retrieveDesignPricing', ...reads(...PRICES) }),
  createAdder: creates('adder', `${DESIGN}/pricing/adders`, 'adder', reads(...PRICES)),
  deleteAdder: deletes('adder', `${TENANT}/adders/{adder_id}`, { reads: PRICES }),
  pushFinancingToFinancier: acts('financing', `${DESIGN}/financings/{financing_id}/push_to_financier`, 'financing', { changes: 'retrieveFinancing', ...reads('retrieveFinancing', 'listFinancings') }),
  createProposal: creates('proposal', `${DESIGN}/proposals/default`, 'proposal', { ...BARE_BODY, changes: 'retrieveProposal', ...reads('retrieveProposal') }),
  deleteDefaultProposal: deletes('proposal', `${DESIGN}/proposals/default`, { reads: ['retrieveProposal', 'retrieveWebProposal'] }),
  generateWebProposalUrl: acts('webProposal', `${DESIGN}/web_proposal/generate_url`, 'web_proposal', { ...NO_ID, changes: 'retrieveWebProposal', ...reads('retrieveWebProposal') }),
  shareMilestone: creates('sharedMilestone', `${TENANT}/milestones/{milestone_id}/share`, null, { ...ANYTHING, ...reads('listSharedProjects') }),
  updateRackingBillOfMaterials: updates('rackingComponents', `${DESIGN}/bill_of_materials/racking_components`, null, { ...ANYTHING, touches: { reads: ['retrieveDesignSummary'], ...PICTURES } }),
  // There may have been no simulation before, so prices too change with its end.
  runPerformanceSimulation: runs('performanceSimulationJob', `${DESIGN}/performance_simulation/run`, 'performance_simulation_job', { begins: 'retrievePerformanceSimulationStatus', endTouches: { reads: ['retrieveDesignSummary', 'retrieveDesignBillSummary', ...PRICES], ...FIGURES } }),
  runIrradianceAnalysis: runs('irradianceAnalysisJob', `${DESIGN}/irradiance_analysis/run`, 'irradiance_analysis_job', { begins: 'retrieveIrradianceAnalysisStatus', endTouches: { reads: ['retrieveDesignSummary'], ...PICTURES } }),
  // Sizes are in the list of the project's designs.
  runAutoDesigner: runs('autoDesignerJob', `${DESIGN}/auto_designer/run`, 'auto_designer_job', { begins: 'retrieveAutoDesignerStatus', endTouches: { reads: ['retrieveDesign', 'retrieveDesignSummary', 'retrieveRoofSummary', 'retrieveDesignBillSummary', 'listRackingArrays', ...PRICES], below: FIGURES.below, ofProject: ['listDesigns', ...FIGURES.ofProject] } }),
  runFirePathwayPlacement: runs('firePathwayPlacementJob', `${DESIGN}/fire_pathway_placement/run`, 'fire_pathway_placement_job', { begins: 'retrieveFirePathwayPlacementStatus', endTouches: { reads: ['retrieveDesignSummary', 'retrieveRoofSummary'] } }),
  runAiRoof: runs('aiRoofJob', `${DESIGN}/ai_roof/run`, 'ai_roof_job', { begins: 'retrieveAiRoofStatus', endTouches: { reads: ['retrieveDesignSummary', 'retrieveRoofSummary'] } }),
  runProposalPdfGeneration: runs('proposalPdfGenerationJob', `${DESIGN}/proposal_pdf_generation/run`, 'proposal_pdf_generation_job', { begins: 'retrieveProposalPdfGenerationStatus', endTouches: PICTURES }),

  createDesignRequest: creates('designRequest', REQUESTS, 'design_request', { makes: 'retrieveDesignRequest', ...reads('listDesignRequests') }),
  acceptDesignRequest: acts('designRequest', `${REQUESTS}/{design_request_id}/accept`, 'design_request', { changes: 'retrieveDesignRequest', ...reads('retrieveDesignRequest', 'listDesignRequests', ...OF_ACCEPTED) }),
  createEagleviewDesignRequest: creates('eagleviewDesignRequest', `${REQUESTS}/eagleview`, 'eagleview_design_request', { makes: 'retrieveEagleviewDesignRequest' }),
  acceptEagleviewDesignRequest: acts('eagleviewDesignRequest', `${EAGLEVIEW}/accept`, 'eagleview_design_request', { changes: 'retrieveEagleviewDesignRequest', ...reads('retrieveEagleviewDesignRequest', ...OF_ACCEPTED) }),
  createPlanSetRequest: creates('planSetRequest', `${TENANT}/plan_set_requests`, 'plan_set_request', { makes: 'retrievePlanSetRequest' }),
} satisfies Partial<Record<Endpoint['operation'], Unnamed<WriteEndpoint>>>)

export type WriteOperation = keyof typeof WRITES

export const ALL_WRITES: readonly WriteEndpoint[] = Object.values(WRITES)

export const writeEndpoint = (operation: WriteOperation): WriteEndpoint => WRITES[operation]

/** What a job of the kind makes outdated when it ends; undefined for kinds that are no jobs. */
export const END_TOUCHES: ReadonlyMap<Kind, Touches> = new Map(
  ALL_WRITES.flatMap(({ kind, begins, endTouches = {} }) => (begins ? [[kind, endTouches]] : [])),
)
