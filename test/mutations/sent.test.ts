// What goes out to Aurora for what a client gives, and what is shown where Aurora answers a write with nothing.
import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { httpLimits } from '../../src/http/limits.ts'
import type { DataSet } from '../../src/simulator/data.ts'
import { createSimulator, DEFAULT_TOKEN } from '../../src/simulator/simulator.ts'
import { openRecordingProxy } from '../support/recording-proxy.ts'
import { createTestGateway } from '../support/test-gateway.ts'
import type { TestGateway } from '../support/test-gateway.ts'

const CONTRACT = parse(readFileSync(new URL('../../schema/aurora.openapi.yaml', import.meta.url), 'utf8'))
const ajv = new Ajv2020({ strict: false, allErrors: true })
formats.default(ajv)
ajv.addSchema(CONTRACT, 'aurora')
const ROUTES = Object.keys(CONTRACT.paths as object)

const escape = (part: string): string => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'))

/** What the contract finds wrong with a body; null where it has no body for the operation, or nothing to say. */
function faultsOf(route: string, method: string, body: object | undefined): unknown {
  const verb = method.toLowerCase()
  // A POST says by an empty object that it has nothing to say.
  if (!CONTRACT.paths[route][verb].requestBody)
    return Object.keys(body ?? {}).length === 0 ? null : 'the contract has no body'
  const check = ajv.compile({
    $ref: `aurora#/paths/${escape(route)}/${verb}/requestBody/content/application~1json/schema`,
  })
  return check(body) ? null : check.errors
}

async function open() {
  const simulator = createSimulator({ limit: Infinity })
  const { url } = await simulator.listen()
  const proxy = await openRecordingProxy(url, { authorization: `Bearer ${DEFAULT_TOKEN}` })
  const gateway = await createTestGateway({ baseUrl: proxy.url })
  return {
    proxy,
    gateway,
    async [Symbol.asyncDispose]() {
      await gateway[Symbol.asyncDispose]()
      await proxy[Symbol.asyncDispose]()
      await simulator.close()
    },
  }
}

const MONTHS = [500, 480, null, 460, -12.5, 520, 610, 630, 560, 480, 470, 510]
const WORDS = MONTHS.map((value) => value ?? 'null')
const YEAR = [null, ...Array<number>(8759).fill(0.4)]

const designsOf = (data: DataSet) => data.projects.flatMap(({ id }) => [...data.designsOf(id)])
const sole = <Item>(item: Item | undefined): Item => {
  if (item === undefined) throw new Error('the data set has no such object')
  return item
}

function idsOf(data: DataSet) {
  const designs = designsOf(data)
  const record = sole(designs.find(({ financings }) => financings.some(({ financier }) => financier)))
  const orders = data.projects.flatMap(({ id }) => [...data.eagleviewDesignRequestsOf(id)])
  return {
    project: record.design.project_id,
    idle: sole(data.projects.find(({ id }) => !data.designRequests().some((each) => each.project_id === id)))
      .id,
    design: record.design.id,
    financing: sole(record.financings.find(({ financier }) => financier)).id,
    template: sole(data.proposalTemplates[0]).id,
    proposed: sole(designs.find(({ design }) => data.proposal(design.id))).design.id,
    milestone: sole(designs.find(({ design }) => design.milestone)?.design.milestone ?? undefined).id,
    adder: sole(sole(designs.find(({ pricing }) => pricing.adders.length > 0)).pricing.adders[0]).id,
    request: sole(data.designRequests().find(({ status }) => status === 'designer_completed')).id,
    eagleview: sole(orders.find(({ status }) => status === 'completed')).id,
    built: sole(
      designs.find(
        ({ design, summary }) =>
          summary.arrays.length > 0 && data.projectAssetsOf(design.project_id).length > 0,
      ),
    ).design.id,
  }
}

type Ids = ReturnType<typeof idsOf>

/** Every simulator has the same: looking for them takes longer than a test. */
const IDS = idsOf(createSimulator().data)

