// Aurora's webhook events, one row each: the ids that come with it, and the reads whose answers it makes outdated.
import type { Kind } from './kinds.ts'
import { READS } from './reads.ts'
import type { ReadOperation } from './reads.ts'
import { BELOW_DESIGN, BELOW_PROJECT, END_TOUCHES, WRITES } from './writes.ts'
import type { Touches } from './writes.ts'

export interface EventRow {
  /**
   * The attributes that contain ids. If the contract has only the name of the event, the ids are those that an event
   * about such an object would have. Each id has the name of its attribute in lower case, as in routes.
   */
  readonly ids: readonly string[]
  /** Limited to the ids that came. If an id is missing, the read counts as touched for every id. */
  readonly touches: Touches
}

const NOTHING: Touches = {}
const event = (ids: readonly string[], touches: Touches): EventRow => ({ ids, touches })

/** A job has ended: its own state, and what the gateway would drop if it read the end itself. */
function ended(kind: Kind, status: ReadOperation, ids = ['DESIGN_ID', 'JOB_ID']): EventRow {
  const { reads = [], ...others } = END_TOUCHES.get(kind) ?? NOTHING
  return event(ids, { reads: [status, ...reads], ...others })
}

const PROJECT_IDS = ['PROJECT_ID']
const OF_DESIGN = ['PROJECT_ID', 'DESIGN_ID']
const EAGLEVIEW_IDS = ['EAGLEVIEW_DESIGN_REQUEST_ID']
const SURVEY_IDS = ['PROJECT_ID', 'SITE_SURVEY_ID']

/** Lists of projects show most of its members. */
const PROJECT_ITSELF = { reads: ['retrieveProject', 'listProjects', 'listSharedProjects'] } as const
const REQUEST = { reads: ['retrieveDesignRequest', 'listDesignRequests'] } as const
const EAGLEVIEW_REQUEST = { reads: ['retrieveEagleviewDesignRequest'] } as const
const SURVEY = { reads: ['getSiteSurvey', 'getSiteSurveyRequest', 'listSiteSurveys'] } as const

