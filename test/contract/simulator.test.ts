// The simulator against the contract: each answer, of each object of a sample, in each shape, is valid.

import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import type { ValidateFunction } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { createDataSet } from '../../src/simulator/data.ts'
import { createJobs } from '../../src/simulator/jobs.ts'
import { createRandom } from '../../src/simulator/random.ts'
import { answerOperation, createRouter, OPERATIONS } from '../../src/simulator/routes.ts'
import { DEFAULT_SHAPE, reshape, SHAPE_SWITCHES } from '../../src/simulator/shape.ts'
import type { Shape } from '../../src/simulator/shape.ts'
import { createSimulator, DEFAULT_TENANT_ID, DEFAULT_TOKEN } from '../../src/simulator/simulator.ts'

const CONTRACT = parse(readFileSync(new URL('../../schema/aurora.openapi.yaml', import.meta.url), 'utf8'))

/** 40 projects and everything below them: all projects would only be slower. */
const data = createDataSet({ seed: 1, projectCount: 40, tenantId: DEFAULT_TENANT_ID })
const route = createRouter(OPERATIONS)
const random = createRandom(1)
const maker = { newId: () => random.uuid(), nowMs: () => 0 }
const clock = { after: () => () => undefined }
const jobs = createJobs({ data, maker, clock, jobMs: () => 0, ended: () => undefined })

// Not strict, because the contract has words of its own, such as x-evidence and example.
const ajv = new Ajv2020({ strict: false, allErrors: true })
formats.default(ajv)
ajv.addSchema(CONTRACT, 'aurora')
const validators = new Map<string, ValidateFunction>()

/** What is wrong with the body, as the contract sees it. */
function findFaults({ operationId, status, body }: Asked): unknown {
  const operation = OPERATIONS.find((known) => known.operationId === operationId)
  const path = operation?.path ?? ''
  const verb = operation?.method.toLowerCase() ?? ''
  const given = CONTRACT.paths[path]?.[verb]?.responses
  const pointer = given?.[status]?.$ref ?? `#/paths/${escape(path)}/${verb}/responses/${status}`
  const reference = `aurora${pointer}/content/application~1json/schema`
  const validate = validators.get(reference) ?? ajv.compile({ $ref: reference })
  validators.set(reference, validate)
  return validate(body) ? null : { path, status, errors: validate.errors }
}

function escape(pointerPart: string): string {
  return encodeURIComponent(pointerPart.replaceAll('~', '~0').replaceAll('/', '~1'))
}

/** Every path of the sample that a client could ask for. */
function listPaths(): string[] {
  const beneath = data.projects.flatMap(({ id }) => {
    const project = `/projects/${id}`
    const designs = data.designsOf(id).flatMap(({ design, financings }) => {
      const base = `/designs/${design.id}`
      const single = financings.map((financing) => `${base}/financings/${financing.id}`)
      const parts = DESIGN_PARTS.map((part) => `${base}/${part}`)
      const assets = data.designAssetsOf(design.id).map((asset) => `/assets/${asset.id}`)
      return [base, ...parts, ...single, ...assets]
    })
    const parts = PROJECT_PARTS.map((part) => `${project}/${part}`)
    return [project, ...parts, ...listBelongings(id), ...designs]
  })
  const users = data.users.map(({ id }) => `/users/${id}`)
  const lists = ['', '/users', '/teams', '/partners', '/roles', '/projects', '/projects?page=9']
  const unknown = ['/users/x', '/projects/x', '/projects/x/designs', '/designs/x', '/designs/x/summary']
  const others = [...PROJECT_PARTS.map((part) => `/projects/x/${part}`), ...UNKNOWN]
  const all = [...lists, ...users, ...listOfTenant(), ...beneath, ...unknown, ...others]
  return ['/versions', ...all.map((path) => `/tenants/${DEFAULT_TENANT_ID}${path}`)]
}

/** What a project and a design have under their own path. */
const PROJECT_PARTS = [
  'consumption_profile',
  'designs',
  'assets',
  'agreements',
  'site_surveys',
  'bill_summary',
  'utility_bills',
]
const DESIGN_PARTS = [
  'summary',
  'pricing',
  'financings',
  'assets',
  'bill_summary',
  'roof_summary',
  'racking_arrays',
  'proposals/default',
  'web_proposal',
]

