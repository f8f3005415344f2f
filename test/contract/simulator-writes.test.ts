// The simulator's writes and jobs against the contract: what is sent and what is answered is valid, and reads show it.

import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import type { DataSet } from '../../src/simulator/data.ts'
import { OPERATIONS } from '../../src/simulator/routes.ts'
import { createSimulator, DEFAULT_TOKEN } from '../../src/simulator/simulator.ts'
import type { SimulatorOptions } from '../../src/simulator/simulator.ts'

const CONTRACT = parse(readFileSync(new URL('../../schema/aurora.openapi.yaml', import.meta.url), 'utf8'))
const ajv = new Ajv2020({ strict: false, allErrors: true })
formats.default(ajv)
ajv.addSchema(CONTRACT, 'aurora')

const escape = (part: string): string => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'))

function validate(pointer: string, value: unknown): unknown {
  const check = ajv.getSchema(pointer) ?? ajv.compile({ $ref: pointer })
  return check(value) ? null : check.errors
}

function openApi(operationId: string) {
  const { path, method } = OPERATIONS.find((each) => each.operationId === operationId) ?? {
    path: '',
    method: '',
  }
  const verb = method.toLowerCase()
  const { requestBody, responses } = CONTRACT.paths[path][verb]
  return { path, method, requestBody, responses, base: `aurora#/paths/${escape(path)}/${verb}` }
}

/** Looked into without saying first what it is. */
type Json = ReturnType<typeof JSON.parse>

type Ids = Readonly<Record<string, string | undefined>>

async function open(options: SimulatorOptions = {}) {
  const simulator = createSimulator({ projectCount: 60, limit: Infinity, jobMs: 0, ...options })
  const { url } = await simulator.listen()
  /** Sends what is valid only, and takes nothing but what is valid. */
  async function call(operationId: string, ids: Ids = {}, body?: object, query = '') {
    const { path, method, requestBody, responses, base } = openApi(operationId)
    if (body !== undefined && requestBody?.content?.['application/json'])
      expect(validate(`${base}/requestBody/content/application~1json/schema`, body)).toBeNull()
    const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => ids[name] ?? simulator.data.tenant.id)
    const response = await send(filled + query, method, body === undefined ? null : JSON.stringify(body))
    const text = await response.text()
    const answer: Json = text === '' ? undefined : JSON.parse(text)
    if (responses[response.status]?.content)
      expect(
        validate(`${base}/responses/${response.status}/content/application~1json/schema`, answer),
      ).toBeNull()
    return { status: response.status, body: answer }
  }
  const send = (path: string, method: string, body: BodyInit | null, headers: Record<string, string> = {}) =>
    fetch(url + path, {
      method,
      headers: { authorization: `Bearer ${DEFAULT_TOKEN}`, 'content-type': 'application/json', ...headers },
      ...(body !== null && { body }),
    })
  return { simulator, data: simulator.data, url, call, send, [Symbol.asyncDispose]: () => simulator.close() }
}

const designsOf = (data: DataSet) => data.projects.flatMap(({ id }) => [...data.designsOf(id)])
const withModules = (data: DataSet) =>
  designsOf(data).find(({ summary }) => summary.arrays.length > 0)?.design.id
const bare = (data: DataSet) => designsOf(data).find(({ summary }) => summary.arrays.length === 0)?.design.id
const LOCATION = { property_address: '1 Sun Street' }
const SSO = {
  auth_uri: 'https://login.example.org/a',
  token_uri: 'https://login.example.org/t',
  openid_key: 'k',
  openid_secret: 's',
  openid_discovery_doc_url: 'https://login.example.org/.well-known/openid-configuration',
}

interface Step {
  readonly operationId: string
  readonly ids?: (data: DataSet) => Ids
  readonly body?: (data: DataSet) => object
  readonly status?: number
  /** What a read shows afterwards. */
  readonly shows?: (data: DataSet, answer: Json, ids: Ids) => void
}