// One event a line, however long: this is read as a table. The reasons are in docs/webhooks.md.
// prettier-ignore
export const EVENTS = {
  project_created: event(PROJECT_IDS, { reads: ['retrieveProject', 'listProjects'] }),
  project_changed: event(PROJECT_IDS, WRITES.updateProject.touches),
  project_status_changed: event(PROJECT_IDS, PROJECT_ITSELF),
  project_deleted: event(PROJECT_IDS, { ...WRITES.deleteProject.touches, below: BELOW_PROJECT }),
  consumption_profile_changed: event(PROJECT_IDS, WRITES.updateConsumptionProfile.touches),
  ahj_lookup_completed: event(['PROJECT_ID', 'AHJ_ID'], PROJECT_ITSELF),
  imagery_lidar_completed: event(PROJECT_IDS, NOTHING),

  design_created: event(OF_DESIGN, { reads: ['retrieveDesign', 'listDesigns', 'listProjectAssets', 'retrieveProjectBillSummary'] }),
  design_deleted: event(OF_DESIGN, { reads: ['listDesigns'], below: BELOW_DESIGN, ofProject: ['listProjectAssets', 'retrieveProjectBillSummary'] }),
  milestone_created: event(OF_DESIGN, { reads: ['retrieveDesign', 'listDesigns'] }),
  milestone_shared: event(['MILESTONE_ID'], { reads: ['listSharedProjects'] }),
  asset_created: event(['DESIGN_ID', 'ASSET_ID'], { reads: ['retrieveAsset', 'listDesignAssets'], ofProject: ['listProjectAssets'] }),
  financier_contract_status_changed: event(['DESIGN_ID', 'FINANCING_ID'], { reads: ['retrieveFinancing', 'listFinancings'] }),
  web_proposal_url_created: event(['DESIGN_ID'], { reads: ['retrieveWebProposal'] }),

  performance_simulation_job_completed: ended('performanceSimulationJob', 'retrievePerformanceSimulationStatus'),
  panel_irradiance_analysis_job_completed: ended('irradianceAnalysisJob', 'retrieveIrradianceAnalysisStatus'),
  auto_designer_job_completed: ended('autoDesignerJob', 'retrieveAutoDesignerStatus'),
  fire_pathway_placement_job_completed: ended('firePathwayPlacementJob', 'retrieveFirePathwayPlacementStatus'),
  ai_roof_job_completed: ended('aiRoofJob', 'retrieveAiRoofStatus'),
  proposal_pdf_generation_job_completed: ended('proposalPdfGenerationJob', 'retrieveProposalPdfGenerationStatus'),
  agreement_download_url_job_completed: ended('agreementDownloadUrlJob', 'retrieveAgreementDownloadUrlStatus', ['AGREEMENT_ID', 'JOB_ID']),

  agreement_status_changed: event(['PROJECT_ID', 'DESIGN_ID', 'AGREEMENT_ID', 'FINANCING_ID'], { reads: ['retrieveAgreement', 'listAgreements', 'retrieveAgreementDownloadLink'] }),
  order_created: event(['ORDER_ID'], { reads: ['retrieveOrder'] }),
  site_survey_requested: event(SURVEY_IDS, SURVEY),
  site_survey_status_changed: event(SURVEY_IDS, SURVEY),

  design_request_created: event(['DESIGN_REQUEST_ID'], REQUEST),
  design_request_completed: event(['DESIGN_REQUEST_ID'], REQUEST),
  design_request_rejected: event(['DESIGN_REQUEST_ID'], REQUEST),
  eagleview_design_request_created: event(EAGLEVIEW_IDS, EAGLEVIEW_REQUEST),
  eagleview_design_request_status_changed: event(EAGLEVIEW_IDS, EAGLEVIEW_REQUEST),
  plan_set_request_status_changed: event(['PLAN_SET_REQUEST_ID'], { reads: ['retrievePlanSetRequest', 'retrievePlanSet'] }),

  app_status_changed: event([], NOTHING),
  lead_created: event([], NOTHING),
  lead_changed: event([], NOTHING),
  lead_converted: event(PROJECT_IDS, { reads: ['retrieveProject', 'listProjects'] }),
} as const satisfies Record<string, EventRow>

export type EventName = keyof typeof EVENTS

/** The names of older versions, which a subscription that was made years ago may have. */
export const OLDER_NAMES: Readonly<Record<string, EventName>> = {
  design_request_completion: 'design_request_completed',
  design_request_rejection: 'design_request_rejected',
  auto_designer_job_completion: 'auto_designer_job_completed',
  irradiance_analysis_job_completion: 'panel_irradiance_analysis_job_completed',
  plan_set_status_changed: 'plan_set_request_status_changed',
}

const table: Readonly<Record<EventName, EventRow>> = EVENTS

export const EVENT_NAMES = Object.keys(EVENTS) as EventName[]

export const eventRow = (name: EventName): EventRow => table[name]

/** Reads a name in upper or lower case, with `_` or `-`; null for an unknown event. */
export function readEventName(given: string): EventName | null {
  if (Object.hasOwn(EVENTS, given)) return given as EventName
  const name = given.toLowerCase().replaceAll('-', '_')
  if (Object.hasOwn(EVENTS, name)) return name as EventName
  return Object.hasOwn(OLDER_NAMES, name) ? (OLDER_NAMES[name] ?? null) : null
}

/**
 * The events that report a change of objects of the kind, or of values that Aurora works out for it from other objects.
 */
export const eventsOf = (kind: Kind): readonly EventName[] =>
  EVENT_NAMES.filter((name) => kindsTouchedBy(table[name]).has(kind))

const kindsTouchedBy = ({
  touches: { reads = [], below = [], ofProject = [] },
}: EventRow): ReadonlySet<Kind> =>
  new Set([...reads, ...below, ...ofProject].map((operation) => READS[operation].kind))
