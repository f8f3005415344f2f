// Changes and their webhooks over real HTTP: those of users of the app, those of calls, and those of jobs that end.

import { createServer } from 'node:http'
import type { IncomingHttpHeaders } from 'node:http'
import { describe, expect, it } from 'vitest'
import type { DataSet } from '../../../../src/simulator/data.ts'
import { DEFAULT_TOKEN } from '../../../../src/simulator/simulator.ts'
import type { SimulatorOptions } from '../../../../src/simulator/simulator.ts'
import { EVENTS } from '../../../../src/simulator/webhooks/events.ts'
import type { EventName } from '../../../../src/simulator/webhooks/events.ts'
import { listenLocally } from '../../../support/local-server.ts'
import { createManualClock } from '../../../support/manual-clock.ts'
import { waitUntil } from '../../../support/wait-until.ts'
import { openSimulator } from '../open-simulator.ts'

interface Received {
  readonly method: string
  readonly event: string
  readonly attributes: Record<string, string>
  readonly headers: IncomingHttpHeaders
}

const ALL = [...new Set(Object.values(EVENTS).flatMap(({ attributes }) => attributes))]
const QUERY = ALL.map((name) => `${name}=<${name}>`).join('&')

async function openReceiver() {
  const received: Received[] = []
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://receiver')
    const filled = [...url.searchParams].filter(([, value]) => value !== '')
    const { method = '', headers } = request
    received.push({
      method,
      event: url.pathname.slice(1),
      attributes: Object.fromEntries(filled),
      headers,
    })
    if (url.pathname.endsWith('redirect')) response.writeHead(302, { location: '/followed' }).end()
    else response.writeHead(204).end()
  })
  return { ...(await listenLocally(server)), received }
}

