// What users of the app can do in the simulator: one row for each event, which changes the object and reports it.

import { createAsset } from '../asset-data.ts'
import type { Financing } from '../financing-data.ts'
import { isObject } from '../input.ts'
import { JOB_KINDS } from '../job-operations.ts'
import { byId, demand, designOf, mustExist, projectOf } from '../operation.ts'
import { toAuroraTime, toIsoTime } from '../timestamps.ts'
import { signOrChange } from './agreement-changes.ts'
import { asWrite, one, textIn, toRequest } from './app-change.ts'
import type { AppChange, AppOptions, MakeChange } from './app-change.ts'
import { EVENTS_OF_JOBS } from './events.ts'
import type { EventName, SentEvent } from './events.ts'
import { eventsOfJob } from './events-of-writes.ts'

export type ChangeInApp = (change: AppChange) => readonly SentEvent[]

export function createAppChanges(options: AppOptions): ChangeInApp {
  return ({ event, ids = {}, members = {} }) => {
    const change = { event, ids, members }
    return CHANGES[event](toRequest(options, change), change)
  }
}

/** A job that was begun in the app and has ended; `status: failed` makes it one that failed. */
const endJob: MakeChange = (request, { event, members }) => {
  const kind = JOB_KINDS.find(({ name }) => EVENTS_OF_JOBS[name] === event)
  if (!kind) throw new RangeError(`no job ends with ${event}`)
  return eventsOfJob(request.jobs.finish(kind, request, members['status'] === 'failed'))
}

/** A file whose bytes have no meaning. */
const uploadBill: MakeChange = (request, change) =>
  endJob(
    { ...request, file: { name: textIn(change.members, 'filename', 'power-bill.pdf'), bytes: 1 } },
    change,
  )

const createMilestone: MakeChange = (request, { members }) => {
  const { data, maker } = request
  const { design } = designOf(request)
  const stage = textIn(members, 'stage', 'sold')
  const recorded_at = toIsoTime(maker.nowMs())
  const milestone = { id: maker.newId(), milestone: stage, notes: null, recorded_at }
  data.changes.design.change(design.id, { design: { ...design, milestone } })
  const attributes = { PROJECT_ID: design.project_id, DESIGN_ID: design.id, STAGE: stage, SOURCE: 'app' }
  return one('milestone_created', attributes)
}

const addAsset: MakeChange = (request, { members }) => {
  const { design } = designOf(request)
  const type = textIn(members, 'asset_type', 'CAD Screenshot')
  const asset = createAsset(request.maker.newId(), { type, extension: 'png' }, design.id)
  request.data.changes.asset.add(design.id, asset)
  return one('asset_created', { DESIGN_ID: design.id, ASSET_ID: asset.id, ASSET_TYPE: type })
}

const deleteDesign: MakeChange = (request) => {
  const { id, project_id } = designOf(request).design
  request.data.changes.design.remove(id)
  return one('design_deleted', { PROJECT_ID: project_id, DESIGN_ID: id })
}

/** Without an `ahj_id`, the authority of another project is found. */
const findAhj: MakeChange = (request, { members }) => {
  const { data } = request
  const project = projectOf(request)
  const STATUS = textIn(members, 'status', 'succeeded')
  const other = data.projects.find(({ ahj_id }) => ahj_id !== null && ahj_id !== project.ahj_id)
  const AHJ_ID = STATUS === 'succeeded' ? textIn(members, 'ahj_id', other?.ahj_id ?? '') : ''
  if (AHJ_ID !== '') data.changes.project.change(project.id, { ahj_id: AHJ_ID })
  return one('ahj_lookup_completed', { PROJECT_ID: project.id, AHJ_ID, STATUS })
}

const changeContract: MakeChange = (request, { members }) => {
  const { data, ids } = request
  const record = designOf(request)
  const financing = mustExist(byId(record.financings, ids.financing_id), 'Financing')
  const { financier } = financing
  demand(isObject(financier), 'the financing has no financier')
  const status = textIn(members, 'external_provider_status', 'contract_signed')
  const known = isObject(financier['external']) ? financier['external'] : {}
  const changed: Financing = {
    ...financing,
    financier: { ...financier, external: { ...known, provider_status: status } },
  }
  const financings = record.financings.map((each) => (each === financing ? changed : each))
  data.changes.design.change(ids.design_id, { financings })
  const attributes = { DESIGN_ID: ids.design_id, FINANCING_ID: financing.id }
  return one('financier_contract_status_changed', { ...attributes, EXTERNAL_PROVIDER_STATUS: status })
}

/** What designers do with a request for a roof model. */
const endRequest =
  (status: 'designer_completed' | 'designer_rejected', reason: string | null): MakeChange =>
  ({ data, ids }, { event }) => {
    const { id } = mustExist(data.designRequest(ids.design_request_id), 'Design request')
    data.changes.designRequest.change(id, { status, rejection_reason: reason })
    return one(event, { DESIGN_REQUEST_ID: id, STATUS: status })
  }

