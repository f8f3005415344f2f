// The table of what the gateway changes in Aurora: one row, one operation of schema/aurora.openapi.yaml.
import { AGREEMENT, DESIGN, EAGLEVIEW, ORDER, PROJECT, REQUESTS, rowsOf, SURVEY, TENANT } from './endpoint.ts'
import type { Endpoint } from './endpoint.ts'

/** What was done is done, in whichever form the answer says so. */
const LOOSE = { isWrapperGuessed: true, mayBeBare: true } as const
/** What is written goes under the name under which the answer comes. */
const wrapped =
  (rows: ReturnType<typeof rowsOf>): ReturnType<typeof rowsOf> =>
  (operation, kind, route, wrapper, details) =>
    rows(operation, kind, route, wrapper, { ...LOOSE, bodyWrapper: wrapper, ...details })

const creates = wrapped(rowsOf('POST', 'object', 'id'))
/** Only the members that change are sent. */
const updates = wrapped(rowsOf('PUT', 'object', 'id'))
const deletes = rowsOf('DELETE', 'nothing')
const BARE_BODY = { bodyWrapper: null } as const
/** Of which there is one per parent: what has an id in such an answer is something inside it. */
const NO_ID = { idMember: undefined } as const
/** Happens to what the route names; options, if any, are the body itself. */
const acts: typeof creates = (operation, kind, route, wrapper, details) =>
  creates(operation, kind, route, wrapper, { ...BARE_BODY, ...details })
/** Begins a job, which the answer describes. */
const runs: typeof creates = (operation, kind, route, wrapper) =>
  creates(operation, kind, route, wrapper, { ...BARE_BODY, idMember: 'job_id' })
/** Answers something of which no form is known. */
const ANYTHING = { ...BARE_BODY, ...NO_ID } as const