interface Sending {
  readonly about: string
  /** The one field of the mutation, with its arguments; `errors` is asked of it. */
  readonly field: (ids: Ids) => string
  readonly variables?: Readonly<Record<string, readonly [type: string, value: unknown]>>
  readonly route: string
  readonly method?: 'PUT' | 'DELETE'
  /** Left out where nothing is sent. */
  readonly body?: (ids: Ids) => object
}

const TENANT = '/tenants/{tenant_id}'
const DESIGN = `${TENANT}/designs/{design_id}`
const PROFILE = {
  route: `${TENANT}/projects/{project_id}/consumption_profile`,
  method: 'PUT',
  field: ({ project }: Ids) => `updateConsumptionProfile(projectId: "${project}", input: $input)`,
} as const
const NOTHING = { body: () => ({}) }
const PUSH = { route: `${DESIGN}/financings/{financing_id}/push_to_financier`, ...NOTHING }
const REQUESTS = `${TENANT}/design_requests`

const SENDINGS: readonly Sending[] = [
  {
    about: 'months of energy, gaps as the word and what was fed in below zero',
    ...PROFILE,
    variables: { input: ['UpdateConsumptionProfileInput!', { monthlyEnergy: MONTHS, monthlyBill: null }] },
    body: () => ({ consumption_profile: { monthly_energy: WORDS } }),
  },
  {
    about: 'months of bills',
    ...PROFILE,
    variables: { input: ['UpdateConsumptionProfileInput!', { monthlyBill: MONTHS }] },
    body: () => ({ consumption_profile: { monthly_bill: WORDS } }),
  },
  {
    about: 'the hours of a year',
    ...PROFILE,
    variables: { input: ['UpdateConsumptionProfileInput!', { intervalData: YEAR }] },
    body: () => ({ consumption_profile: { interval_data: YEAR.map((value) => value ?? 'null') } }),
  },
  {
    about: 'a new design, nothing of what was left out or null',
    field: ({ project }) =>
      `createDesign(input: { projectId: "Project:${project}", externalProviderId: "CRM-1", name: null })`,
    route: `${TENANT}/designs`,
    body: ({ project }) => ({ design: { project_id: project, external_provider_id: 'CRM-1' } }),
  },
  {
    about: 'a copy of a design without a name',
    field: ({ design }) => `duplicateDesign(id: "Design:${design}")`,
    route: `${DESIGN}/duplicate`,
    body: () => ({ design: {} }),
  },
  {
    about: 'a copy of a design with a name',
    field: ({ design }) => `duplicateDesign(id: "${design}", name: "Twin")`,
    route: `${DESIGN}/duplicate`,
    body: () => ({ design: { name: 'Twin' } }),
  },
  {
    about: 'a price, with members that nobody publishes beside those that are known, which count',
    field: ({ design }) => `updateDesignPricing(designId: "${design}", input: $input)`,
    variables: {
      input: [
        'UpdatePricingInput!',
        {
          pricingMethod: 'flat price',
          systemPrice: 0,
          other: { brandNew: { deepHere: [1] }, system_price: 5, price_per_watt: 2.5 },
        },
      ],
    },
    route: `${DESIGN}/pricing`,
    method: 'PUT',
    body: () => ({
      pricing: {
        brandNew: { deepHere: [1] },
        price_per_watt: 2.5,
        pricing_method: 'flat price',
        system_price: 0,
      },
    }),
  },
  {
    about: 'an adder',
    field: ({ design }) =>
      `createAdder(designId: "${design}", input: { adderName: "Trench", adderValue: 9.5, isDiscount: true, other: { a_b: 1 } })`,
    route: `${DESIGN}/pricing/adders`,
    body: () => ({ adder: { a_b: 1, adder_name: 'Trench', adder_value: 9.5, is_discount: true } }),
  },
  {
    about: 'nothing with an adder that is taken off',
    field: ({ adder, design }) => `deleteAdder(id: "${adder}", designId: "${design}")`,
    route: `${TENANT}/adders/{adder_id}`,
    method: 'DELETE',
  },
  {
    about: 'nothing with a financing, by its global id',
    field: ({ design, financing }) => `pushFinancingToFinancier(id: "Financing:${design}/${financing}")`,
    ...PUSH,
  },
  {
    about: 'nothing with a financing, by its own id and the design',
    field: ({ design, financing }) =>
      `pushFinancingToFinancier(id: "${financing}", designId: "Design:${design}")`,
    ...PUSH,
  },
  {
    about: 'nothing with a financing, by both forms at once',
    field: ({ design, financing }) =>
      `pushFinancingToFinancier(id: "Financing:${design}/${financing}", designId: "${design}")`,
    ...PUSH,
  },
  {
    about: 'nothing with a proposal without options',
    field: ({ design }) => `createProposal(designId: "${design}")`,
    route: `${DESIGN}/proposals/default`,
    ...NOTHING,
  },
  {
    about: 'options of a proposal as they are',
    field: ({ design, template }) =>
      `createProposal(designId: "${design}", options: { proposal_template_id: "${template}" })`,
    route: `${DESIGN}/proposals/default`,
    body: ({ template }) => ({ proposal_template_id: template }),
  },
  {
    about: 'nothing with a proposal that is deleted',
    field: ({ proposed }) => `deleteDefaultProposal(designId: "${proposed}")`,
    route: `${DESIGN}/proposals/default`,
    method: 'DELETE',
  },
  {
    about: 'nothing with a link',
    field: ({ proposed }) => `generateWebProposalUrl(designId: "${proposed}")`,
    route: `${DESIGN}/web_proposal/generate_url`,
    ...NOTHING,
  },
  {
    about: 'what a milestone is shared with',
    field: ({ milestone }) => `shareMilestone(milestoneId: "${milestone}", members: { withWhom: ["a"] })`,
    route: `${TENANT}/milestones/{milestone_id}/share`,
    body: () => ({ withWhom: ['a'] }),
  },
  {
    about: 'parts of the mounting',
    field: ({ design }) =>
      `updateRackingBillOfMaterials(designId: "${design}", components: [
        { name: "Rail", manufacturerName: "TrueMount", sku: "TM-1", quantity: 12.5 }, { name: "Clamp", sku: null, quantity: 0 }
      ])`,
    route: `${DESIGN}/bill_of_materials/racking_components`,
    method: 'PUT',
    body: () => ({
      racking_components: [
        { name: 'Rail', manufacturer_name: 'TrueMount', sku: 'TM-1', quantity: 12.5 },
        { name: 'Clamp', quantity: 0 },
      ],
    }),
  },
  {
    about: 'no parts of the mounting',
    field: ({ design }) => `updateRackingBillOfMaterials(designId: "${design}", components: [])`,
    route: `${DESIGN}/bill_of_materials/racking_components`,
    method: 'PUT',
    body: () => ({ racking_components: [] }),
  },
  {
    about: 'a design request with a pin on the equator',
    field: ({ idle }) =>
      `createDesignRequest(input: { projectId: "Project:${idle}", latitude: 0, longitude: -111.8, sla: 30 })`,
    route: REQUESTS,
    body: ({ idle }) => ({ design_request: { project_id: idle, latitude: 0, longitude: -111.8, sla: 30 } }),
  },
  {
    about: 'a design request and nothing but its project',
    field: ({ idle }) =>
      `createDesignRequest(input: { projectId: "${idle}", latitude: null, longitude: null })`,
    route: REQUESTS,
    body: ({ idle }) => ({ design_request: { project_id: idle } }),
  },
  {
    about: 'nothing with a design request that is accepted',
    field: ({ request }) => `acceptDesignRequest(id: "DesignRequest:${request}")`,
    route: `${REQUESTS}/{design_request_id}/accept`,
    ...NOTHING,
  },
  {
    about: 'an order with EagleView, with its project whatever else is given',
    field: ({ project }) =>
      `createEagleviewDesignRequest(projectId: "${project}", other: { product: "basic", project_id: "another" })`,
    route: `${REQUESTS}/eagleview`,
    body: ({ project }) => ({ eagleview_design_request: { product: 'basic', project_id: project } }),
  },
  {
    about: 'nothing with an order with EagleView that is accepted',
    field: ({ eagleview }) => `acceptEagleviewDesignRequest(id: "${eagleview}")`,
    route: `${REQUESTS}/eagleview/{eagleview_design_request_id}/accept`,
    ...NOTHING,
  },
  {
    about: 'a plan set request',
    field: ({ built }) => `createPlanSetRequest(designId: "Design:${built}", other: { rush: true })`,
    route: `${TENANT}/plan_set_requests`,
    body: ({ built }) => ({ plan_set_request: { rush: true, design_id: built } }),
  },
]

