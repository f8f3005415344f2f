// What the simulator changes of designs: themselves, their price, their proposal, and the work ordered for them.

import type { DesignSummary } from './design-data.ts'
import type { DesignRecord } from './data.ts'
import type { Financing } from './financing-data.ts'
import { aProject, flag, isObject, list, longText, number, readInput, readObject, text } from './input.ts'
import { beginDesign } from './new-design.ts'
import { addAdder, changePrice, removeAdder } from './price-writes.ts'
import { created, DELETED, found, ok, refuse, userError, write } from './operation.ts'
import type { Operation, OperationRequest } from './operation.ts'
import type { JsonObject } from './shape.ts'
import { toAuroraTime, toIsoTime } from './timestamps.ts'

const DESIGN = '/tenants/{tenant_id}/designs/{design_id}'

const DESIGN_RULES = { project_id: aProject, name: text, external_provider_id: text }

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
      if (!isObject(financier)) return userError(422, 'the financing has no financier')
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
      return userError(422, 'proposal_template_id must be the id of a template')
    const now = toAuroraTime(maker.nowMs())
    data.changes.proposal.add(ids.design_id, {
      design_id: ids.design_id,
      id: maker.newId(),
      created_at: now,
      updated_at: now,
      proposal_template_id: typeof template === 'string' ? template : null,
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
    if (!data.proposal(ids.design_id)) return userError(422, 'the design has no proposal')
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
        return userError(422, 'racking_components must be a list of objects')
      const faults = (components as JsonObject[]).flatMap(({ name, quantity }) => [
        ...(text(name, request) ? ['name must be a string'] : []),
        ...(quantity !== undefined && number(quantity, request) ? ['quantity must be a number'] : []),
      ])
      if (faults.length > 0) return userError(422, ...faults)
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
]

/** Worked out for another price. */
const outdate = (financing: Financing): Financing => ({ ...financing, up_to_date: false })