const UNKNOWN = [
  ...DESIGN_PARTS.map((part) => `/designs/x/${part}`),
  '/assets/x',
  '/agreements/x',
  '/agreements/x/download_link',
  '/site_surveys/x',
  '/site_surveys/x/request',
  '/projects/x/utility_bills/y',
  '/ahjs/x',
  '/orders/x',
  '/webhooks/x',
  '/proposal_templates/x',
  '/components/modules/x',
  '/components/inverters/x',
  '/components/dc_optimizers/x',
  '/design_requests/x',
  '/design_requests/eagleview/x',
  '/plan_set_requests/x',
  '/plan_set_requests/x/plan_set',
]

/** What belongs to a project and is read by an id of its own. */
function listBelongings(projectId: string): string[] {
  const { ahj_id, order_id } = data.project(projectId) ?? {}
  const planSetRequests = data.planSetRequestsOf(projectId).map(({ id }) => `/plan_set_requests/${id}`)
  const agreements = data.agreementsOf(projectId).map(({ id }) => `/agreements/${id}`)
  const surveys = data.siteSurveysOf(projectId).map(({ id }) => `/site_surveys/${id}`)
  return [
    ...(ahj_id ? [`/ahjs/${ahj_id}`] : []),
    ...(order_id ? [`/orders/${order_id}`] : []),
    ...data.projectAssetsOf(projectId).map(({ id }) => `/assets/${id}`),
    ...agreements.flatMap((path) => [path, `${path}/download_link`]),
    ...surveys.flatMap((path) => [path, `${path}/request`]),
    ...data.utilityBillsOf(projectId).map(({ id }) => `/projects/${projectId}/utility_bills/${id}`),
    ...data.eagleviewDesignRequestsOf(projectId).map(({ id }) => `/design_requests/eagleview/${id}`),
    ...planSetRequests.flatMap((path) => [path, `${path}/plan_set`]),
  ]
}

function listOfTenant(): string[] {
  const kinds = [
    ['/components/modules', data.modules],
    ['/components/inverters', data.inverters],
    ['/components/dc_optimizers', data.dcOptimizers],
    ['/proposal_templates', data.proposalTemplates],
    ['/design_requests', data.designRequests()],
    ['/webhooks', data.webhooks],
  ] as const
  // The singles of the long lists are all alike, so the first ones will do.
  const singles = kinds.flatMap(([path, list]) => [
    path,
    ...list.slice(0, 12).map(({ id }) => `${path}/${id}`),
  ])
  return [...singles, '/components/modules?page=2', '/shared_projects', '/sso_provider']
}

const PATHS = listPaths()

/** What can be asked without having changed anything; the rest is asked in simulator-writes.test.ts. */
const READS = OPERATIONS.filter(({ method, path }) => method === 'GET' && !path.endsWith('/status'))

interface Asked {
  readonly operationId: string
  readonly status: number
  readonly body: unknown
}

/** As the server would answer, without the server. */
function ask(target: string, shape: Shape): Asked {
  const [path = '', query] = target.split('?')
  const match = route('GET', path)
  if (!match) throw new Error(`no operation for ${path}`)
  const answer = answerOperation(match, {
    query: new URLSearchParams(query),
    data,
    shape,
    sent: undefined,
    file: undefined,
    maker,
    jobs,
    source: 'api',
  })
  const body = reshape(answer.body, shape, random)
  // Through JSON, which is what a client gets: no undefined, no NaN.
  return {
    operationId: match.operation.operationId,
    status: answer.status,
    body: JSON.parse(JSON.stringify(body)),
  }
}

