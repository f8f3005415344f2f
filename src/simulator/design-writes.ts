// What the simulator changes of designs: themselves, their price, their proposal, and the work ordered for them.

import type { DesignSummary } from './design-data.ts'
import type { DesignRecord, Pricing } from './data.ts'
import type { Financing } from './financing-data.ts'
import {
  aName,
  aProject,
  flag,
  isObject,
  longText,
  number,
  readInput,
  readObject,
  rulesOf,
  text,
} from './input.ts'
import { beginDesign } from './new-design.ts'
import { byId, created, DELETED, demand, designOf, found, mustExist, ok, refuse, write } from './operation.ts'
import type { Operation, OperationRequest } from './operation.ts'
import { addAdder, changePrice, removeAdder } from './price-writes.ts'
import { linkProposal } from './proposal-data.ts'
import type { JsonObject } from './shape.ts'
import { toAuroraTime, toIsoTime } from './timestamps.ts'

/** A listed design has sizes; a single one need not have them. */
const toSingle = ({ design }: DesignRecord) => {
  const { system_size_stc: _stc, system_size_ptc: _ptc, system_size_ac: _ac, ...rest } = design
  return rest
}

/** The financings were computed for another price, so they are not up to date any more. */
const setPricing = ({ data }: OperationRequest, { design, financings }: DesignRecord, pricing: Pricing) =>
  data.changes.design.change(design.id, {
    pricing,
    financings: financings.map((financing): Financing => ({ ...financing, up_to_date: false })),
  })