const firstProject = (data: DataSet): Ids => ({ project_id: data.projects[0]?.id })
const surveyed = (data: DataSet): Ids => ({
  site_survey_id: data.projects.flatMap(({ id }) => [...data.siteSurveysOf(id)])[0]?.id,
})
const ordered = (data: DataSet): Ids => ({
  order_id: data.projects.find(({ order_id: id }) => id)?.order_id ?? undefined,
})
const requested = (status: string) => (data: DataSet) => ({
  design_request_id: data.designRequests().find((each) => each.status === status)?.id,
})
const financed = (data: DataSet): Ids => {
  const record = designsOf(data).find(({ financings }) => financings.some(({ financier }) => financier))
  return {
    design_id: record?.design.id,
    financing_id: record?.financings.find(({ financier }) => financier)?.id,
  }
}

const STEPS: readonly Step[] = [
  {
    operationId: 'createSsoProvider',
    body: () => ({ sso_provider: SSO }),
    shows: (data) => expect(data.ssoProvider.openid_key).toBe('k'),
  },
  {
    operationId: 'createUser',
    body: (data) => ({
      user: { first_name: 'A', last_name: 'B', email: 'a@b.example', team_ids: [data.teams[0]?.id] },
    }),
    shows: (data, { user }) => expect(data.users[0]?.id).toBe(user.id),
  },
  {
    operationId: 'inviteUser',
    body: () => ({ user: { first_name: 'A', last_name: 'B', email: 'a@b.example' } }),
  },
  {
    operationId: 'updateUser',
    ids: (data) => ({ user_id: data.users[3]?.id }),
    body: () => ({ user: { title: 'Boss' } }),
    shows: (data) => expect(data.users[3]?.title).toBe('Boss'),
  },
  {
    operationId: 'createWebhook',
    body: () => ({ webhook: { event: 'design_created', url_template: 'https://a.example/?d=<DESIGN_ID>' } }),
    shows: (data, { webhook }) => expect(data.webhooks[0]?.id).toBe(webhook.id),
  },
  {
    operationId: 'updateWebhook',
    ids: (data) => ({ webhook_id: data.webhooks[0]?.id }),
    body: () => ({ webhook: { enabled: false } }),
    shows: (data) => expect(data.webhooks[0]?.enabled).toBe(false),
  },
  {
    operationId: 'deleteWebhook',
    ids: (data) => ({ webhook_id: data.webhooks[0]?.id }),
    status: 204,
    shows: (data, _, { webhook_id }) => expect(data.webhooks.map(({ id }) => id)).not.toContain(webhook_id),
  },
  {
    operationId: 'createProject',
    body: () => ({ project: { location: LOCATION, name: 'New' } }),
    shows: (data, { project }) => expect(data.projects[0]).toMatchObject({ id: project.id, name: 'New' }),
  },
  {
    operationId: 'updateProject',
    ids: firstProject,
    body: () => ({ project: { status: 'Moved' } }),
    shows: (data, { project }) => expect(data.project(project.id)?.status).toBe('Moved'),
  },
  {
    operationId: 'deleteProject',
    ids: firstProject,
    status: 204,
    shows: (data, _, { project_id }) => expect(data.project(project_id ?? '')).toBeUndefined(),
  },
  {
    operationId: 'updateConsumptionProfile',
    ids: firstProject,
    body: () => ({ consumption_profile: { monthly_energy: ['null', ...Array<number>(11).fill(500)] } }),
    shows: (data, { consumption_profile }, { project_id }) =>
      expect(data.profile(project_id ?? '')?.input_values).toEqual(consumption_profile.input_values),
  },
  {
    operationId: 'createSiteSurvey',
    body: (data) => ({ site_survey: firstProject(data) }),
    shows: (data, { site_survey }) =>
      expect(data.siteSurveysOf(site_survey.project_id)[0]?.id).toBe(site_survey.id),
  },
  { operationId: 'updateSiteSurvey', ids: surveyed, body: () => ({ site_survey: { status: 'completed' } }) },
  { operationId: 'updateSiteSurveyElectricalData', ids: surveyed, body: () => ({ main_panel_amps: 200 }) },
  { operationId: 'updateSiteSurveyElectricalSubpanels', ids: surveyed, body: () => ({ subpanels: [] }) },
  { operationId: 'updateSiteSurveyMountingPlanes', ids: surveyed, body: () => ({ planes: [] }) },
  {
    operationId: 'updateSiteSurveyStatus',
    ids: surveyed,
    body: () => ({ status: 'canceled' }),
    shows: (data, { site_survey }) => expect(data.siteSurvey(site_survey.id)?.status).toBe('canceled'),
  },
  { operationId: 'updateOrder', ids: ordered, body: () => ({ order: { note: 'call first' } }) },
  {
    operationId: 'declineOrder',
    ids: ordered,
    shows: (data, { order }) => expect(data.order(order.id)?.status).toBe('declined'),
  },
  {
    operationId: 'createDesign',
    body: (data) => ({ design: { ...firstProject(data), name: 'New' } }),
    shows: (data, { design }) => expect(data.designsOf(design.project_id)[0]?.design.id).toBe(design.id),
  },
  {
    operationId: 'duplicateDesign',
    ids: (data) => ({ design_id: withModules(data) }),
    body: () => ({ design: { name: 'Twin' } }),
    shows: (data, { design }, { design_id }) =>
      expect(data.design(design.id)?.summary.arrays).toEqual(data.design(design_id ?? '')?.summary.arrays),
  },
  {
    operationId: 'updateDesignPricing',
    ids: (data) => ({ design_id: withModules(data) }),
    body: () => ({ pricing: { price_per_watt: 1 } }),
    shows: (data, { pricing }, { design_id }) =>
      expect(pricing.system_price_breakdown[1].item_price).toBe(
        data.design(design_id ?? '')?.design.system_size_stc,
      ),
  },
  {
    operationId: 'createAdder',
    ids: (data) => ({ design_id: withModules(data) }),
    body: () => ({ adder: { adder_name: 'Trench', adder_value: 100 } }),
    shows: (data, { adder }, { design_id }) =>
      expect(data.design(design_id ?? '')?.pricing.adders.map(({ id }) => id)).toContain(adder.id),
  },
  {
    operationId: 'deleteAdder',
    ids: (data) => ({ adder_id: designsOf(data).flatMap(({ pricing }) => pricing.adders)[0]?.id }),
    status: 204,
    shows: (data, _, { adder_id }) =>
      expect(designsOf(data).flatMap(({ pricing }) => pricing.adders.map(({ id }) => id))).not.toContain(
        adder_id,
      ),
  },
  {
    operationId: 'pushFinancingToFinancier',
    ids: financed,
    shows: (_, { financing }) => expect(financing.financier.status).toBe('submitted'),
  },
  {
    operationId: 'createProposal',
    ids: (data) => ({
      design_id: designsOf(data).find(({ design }) => !data.proposal(design.id))?.design.id,
    }),
    body: () => ({}),
    shows: (data, { proposal }, { design_id }) =>
      expect(data.proposal(design_id ?? '')?.id).toBe(proposal.id),
  },
  {
    operationId: 'deleteDefaultProposal',
    ids: (data) => ({ design_id: designsOf(data).find(({ design }) => data.proposal(design.id))?.design.id }),
    status: 204,
    shows: (data, _, { design_id }) => expect(data.proposal(design_id ?? '')).toBeUndefined(),
  },
  {
    operationId: 'generateWebProposalUrl',
    ids: (data) => ({ design_id: designsOf(data).find(({ design }) => data.proposal(design.id))?.design.id }),
    body: () => ({}),
    shows: (data, { web_proposal }, { design_id }) =>
      expect(data.webProposal(design_id ?? '')).toEqual(web_proposal),
  },
  {
    operationId: 'shareMilestone',
    ids: (data) => ({
      milestone_id: designsOf(data).find(({ design }) => design.milestone)?.design.milestone?.id,
    }),
    body: () => ({}),
  },
  {
    operationId: 'updateRackingBillOfMaterials',
    ids: (data) => ({ design_id: withModules(data) }),
    body: () => ({ racking_components: [{ name: 'Rail', quantity: 4.5 }] }),
    shows: (data, _, { design_id }) =>
      expect(data.design(design_id ?? '')?.summary.bill_of_materials.at(-1)).toMatchObject({
        name: 'Rail',
        quantity: 4.5,
      }),
  },
  {
    operationId: 'createEagleviewDesignRequest',
    body: (data) => ({ eagleview_design_request: firstProject(data) }),
    shows: (data, { eagleview_design_request: made }) =>
      expect(data.eagleviewDesignRequest(made.id)).toEqual(made),
  },
  {
    operationId: 'acceptEagleviewDesignRequest',
    ids: (data) => ({
      eagleview_design_request_id: data.projects
        .flatMap(({ id }) => [...data.eagleviewDesignRequestsOf(id)])
        .find(({ status }) => status === 'completed')?.id,
    }),
    shows: (data, { eagleview_design_request: made }) => expect(data.design(made.design_id)).toBeDefined(),
  },
  {
    operationId: 'createDesignRequest',
    body: (data) => ({ design_request: firstProject(data) }),
    shows: (data, { design_request }) => expect(data.designRequests()[0]?.id).toBe(design_request.id),
  },
  {
    operationId: 'acceptDesignRequest',
    ids: requested('designer_completed'),
    shows: (data, { design_request }) => expect(data.design(design_request.design_id)).toBeDefined(),
  },
  {
    operationId: 'createPlanSetRequest',
    body: (data) => ({
      plan_set_request: {
        design_id: designsOf(data).find(
          ({ summary, design }) =>
            summary.arrays.length > 0 && data.projectAssetsOf(design.project_id).length > 0,
        )?.design.id,
      },
    }),
    shows: (data, { plan_set_request: made }) => expect(data.planSetRequest(made.id)?.status).toBe('draft'),
  },
]

