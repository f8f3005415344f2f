// What the simulator changes of the work that is ordered from others: roof models and plan sets.

import { aDesign, aProject, latitude, longitude, number, readInput } from './input.ts'
import { TENANT } from './living-data.ts'
import { addDesign } from './new-design.ts'
import { created, found, refuse, userError, write } from './operation.ts'
import type { Operation } from './operation.ts'
import { toAuroraTime } from './timestamps.ts'

const REQUESTS = '/tenants/{tenant_id}/design_requests'

export const REQUEST_WRITES: readonly Operation[] = [
  write('createEagleviewDesignRequest', `POST ${REQUESTS}/eagleview`, (request) => {
    const { data, maker } = request
    const rules = { project_id: aProject }
    const input = readInput(request, 'eagleview_design_request', { rules, required: ['project_id'] })
    if ('refusal' in input) return input.refusal
    const project_id = String(input.members['project_id'])
    const made = { id: maker.newId(), project_id, design_id: null, status: 'submitted' }
    data.changes.eagleviewDesignRequest.add(project_id, made)
    return created(request, 'eagleview_design_request', made)
  }),
  write(
    'acceptEagleviewDesignRequest',
    `POST ${REQUESTS}/eagleview/{eagleview_design_request_id}/accept`,
    (request) => {
      const { data, ids } = request
      const id = ids.eagleview_design_request_id
      const asked = data.eagleviewDesignRequest(id)
      if (!asked) return refuse(404, 'Design request not found')
      if (asked.status !== 'completed') return userError(422, 'the design request is not completed')
      const design_id = addDesign(request, asked.project_id).design.id
      data.changes.eagleviewDesignRequest.change(id, { status: 'accepted', design_id })
      return found('eagleview_design_request', data.eagleviewDesignRequest(id))
    },
  ),
  write('createDesignRequest', `POST ${REQUESTS}`, (request) => {
    const { data, maker } = request
    const rules = { project_id: aProject, latitude, longitude, sla: number }
    const input = readInput(request, 'design_request', { rules, required: ['project_id'] })
    if ('refusal' in input) return input.refusal
    const project_id = String(input.members['project_id'])
    const running = data
      .designRequests()
      .find((each) => each.project_id === project_id && ['submitted', 'in_progress'].includes(each.status))
    if (running) {
      const errors = [{ message: 'a design request of this project is running' }]
      return { status: 422, body: { errors, meta: { design_request_id: running.id } } }
    }
    const { location } = data.project(project_id) ?? {}
    const made = {
      id: maker.newId(),
      project_id,
      design_id: null,
      status: 'submitted',
      latitude: location?.latitude ?? 0,
      longitude: location?.longitude ?? 0,
      sla: 180,
      created_at: toAuroraTime(maker.nowMs()),
      rejection_reason: null,
      ...input.members,
    }
    data.changes.designRequest.add(TENANT, made)
    return created(request, 'design_request', made)
  }),
  write('acceptDesignRequest', `POST ${REQUESTS}/{design_request_id}/accept`, (request) => {
    const { data, ids } = request
    const asked = data.designRequest(ids.design_request_id)
    if (!asked) return refuse(404, 'Design request not found')
    if (asked.status !== 'designer_completed') return userError(422, 'the design request is not completed')
    const design_id = addDesign(request, asked.project_id).design.id
    data.changes.designRequest.change(ids.design_request_id, { status: 'accepted', design_id })
    return found('design_request', data.designRequest(ids.design_request_id))
  }),
  write('createPlanSetRequest', 'POST /tenants/{tenant_id}/plan_set_requests', (request) => {
    const { data, maker } = request
    const rules = { design_id: aDesign }
    const input = readInput(request, 'plan_set_request', { rules, required: ['design_id'] })
    if ('refusal' in input) return input.refusal
    const record = data.design(String(input.members['design_id']))
    const project_id = record?.design.project_id ?? ''
    if (!record || record.summary.arrays.length === 0)
      return userError(422, 'design_id must be of a design with modules')
    if (data.projectAssetsOf(project_id).length === 0) return userError(422, 'the project needs an asset')
    const id = maker.newId()
    const made = {
      id,
      project_id,
      design_id: record.design.id,
      status: 'draft',
      design_url: `https://app.example.com/projects/${project_id}/designs/${record.design.id}/cad`,
      intake_form_url: `https://app.example.com/plan-sets/${id}`,
      project_url: `https://app.example.com/projects/${project_id}/overview/dashboard`,
      rejection_reasons: [],
      project_information: null,
      electrical_information: null,
    }
    data.changes.planSetRequest.add(project_id, made)
    return created(request, 'plan_set_request', made)
  }),
]
