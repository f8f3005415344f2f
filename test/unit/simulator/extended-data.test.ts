// What hangs on the projects and designs of the simulator: it agrees with them, and with itself.

import { describe, expect, it } from 'vitest'
import { createDataSet } from '../../../src/simulator/data.ts'
import type { DataSet } from '../../../src/simulator/data.ts'
import { createPlanSet } from '../../../src/simulator/request-data.ts'
import { createRackingArrays, createRoofs } from '../../../src/simulator/roof-data.ts'
import { DEFAULT_TENANT_ID } from '../../../src/simulator/simulator.ts'

const create = (seed: number, projectCount = 300): DataSet =>
  createDataSet({ seed, projectCount, tenantId: DEFAULT_TENANT_ID })

const data = create(1)
const records = data.projects.flatMap(({ id }) => data.designsOf(id))

function belongingsOf(set: DataSet, projectId: string) {
  return {
    assets: [
      ...set.projectAssetsOf(projectId),
      ...set.designIdsOf(projectId).flatMap((id) => set.designAssetsOf(id)),
    ],
    agreements: set.agreementsOf(projectId),
    surveys: set.siteSurveysOf(projectId),
    bills: set.utilityBillsOf(projectId),
    eagleview: set.eagleviewDesignRequestsOf(projectId),
    planSets: set.planSetRequestsOf(projectId),
  }
}

function everythingIn(set: DataSet): string {
  const { modules, inverters, dcOptimizers, webhooks, sharedProjects, proposalTemplates } = set
  const designs = set.designIds.map((id) => [
    set.designBillSummary(id),
    set.proposal(id),
    set.webProposal(id),
    ...[set.design(id) ?? []]
      .flat()
      .map((record) => [createRoofs(set.seed, record), createRackingArrays(record)]),
  ])
  const projects = set.projects.map(({ id, ahj_id, order_id }) => [
    belongingsOf(set, id),
    set.projectBillSummary(id),
    set.ahj(ahj_id ?? ''),
    set.order(order_id ?? ''),
  ])
  const tenant = [modules, inverters, dcOptimizers, webhooks, sharedProjects, proposalTemplates]
  return JSON.stringify([tenant, set.designRequests(), designs, projects])
}

describe('the rest of the data set', () => {
  it('is the same bytes for the same seed in any order of reads, and other bytes for another seed', () => {
    const again = create(7, 30)
    for (const id of again.projectIds.toReversed()) belongingsOf(again, id)
    expect(everythingIn(again)).toBe(everythingIn(create(7, 30)))
    expect(everythingIn(again)).not.toBe(everythingIn(create(8, 30)))
  })

  it('is found by id as it is found by its owner, and no id is given twice', () => {
    const all = data.projectIds.map((id) => belongingsOf(data, id))
    const finders = {
      assets: data.asset,
      agreements: data.agreement,
      surveys: data.siteSurvey,
      eagleview: data.eagleviewDesignRequest,
      planSets: data.planSetRequest,
    }
    for (const [kind, find] of Object.entries(finders) as [keyof typeof finders, (id: string) => unknown][]) {
      const things = all.flatMap((belongings): readonly { id: string }[] => belongings[kind])
      expect(things.length).toBeGreaterThan(5)
      for (const thing of things) expect(find(thing.id)).toBe(thing)
    }
    for (const request of data.designRequests()) expect(data.designRequest(request.id)).toBe(request)
    const ids = all.flatMap((belongings) =>
      Object.values(belongings)
        .flat()
        .map(({ id }) => id),
    )
    expect(new Set(ids).size).toBe(ids.length)
  })

  it('has nothing under an id it never gave', () => {
    const { asset, agreement, siteSurvey, ahj, order, designRequest, planSetRequest } = data
    const { proposal, webProposal, projectBillSummary, designBillSummary } = data
    const finders = [asset, agreement, siteSurvey, ahj, order, designRequest, planSetRequest]
    const others = [proposal, webProposal, projectBillSummary, designBillSummary]
    expect([...finders, ...others].map((find) => find('x'))).toEqual(Array(11).fill(undefined))
  })

  it('keeps every module, inverter and optimizer that a design uses', () => {
    const known = new Set([...data.modules, ...data.inverters, ...data.dcOptimizers].map(({ id }) => id))
    const used = records.flatMap(({ summary }) =>
      summary.bill_of_materials.filter(({ component_type }) =>
        ['modules', 'inverters', 'microinverters', 'dc_optimizers'].includes(component_type),
      ),
    )
    expect(used.filter(({ id }) => !known.has(id))).toEqual([])
  })
})

