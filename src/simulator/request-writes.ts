// What the simulator changes of the work that is ordered from others: roof models and plan sets.

import { aDesign, aProject, latitude, longitude, number, readInput } from './input.ts'
import { TENANT } from './living-data.ts'
import { addDesign } from './new-design.ts'
import { created, demand, found, mustExist, write } from './operation.ts'
import type { Operation, OperationRequest } from './operation.ts'
import { draftPlanSetRequest } from './request-data.ts'
import { toAuroraTime } from './timestamps.ts'

/** The request as it is after its roof model was accepted, with a new design. */
function accept(
  request: OperationRequest,
  asked: { readonly status: string; readonly project_id: string } | undefined,
  completed: string,
) {
  const { status, project_id } = mustExist(asked, 'Design request')
  demand(status === completed, 'the design request is not completed')
  return { status: 'accepted', design_id: addDesign(request, project_id).design.id }
}

export const REQUEST_WRITES: readonly Operation[] = [
  write('createEagleviewDesignRequest', 'POST /design_requests/eagleview', (request) => {
    const rules = { project_id: aProject }
    const members = readInput(request, 'eagleview_design_request', { rules, required: ['project_id'] })
    const project_id = String(members['project_id'])
    const made = { id: request.maker.newId(), project_id, design_id: null, status: 'submitted' }
    request.data.changes.eagleviewDesignRequest.add(project_id, made)
    return created(request, 'eagleview_design_request', made)
  }),
  write(
    'acceptEagleviewDesignRequest',
    'POST /design_requests/eagleview/{eagleview_design_request_id}/accept',
    (request) => {
      const { data, ids } = request
      const id = ids.eagleview_design_request_id
      const accepted = accept(request, data.eagleviewDesignRequest(id), 'completed')
      data.changes.eagleviewDesignRequest.change(id, accepted)
      return found('eagleview_design_request', data.eagleviewDesignRequest(id))
    },
  ),
  write('createDesignRequest', 'POST /design_requests', (request) => {
    const { data, maker } = request
    const rules = { project_id: aProject, latitude, longitude, sla: number }
    const members = readInput(request, 'design_request', { rules, required: ['project_id'] })
    const project_id = String(members['project_id'])
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
      image_src: null,
      ...members,
    }
    data.changes.designRequest.add(TENANT, made)
    return created(request, 'design_request', made)
  }),
  write('acceptDesignRequest', 'POST /design_requests/{design_request_id}/accept', (request) => {
    const { data, ids } = request
    const id = ids.design_request_id
    data.changes.designRequest.change(id, accept(request, data.designRequest(id), 'designer_completed'))
    return found('design_request', data.designRequest(id))
  }),
  write('createPlanSetRequest', 'POST /plan_set_requests', (request) => {
    const { data, maker } = request
    const rules = { design_id: aDesign }
    const members = readInput(request, 'plan_set_request', { rules, required: ['design_id'] })
    const { design, summary } = mustExist(data.design(String(members['design_id'])), 'Design')
    demand(summary.arrays.length > 0, 'design_id must be of a design with modules')
    demand(data.projectAssetsOf(design.project_id).length > 0, 'the project needs an asset')
    const made = draftPlanSetRequest(maker.newId(), design)
    data.changes.planSetRequest.add(design.project_id, made)
    return created(request, 'plan_set_request', made)
  }),
]