// One operation a line, however long: this is read as a table.
// prettier-ignore
export const WRITE_ENDPOINTS = {
  createSsoProvider: creates('createSsoProvider', 'ssoProvider', `${TENANT}/sso_provider`, 'sso_provider', NO_ID),
  createUser: creates('createUser', 'user', `${TENANT}/users`, 'user'),
  inviteUser: creates('inviteUser', 'user', `${TENANT}/users/invite`, 'user'),
  updateUser: updates('updateUser', 'user', `${TENANT}/users/{user_id}`, 'user'),
  createWebhook: creates('createWebhook', 'webhook', `${TENANT}/webhooks`, 'webhook'),
  updateWebhook: updates('updateWebhook', 'webhook', `${TENANT}/webhooks/{webhook_id}`, 'webhook'),
  deleteWebhook: deletes('deleteWebhook', 'webhook', `${TENANT}/webhooks/{webhook_id}`, null),

  createProject: creates('createProject', 'project', `${TENANT}/projects`, 'project'),
  updateProject: updates('updateProject', 'project', PROJECT, 'project'),
  deleteProject: deletes('deleteProject', 'project', PROJECT, null),
  updateConsumptionProfile: updates('updateConsumptionProfile', 'consumptionProfile', `${PROJECT}/consumption_profile`, 'consumption_profile', NO_ID),
  runUtilityBillUpload: runs('runUtilityBillUpload', 'utilityBillUploadJob', `${PROJECT}/utility_bill_upload/run`, 'utility_bill_upload_job'),
  updateOrder: updates('updateOrder', 'order', ORDER, 'order'),
  declineOrder: acts('declineOrder', 'order', `${ORDER}/decline`, 'order'),
  createProjectFromOrder: runs('createProjectFromOrder', 'projectCreationJob', `${ORDER}/project_creation/run`, 'project_creation_job'),
  runAgreementDownloadUrl: runs('runAgreementDownloadUrl', 'agreementDownloadUrlJob', `${AGREEMENT}/download_url/run`, 'agreement_download_url_job'),
  createSiteSurvey: creates('createSiteSurvey', 'siteSurvey', `${TENANT}/site_surveys`, 'site_survey'),
  updateSiteSurvey: updates('updateSiteSurvey', 'siteSurvey', SURVEY, 'site_survey'),
  updateSiteSurveyStatus: updates('updateSiteSurveyStatus', 'siteSurvey', `${SURVEY}/status`, 'site_survey', BARE_BODY),
  updateSiteSurveyElectricalData: updates('updateSiteSurveyElectricalData', 'siteSurvey', `${SURVEY}/electrical`, 'site_survey', BARE_BODY),
  updateSiteSurveyElectricalSubpanels: updates('updateSiteSurveyElectricalSubpanels', 'siteSurvey', `${SURVEY}/electrical/subpanels`, 'site_survey', BARE_BODY),
  updateSiteSurveyMountingPlanes: updates('updateSiteSurveyMountingPlanes', 'siteSurvey', `${SURVEY}/roofs/mounting_planes`, 'site_survey', BARE_BODY),

  createDesign: creates('createDesign', 'design', `${TENANT}/designs`, 'design'),
  duplicateDesign: creates('duplicateDesign', 'design', `${DESIGN}/duplicate`, 'design'),
  updateDesignPricing: updates('updateDesignPricing', 'pricing', `${DESIGN}/pricing`, 'pricing', NO_ID),
  createAdder: creates('createAdder', 'adder', `${DESIGN}/pricing/adders`, 'adder'),
  deleteAdder: deletes('deleteAdder', 'adder', `${TENANT}/adders/{adder_id}`, null),
  pushFinancingToFinancier: acts('pushFinancingToFinancier', 'financing', `${DESIGN}/financings/{financing_id}/push_to_financier`, 'financing'),
  createProposal: acts('createProposal', 'proposal', `${DESIGN}/proposals/default`, 'proposal'),
  deleteDefaultProposal: deletes('deleteDefaultProposal', 'proposal', `${DESIGN}/proposals/default`, null),
  generateWebProposalUrl: acts('generateWebProposalUrl', 'webProposal', `${DESIGN}/web_proposal/generate_url`, 'web_proposal', NO_ID),
  shareMilestone: creates('shareMilestone', 'sharedMilestone', `${TENANT}/milestones/{milestone_id}/share`, null, ANYTHING),
  updateRackingBillOfMaterials: updates('updateRackingBillOfMaterials', 'rackingComponents', `${DESIGN}/bill_of_materials/racking_components`, null, ANYTHING),
  runPerformanceSimulation: runs('runPerformanceSimulation', 'performanceSimulationJob', `${DESIGN}/performance_simulation/run`, 'performance_simulation_job'),
  runIrradianceAnalysis: runs('runIrradianceAnalysis', 'irradianceAnalysisJob', `${DESIGN}/irradiance_analysis/run`, 'irradiance_analysis_job'),
  runAutoDesigner: runs('runAutoDesigner', 'autoDesignerJob', `${DESIGN}/auto_designer/run`, 'auto_designer_job'),
  runFirePathwayPlacement: runs('runFirePathwayPlacement', 'firePathwayPlacementJob', `${DESIGN}/fire_pathway_placement/run`, 'fire_pathway_placement_job'),
  runAiRoof: runs('runAiRoof', 'aiRoofJob', `${DESIGN}/ai_roof/run`, 'ai_roof_job'),
  runProposalPdfGeneration: runs('runProposalPdfGeneration', 'proposalPdfGenerationJob', `${DESIGN}/proposal_pdf_generation/run`, 'proposal_pdf_generation_job'),

  createDesignRequest: creates('createDesignRequest', 'designRequest', REQUESTS, 'design_request'),
  acceptDesignRequest: acts('acceptDesignRequest', 'designRequest', `${REQUESTS}/{design_request_id}/accept`, 'design_request'),
  createEagleviewDesignRequest: creates('createEagleviewDesignRequest', 'eagleviewDesignRequest', `${REQUESTS}/eagleview`, 'eagleview_design_request'),
  acceptEagleviewDesignRequest: acts('acceptEagleviewDesignRequest', 'eagleviewDesignRequest', `${EAGLEVIEW}/accept`, 'eagleview_design_request'),
  createPlanSetRequest: creates('createPlanSetRequest', 'planSetRequest', `${TENANT}/plan_set_requests`, 'plan_set_request'),
} as const satisfies Record<string, Endpoint>

export type WriteOperation = keyof typeof WRITE_ENDPOINTS