/** The route of a path that has nothing in it but the words of a route, and ids. */
const isOnRoute = (path: string, route: string): boolean =>
  new RegExp(`^${route.replace(/\{\w+\}/g, '[^/]+')}$`).test(path)

describe('what is sent', () => {
  it.each(SENDINGS)('is $about, as the contract has it', async ({ field, variables = {}, ...wanted }) => {
    await using opened = await open()
    const { gateway, proxy } = opened
    const declared = Object.entries(variables).map(([name, [type]]) => `$${name}: ${type}`)
    const values = Object.fromEntries(Object.entries(variables).map(([name, [, value]]) => [name, value]))
    const { data } = await gateway.ask(
      `mutation ${declared.length > 0 ? `(${declared.join(', ')})` : ''} {
        done: ${field(IDS)} { errors { code message ... on UnprocessableError { messages } } }
      }`,
      values,
    )
    expect(data).toEqual({ done: { errors: [] } })

    const { route, method = 'POST', body } = wanted
    const sent = proxy.takeSent()
    expect(sent.map((each) => each.json)).toEqual([body?.(IDS)])
    expect(sent[0]?.method).toBe(method)
    expect(ROUTES).toContain(route)
    expect(isOnRoute(sent[0]?.path ?? '', route)).toBe(true)
    expect(faultsOf(route, method, sent[0]?.json)).toBeNull()
  })

  it('has room for a leap year of quarter hours, written in six characters each', () => {
    const intervalData = Array<number>(366 * 24 * 4).fill(0.1234)
    const body = JSON.stringify({
      query: `mutation ($id: ID!, $input: UpdateConsumptionProfileInput!) {
        updateConsumptionProfile(projectId: $id, input: $input) { errors { code } }
      }`,
      variables: { id: 'Project:6f0d2c1e-4b8a-4d5f-9a37-20c1e7b54a11', input: { intervalData } },
    })
    expect(Buffer.byteLength(body)).toBeLessThan(httpLimits.bodyMaxBytes)
  })
})