describe('a write', () => {
  it.each(STEPS)('$operationId is answered as in the contract, and reads show it', async (step) => {
    await using opened = await open({ projectCount: 200 })
    const { data, call } = opened
    const ids = step.ids?.(data) ?? {}
    expect(Object.values(ids)).not.toContain(undefined)
    const { status, body } = await call(step.operationId, ids, step.body?.(data))
    expect({ status, errors: body?.errors }).toMatchObject({ status: step.status ?? 200 })
    step.shows?.(data, body, ids)
  })

  it('is tried for every operation that is one', () => {
    const writes = OPERATIONS.filter(({ method, path }) => method !== 'GET' && !path.endsWith('/run'))
    expect(STEPS.map(({ operationId }) => operationId).toSorted()).toEqual(
      writes.map(({ operationId }) => operationId).toSorted(),
    )
  })

  it('of something unknown is 404, of a forbidden operation 403, of no JSON 400', async () => {
    await using opened = await open({ forbidden: ['createProject'] })
    const { simulator, send } = opened
    const tenant = `/tenants/${simulator.data.tenant.id}`
    expect((await send(`${tenant}/projects/x`, 'PUT', '{"project": {}}')).status).toBe(404)
    expect((await send(`${tenant}/projects`, 'POST', '{"project": {}}')).status).toBe(403)
    expect((await send(`${tenant}/designs`, 'POST', '{')).status).toBe(400)
  })

  it('lists all problems of the body, without the canary', async () => {
    await using opened = await open({ projectCount: 200 })
    const tenant = `/tenants/${opened.data.tenant.id}`
    const refused = async (path: string, body: object) => {
      const response = await opened.send(tenant + path, 'POST', JSON.stringify(body))
      expect(response.status).toBe(422)
      return response.text()
    }
    expect(await refused('/projects', { project: { name: null, owner_id: 'x' } })).toBe(
      '{"errors":[{"message":"location is missing"},{"message":"name must be a string"},' +
        '{"message":"owner_id must be the id of a user"}]}',
    )
    expect(await refused('/projects', {})).toContain('project must be an object')
    const project = opened.data
      .designRequests()
      .find(({ status }) => ['submitted', 'in_progress'].includes(status))
    expect(
      await refused('/design_requests', { design_request: { project_id: project?.project_id } }),
    ).toContain(`"meta":{"design_request_id":"${project?.id}"}`)
  })

  it('whose answer is lost was carried out; one that is refused by a fault was not', async () => {
    await using opened = await open()
    const { simulator, data, send } = opened
    const count = data.projects.length
    const body = JSON.stringify({ project: { location: LOCATION } })
    const create = () => send(`/tenants/${data.tenant.id}/projects`, 'POST', body)
    simulator.faults.set('/projects', 'reset')
    await expect(create()).rejects.toThrow('fetch failed')
    expect(data.projects).toHaveLength(count + 1)
    simulator.faults.set('/projects', { status: 429 })
    expect((await create()).status).toBe(429)
    expect(data.projects).toHaveLength(count + 1)
  })

  it('makes the same again from the same seed', async () => {
    const made = async () => {
      await using opened = await open()
      return (await opened.call('createProject', {}, { project: { location: LOCATION } })).body.project.id
    }
    expect(await made()).toBe(await made())
  })
})

