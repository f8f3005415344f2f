// What the simulator changes of designs: themselves, their price, their proposal, and the work ordered for them.

import { BARE_ROOF, type Design, type DesignSummary } from './design-data.ts'
import type { DesignRecord } from './data.ts'
import type { Financing } from './financing-data.ts'
import {
  aDesign,
  aProject,
  flag,
  isObject,
  latitude,
  list,
  longitude,
  longText,
  number,
  readInput,
  readObject,
  text,
} from './input.ts'
import { TENANT } from './living-data.ts'
import { addAdder, changePrice, removeAdder } from './price-writes.ts'
import {
  created,
  DELETED,
  found,
  type Maker,
  ok,
  type Operation,
  type OperationRequest,
  refuse,
  say,
  write,
} from './operation.ts'
import { createPricing } from './pricing-data.ts'
import type { JsonObject } from './shape.ts'
import { toAuroraTime, toIsoTime } from './timestamps.ts'

const DESIGN = '/tenants/{tenant_id}/designs/{design_id}'
const REQUESTS = '/tenants/{tenant_id}/design_requests'

const DESIGN_RULES = { project_id: aProject, name: text, external_provider_id: text }

/** A design that somebody has just begun: nothing is on its roof. */
function beginDesign(seed: number, maker: Maker, members: JsonObject): DesignRecord {
  const id = maker.newId()
  const shared = {
    external_provider_id: null,
    created_at: toIsoTime(maker.nowMs()),
    system_size_stc: 0,
    system_size_ptc: 0,
    system_size_ac: 0,
  }
  const design = { id, name: 'New design', ...shared, milestone: null, ...members } as unknown as Design
  const summary = {
    design_id: id,
    project_id: design.project_id,
    ...shared,
    bill_of_materials: [],
    arrays: [],
    string_inverters: [],
    storage_inverters: [],
    batteries: [],
    storage_selected_operating_mode: null,
    energy_production: NO_ENERGY,
  } as unknown as DesignSummary
  return { design, summary, isSimulated: false, ...createPricing(seed, id, BARE_ROOF), financings: [] }
}

const NO_ENERGY = {
  up_to_date: true,
  annual: 0,
  annual_offset: null,
  monthly: Array.from({ length: 12 }, () => 0),
  hourly: null,
  loss_summary: [],
}

function addDesign({ data, maker }: OperationRequest, projectId: string): DesignRecord {
  const record = beginDesign(data.seed, maker, { project_id: projectId })
  data.changes.design.add(projectId, record)
  return record
}

/** Listed designs carry sizes, single ones need not. */
const single = ({ design }: DesignRecord) => {
  const { system_size_stc: _stc, system_size_ptc: _ptc, system_size_ac: _ac, ...rest } = design
  return rest
}

/** For what happens to a design that is there. */
const onDesign = (
  operationId: string,
  line: `POST ${string}` | `PUT ${string}` | `DELETE ${string}`,
  answer: (request: OperationRequest, record: DesignRecord) => ReturnType<Operation['answer']>,
): Operation =>
  write(operationId, line, (request) => {
    const record = request.data.design(request.ids.design_id)
    return record ? answer(request, record) : refuse(404, 'Design not found')
  })

const watts = ({ design }: DesignRecord): number => design.system_size_stc

