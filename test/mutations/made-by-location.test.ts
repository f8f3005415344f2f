// Writes that Aurora answers without the id of what was made: it is in the Location header, or it is not known.
import { createServer } from 'node:http'
import { describe, expect, it } from 'vitest'
import { createTestGateway } from '../support/test-gateway.ts'
import type { TestGateway } from '../support/test-gateway.ts'
import { listenLocally } from '../support/local-server.ts'

interface Given {
  readonly status?: number
  readonly location?: (tenant: string) => string
  readonly body?: string
}

async function openAurora({ status = 201, location, body = '' }: Given) {
  const calls: string[] = []
  const server = createServer((request, response) => {
    const [, , tenant = '', ...path] = (request.url ?? '').split('/')
    calls.push(`${request.method} /${path.join('/')}`)
    request.resume().on('end', () => {
      const isRead = request.method === 'GET'
      const headers = { 'content-type': 'application/json', ...(location && { location: location(tenant) }) }
      response.writeHead(isRead ? 200 : status, isRead ? { 'content-type': 'application/json' } : headers)
      response.end(isRead ? JSON.stringify({ project: { id: 'p-7', name: 'Sun' } }) : body)
    })
  })
  const local = await listenLocally(server)
  const gateway: TestGateway = await createTestGateway({
    baseUrl: local.url,
  })
  return {
    ask: gateway.ask,
    calls,
    async [Symbol.asyncDispose]() {
      await gateway[Symbol.asyncDispose]()
      await local[Symbol.asyncDispose]()
    },
  }
}

const make = (shown: string): string => `mutation {
  createProject(input: { name: "Sun", location: { propertyAddress: "1 Sun Street" } }) {
    project { ${shown} } errors { code outcome message }
  }
}`

describe('a project that was made', () => {
  it.each<[string, Given]>([
    ['no body', { location: (tenant) => `/tenants/${tenant}/projects/p-7` }],
    ['a body without anything', { body: '{}', location: (tenant) => `/tenants/${tenant}/projects/p-7/` }],
    [
      'a body without its id',
      { body: '{"project":{"name":"Sun"}}', location: (tenant) => `/tenants/${tenant}/projects/p-7` },
    ],
    [
      'the address of another server',
      {
        status: 202,
        location: (tenant) => `http://10.0.0.7:3000/v2/tenants/${tenant.toUpperCase()}/projects/p-7?a=b#c`,
      },
    ],
  ])('is known by its Location where it is answered with %s', async (_, given) => {
    await using aurora = await openAurora(given)

    const { data, errors } = await aurora.ask(make('auroraId'))

    expect(errors).toBe(undefined)
    expect(data).toEqual({ createProject: { project: { auroraId: 'p-7' }, errors: [] } })
    expect(aurora.calls).toEqual(['POST /projects'])
  })

  it('is read once where more is asked for', async () => {
    await using aurora = await openAurora({ location: (tenant) => `/tenants/${tenant}/projects/p-7` })

    const { data } = await aurora.ask(make('auroraId name status'))

    expect(data).toEqual({
      createProject: { project: { auroraId: 'p-7', name: 'Sun', status: null }, errors: [] },
    })
    expect(aurora.calls).toEqual(['POST /projects', 'GET /projects/p-7'])
  })

  it('has the id of its body, whatever Location says', async () => {
    await using aurora = await openAurora({
      body: '{"project":{"id":"p-9"}}',
      location: (tenant) => `/tenants/${tenant}/projects/p-7`,
    })

    expect((await aurora.ask(make('auroraId'))).data).toMatchObject({
      createProject: { project: { auroraId: 'p-9' } },
    })
  })

  it.each<[string, Given]>([
    ['nothing', {}],
    ['an empty object', { body: '{}' }],
    ['the path of another kind', { location: (tenant) => `/tenants/${tenant}/designs/p-7` }],
    ['the path of something below', { location: (tenant) => `/tenants/${tenant}/projects/p-7/designs` }],
    ['the path of the list', { location: (tenant) => `/tenants/${tenant}/projects/` }],
    ['the path of another tenant', { location: () => '/tenants/other/projects/p-7' }],
    ['a path without the tenant', { location: () => '/projects/p-7' }],
    ['an id that no address can hold', { location: (tenant) => `/tenants/${tenant}/projects/..%2Fp-7` }],
    ['a broken escape', { location: (tenant) => `/tenants/${tenant}/projects/%E0%A4%A` }],
  ])('is not known, and was made, where it is answered with %s', async (_, given) => {
    await using aurora = await openAurora(given)

    const { data, errors } = await aurora.ask(make('auroraId'))

    expect(errors).toBe(undefined)
    expect(data).toEqual({
      createProject: {
        project: null,
        errors: [
          {
            code: 'UPSTREAM_INVALID',
            outcome: 'DONE',
            message: expect.stringMatching(/carried out.*not say what was made/),
          },
        ],
      },
    })
    expect(aurora.calls).toEqual(['POST /projects'])
  })
})

it('a copy is not known by the address of what was copied', async () => {
  const COPY = `mutation { duplicateDesign(id: "d-1") { design { auroraId } errors { code outcome } } }`
  await using aurora = await openAurora({ location: (tenant) => `/tenants/${tenant}/designs/d-2` })
  await using other = await openAurora({ location: (tenant) => `/tenants/${tenant}/designs/D-1` })

  expect((await aurora.ask(COPY)).data).toEqual({
    duplicateDesign: { design: { auroraId: 'd-2' }, errors: [] },
  })
  expect((await other.ask(COPY)).data).toEqual({
    duplicateDesign: { design: null, errors: [{ code: 'UPSTREAM_INVALID', outcome: 'DONE' }] },
  })
})

describe('a job that has begun', () => {
  const RUN = `mutation { runPerformanceSimulation(designId: "d-1") { job { auroraId } errors { code outcome } } }`

  it('is known by its Location, below the same design', async () => {
    await using aurora = await openAurora({
      status: 202,
      location: (tenant) => `/tenants/${tenant}/designs/d-1/performance_simulation/status?job_id=j-7`,
    })
    await using other = await openAurora({
      status: 202,
      location: (tenant) => `/tenants/${tenant}/designs/d-2/performance_simulation/status?job_id=j-7`,
    })

    expect((await aurora.ask(RUN)).data).toMatchObject({
      runPerformanceSimulation: { job: { auroraId: 'j-7' }, errors: [] },
    })
    expect((await other.ask(RUN)).data).toEqual({
      runPerformanceSimulation: { job: null, errors: [{ code: 'UPSTREAM_INVALID', outcome: 'DONE' }] },
    })
  })
})