export const DESIGN_WRITES: readonly Operation[] = [
  write('createDesign', 'POST /designs', (request) => {
    const { data, maker } = request
    const rules = { project_id: aProject, name: aName, external_provider_id: text }
    const members = readInput(request, 'design', { rules, required: ['project_id'] })
    const record = beginDesign(data.seed, maker, members)
    data.changes.design.add(record.design.project_id, record)
    return created(request, 'design', toSingle(record))
  }),
  write('duplicateDesign', 'POST /designs/{design_id}/duplicate', (request) => {
    const { data, maker } = request
    const record = designOf(request)
    const members = readInput(request, 'design', { rules: { name: aName } })
    const id = maker.newId()
    const name = `Copy of ${record.design.name}`
    const created_at = toIsoTime(maker.nowMs())
    const design = { ...record.design, name, ...members, id, created_at, milestone: null }
    const summary = { ...record.summary, design_id: id, created_at }
    const copy = { ...record, design, summary, financings: [] }
    data.changes.design.add(design.project_id, copy)
    return created(request, 'design', toSingle(copy))
  }),

  write('updateDesignPricing', 'PUT /designs/{design_id}/pricing', (request) => {
    const record = designOf(request)
    const rules = { pricing_method: longText, ...rulesOf(number, 'price_per_watt', 'system_price') }
    const members = readInput(request, 'pricing', { rules })
    const pricing = changePrice(record.pricing, members, record.design.system_size_stc)
    setPricing(request, record, pricing)
    return ok({ pricing })
  }),
  write('createAdder', 'POST /designs/{design_id}/pricing/adders', (request) => {
    const record = designOf(request)
    const rules = { adder_name: text, adder_value: number, is_discount: flag }
    const members = readInput(request, 'adder', { rules, required: ['adder_name'] })
    const { adder_name, adder_value = 0, is_discount = false } = members as unknown as SentAdder
    const id = request.maker.newId()
    const adder = { id, adder_name, adder_value, is_discount, adder_type: 'flat' } as const
    setPricing(request, record, addAdder(record.pricing, adder))
    return created(request, 'adder', adder)
  }),
  write('deleteAdder', 'DELETE /adders/{adder_id}', (request) => {
    for (const record of designsIn(request)) {
      const pricing = removeAdder(record.pricing, request.ids.adder_id)
      if (!pricing) continue
      setPricing(request, record, pricing)
      return DELETED
    }
    return refuse(404, 'Adder not found')
  }),
  write(
    'pushFinancingToFinancier',
    'POST /designs/{design_id}/financings/{financing_id}/push_to_financier',
    (request) => {
      const { data, ids } = request
      const record = designOf(request)
      const pushed = mustExist(byId(record.financings, ids.financing_id), 'Financing')
      const financier = pushed['financier']
      demand(isObject(financier), 'the financing has no financier')
      const financing = { ...pushed, financier: { ...financier, status: 'submitted' } }
      const financings = record.financings.map((each) => (each === pushed ? financing : each))
      data.changes.design.change(ids.design_id, { financings })
      return ok({ financing })
    },
  ),

  write('createProposal', 'POST /designs/{design_id}/proposals/default', (request) => {
    const { data, maker } = request
    const { id: design_id, project_id } = designOf(request).design
    const template = readObject(request)['proposal_template_id'] ?? null
    const isKnown = template === null || data.proposalTemplates.some(({ id }) => id === template)
    demand(isKnown, 'proposal_template_id must be the id of a template')
    const now = toAuroraTime(maker.nowMs())
    data.changes.proposal.add(design_id, {
      design_id,
      id: maker.newId(),
      created_at: now,
      updated_at: now,
      proposal_template_id: typeof template === 'string' ? template : null,
      proposal_link: linkProposal(project_id, design_id),
    })
    return created(request, 'proposal', data.proposal(design_id))
  }),
  write('deleteDefaultProposal', 'DELETE /designs/{design_id}/proposals/default', (request) => {
    const { data } = request
    const { id } = designOf(request).design
    mustExist(data.proposal(id), 'Proposal')
    data.changes.proposal.remove(id)
    data.changes.webProposal.change(id, { url: null, url_expired: false })
    return DELETED
  }),
  write('generateWebProposalUrl', 'POST /designs/{design_id}/web_proposal/generate_url', (request) => {
    const { data, maker } = request
    const { id } = designOf(request).design
    demand(data.proposal(id) !== undefined, 'the design has no proposal')
    const url = `https://proposals.example.com/e-proposal/${maker.newId().slice(0, 8)}`
    data.changes.webProposal.change(id, { url, url_expired: false })
    return found('web_proposal', data.webProposal(id))
  }),
  write('shareMilestone', 'POST /milestones/{milestone_id}/share', (request) => {
    const { milestone_id } = request.ids
    const members = readObject(request)
    mustExist(
      designsIn(request).find(({ design }) => design.milestone?.id === milestone_id),
      'Milestone',
    )
    return ok({ milestone_id, shared_at: toAuroraTime(request.maker.nowMs()), ...members })
  }),
  write(
    'updateRackingBillOfMaterials',
    'PUT /designs/{design_id}/bill_of_materials/racking_components',
    (request) => {
      const { design, summary } = designOf(request)
      const components = readComponents(request)
      const racking = components.map((component) => ({
        id: request.maker.newId(),
        component_type: 'racking_components',
        sku: null,
        manufacturer_name: null,
        ...component,
      }))
      const others = summary.bill_of_materials.filter((line) => line.component_type !== 'racking_components')
      const changed = { ...summary, bill_of_materials: [...others, ...racking] } as unknown as DesignSummary
      request.data.changes.design.change(design.id, { summary: changed })
      return ok({ racking_components: components })
    },
  ),
]

interface SentAdder {
  readonly adder_name: string
  readonly adder_value?: number
  readonly is_discount?: boolean
}

const designsIn = ({ data }: OperationRequest): readonly DesignRecord[] =>
  data.projects.flatMap(({ id }) => [...data.designsOf(id)])

function readComponents(request: OperationRequest): readonly JsonObject[] {
  const { sent } = request
  const components: unknown = isObject(sent) ? sent['racking_components'] : undefined
  const isList = Array.isArray(components) && components.every(isObject)
  demand(isList, 'racking_components must be a list of objects')
  const faults = components.flatMap(({ name, quantity }) => [
    ...(text(name, request) ? ['name must be a string'] : []),
    ...(quantity !== undefined && number(quantity, request) ? ['quantity must be a number'] : []),
  ])
  demand(faults.length === 0, ...faults)
  return components
}