describe('a project', () => {
  it('has the authority and the order that it names', () => {
    const named = data.projects.filter(({ ahj_id, order_id }) => ahj_id && order_id)
    expect(named.length).toBeGreaterThan(3)
    expect(named.map(({ ahj_id }) => data.ahj(ahj_id ?? '')?.name)).toEqual(
      named.map(({ location }) => `City of ${location.property_address_components.city}`),
    )
    expect(named.map(({ order_id }) => data.order(order_id ?? '')?.project_id)).toEqual(
      named.map(({ id }) => id),
    )
  })
  it('that is sold has a signed agreement for the design that was sold, and no other has', () => {
    for (const id of data.projectIds) {
      const [newest] = data.designsOf(id)
      const isSold = ['sold', 'installed', 'permission_to_operate'].includes(
        newest?.design.milestone?.milestone ?? '',
      )
      const signed = data.agreementsOf(id).filter(({ status }) => status === 'signed')
      expect(signed.map(({ design_id }) => design_id)).toEqual(isSold ? [newest?.design.id] : [])
    }
  })

  it('has agreements in every state, made before they ended', () => {
    const agreements = data.projectIds.flatMap((id) => data.agreementsOf(id))
    expect([...new Set(agreements.map(({ status }) => status))].toSorted()).toEqual([
      'cancel_pending',
      'canceled',
      'declined',
      'error',
      'sent',
      'signed',
      'viewed',
    ])
    for (const { created_at, updated_at, signing_provider, sent_at } of agreements) {
      expect(created_at <= updated_at).toBe(true)
      expect(sent_at === null).toBe(signing_provider === 'docusign')
    }
  })

  it('has bills of the utility only where people live', () => {
    const billed = data.projects.filter(({ id }) => data.utilityBillsOf(id).length > 0)
    expect(billed.length).toBeGreaterThan(100)
    expect(new Set(billed.map(({ project_type }) => project_type))).toEqual(new Set(['residential']))
  })

  it('pays less with solar than without, by its profile', () => {
    const summaries = records.flatMap(({ design }) => data.designBillSummary(design.id) ?? [])
    expect(summaries.length).toBeGreaterThan(300)
    for (const { project_id, pre_solar, post_solar } of summaries) {
      expect(pre_solar.monthly_bill).toEqual(data.profile(project_id)?.monthly_bill)
      if (post_solar) expect(post_solar.annual_bill).toBeLessThan(pre_solar.annual_bill)
    }
  })

  it('has a picture on file before anybody draws its plans', () => {
    const planned = data.projectIds.filter((id) => data.planSetRequestsOf(id).length > 0)
    expect(planned.every((id) => data.projectAssetsOf(id).length > 0)).toBe(true)
  })
})

describe('a design', () => {
  it('lies on faces that agree with its arrays', () => {
    for (const record of records) {
      const faces = createRoofs(1, record)
        .flatMap((roof) => roof.faces)
        .filter(({ modules }) => modules)
      const { arrays } = record.summary
      expect(faces.map(({ azimuth, pitch }) => [azimuth, pitch])).toEqual(
        arrays.map(({ azimuth, pitch }) => [azimuth, pitch]),
      )
      expect(faces.every(({ area, modules_area }) => area > modules_area)).toBe(true)
      expect(createRackingArrays(record).map(({ module }) => module.count)).toEqual(
        arrays.map(({ module }) => module.count),
      )
      for (const { rows, columns, array_layout: lines, module } of createRackingArrays(record)) {
        expect(lines.map(({ length }) => length)).toEqual(Array(rows).fill(columns))
        expect(lines.join('').replaceAll('0', '')).toMatch(
          new RegExp(`^(P{${module.count}}|L{${module.count}})$`),
        )
      }
    }
  })

  it('has a proposal from an existing template once it is offered, and a link on the web only with one', () => {
    const templates = new Set<string | null>(data.proposalTemplates.map(({ id }) => id))
    const urls = records.map(({ design }) => {
      const proposal = data.proposal(design.id)
      if (design.milestone) expect(proposal).toBeDefined()
      const template = proposal?.proposal_template_id ?? null
      expect(template === null || templates.has(template)).toBe(true)
      const web = data.webProposal(design.id)
      if (!proposal) expect(web).toEqual({ url: null, url_expired: false })
      return web?.url ?? null
    })
    expect(urls.filter((url) => url === null).length).toBeGreaterThan(50)
    expect(urls.filter((url) => url !== null).length).toBeGreaterThan(50)
  })

  it('is made by a request when that is accepted, not before', () => {
    for (const { project_id, design_id, status } of data.designRequests()) {
      expect(design_id !== null).toBe(status === 'accepted')
      if (design_id !== null) expect(data.design(design_id)?.design.project_id).toBe(project_id)
    }
  })

  it('has a plan set once the request for it is completed', () => {
    for (const request of data.projectIds.flatMap((id) => data.planSetRequestsOf(id))) {
      expect(data.design(request.design_id)?.design.milestone?.milestone).toMatch(
        /sold|installed|permission_to_operate/,
      )
      expect(createPlanSet(request)?.plan_set_request_id).toBe(
        request.status === 'completed' ? request.id : undefined,
      )
    }
  })
})
