// Jobs: a mutation begins one, any number of clients poll it, and data is fresh after it has ended.
import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import type { DataSet } from '../../src/simulator/data.ts'
import { createSimulator, DEFAULT_TOKEN } from '../../src/simulator/simulator.ts'
import { createManualClock } from '../support/manual-clock.ts'
import { openRecordingProxy } from '../support/recording-proxy.ts'
import { createTestGateway } from '../support/test-gateway.ts'
import type { TestGateway } from '../support/test-gateway.ts'

type Json = ReturnType<typeof JSON.parse>

const designsOf = (data: DataSet) => data.projects.slice(0, 120).flatMap(({ id }) => [...data.designsOf(id)])
const built = (data: DataSet) =>
  designsOf(data).find(({ summary }) => summary.arrays.length > 0)?.design.id ?? ''
const bare = (data: DataSet) =>
  designsOf(data).find(({ summary }) => summary.arrays.length === 0)?.design.id ?? ''
const proposed = (data: DataSet) =>
  designsOf(data).find(({ design }) => data.proposal(design.id))?.design.id ?? ''
const ordered = (data: DataSet) => data.projects.find(({ order_id: id }) => id)?.order_id ?? ''
const signed = (data: DataSet) =>
  data.projects
    .flatMap(({ id }) => [...data.agreementsOf(id)])
    .find(({ status, signing_provider }) => status === 'signed' && signing_provider === 'docusign')?.id ?? ''

interface JobCase {
  readonly run: string
  readonly arg: string
  readonly on: string
  readonly field: string
  readonly pick: (data: DataSet) => string
  readonly route: string
  readonly result?: string
  readonly shows?: object
}

const URL_OF_PDF = expect.stringMatching(/^https:.*\.pdf/)
const ON_DESIGN = { arg: 'designId', on: 'Design' }
const JOBS: readonly JobCase[] = [
  {
    ...ON_DESIGN,
    run: 'runPerformanceSimulation',
    field: 'performanceSimulationJob',
    pick: built,
    route: 'performance_simulation',
  },
  {
    ...ON_DESIGN,
    run: 'runIrradianceAnalysis',
    field: 'irradianceAnalysisJob',
    pick: built,
    route: 'irradiance_analysis',
  },
  { ...ON_DESIGN, run: 'runAutoDesigner', field: 'autoDesignerJob', pick: built, route: 'auto_designer' },
  {
    ...ON_DESIGN,
    run: 'runFirePathwayPlacement',
    field: 'firePathwayPlacementJob',
    pick: built,
    route: 'fire_pathway_placement',
  },
  { ...ON_DESIGN, run: 'runAiRoof', field: 'aiRoofJob', pick: bare, route: 'ai_roof' },
  {
    ...ON_DESIGN,
    run: 'runProposalPdfGeneration',
    field: 'proposalPdfGenerationJob',
    pick: proposed,
    route: 'proposal_pdf_generation',
    result: 'url',
    shows: { url: URL_OF_PDF },
  },
  {
    run: 'runAgreementDownloadUrl',
    arg: 'agreementId',
    on: 'Agreement',
    field: 'agreementDownloadUrlJob',
    pick: signed,
    route: 'download_url',
    result: 'fileUrl agreement { id }',
    shows: { fileUrl: URL_OF_PDF, agreement: { id: expect.stringMatching(/^Agreement:/) } },
  },
  {
    run: 'createProjectFromOrder',
    arg: 'orderId',
    on: 'Order',
    field: 'projectCreationJob',
    pick: ordered,
    route: 'project_creation',
    result: 'project { id } order { id }',
    shows: {
      project: { id: expect.stringMatching(/^Project:/) },
      order: { id: expect.stringMatching(/^Order:/) },
    },
  },
]

const begin = async (gateway: TestGateway, { run, arg, result = '' }: JobCase, id: string) => {
  const { data, errors } = await gateway.ask<Json>(
    `mutation ($id: ID!) {
      ${run}(${arg}: $id) { job { id auroraId status statusRaw requestedAt completedAt error { message } ${result} } errors { code } }
    }`,
    { id },
  )
  expect(errors).toBeUndefined()
  return data[run]
}

const poll = async (
  gateway: TestGateway,
  { on, field, result = '' }: JobCase,
  ids: { id: string; jobId: string },
) => {
  const { data, errors } = await gateway.ask<Json>(
    `query ($id: ID!, $jobId: ID!) {
      node(id: $id) { ... on ${on} { ${field}(jobId: $jobId) { status statusRaw error { message } ${result} } } }
    }`,
    { id: `${on}:${ids.id}`, jobId: ids.jobId },
  )
  expect(errors).toBeUndefined()
  return data.node[field]
}