const nested = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels)

describe('JSON that is passed on', () => {
  const UPDATE = `mutation ($members: JSON!) {
    updateOrder(id: "o-1", members: $members) { errors { code outcome } }
  }`

  /** As text, which JSON.stringify could not write. */
  async function update(gateway: TestGateway, deep: string) {
    const body = `{ "query": ${JSON.stringify(UPDATE)}, "variables": { "members": { "deep": ${deep} } } }`
    const headers = { 'content-type': 'application/json' }
    const request = new Request('http://gateway.test/graphql', { method: 'POST', headers, body })
    return JSON.parse(await (await gateway.handle(request)).text())
  }

  it.each([
    ['deeper than can be written', nested(60_000)],
    ['deeper than anybody means', nested(21)],
  ])('%s is refused before anything is spent', async (_, deep) => {
    await using gateway = await createTestGateway()
    const { data, errors } = await update(gateway, deep)
    expect(data ?? null).toBeNull()
    expect(errors).toEqual([
      expect.objectContaining({
        message: expect.stringContaining('levels'),
        extensions: expect.objectContaining({ code: 'QUERY_REJECTED', limit: 20 }),
      }),
    ])
    expect(gateway.takeCalls()).toEqual([])
  })

  it('written into the document is held to the same', async () => {
    await using gateway = await createTestGateway()
    const { errors } = await gateway.ask(
      `mutation { updateOrder(id: "o-1", members: { deep: ${nested(600)} }) { errors { code } } }`,
    )
    expect(errors).toMatchObject([{ extensions: { code: 'QUERY_REJECTED' } }])
    expect(gateway.takeCalls()).toEqual([])
  })

  it('may have as many levels as any variable', async () => {
    await using gateway = await createTestGateway()
    const { data } = await update(gateway, nested(18))
    expect(data.updateOrder.errors).toEqual([{ code: 'NOT_FOUND', outcome: 'NOT_DONE' }])
  })

  it('holds no file, which would arrive as an empty object', async () => {
    await using gateway = await createTestGateway()
    const form = new FormData()
    form.append('operations', JSON.stringify({ query: UPDATE, variables: { members: { bill: null } } }))
    form.append('map', JSON.stringify({ 0: ['variables.members.bill'] }))
    form.append('0', new File(['%PDF'], 'bill.pdf'))
    const request = new Request('http://gateway.test/graphql', { method: 'POST', body: form })
    const answer = JSON.parse(await (await gateway.handle(request)).text())
    expect(answer.errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }])
    expect(gateway.takeCalls()).toEqual([])
  })
})