export const DESIGN_WRITES: readonly Operation[] = [
  write('createDesign', 'POST /tenants/{tenant_id}/designs', (request) => {
    const { data, maker } = request
    const input = readInput(request, 'design', { rules: DESIGN_RULES, required: ['project_id'] })
    if ('refusal' in input) return input.refusal
    const record = beginDesign(data.seed, maker, input.members)
    data.changes.design.add(record.design.project_id, record)
    return created(request, 'design', single(record))
  }),
  onDesign('duplicateDesign', `POST ${DESIGN}/duplicate`, (request, record) => {
    const { data, maker } = request
    const input = readInput(request, 'design', { rules: { name: text } })
    if ('refusal' in input) return input.refusal
    const id = maker.newId()
    const name = `Copy of ${record.design.name}`
    const created_at = toIsoTime(maker.nowMs())
    const design = { ...record.design, name, ...input.members, id, created_at, milestone: null }
    const copy = {
      ...record,
      design,
      summary: { ...record.summary, design_id: id, created_at },
      financings: [],
    }
    data.changes.design.add(design.project_id, copy)
    return created(request, 'design', single(copy))
  }),

  onDesign('updateDesignPricing', `PUT ${DESIGN}/pricing`, (request, record) => {
    const { data, ids } = request
    const rules = { pricing_method: longText, price_per_watt: number, system_price: number }
    const input = readInput(request, 'pricing', { rules })
    if ('refusal' in input) return input.refusal
    const pricing = changePrice(record.pricing, input.members, watts(record))
    data.changes.design.change(ids.design_id, { pricing, financings: record.financings.map(outdate) })
    return ok({ pricing })
  }),
  onDesign('createAdder', `POST ${DESIGN}/pricing/adders`, (request, record) => {
    const { data, ids, maker } = request
    const rules = { adder_name: text, adder_value: number, is_discount: flag }
    const input = readInput(request, 'adder', { rules, required: ['adder_name'] })
    if ('refusal' in input) return input.refusal
    const {
      adder_name,
      adder_value = 0,
      is_discount = false,
    } = input.members as { adder_name: string; adder_value?: number; is_discount?: boolean }
    const adder = { id: maker.newId(), adder_name, adder_value, is_discount, adder_type: 'flat' } as const
    const pricing = addAdder(record.pricing, adder)
    data.changes.design.change(ids.design_id, { pricing, financings: record.financings.map(outdate) })
    return created(request, 'adder', adder)
  }),
  write('deleteAdder', 'DELETE /tenants/{tenant_id}/adders/{adder_id}', ({ data, ids }) => {
    for (const { id: projectId } of data.projects) {
      for (const { design, pricing, financings } of data.designsOf(projectId)) {
        const left = removeAdder(pricing, ids.adder_id)
        if (!left) continue
        data.changes.design.change(design.id, { pricing: left, financings: financings.map(outdate) })
        return DELETED
      }
    }
    return refuse(404, 'Adder not found')
  }),
  onDesign(
    'pushFinancingToFinancier',
    `POST ${DESIGN}/financings/{financing_id}/push_to_financier`,
    (request, record) => {
      const { data, ids } = request
      const pushed = record.financings.find(({ id }) => id === ids.financing_id)
      if (!pushed) return refuse(404, 'Financing not found')
      const financier = pushed['financier']
      if (!isObject(financier)) return say(422, 'the financing has no financier')
      const financing = { ...pushed, financier: { ...financier, status: 'submitted' } } as Financing
      const financings = record.financings.map((each) => (each === pushed ? financing : each))
      data.changes.design.change(ids.design_id, { financings })
      return ok({ financing })
    },
  ),

  onDesign('createProposal', `POST ${DESIGN}/proposals/default`, (request, { design }) => {
    const { data, ids, maker } = request
    const input = readObject(request)
    if ('refusal' in input) return input.refusal
    const template = input.members['proposal_template_id'] ?? null
    if (template !== null && !data.proposalTemplates.some(({ id }) => id === template))
      return say(422, 'proposal_template_id must be the id of a template')
    const now = toAuroraTime(maker.nowMs())
    data.changes.proposal.add(ids.design_id, {
      design_id: ids.design_id,
      id: maker.newId(),
      created_at: now,
      updated_at: now,
      proposal_template_id: template === null ? null : String(template),
      proposal_link: `https://app.example.com/projects/${design.project_id}/designs/${design.id}/e-proposal/overview`,
    })
    return created(request, 'proposal', data.proposal(ids.design_id))
  }),
  onDesign('deleteDefaultProposal', `DELETE ${DESIGN}/proposals/default`, ({ data, ids }) => {
    if (!data.proposal(ids.design_id)) return refuse(404, 'Proposal not found')
    data.changes.proposal.remove(ids.design_id)
    data.changes.webProposal.change(ids.design_id, { url: null, url_expired: false })
    return DELETED
  }),
  onDesign('generateWebProposalUrl', `POST ${DESIGN}/web_proposal/generate_url`, ({ data, ids, maker }) => {
    if (!data.proposal(ids.design_id)) return say(422, 'the design has no proposal')
    const url = `https://proposals.example.com/e-proposal/${maker.newId().slice(0, 8)}`
    data.changes.webProposal.change(ids.design_id, { url, url_expired: false })
    return found('web_proposal', data.webProposal(ids.design_id))
  }),
  write('shareMilestone', 'POST /tenants/{tenant_id}/milestones/{milestone_id}/share', (request) => {
    const { data, ids, maker } = request
    const input = readObject(request)
    if ('refusal' in input) return input.refusal
    const isThere = data.projects.some(({ id }) =>
      data.designsOf(id).some(({ design }) => design.milestone?.id === ids.milestone_id),
    )
    if (!isThere) return refuse(404, 'Milestone not found')
    return ok({ milestone_id: ids.milestone_id, shared_at: toAuroraTime(maker.nowMs()), ...input.members })
  }),
  onDesign(
    'updateRackingBillOfMaterials',
    `PUT ${DESIGN}/bill_of_materials/racking_components`,
    (request, record) => {
      const { data, ids, maker } = request
      const { sent } = request
      const components: unknown = isObject(sent) ? sent['racking_components'] : undefined
      if (list(components, request) || !(components as unknown[]).every(isObject))
        return say(422, 'racking_components must be a list of objects')
      const faults = (components as JsonObject[]).flatMap(({ name, quantity }) => [
        ...(text(name, request) ? ['name must be a string'] : []),
        ...(quantity !== undefined && number(quantity, request) ? ['quantity must be a number'] : []),
      ])
      if (faults.length > 0) return say(422, ...faults)
      const racking = (components as JsonObject[]).map((component) => ({
        id: maker.newId(),
        component_type: 'racking_components',
        sku: null,
        manufacturer_name: null,
        ...component,
      }))
      const others = record.summary.bill_of_materials.filter(
        ({ component_type }) => component_type !== 'racking_components',
      )
      const summary = {
        ...record.summary,
        bill_of_materials: [...others, ...racking],
      } as unknown as DesignSummary
      data.changes.design.change(ids.design_id, { summary })
      return ok({ racking_components: components })
    },
  ),

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
      if (asked.status !== 'completed') return say(422, 'the design request is not completed')
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
    if (asked.status !== 'designer_completed') return say(422, 'the design request is not completed')
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
      return say(422, 'design_id must be of a design with modules')
    if (data.projectAssetsOf(project_id).length === 0) return say(422, 'the project needs an asset')
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

/** Worked out for another price. */
const outdate = (financing: Financing): Financing => ({ ...financing, up_to_date: false })