describe('a job', () => {
  const signed = (data: DataSet): Ids => ({
    agreement_id: data.projects
      .flatMap(({ id }) => [...data.agreementsOf(id)])
      .find(({ status, signing_provider }) => status === 'signed' && signing_provider === 'docusign')?.id,
  })
  const JOBS: readonly (readonly [
    run: string,
    status: string,
    ids: (data: DataSet) => Ids,
    result: object,
  ])[] = [
    [
      'runPerformanceSimulation',
      'retrievePerformanceSimulationStatus',
      (data) => ({ design_id: withModules(data) }),
      {},
    ],
    [
      'runIrradianceAnalysis',
      'retrieveIrradianceAnalysisStatus',
      (data) => ({ design_id: withModules(data) }),
      {},
    ],
    ['runAutoDesigner', 'retrieveAutoDesignerStatus', (data) => ({ design_id: withModules(data) }), {}],
    [
      'runFirePathwayPlacement',
      'retrieveFirePathwayPlacementStatus',
      (data) => ({ design_id: withModules(data) }),
      {},
    ],
    ['runAiRoof', 'retrieveAiRoofStatus', (data) => ({ design_id: bare(data) }), {}],
    [
      'runProposalPdfGeneration',
      'retrieveProposalPdfGenerationStatus',
      (data) => ({ design_id: designsOf(data).find(({ design }) => data.proposal(design.id))?.design.id }),
      { url: expect.stringContaining('.pdf') },
    ],
    [
      'runAgreementDownloadUrl',
      'retrieveAgreementDownloadUrlStatus',
      signed,
      { file_url: expect.stringContaining('.pdf') },
    ],
    ['createProjectFromOrder', 'retrieveCreateProjectStatus', ordered, { project_id: expect.any(String) }],
  ]

  it.each(JOBS)(
    '%s runs, refuses a second one, and ends with what came of it',
    async (run, status, pick, result) => {
      await using opened = await open({ jobMs: 60_000, projectCount: 200 })
      const { data, call } = opened
      const ids = pick(data)
      expect(Object.values(ids)).not.toContain(undefined)
      const begun = await call(run, ids, openApi(run).requestBody ? {} : undefined)
      const [[wrapper, job] = ['', {}]] = Object.entries<Json>(begun.body)
      expect([begun.status, job.status, job.completed_at]).toEqual([202, 'in-progress', null])
      expect((await call(run, ids)).status).toBe(409)
      const poll = async () => (await call(status, ids, undefined, `?job_id=${job.job_id}`)).body[wrapper]
      expect((await poll()).status).toBe('in-progress')
      expect((await call(status, ids, undefined, '?job_id=x')).status).toBe(404)

      await using second = await open({ jobMs: 0, projectCount: 200 })
      const ended = await second.call(run, pick(second.data))
      expect(Object.values<Json>(ended.body)[0]).toMatchObject({
        status: 'succeeded',
        error: null,
        ...result,
      })
      expect(Object.values<Json>(ended.body)[0].completed_at).not.toBeNull()
    },
  )

  it('that is made to fail reports why, and has changed nothing', async () => {
    await using opened = await open({ projectCount: 200 })
    const { simulator, data, call } = opened
    simulator.setFailingJobs(['project_creation'])
    const count = data.projects.length
    const { body } = await call('createProjectFromOrder', ordered(data))
    expect(body.project_creation_job).toMatchObject({
      status: 'failed',
      error: { message: expect.any(String) },
    })
    expect(data.projects).toHaveLength(count)
  })

  it('of a simulation shows its energy when it has ended', async () => {
    await using opened = await open({ projectCount: 200 })
    const record = designsOf(opened.data).find(
      ({ isSimulated, summary }) => !isSimulated && summary.arrays.length > 0,
    )
    const ids = { design_id: record?.design.id }
    expect((await opened.call('retrieveDesignSummary', ids)).body.design).not.toHaveProperty(
      'energy_production',
    )
    await opened.call('runPerformanceSimulation', ids, {})
    expect((await opened.call('retrieveDesignSummary', ids)).body.design).toHaveProperty('energy_production')
  })

  it('of an uploaded bill stores the file at once, by its name', async () => {
    await using opened = await open()
    const { data, send } = opened
    const { project_id = '' } = firstProject(data)
    const path = `/tenants/${data.tenant.id}/projects/${project_id}/utility_bill_upload/run`
    const file = {
      'content-type': 'application/pdf',
      'content-disposition': `attachment; filename*=UTF-8''M%C3%A4rz.pdf`,
    }
    const response = await send(path, 'POST', '%PDF', file)
    expect(response.status).toBe(202)
    const { utility_bill_upload_job: job } = JSON.parse(await response.text())
    expect(data.utilityBillsOf(project_id)[0]).toMatchObject({
      id: job.utility_bill_id,
      filename: 'März.pdf',
    })
    expect((await send(path, 'POST', '', file)).status).toBe(422)
  })

  it.each([
    [{ jobWords: 'running' as const }, 'performance_simulation_job', 'running'],
    [{ jobWords: 'unknown' as const, jobWrapper: 'other' as const }, 'job', 'queued'],
  ])('has the words of %j', async (shape, wrapper, word) => {
    await using opened = await open({ jobMs: 60_000, shape })
    const tenant = `/tenants/${opened.data.tenant.id}`
    const path = `${tenant}/designs/${withModules(opened.data)}/performance_simulation/run`
    const answer = JSON.parse(await (await opened.send(path, 'POST', '{}')).text())
    expect(answer[wrapper].status).toBe(word)
  })

  it('is made to run or to fail by a control', async () => {
    await using opened = await open()
    const put = (body: object) => opened.send('/_simulator/jobs', 'PUT', JSON.stringify(body))
    expect((await put({ ms: -1 })).status).toBe(400)
    expect((await put({ ms: 0, failing: ['performance_simulation'] })).status).toBe(200)
    const ids = { design_id: withModules(opened.data) }
    const { body } = await opened.call('runPerformanceSimulation', ids, {})
    expect(body.performance_simulation_job.status).toBe('failed')
  })
})
