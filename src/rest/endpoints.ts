// The table of what the gateway reads of Aurora: one row, one operation of schema/aurora.openapi.yaml.
import { AGREEMENT, DESIGN, EAGLEVIEW, ORDER, PROJECT, REQUESTS, rowsOf, SURVEY, TENANT } from './endpoint.ts'
import type { Endpoint } from './endpoint.ts'

/** An object with an id of its own. */
const one = rowsOf('GET', 'object', 'id')
/** An object of which there is one per parent, or one per tenant. */
const only = rowsOf('GET', 'object')
const list = rowsOf('GET', 'list', 'id')
/** How far a job has come. */
const job = rowsOf('GET', 'object', 'job_id')

const PLAN_SET = `${TENANT}/plan_set_requests/{plan_set_request_id}`
const COMPONENTS = `${TENANT}/components`
const TEMPLATES = `${TENANT}/proposal_templates`

const PAGED = { isPaged: true } as const
const MAY_BE_ABSENT = { mayBeAbsent: true } as const
/** Two clients accept a price without its wrapper, and a design may have none. */
const PRICE = { mayBeBare: true, mayBeAbsent: true } as const
const NO_ID = { idMember: undefined } as const
/** Of most jobs the wrapper is inferred; of the others it is read as loosely, since nothing else can be in the body. */
const JOB = { idQuery: 'job_id', isWrapperGuessed: true } as const
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
  retrieveOrder: one('retrieveOrder', 'order', ORDER, 'order'),
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

  retrievePerformanceSimulationStatus: job('retrievePerformanceSimulationStatus', 'performanceSimulationJob', `${DESIGN}/performance_simulation/status`, 'performance_simulation_job', JOB),
  retrieveIrradianceAnalysisStatus: job('retrieveIrradianceAnalysisStatus', 'irradianceAnalysisJob', `${DESIGN}/irradiance_analysis/status`, 'irradiance_analysis_job', JOB),
  retrieveAutoDesignerStatus: job('retrieveAutoDesignerStatus', 'autoDesignerJob', `${DESIGN}/auto_designer/status`, 'auto_designer_job', JOB),
  retrieveFirePathwayPlacementStatus: job('retrieveFirePathwayPlacementStatus', 'firePathwayPlacementJob', `${DESIGN}/fire_pathway_placement/status`, 'fire_pathway_placement_job', JOB),
  retrieveAiRoofStatus: job('retrieveAiRoofStatus', 'aiRoofJob', `${DESIGN}/ai_roof/status`, 'ai_roof_job', JOB),
  retrieveProposalPdfGenerationStatus: job('retrieveProposalPdfGenerationStatus', 'proposalPdfGenerationJob', `${DESIGN}/proposal_pdf_generation/status`, 'proposal_pdf_generation_job', JOB),
  retrieveAgreementDownloadUrlStatus: job('retrieveAgreementDownloadUrlStatus', 'agreementDownloadUrlJob', `${AGREEMENT}/download_url/status`, 'agreement_download_url_job', JOB),
  retrieveUtilityBillUploadStatus: job('retrieveUtilityBillUploadStatus', 'utilityBillUploadJob', `${PROJECT}/utility_bill_upload/status`, 'utility_bill_upload_job', JOB),
  retrieveCreateProjectStatus: job('retrieveCreateProjectStatus', 'projectCreationJob', `${ORDER}/project_creation/status`, 'project_creation_job', JOB),
} as const satisfies Record<string, Endpoint>