describe('the table of operations', () => {
  it.each(OPERATIONS)('has $operationId as the contract has it', ({ operationId, method, path }) => {
    expect(CONTRACT.paths[path]?.[method.toLowerCase()]?.operationId).toBe(operationId)
  })

  it('is answered in full by the sample, not only refused', () => {
    const answered = new Set(
      PATHS.map((path) => ask(path, DEFAULT_SHAPE)).flatMap(({ status, operationId }) =>
        status === 200 ? operationId : [],
      ),
    )
    expect(READS.filter(({ operationId }) => !answered.has(operationId))).toEqual([])
  })

  it('holds every operation of the contract but those of partner applications', () => {
    const all = Object.entries<Record<string, { operationId?: string }>>(CONTRACT.paths).flatMap(
      ([path, item]) =>
        path.startsWith('/partner_applications/')
          ? []
          : Object.entries(item).flatMap(([verb, { operationId }]) =>
              operationId ? `${operationId}: ${verb.toUpperCase()} ${path}` : [],
            ),
    )
    const served = OPERATIONS.map(({ operationId, method, path }) => `${operationId}: ${method} ${path}`)
    expect(served.toSorted()).toEqual(all.toSorted())
  })

  it('is asked in full by the sample', () => {
    const asked = new Set(PATHS.map((path) => ask(path, DEFAULT_SHAPE).operationId))
    expect([...asked].toSorted()).toEqual(READS.map(({ operationId }) => operationId).toSorted())
  })
})

describe('over HTTP', () => {
  it('every answer is byte for byte the one that is validated below', async () => {
    await using simulator = createSimulator({ projectCount: 40, limit: Infinity })
    const { url } = await simulator.listen()
    const headers = { authorization: `Bearer ${DEFAULT_TOKEN}` }
    // Every seventh is enough to show that the wire changes nothing.
    for (const path of PATHS.filter((_, index) => index % 7 === 0)) {
      const response = await fetch(url + path, { headers })
      const { status, body } = ask(path, DEFAULT_SHAPE)
      expect([response.status, await response.json()]).toEqual([status, body])
    }
  })

  it('every refusal is a valid error', async () => {
    await using simulator = createSimulator({ projectCount: 1, limit: 1 })
    const { url } = await simulator.listen()
    const path = `${url}/tenants/${DEFAULT_TENANT_ID}/teams`
    const right = { headers: { authorization: `Bearer ${DEFAULT_TOKEN}` } }
    const error = ajv.compile({ $ref: 'aurora#/components/schemas/Error' })
    for (const [status, init] of [
      [401, {}],
      [200, right],
      [429, right],
    ] as const) {
      const response = await fetch(path, init)
      expect(response.status).toBe(status)
      const body: unknown = await response.json()
      expect(findFaults({ operationId: 'listTeams', status, body })).toBeNull()
      expect(error(body)).toBe(status !== 200)
    }
  })
})

describe('in the shape', () => {
  const shapes: Partial<Shape>[] = Object.entries(SHAPE_SWITCHES).flatMap(([name, values]) =>
    values.slice(1).map((value) => ({ [name]: value })),
  )

  it.each([...shapes, {}])('%j every answer is valid', (change) => {
    const shape = { ...DEFAULT_SHAPE, ...change }
    for (const path of PATHS) {
      expect(findFaults(asContract(ask(path, shape), change))).toBeNull()
    }
  })

  it('with all switches thrown every answer is valid', () => {
    const thrown = Object.fromEntries(
      Object.entries(SHAPE_SWITCHES).map(([name, values]) => [name, values.at(-1)]),
    )
    const shape = { ...DEFAULT_SHAPE, ...thrown }
    for (const path of PATHS) {
      expect(findFaults(asContract(ask(path, shape), shape))).toBeNull()
    }
  })

  it.each([
    ['barePricing', 'retrieveDesignPricing'],
    ['arraysAsText', 'retrieveDesignSummary'],
  ] as const)('%s the contract is left on purpose, by %s', (name, operationId) => {
    const path = PATHS.find((candidate) => ask(candidate, DEFAULT_SHAPE).operationId === operationId) ?? ''
    expect(findFaults(ask(path, { ...DEFAULT_SHAPE, [name]: true }))).not.toBeNull()
  })
})

/** Two switches leave the contract on purpose, in a way known from old clients; what they did is taken back. */
function asContract({ operationId, status, body }: Asked, shape: Partial<Shape>): Asked {
  const back = (mended: unknown): Asked => ({ operationId, status, body: mended })
  if (status !== 200) return { operationId, status, body }
  if (shape.barePricing && operationId === 'retrieveDesignPricing') return back({ pricing: body })
  if (shape.arraysAsText && operationId === 'retrieveDesignSummary') {
    const { design } = body as { design: { arrays: string } }
    return back({ design: { ...design, arrays: JSON.parse(design.arrays) } })
  }
  return { operationId, status, body }
}
