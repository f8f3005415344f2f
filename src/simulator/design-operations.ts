// What the simulator answers about designs, and about the work that is ordered for them.

import type { DataSet, DesignRecord } from './data.ts'
import { byId, designOf, ok, projectOf, read, readPart, readValue } from './operation.ts'
import type { Answer, Operation, OperationRequest } from './operation.ts'
import { createPage } from './paging.ts'
import { createPlanSet } from './request-data.ts'
import { createRackingArrays, createRoofs } from './roof-data.ts'
import { renameMakers, renamePricing, renameRoofs, retime, thin } from './shape.ts'
import type { JsonObject, Shape } from './shape.ts'

/** One read a line. */
// prettier-ignore
export const DESIGN_OPERATIONS: readonly Operation[] = [
  read('listDesigns', '/projects/{project_id}/designs', listDesigns),
  readValue('retrieveDesign', '/designs/{design_id}', 'design', (data, id, { shape }) => presentDesign(data.design(id), shape)),
  readValue('retrieveDesignSummary', '/designs/{design_id}/summary', 'design', (data, id, { shape }) => presentSummary(data.design(id), shape)),
  read('retrieveDesignPricing', '/designs/{design_id}/pricing', retrievePricing),
  readValue('listFinancings', '/designs/{design_id}/financings', 'financings', (data, id) =>
    data.design(id)?.financings.map(({ id: financingId, name, selected_in_sales_mode }) => ({ id: financingId, name, selected_in_sales_mode }))),
  readValue('retrieveFinancing', '/designs/{design_id}/financings/{financing_id}', 'financing', (data, id, { ids }) =>
    byId(data.design(ids.design_id)?.financings ?? [], id)),

  readPart('listDesignAssets', '/designs/{design_id}/assets', 'assets', (data, id) => data.designAssetsOf(id)),
  readPart('retrieveDesignBillSummary', '/designs/{design_id}/bill_summary', 'bill_summary', (data, id) => data.designBillSummary(id)),
  // The one list of Aurora that stands alone in the place of a wrapped object.
  read('retrieveRoofSummary', '/designs/{design_id}/roof_summary', retrieveRoofs),
  readValue('listRackingArrays', '/designs/{design_id}/racking_arrays', 'racking_arrays', listRackingArrays),
  readPart('retrieveProposal', '/designs/{design_id}/proposals/default', 'proposal', (data, id) => data.proposal(id)),
  readValue('retrieveWebProposal', '/designs/{design_id}/web_proposal', 'web_proposal', (data, id) => data.webProposal(id)),

  readValue('listDesignRequests', '/design_requests', 'design_requests', (data) => data.designRequests()),
  // Before the next route, whose id would match the last part of this one.
  readValue('retrieveEagleviewDesignRequest', '/design_requests/eagleview/{eagleview_design_request_id}', 'eagleview_design_request', (data, id) => data.eagleviewDesignRequest(id)),
  readValue('retrieveDesignRequest', '/design_requests/{design_request_id}', 'design_request', (data, id) => data.designRequest(id)),
  readValue('retrievePlanSetRequest', '/plan_set_requests/{plan_set_request_id}', 'plan_set_request', (data, id) => data.planSetRequest(id)),
  readValue('retrievePlanSet', '/plan_set_requests/{plan_set_request_id}/plan_set', 'plan_set', (data, id) => createPlanSet(data.planSetRequest(id))),
]

function listDesigns(request: OperationRequest): Answer {
  const { data, query, shape } = request
  const page = createPage(data.designsOf(projectOf(request).id), query)
  const designs = page.map(({ design }) => present(design, shape))
  return ok({ designs: shape.listedDesigns === 'thin' ? designs.map(thin) : designs })
}

function retrievePricing(request: OperationRequest): Answer {
  const { pricing } = designOf(request)
  const named = request.shape.pricingNames === 'older' ? renamePricing(pricing) : pricing
  return ok(request.shape.barePricing ? named : { pricing: named })
}

function retrieveRoofs(request: OperationRequest): Answer {
  const roofs = createRoofs(request.data.seed, designOf(request))
  return ok({ roofs: request.shape.roofNames === 'older' ? renameRoofs(roofs) : roofs })
}

function listRackingArrays(data: DataSet, designId: string) {
  const record = data.design(designId)
  return record && createRackingArrays(record)
}

function present<T extends Parameters<typeof retime>[0]>(design: T, shape: Shape): T {
  return shape.designTimestamps === 'aurora' ? retime(design) : design
}

function presentDesign(record: DesignRecord | undefined, shape: Shape): JsonObject | undefined {
  if (!record) return undefined
  const { system_size_stc, system_size_ptc, system_size_ac, ...rest } = present(record.design, shape)
  return shape.designSizes ? { ...rest, system_size_stc, system_size_ptc, system_size_ac } : rest
}

function presentSummary(record: DesignRecord | undefined, shape: Shape): JsonObject | undefined {
  if (!record) return undefined
  const { energy_production, ...rest } = present(record.summary, shape)
  const asSimulated = record.isSimulated ? 'present' : 'absent'
  const energy = {
    present: { energy_production },
    absent: {},
    null: { energy_production: null },
    empty: { energy_production: {} },
  }[shape.energyProduction === 'as-simulated' ? asSimulated : shape.energyProduction]
  const named = renameMakers(rest, shape.makers)
  return { ...named, arrays: shape.arraysAsText ? JSON.stringify(named.arrays) : named.arrays, ...energy }
}
