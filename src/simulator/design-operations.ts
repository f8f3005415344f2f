// What the simulator answers about designs, and about the work that is ordered for them.

import type { DesignRecord } from './data.ts'
import { found, ofDesign, ok, read, refuse } from './operation.ts'
import type { Operation } from './operation.ts'
import { createPage } from './paging.ts'
import { createPlanSet } from './request-data.ts'
import { createRackingArrays, createRoofs } from './roof-data.ts'
import { renamePricing, renameRoofs, retime, thin } from './shape.ts'
import type { JsonObject, Shape } from './shape.ts'

export const DESIGN_OPERATIONS: readonly Operation[] = [
  read('listDesigns', '/tenants/{tenant_id}/projects/{project_id}/designs', ({ ids, data, query, shape }) => {
    if (!data.project(ids.project_id)) return refuse(404, 'Project not found')
    const page = createPage(data.designsOf(ids.project_id), query)
    return ok({
      designs: page.map(({ design }) => {
        const timed = present(design, shape)
        return shape.listedDesigns === 'thin' ? thin(timed) : timed
      }),
    })
  }),
  read('retrieveDesign', '/tenants/{tenant_id}/designs/{design_id}', ({ ids, data, shape }) => {
    const record = data.design(ids.design_id)
    return found('design', record && presentDesign(record, shape))
  }),
  read(
    'retrieveDesignSummary',
    '/tenants/{tenant_id}/designs/{design_id}/summary',
    ({ ids, data, shape }) => {
      const record = data.design(ids.design_id)
      return found('design', record && presentSummary(record, shape))
    },
  ),
  read(
    'retrieveDesignPricing',
    '/tenants/{tenant_id}/designs/{design_id}/pricing',
    ({ ids, data, shape }) => {
      const pricing: JsonObject | undefined = data.design(ids.design_id)?.pricing
      if (!pricing) return refuse(404, 'Design not found')
      const named = shape.pricingNames === 'older' ? renamePricing(pricing) : pricing
      return ok(shape.barePricing ? named : { pricing: named })
    },
  ),
  read('listFinancings', '/tenants/{tenant_id}/designs/{design_id}/financings', ({ ids, data }) =>
    found(
      'financings',
      data.design(ids.design_id)?.financings.map(({ id, name, selected_in_sales_mode }) => {
        return { id, name, selected_in_sales_mode }
      }),
    ),
  ),
  read(
    'retrieveFinancing',
    '/tenants/{tenant_id}/designs/{design_id}/financings/{financing_id}',
    ({ ids, data }) =>
      found(
        'financing',
        data.design(ids.design_id)?.financings.find(({ id }) => id === ids.financing_id),
      ),
  ),

  read('listDesignAssets', '/tenants/{tenant_id}/designs/{design_id}/assets', (request) =>
    ofDesign(request, 'assets', request.data.designAssetsOf(request.ids.design_id)),
  ),
  read('retrieveDesignBillSummary', '/tenants/{tenant_id}/designs/{design_id}/bill_summary', (request) =>
    ofDesign(request, 'bill_summary', request.data.designBillSummary(request.ids.design_id)),
  ),
  // The one list of Aurora that stands alone in the place of a wrapped object.
  read(
    'retrieveRoofSummary',
    '/tenants/{tenant_id}/designs/{design_id}/roof_summary',
    ({ ids, data, shape }) => {
      const record = data.design(ids.design_id)
      if (!record) return refuse(404, 'Design not found')
      const roofs = createRoofs(data.seed, record)
      return ok({ roofs: shape.roofNames === 'older' ? renameRoofs(roofs) : roofs })
    },
  ),
  read('listRackingArrays', '/tenants/{tenant_id}/designs/{design_id}/racking_arrays', ({ ids, data }) => {
    const record = data.design(ids.design_id)
    return found('racking_arrays', record && createRackingArrays(data.seed, record))
  }),
  read('retrieveProposal', '/tenants/{tenant_id}/designs/{design_id}/proposals/default', (request) =>
    ofDesign(request, 'proposal', request.data.proposal(request.ids.design_id)),
  ),
  read('retrieveWebProposal', '/tenants/{tenant_id}/designs/{design_id}/web_proposal', ({ ids, data }) =>
    found('web_proposal', data.webProposal(ids.design_id)),
  ),

  read('listDesignRequests', '/tenants/{tenant_id}/design_requests', ({ data }) =>
    ok({ design_requests: data.designRequests() }),
  ),
  // Before the one below, whose id could be read into it.
  read(
    'retrieveEagleviewDesignRequest',
    '/tenants/{tenant_id}/design_requests/eagleview/{eagleview_design_request_id}',
    ({ ids, data }) =>
      found('eagleview_design_request', data.eagleviewDesignRequest(ids.eagleview_design_request_id)),
  ),
  read('retrieveDesignRequest', '/tenants/{tenant_id}/design_requests/{design_request_id}', ({ ids, data }) =>
    found('design_request', data.designRequest(ids.design_request_id)),
  ),
  read(
    'retrievePlanSetRequest',
    '/tenants/{tenant_id}/plan_set_requests/{plan_set_request_id}',
    ({ ids, data }) => found('plan_set_request', data.planSetRequest(ids.plan_set_request_id)),
  ),
  read(
    'retrievePlanSet',
    '/tenants/{tenant_id}/plan_set_requests/{plan_set_request_id}/plan_set',
    ({ ids, data }) => {
      const request = data.planSetRequest(ids.plan_set_request_id)
      return found('plan_set', request && createPlanSet(request))
    },
  ),
]

function present<T extends Parameters<typeof retime>[0]>(design: T, shape: Shape): T {
  return shape.designTimestamps === 'aurora' ? retime(design) : design
}

function presentDesign({ design }: DesignRecord, shape: Shape): JsonObject {
  const { system_size_stc, system_size_ptc, system_size_ac, ...rest } = present(design, shape)
  return shape.designSizes ? { ...rest, system_size_stc, system_size_ptc, system_size_ac } : rest
}

function presentSummary({ summary, isSimulated }: DesignRecord, shape: Shape): JsonObject {
  const { energy_production, ...rest } = present(summary, shape)
  const energy =
    shape.energyProduction === 'as-simulated' ? (isSimulated ? 'present' : 'absent') : shape.energyProduction
  return {
    ...rest,
    arrays: shape.arraysAsText ? JSON.stringify(rest.arrays) : rest.arrays,
    ...{
      present: { energy_production },
      absent: {},
      null: { energy_production: null },
      empty: { energy_production: {} },
    }[energy],
  }
}