describe('a job', () => {
  it.each(JOBS)(
    'that $run begins tells how far it is, to all who ask, for no call more than its result',
    async (job) => {
      // Whose time stands still: what it knows of a job is good for two seconds, however slow the machine is.
      await using gateway = await createTestGateway({
        clock: createManualClock(),
        simulator: { jobMs: 600_000 },
      })
      const id = job.pick(gateway.simulator.data)
      const { job: begun } = await begin(gateway, job, id)
      expect(begun).toMatchObject({
        status: 'RUNNING',
        statusRaw: 'in-progress',
        completedAt: null,
        error: null,
      })
      expect(gateway.takeCalls()).toEqual([expect.stringMatching(new RegExp(`^1 POST .*/${job.route}/run$`))])
      // What the begin told is known; a result, which it may have left out, is looked for once by all who ask.
      const { result: _result, ...told } = job
      const answers = await Promise.all([
        poll(gateway, told, { id, jobId: begun.auroraId }),
        poll(gateway, told, { id, jobId: begun.id }),
      ])
      expect(answers.map(({ status }) => status)).toEqual(['RUNNING', 'RUNNING'])
      expect(gateway.takeCalls().filter((line) => line.includes('/status'))).toEqual([])
      await Promise.all([
        poll(gateway, job, { id, jobId: begun.auroraId }),
        poll(gateway, job, { id, jobId: begun.id }),
      ])
      expect(gateway.takeCalls().filter((line) => line.includes('/status')).length).toBeLessThanOrEqual(1)
      // A second one while it is running.
      expect((await begin(gateway, job, id)).errors).toEqual([{ code: 'CONFLICT' }])
    },
  )

  it.each(JOBS)('that $run begins may have ended already, and tells what came of it', async (job) => {
    await using gateway = await createTestGateway({ simulator: { jobMs: 0 } })
    const { job: ended, errors } = await begin(gateway, job, job.pick(gateway.simulator.data))
    expect(errors).toEqual([])
    expect(ended).toMatchObject({
      status: 'SUCCEEDED',
      completedAt: expect.any(String),
      error: null,
      ...job.shows,
    })
    const { data } = await gateway.ask<Json>('query ($id: ID!) { node(id: $id) { ... on Job { status } } }', {
      id: ended.id,
    })
    expect(data.node).toEqual({ status: 'SUCCEEDED' })
  })

  it.each([{ job_id: 'j-1' }, { job_id: 'j-1', status: null }, { ai_roof_job: { job_id: 'j-1' } }])(
    'is running once it is begun, also where all that Aurora tells is its id: %j',
    async (answer) => {
      const simulator = createSimulator({ limit: Infinity })
      const { url } = await simulator.listen()
      await using proxy = await openRecordingProxy(url, { authorization: `Bearer ${DEFAULT_TOKEN}` })
      await using gateway = await createTestGateway({ baseUrl: proxy.url })
      proxy.answerWrites({ status: 202, json: answer })
      const [job] = JOBS as readonly [JobCase]
      const { job: begun } = await begin(gateway, job, built(simulator.data))
      expect(begun).toMatchObject({ auroraId: 'j-1', status: 'RUNNING', statusRaw: null, requestedAt: null })
      expect(proxy.takeSent()).toHaveLength(1)
      await simulator.close()
    },
  )

  it('that fails says why', async () => {
    await using gateway = await createTestGateway({ simulator: { jobMs: 0 } })
    gateway.simulator.setFailingJobs(['auto_designer'])
    const job = JOBS.find(({ run }) => run === 'runAutoDesigner')
    const { job: failed } = await begin(gateway, job as JobCase, built(gateway.simulator.data))
    expect(failed).toMatchObject({
      status: 'FAILED',
      error: { message: expect.stringContaining('auto designer') },
    })
  })

  it.each([{ jobWords: 'running' as const }, { jobWords: 'unknown' as const, jobWrapper: 'other' as const }])(
    'is running whatever Aurora calls it: %j',
    async (shape) => {
      await using gateway = await createTestGateway({ simulator: { jobMs: 60_000, shape } })
      const [job] = JOBS
      expect((await begin(gateway, job as JobCase, built(gateway.simulator.data))).job.status).toBe('RUNNING')
    },
  )

  it('is asked for once by all who poll, and what it changed is read anew when it has ended', async () => {
    await using gateway = await createTestGateway({ simulator: { jobMs: 500 } })
    const { data } = gateway.simulator
    const record = designsOf(data).find(
      ({ summary, isSimulated }) => summary.arrays.length > 0 && !isSimulated,
    )
    const id = record?.design.id ?? ''
    const [job] = JOBS as readonly [JobCase]
    const energy = () =>
      gateway.ask<Json>('query ($id: ID!) { design(id: $id) { summary { energyProduction { annual } } } }', {
        id,
      })
    expect((await energy()).data.design.summary.energyProduction).toBeNull()
    const { job: begun } = await begin(gateway, job, id)
    // Longer than an answer is good for.
    await delay(2100)
    gateway.takeCalls()
    const polls = await Promise.all(
      Array.from({ length: 20 }, () => poll(gateway, job, { id, jobId: begun.auroraId })),
    )
    expect(new Set(polls.map(({ status }) => status))).toEqual(new Set(['SUCCEEDED']))
    expect(gateway.takeCalls()).toEqual([
      expect.stringMatching(/^1 GET .*\/performance_simulation\/status\?job_id=/),
    ])
    expect((await energy()).data.design.summary.energyProduction.annual).toBeGreaterThan(0)
    expect(gateway.takeCalls()).toEqual(['1 GET /tenants/{}/designs/{}/summary'])
  })

  it('of something else is not shown', async () => {
    await using gateway = await createTestGateway({ simulator: { jobMs: 0 } })
    const id = built(gateway.simulator.data)
    const { data, errors } = await gateway.ask<Json>(
      'query ($id: ID!) { design(id: $id) { aiRoofJob(jobId: "AiRoofJob:other/j") { status } } }',
      { id },
    )
    expect(data.design.aiRoofJob).toBeNull()
    expect(errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT')
  })
})

describe('a bill of the utility', () => {
  const UPLOAD = `mutation ($projectId: ID!, $file: File!) {
    uploadUtilityBill(projectId: $projectId, file: $file) {
      job { id status utilityBill { auroraId filename } project { auroraId } } errors { code message }
    }
  }`

  async function upload(gateway: TestGateway, projectId: string, file: File): Promise<Json> {
    const form = new FormData()
    form.append('operations', JSON.stringify({ query: UPLOAD, variables: { projectId, file: null } }))
    form.append('map', JSON.stringify({ 0: ['variables.file'] }))
    form.append('0', file)
    const request = new Request('http://gateway.test/graphql', { method: 'POST', body: form })
    return JSON.parse(await (await gateway.handle(request)).text())
  }

  const noBills = (data: DataSet) =>
    data.projects.find(({ id }) => data.utilityBillsOf(id).length === 0)?.id ?? ''
  const BILLS = 'query ($id: ID!) { project(id: $id) { utilityBills { auroraId filename } } }'

  it('is uploaded as a file, stored at once, and listed', async () => {
    await using gateway = await createTestGateway({ simulator: { jobMs: 60_000 } })
    const id = noBills(gateway.simulator.data)
    expect((await gateway.ask<Json>(BILLS, { id })).data.project.utilityBills).toEqual([])
    gateway.takeCalls()

    const { data } = await upload(
      gateway,
      id,
      new File(['%PDF-1.7'], 'März.pdf', { type: 'application/pdf' }),
    )

    expect(gateway.takeCalls()).toEqual([
      '1 GET /tenants/{}/projects/{}/utility_bills/{}',
      '1 POST /tenants/{}/projects/{}/utility_bill_upload/run',
    ])
    const { job, errors } = data.uploadUtilityBill
    expect(errors).toEqual([])
    expect(job).toMatchObject({
      status: 'RUNNING',
      project: { auroraId: id },
      utilityBill: { filename: 'März.pdf' },
    })
    expect((await gateway.ask<Json>(BILLS, { id })).data.project.utilityBills).toEqual([job.utilityBill])
    expect(gateway.takeCalls()).toEqual(['1 GET /tenants/{}/projects/{}/utility_bills'])
  })

  it('is uploaded by .NET, which quotes no names', async () => {
    await using gateway = await createTestGateway({ simulator: { jobMs: 60_000 } })
    const projectId = noBills(gateway.simulator.data)
    const operations = JSON.stringify({ query: UPLOAD, variables: { projectId, file: null } })
    const text = 'Content-Type: text/plain; charset=utf-8\r\nContent-Disposition: form-data; name='
    const file = `filename="=?utf-8?B?TcOkcnoucGRm?="; filename*=utf-8''M%C3%A4rz.pdf\r\n\r\n%PDF-1.7`
    const parts = [`${text}operations\r\n\r\n${operations}`, `${text}map\r\n\r\n{"0":["variables.file"]}`]
    const body = [...parts, `Content-Disposition: form-data; name=0; ${file}`]
      .map((part) => `--b\r\n${part}\r\n`)
      .join('')
    const headers = { 'content-type': 'multipart/form-data; boundary="b"' }
    const answered = await gateway.handle(
      new Request('http://gateway.test/graphql', { method: 'POST', headers, body: `${body}--b--\r\n` }),
    )
    expect(JSON.parse(await answered.text())).toMatchObject({
      data: { uploadUtilityBill: { job: { utilityBill: { filename: 'März.pdf' } }, errors: [] } },
    })
    expect(gateway.takeCalls()).toContain('1 POST /tenants/{}/projects/{}/utility_bill_upload/run')
  })

  it.each([
    ['of no bytes', new File([], 'empty.pdf'), /is empty/],
    ['of too long a name', new File(['x'], `${'n'.repeat(201)}.pdf`), /200 characters/],
  ])('%s is refused before anything is spent', async (_, file, says) => {
    await using gateway = await createTestGateway()
    const { data } = await upload(gateway, noBills(gateway.simulator.data), file)
    expect(data.uploadUtilityBill.errors).toEqual([
      { code: 'BAD_USER_INPUT', message: expect.stringMatching(says) },
    ])
    expect(gateway.takeCalls()).toEqual([])
  })

  it('is no text: it comes as a part of a multipart request or not at all', async () => {
    await using gateway = await createTestGateway()
    const answer = await gateway.ask(UPLOAD, { projectId: 'p', file: 'text' })
    expect(answer.data ?? null).toBeNull()
    expect(answer.errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT')
    expect(gateway.takeCalls()).toEqual([])
  })
})
