// The events that Aurora's webhooks report, each with the attributes that an address can contain.

export interface SentEvent {
  readonly event: EventName
  readonly attributes: Attributes
}

export type Attributes = Readonly<Record<string, string | null | undefined>>

export type EventName = keyof typeof EVENTS

interface Row {
  readonly attributes: readonly string[]
  /** No page of Aurora has the attributes: these are the likely ones, and a fault leaves them out. */
  readonly isGuess?: true
}

const published = (...attributes: readonly string[]): Row => ({ attributes })
const guessed = (...attributes: readonly string[]): Row => ({ attributes, isGuess: true })

/** One event a line. The published attributes are those of the contract. */
// prettier-ignore
export const EVENTS = {
  project_created: published('PROJECT_ID', 'SOURCE'),
  project_changed: published('PROJECT_ID', 'SOURCE', 'ATTRIBUTES'),
  project_status_changed: published('PROJECT_ID', 'STATUS'),
  project_deleted: guessed('PROJECT_ID'),
  consumption_profile_changed: published('PROJECT_ID'),
  ahj_lookup_completed: published('PROJECT_ID', 'AHJ_ID', 'STATUS'),
  imagery_lidar_completed: published('PROJECT_ID', 'STATUS'),
  design_created: published('PROJECT_ID', 'DESIGN_ID', 'SOURCE'),
  design_deleted: guessed('PROJECT_ID', 'DESIGN_ID'),
  milestone_created: published('PROJECT_ID', 'DESIGN_ID', 'STAGE', 'SOURCE'),
  milestone_shared: guessed('PROJECT_ID', 'DESIGN_ID', 'MILESTONE_ID'),
  asset_created: published('DESIGN_ID', 'ASSET_ID', 'ASSET_TYPE'),
  agreement_status_changed: published('PROJECT_ID', 'DESIGN_ID', 'AGREEMENT_ID', 'FINANCING_ID', 'STATUS'),
  financier_contract_status_changed: published('DESIGN_ID', 'FINANCING_ID', 'EXTERNAL_PROVIDER_STATUS'),
  web_proposal_url_created: published('DESIGN_ID', 'SOURCE'),
  performance_simulation_job_completed: published('DESIGN_ID', 'JOB_ID', 'STATUS'),
  auto_designer_job_completed: published('DESIGN_ID', 'JOB_ID', 'STATUS'),
  proposal_pdf_generation_job_completed: published('DESIGN_ID', 'JOB_ID', 'STATUS'),
  ai_roof_job_completed: guessed('DESIGN_ID', 'JOB_ID', 'STATUS'),
  fire_pathway_placement_job_completed: guessed('DESIGN_ID', 'JOB_ID', 'STATUS'),
  panel_irradiance_analysis_job_completed: guessed('DESIGN_ID', 'JOB_ID', 'STATUS'),
  agreement_download_url_job_completed: guessed('AGREEMENT_ID', 'JOB_ID', 'STATUS'),
  // Named on Aurora's page of utility bills, and in no list of events.
  utility_bill_upload_job_completed: guessed('PROJECT_ID', 'JOB_ID', 'STATUS'),
  design_request_created: published('DESIGN_REQUEST_ID', 'SOURCE'),
  design_request_completed: published('DESIGN_REQUEST_ID', 'STATUS'),
  design_request_rejected: published('DESIGN_REQUEST_ID', 'STATUS'),
  eagleview_design_request_created: guessed('EAGLEVIEW_DESIGN_REQUEST_ID'),
  eagleview_design_request_status_changed: guessed('EAGLEVIEW_DESIGN_REQUEST_ID', 'STATUS'),
  plan_set_request_status_changed: guessed('PLAN_SET_REQUEST_ID', 'STATUS'),
  site_survey_requested: guessed('PROJECT_ID', 'SITE_SURVEY_ID'),
  site_survey_status_changed: guessed('PROJECT_ID', 'SITE_SURVEY_ID', 'STATUS'),
  order_created: guessed('ORDER_ID'),
  lead_created: published('LEAD_ID'),
  lead_changed: published('LEAD_ID'),
  lead_converted: published('LEAD_ID', 'PROJECT_ID'),
  app_status_changed: published('APP_ID', 'STATUS'),
} as const satisfies Readonly<Record<string, Row>>

export const isEventName = (value: unknown): value is EventName =>
  typeof value === 'string' && Object.hasOwn(EVENTS, value)

export const rowOf = (event: EventName): Row => EVENTS[event]

/** The event that reports the end of a kind of job. The creation of a project has none of its own. */
export const EVENTS_OF_JOBS: Readonly<Record<string, EventName>> = {
  performance_simulation: 'performance_simulation_job_completed',
  irradiance_analysis: 'panel_irradiance_analysis_job_completed',
  auto_designer: 'auto_designer_job_completed',
  fire_pathway_placement: 'fire_pathway_placement_job_completed',
  ai_roof: 'ai_roof_job_completed',
  proposal_pdf_generation: 'proposal_pdf_generation_job_completed',
  agreement_download_url: 'agreement_download_url_job_completed',
  utility_bill_upload: 'utility_bill_upload_job_completed',
}