const changeEagleview: MakeChange = ({ data, ids }, { event, members }) => {
  const request = data.eagleviewDesignRequest(ids.eagleview_design_request_id)
  const { id } = mustExist(request, 'EagleView design request')
  const status = textIn(members, 'status', 'completed')
  data.changes.eagleviewDesignRequest.change(id, { status })
  return one(event, { EAGLEVIEW_DESIGN_REQUEST_ID: id, STATUS: status })
}

const changePlanSet: MakeChange = ({ data, ids }, { event, members }) => {
  const { id } = mustExist(data.planSetRequest(ids.plan_set_request_id), 'Plan set request')
  const status = textIn(members, 'status', 'completed')
  data.changes.planSetRequest.change(id, { status })
  return one(event, { PLAN_SET_REQUEST_ID: id, STATUS: status })
}

const addOrder: MakeChange = (request, { event, members }) => {
  const { data, maker } = request
  const { id: project_id, location } = projectOf(request)
  const id = maker.newId()
  const status = textIn(members, 'status', 'released')
  const { property_address } = location
  const order = { id, status, project_id, property_address, created_at: toAuroraTime(maker.nowMs()) }
  data.changes.order.add(project_id, order)
  return one(event, { ORDER_ID: id })
}

const finishImagery: MakeChange = (request, { event, members }) =>
  one(event, { PROJECT_ID: projectOf(request).id, STATUS: textIn(members, 'status', 'succeeded') })

/** Leads and apps are no objects of the simulator, so there is the event alone. */
const changeLead: MakeChange = ({ maker, ids }, { event, members }) =>
  one(event, { LEAD_ID: textIn(members, 'lead_id', maker.newId()), PROJECT_ID: ids.project_id })

const changeApp: MakeChange = ({ maker }, { event, members }) => {
  const status = textIn(members, 'status', 'enabled')
  return one(event, { APP_ID: textIn(members, 'app_id', maker.newId()), STATUS: status })
}

const PROJECT = { wrapper: 'project' }
const YEAR = Array.from({ length: 12 }, (_, month) => 700 + 10 * month)
const below = (wrapper: string, usual = {}) => ({ wrapper, idsInBody: ['project_id'], usual })
const needsStatus = (change: MakeChange): MakeChange => {
  return (request, asked) => {
    demand(typeof asked.members['status'] === 'string', 'status must be a string')
    return change(request, asked)
  }
}

/** One event a line. */
// prettier-ignore
const CHANGES: Readonly<Record<EventName, MakeChange>> = {
  project_created: asWrite('createProject', { ...PROJECT, usual: { location: { property_address: '12 Canyon Road' } } }),
  project_changed: asWrite('updateProject', PROJECT),
  project_status_changed: needsStatus(asWrite('updateProject', PROJECT)),
  project_deleted: asWrite('deleteProject'),
  consumption_profile_changed: asWrite('updateConsumptionProfile', { wrapper: 'consumption_profile', usual: { monthly_energy: YEAR } }),
  ahj_lookup_completed: findAhj,
  imagery_lidar_completed: finishImagery,
  design_created: asWrite('createDesign', below('design')),
  design_deleted: deleteDesign,
  milestone_created: createMilestone,
  milestone_shared: asWrite('shareMilestone'),
  asset_created: addAsset,
  agreement_status_changed: signOrChange,
  financier_contract_status_changed: changeContract,
  web_proposal_url_created: asWrite('generateWebProposalUrl'),
  performance_simulation_job_completed: endJob,
  auto_designer_job_completed: endJob,
  proposal_pdf_generation_job_completed: endJob,
  ai_roof_job_completed: endJob,
  fire_pathway_placement_job_completed: endJob,
  panel_irradiance_analysis_job_completed: endJob,
  agreement_download_url_job_completed: endJob,
  utility_bill_upload_job_completed: uploadBill,
  design_request_created: asWrite('createDesignRequest', below('design_request')),
  design_request_completed: endRequest('designer_completed', null),
  design_request_rejected: endRequest('designer_rejected', 'The imagery is older than the building'),
  eagleview_design_request_created: asWrite('createEagleviewDesignRequest', below('eagleview_design_request')),
  eagleview_design_request_status_changed: changeEagleview,
  plan_set_request_status_changed: changePlanSet,
  site_survey_requested: asWrite('createSiteSurvey', below('site_survey')),
  site_survey_status_changed: needsStatus(asWrite('updateSiteSurvey', { wrapper: 'site_survey' })),
  order_created: addOrder,
  lead_created: changeLead,
  lead_changed: changeLead,
  lead_converted: changeLead,
  app_status_changed: changeApp,
}