async function open(options: SimulatorOptions = {}) {
  const receiver = await openReceiver()
  const addresses = [{ urlTemplate: `${receiver.url}/<EVENT>?${QUERY}` }]
  const opened = await openSimulator({
    projectCount: 60,
    jobMs: 0,
    limit: Infinity,
    webhooks: { addresses },
    ...options,
  })
  const { simulator, url } = opened
  const send = (path: string, method: string, body?: unknown, headers: Record<string, string> = {}) =>
    fetch(path.startsWith('/_') ? url + path : `${url}/tenants/${simulator.data.tenant.id}${path}`, {
      method,
      headers: { authorization: `Bearer ${DEFAULT_TOKEN}`, ...headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
  /** The events that came until now, without those that were there before. */
  async function next(count: number) {
    await waitUntil(() => receiver.received.length >= count && simulator.webhooks.report().pending === 0)
    return receiver.received.splice(0).map(({ event, attributes }) => ({ event, attributes }))
  }
  return {
    ...opened,
    receiver,
    send,
    next,
    async [Symbol.asyncDispose]() {
      await simulator.close()
      await receiver[Symbol.asyncDispose]()
    },
  }
}

type Json = ReturnType<typeof JSON.parse>

interface Case {
  readonly ids?: (data: DataSet) => Record<string, string>
  readonly members?: object
  /** Events before the one that is asked for. */
  readonly also?: readonly EventName[]
  /** A read that shows the change, and what it has to contain. */
  readonly shows?: readonly [path: (ids: Json) => string, text: string | ((ids: Json) => string)]
}

const first = <T>(list: readonly T[], what: string): T => {
  const [item] = list
  if (item === undefined) throw new Error(`the seed has no ${what}`)
  return item
}
const records = (data: DataSet) => data.projects.flatMap(({ id }) => data.designsOf(id))
const aProject = (data: DataSet) => ({ project_id: first(data.projects, 'project').id })
const aDesign = (data: DataSet) => ({ design_id: first(records(data), 'design').design.id })
const built = (data: DataSet) => ({
  design_id: first(
    records(data).filter(({ summary, design }) => summary.arrays.length > 0 && data.proposal(design.id)),
    'built design',
  ).design.id,
})
const bare = (data: DataSet) => ({
  design_id: first(
    records(data).filter(({ summary }) => summary.arrays.length === 0),
    'bare design',
  ).design.id,
})
const financed = (data: DataSet) => {
  const record = first(
    records(data).filter(({ financings }) => financings.some((each) => each['financier'])),
    'financed design',
  )
  const { id = '' } = record.financings.find((each) => each['financier']) ?? {}
  return { design_id: record.design.id, financing_id: id }
}
const agreementWhere = (isFit: (agreement: { status: string; signing_provider: string }) => boolean) => {
  return (data: DataSet) => ({
    agreement_id: first(
      data.projects.flatMap(({ id }) => data.agreementsOf(id)).filter(isFit),
      'such agreement',
    ).id,
  })
}
const survey = (data: DataSet) => ({
  site_survey_id: first(
    data.projects.flatMap(({ id }) => data.siteSurveysOf(id)),
    'survey',
  ).id,
})
const project = (ids: Json) => `/projects/${ids.PROJECT_ID}`

const CASES: Readonly<Record<EventName, Case>> = {
  project_created: { shows: [project, '12 Canyon Road'] },
  project_changed: { ids: aProject, members: { name: 'Changed' }, shows: [project, '"name":"Changed"'] },
  project_status_changed: {
    ids: aProject,
    members: { status: 'Sold & paid' },
    also: ['project_changed'],
    shows: [project, '"status":"Sold & paid"'],
  },
  project_deleted: { ids: aProject, shows: [project, 'No such project'] },

  consumption_profile_changed: {
    ids: aProject,
    shows: [(ids) => `${project(ids)}/consumption_profile`, '700,710,720'],
  },
  ahj_lookup_completed: { ids: aProject, shows: [project, (ids) => ids.AHJ_ID] },
  imagery_lidar_completed: { ids: aProject },
  design_created: { ids: aProject, shows: [(ids) => `${project(ids)}/designs`, (ids) => ids.DESIGN_ID] },
  design_deleted: { ids: aDesign, shows: [(ids) => `/designs/${ids.DESIGN_ID}`, 'No such design'] },
  milestone_created: {
    ids: aDesign,
    members: { stage: 'installed' },
    shows: [(ids) => `/designs/${ids.DESIGN_ID}`, '"milestone":"installed"'],
  },
  milestone_shared: {
    ids: (data) => ({
      milestone_id: first(
        records(data).flatMap(({ design }) => (design.milestone ? [design.milestone.id] : [])),
        'milestone',
      ),
    }),
  },
  asset_created: {
    ids: aDesign,
    shows: [(ids) => `/designs/${ids.DESIGN_ID}/assets`, (ids) => ids.ASSET_ID],
  },
  agreement_status_changed: {
    ids: agreementWhere(({ status }) => status === 'viewed' || status === 'sent'),
    members: { status: 'cancel-pending' },
    shows: [(ids) => `/agreements/${ids.AGREEMENT_ID}`, '"status":"cancel_pending"'],
  },
  financier_contract_status_changed: {
    ids: financed,
    members: { external_provider_status: 'contract_void' },
    shows: [(ids) => `/designs/${ids.DESIGN_ID}/financings/${ids.FINANCING_ID}`, 'contract_void'],
  },
  web_proposal_url_created: {
    ids: built,
    shows: [(ids) => `/designs/${ids.DESIGN_ID}/web_proposal`, 'https:'],
  },
  performance_simulation_job_completed: {
    ids: built,
    shows: [jobPath('performance_simulation'), 'succeeded'],
  },
  auto_designer_job_completed: { ids: built, shows: [jobPath('auto_designer'), '"source":"app"'] },
  proposal_pdf_generation_job_completed: { ids: built, shows: [jobPath('proposal_pdf_generation'), '.pdf'] },
  ai_roof_job_completed: {
    ids: bare,
    members: { status: 'failed' },
    shows: [jobPath('ai_roof'), '"status":"failed"'],
  },
  fire_pathway_placement_job_completed: {
    ids: built,
    shows: [jobPath('fire_pathway_placement'), 'succeeded'],
  },
  panel_irradiance_analysis_job_completed: {
    ids: built,
    shows: [jobPath('irradiance_analysis'), 'succeeded'],
  },
  agreement_download_url_job_completed: {
    ids: agreementWhere((each) => each.status === 'signed' && each.signing_provider === 'docusign'),
    shows: [(ids) => `/agreements/${ids.AGREEMENT_ID}/download_url/status?job_id=${ids.JOB_ID}`, '.pdf'],
  },
  utility_bill_upload_job_completed: {
    ids: aProject,
    members: { filename: 'may.pdf' },
    shows: [(ids) => `${project(ids)}/utility_bills`, 'may.pdf'],
  },
  design_request_created: {
    ids: (data) => ({
      project_id: first(
        data.projects.filter(({ id }) => !data.designRequests().some((each) => each.project_id === id)),
        'project without a request',
      ).id,
    }),
    shows: [(ids) => `/design_requests/${ids.DESIGN_REQUEST_ID}`, 'submitted'],
  },
  design_request_completed: {
    ids: (data) => ({ design_request_id: first(data.designRequests(), 'design request').id }),
    shows: [(ids) => `/design_requests/${ids.DESIGN_REQUEST_ID}`, 'designer_completed'],
  },
  design_request_rejected: {
    ids: (data) => ({ design_request_id: first(data.designRequests(), 'design request').id }),
    shows: [(ids) => `/design_requests/${ids.DESIGN_REQUEST_ID}`, 'designer_rejected'],
  },
  eagleview_design_request_created: {
    ids: aProject,
    shows: [(ids) => `/design_requests/eagleview/${ids.EAGLEVIEW_DESIGN_REQUEST_ID}`, 'submitted'],
  },
  eagleview_design_request_status_changed: {
    ids: (data) => ({
      eagleview_design_request_id: first(
        data.projects.flatMap(({ id }) => data.eagleviewDesignRequestsOf(id)),
        'EagleView request',
      ).id,
    }),
    members: { status: 'failed' },
    shows: [(ids) => `/design_requests/eagleview/${ids.EAGLEVIEW_DESIGN_REQUEST_ID}`, 'failed'],
  },
  plan_set_request_status_changed: {
    ids: (data) => ({
      plan_set_request_id: first(
        data.projects.flatMap(({ id }) => data.planSetRequestsOf(id)),
        'plan set request',
      ).id,
    }),
    members: { status: 'rejected' },
    shows: [(ids) => `/plan_set_requests/${ids.PLAN_SET_REQUEST_ID}`, '"status":"rejected"'],
  },
  site_survey_requested: {
    ids: aProject,
    shows: [(ids) => `${project(ids)}/site_surveys`, (ids) => ids.SITE_SURVEY_ID],
  },
  site_survey_status_changed: {
    ids: survey,
    members: { status: 'lost' },
    shows: [(ids) => `/site_surveys/${ids.SITE_SURVEY_ID}`, '"status":"lost"'],
  },
  order_created: { ids: aProject, shows: [(ids) => `/orders/${ids.ORDER_ID}`, 'released'] },
  lead_created: {},
  lead_changed: { members: { lead_id: 'l1' } },
  lead_converted: { ids: aProject, members: { lead_id: 'l1' } },
  app_status_changed: { members: { status: 'disabled' } },
}

function jobPath(name: string) {
  return (ids: Json) => `/designs/${ids.DESIGN_ID}/${name}/status?job_id=${ids.JOB_ID}`
}

describe('a change in the app', () => {
  it.each(Object.keys(EVENTS) as EventName[])(
    'can be made for %s: the object is changed, and the webhook has the attributes',
    async (event) => {
      await using opened = await open()
      const { simulator, send, next, getJson } = opened
      const { ids = () => ({}), members, also = [], shows } = CASES[event]
      const body = { event, ids: ids(simulator.data), members }
      const answer: Json = await (await send('/_simulator/app', 'POST', body)).json()
      expect(answer.events.map((each: Json) => each.event)).toEqual([...also, event])

      const received = await next(also.length + 1)
      const { attributes = {} } = received.find((each) => each.event === event) ?? {}
      // Where no financing was chosen, this one is empty.
      const mayBeEmpty = event === 'agreement_status_changed' ? 'FINANCING_ID' : ''
      const filled = EVENTS[event].attributes.filter((name) => name !== mayBeEmpty)
      expect(Object.keys(attributes)).toEqual(expect.arrayContaining(filled))
      expect(attributes['SOURCE'] ?? 'app').toBe('app')
      if (!shows) return
      const [path, text] = shows
      const read = JSON.stringify(await getJson(path(attributes)))
      expect(read).toContain(typeof text === 'string' ? text : text(attributes))
    },
  )

  it('writes the pending cancel with a dash in the event, and with an underscore in the object', async () => {
    await using opened = await open()
    const { simulator, next } = opened
    const ids = agreementWhere(({ status }) => status === 'viewed')(simulator.data)
    simulator.changeInApp({ event: 'agreement_status_changed', ids, members: { status: 'cancel_pending' } })
    expect((await next(1))[0]?.attributes['STATUS']).toBe('cancel-pending')
    expect(simulator.data.agreement(ids.agreement_id)?.status).toBe('cancel_pending')
  })

  it('gives a design a new agreement where none is named', async () => {
    await using opened = await open()
    const { simulator, next, getJson } = opened
    const ids = built(simulator.data)
    simulator.changeInApp({ event: 'agreement_status_changed', ids })
    const [{ attributes } = { attributes: {} as Json }] = await next(1)
    expect(attributes.STATUS).toBe('sent')
    const { agreements } = await getJson(`/projects/${attributes.PROJECT_ID}/agreements`)
    expect(agreements[0]).toMatchObject({ id: attributes.AGREEMENT_ID, status: 'sent', ...ids })
  })

  it.each([
    ['an unknown event', { event: 'weather_changed' }, 400],
    ['ids that are no texts', { event: 'project_changed', ids: { project_id: 1 } }, 400],
    ['no body', undefined, 400],
    ['an object that does not exist', { event: 'project_changed', ids: { project_id: 'none' } }, 404],
    ['a member of another type', { event: 'project_created', members: { name: 1 } }, 422],
    ['a status that is missing', { event: 'project_status_changed', ids: {} }, 422],
  ])('is refused, and sends nothing, for %s', async (_, body, status) => {
    await using opened = await open()
    const answer = await opened.send('/_simulator/app', 'POST', body)
    expect(answer.status).toBe(status)
    expect(opened.simulator.webhooks.report()).toMatchObject({ delivered: 0, pending: 0 })
    expect(opened.receiver.received).toEqual([])
  })
})

describe('a call', () => {
  it('that writes sends the events of its change, with the source api', async () => {
    await using opened = await open()
    const { send, next } = opened
    const made: Json = await (
      await send('/projects', 'POST', { project: { location: { property_address: '1 A Street' } } })
    ).json()
    const PROJECT_ID = made.project.id
    expect(await next(1)).toEqual([{ event: 'project_created', attributes: { PROJECT_ID, SOURCE: 'api' } }])

    await send(`/projects/${PROJECT_ID}`, 'PUT', { project: { name: 'A', status: 'Sold' } })
    expect(new Set(await next(2))).toEqual(
      new Set([
        { event: 'project_changed', attributes: { PROJECT_ID, SOURCE: 'api', ATTRIBUTES: 'name,status' } },
        { event: 'project_status_changed', attributes: { PROJECT_ID, STATUS: 'Sold' } },
      ]),
    )
    // The status is the same, so it has not changed.
    await send(`/projects/${PROJECT_ID}`, 'PUT', { project: { status: 'Sold' } })
    expect((await next(1)).map(({ event }) => event)).toEqual(['project_changed'])

    await send(`/projects/${PROJECT_ID}`, 'DELETE')
    expect(await next(1)).toEqual([{ event: 'project_deleted', attributes: { PROJECT_ID } }])
  })

  it('that is refused, or reads, sends nothing', async () => {
    await using opened = await open()
    const { send, simulator, receiver } = opened
    const { id } = first(simulator.data.projects, 'project')
    expect((await send(`/projects/${id}`, 'PUT', { project: { name: 1 } })).status).toBe(422)
    expect((await send('/projects/none', 'DELETE')).status).toBe(404)
    expect((await send(`/projects/${id}`, 'GET')).status).toBe(200)
    expect(simulator.webhooks.report().pending).toBe(0)
    expect(receiver.received).toEqual([])
  })

  it('that begins a job sends its end at the time of its end, also where nobody asks', async () => {
    const clock = createManualClock()
    await using opened = await open({ jobMs: 60_000, clock })
    const { send, next, simulator, receiver } = opened
    const { design_id } = built(simulator.data)
    const answer = await send(`/designs/${design_id}/performance_simulation/run`, 'POST')
    const { performance_simulation_job: job }: Json = await answer.json()
    await clock.advance(59_999)
    expect(receiver.received).toEqual([])
    await clock.advance(1)
    expect(await next(1)).toEqual([
      {
        event: 'performance_simulation_job_completed',
        attributes: { DESIGN_ID: design_id, JOB_ID: job.job_id, STATUS: 'succeeded' },
      },
    ])
    // Asking afterwards reports it no second time.
    await send(`/designs/${design_id}/performance_simulation/status?job_id=${job.job_id}`, 'GET')
    expect(simulator.webhooks.report()).toMatchObject({ delivered: 1, pending: 0 })
  })

  it('that subscribes gets a GET without a body, with the header of the subscription', async () => {
    await using opened = await open({ webhooks: {} })
    const { send, next, receiver, simulator } = opened
    const webhook = {
      event: 'project_deleted',
      url_template: `${receiver.url}/deleted?id=<PROJECT_ID>&from=aurora`,
      header_auth_key: 'X-Webhook-Key',
      header_auth_value: 'a secret',
    }
    const made: Json = await (await send('/webhooks', 'POST', { webhook })).json()
    const remove = () =>
      simulator.changeInApp({ event: 'project_deleted', ids: aProject(simulator.data) })[0]?.attributes[
        'PROJECT_ID'
      ]
    const id = remove()
    await waitUntil(() => receiver.received.length === 1)
    expect(receiver.received[0]).toMatchObject({
      method: 'GET',
      event: 'deleted',
      attributes: { id, from: 'aurora' },
      headers: { 'x-webhook-key': 'a secret' },
    })
    expect(receiver.received[0]?.headers).not.toHaveProperty('content-length')
    expect(receiver.received[0]?.headers).not.toHaveProperty('transfer-encoding')

    const path = `/webhooks/${made.webhook.id}`
    await send(path, 'PUT', {
      webhook: { url_template: `${receiver.url.replace('//', '//user:pass%20word@')}/basic` },
    })
    receiver.received.length = 0
    remove()
    await waitUntil(() => receiver.received.length === 1)
    expect(receiver.received[0]?.headers.authorization).toBe(`Basic ${btoa('user:pass word')}`)

    await send(path, 'DELETE')
    receiver.received.length = 0
    remove()
    expect(simulator.webhooks.report().pending).toBe(0)
    expect(await next(0)).toEqual([])
  })

  it('is answered while no receiver answers', async () => {
    await using opened = await open()
    const { send, simulator, url } = opened
    await send('/_simulator/faults', 'PUT', [{ path: '/hanging', fault: 'hang' }])
    await send('/webhooks', 'POST', { webhook: { event: 'project_created', url_template: `${url}/hanging` } })
    const made = await send('/projects', 'POST', {
      project: { location: { property_address: '1 A Street' } },
    })
    expect(made.status).toBe(200)
    expect(simulator.webhooks.report().pending).toBeGreaterThan(0)
  })
})

describe('the record', () => {
  it('has a redirect as a failure, which is not followed', async () => {
    await using opened = await open({ webhooks: {} })
    const { send, receiver, simulator, getJson } = opened
    const webhook = { event: 'lead_created', url_template: `${receiver.url}/redirect` }
    await send('/webhooks', 'POST', { webhook })
    simulator.changeInApp({ event: 'lead_created' })
    await waitUntil(() => simulator.webhooks.report().attempts.length === 1)
    expect(receiver.received.map(({ event }) => event)).toEqual(['redirect'])
    expect(await getJson('/_simulator/webhooks')).toMatchObject({
      delivered: 0,
      pending: 1,
      attempts: [{ event: 'lead_created', url: `${receiver.url}/redirect`, attempt: 1, status: 302 }],
    })
  })

  it('counts what a fault has lost', async () => {
    await using opened = await open()
    const { send, simulator, getJson } = opened
    expect((await send('/_simulator/webhooks', 'PUT', { loss: 2 })).status).toBe(400)
    expect((await send('/_simulator/webhooks', 'PUT', { other: 1 })).status).toBe(400)
    expect((await send('/_simulator/webhooks', 'PUT', { loss: 1 })).status).toBe(200)
    simulator.changeInApp({ event: 'lead_created' })
    expect(await getJson('/_simulator/webhooks')).toMatchObject({ lost: 1, delivered: 0, pending: 0 })
  })
})