interface Silent {
  readonly name: string
  readonly field: (ids: Ids) => string
  readonly shown: string
}

/** Whatever a design or a project has one of, and a read of its own. */
const SOLES: readonly Silent[] = [
  {
    name: 'a profile',
    field: ({ project }) =>
      `updateConsumptionProfile(projectId: "${project}", input: { monthlyEnergy: [${'1, '.repeat(12)}] })`,
    shown: 'consumptionProfile { inputMode }',
  },
  {
    name: 'a price',
    field: ({ design }) => `updateDesignPricing(designId: "${design}", input: { pricePerWatt: 2 })`,
    shown: 'pricing { systemPrice }',
  },
  {
    name: 'a proposal',
    field: ({ design }) => `createProposal(designId: "${design}")`,
    shown: 'proposal { proposalTemplateId }',
  },
  {
    name: 'a link',
    field: ({ proposed }) => `generateWebProposalUrl(designId: "${proposed}")`,
    shown: 'webProposal { url }',
  },
]

/** Parts of a design that no read brings alone. */
const PARTS: readonly Silent[] = [
  {
    name: 'an adder',
    field: ({ design }) =>
      `createAdder(designId: "${design}", input: { adderName: "Trench", adderValue: 1 })`,
    shown: 'adder { adderName }',
  },
  {
    name: 'parts of the mounting',
    field: ({ design }) => `updateRackingBillOfMaterials(designId: "${design}", components: [])`,
    shown: 'rackingComponents { name }',
  },
]

/** No body, and a body that holds nothing. */
const SILENCES = [{ status: 204 }, { status: 200, json: {} }]

describe.each(SILENCES)('a write that is answered with nothing, %j', (silence) => {
  it.each(SOLES)('is done, and $name is read where it is asked for', async ({ field, shown }) => {
    await using opened = await open()
    const { gateway, proxy } = opened
    proxy.answerWrites(silence)
    const { data, extensions } = await gateway.ask(
      `mutation { done: ${field(IDS)} { ${shown} errors { code } } }`,
    )
    expect(data).toEqual({ done: { [shown.split(' ')[0] ?? '']: expect.anything(), errors: [] } })
    expect(extensions.upstream.calls).toBe(2)
  })

  it.each(PARTS)('is done, and $name is null at the cost of that one call', async ({ field, shown }) => {
    await using opened = await open()
    const { gateway, proxy } = opened
    proxy.answerWrites(silence)
    const { data, extensions } = await gateway.ask(
      `mutation { done: ${field(IDS)} { ${shown} errors { code } } }`,
    )
    expect(data).toEqual({ done: { [shown.split(' ')[0] ?? '']: null, errors: [] } })
    expect(extensions.upstream.calls).toBe(1)
  })

  it('is done, and what it was done to is read where it is asked for', async () => {
    await using opened = await open()
    const { gateway, proxy } = opened
    proxy.answerWrites(silence)
    const { data, extensions } = await gateway.ask(
      `mutation { acceptDesignRequest(id: "${IDS.request}") { designRequest { status } errors { code } } }`,
    )
    expect(data).toEqual({ acceptDesignRequest: { designRequest: { status: 'ACCEPTED' }, errors: [] } })
    expect(extensions.upstream.calls).toBe(2)
  })
})
