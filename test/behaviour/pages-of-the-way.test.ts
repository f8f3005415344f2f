// A server on the way to Aurora, such as a firewall, answers in Aurora's place with a page: nothing lasting follows from it.
import { createServer } from 'node:http'
import { describe, expect, it } from 'vitest'
import { createManualClock } from '../support/manual-clock.ts'
import { createTestGateway } from '../support/test-gateway.ts'
import { listenLocally } from '../support/local-server.ts'

const PAGE = '<!DOCTYPE html><html><body>Blocked, incident 4711</body></html>'

interface Given {
  status: number
  type: string
  body: string
}

const HAS = (body: object): Given => ({ status: 200, type: 'application/json', body: JSON.stringify(body) })

/** Every call is answered with what `given` is then. */
async function openAurora(given: Given) {
  let calls = 0
  const server = createServer((request, response) => {
    calls += 1
    request.resume().on('end', () => {
      response.writeHead(given.status, { 'content-type': given.type })
      response.end(given.body)
    })
  })
  const local = await listenLocally(server)
  const clock = createManualClock()
  const gateway = await createTestGateway({ baseUrl: local.url, clock })
  return {
    ask: gateway.ask,
    advance: clock.advance,
    calls: () => calls,
    async [Symbol.asyncDispose]() {
      await gateway[Symbol.asyncDispose]()
      await local[Symbol.asyncDispose]()
    },
  }
}

const PROJECT = '{ project(id: "p1") { name } }'

describe.each([401, 403, 404, 410])('a page with the status %i', (status) => {
  it.each([
    ['short', PAGE],
    ['too long to be read', PAGE + 'x'.repeat(70_000)],
  ])('that is %s fails in passing, and is not cached', async (_, body) => {
    const given: Given = { status, type: 'text/html', body }
    await using aurora = await openAurora(given)

    const { data, errors } = await aurora.ask(PROJECT)
    Object.assign(given, HAS({ project: { id: 'p1', name: 'Sun' } }))
    const later = await aurora.ask(PROJECT)

    expect(data).toEqual({ project: null })
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'UPSTREAM_ERROR', status, upstream: { status } })
    expect(JSON.stringify(errors)).not.toContain('4711')
    expect(later.data).toEqual({ project: { name: 'Sun' } })
    expect(aurora.calls()).toBe(2)
  })

  it('takes the place of no older copy', async () => {
    const given = HAS({ project: { id: 'p1', name: 'Sun' } })
    await using aurora = await openAurora(given)
    await aurora.ask(PROJECT)
    await aurora.advance(60 * 60_000)
    Object.assign(given, { status, type: 'text/html', body: PAGE })

    const { data, errors } = await aurora.ask(PROJECT)

    expect(errors).toBe(undefined)
    expect(data).toEqual({ project: { name: 'Sun' } })
  })
})

it.each([
  ['JSON', 'application/json', '{"errors":[]}'],
  ['problem details', 'application/problem+json', '{"title":"Forbidden"}'],
  ['a plain text', 'text/plain', 'Forbidden'],
  ['nothing', 'text/html', ''],
])('a 403 with %s is an answer of Aurora, and is cached', async (_, type, body) => {
  await using aurora = await openAurora({ status: 403, type, body })

  const answers = [await aurora.ask(PROJECT), await aurora.ask(PROJECT)]

  expect(answers.map(({ errors }) => errors?.[0]?.extensions.code)).toEqual(['FORBIDDEN', 'FORBIDDEN'])
  expect(aurora.calls()).toBe(1)
})

it('an absence that is ordinary is not believed of a page', async () => {
  await using aurora = await openAurora({ status: 404, type: 'text/html', body: PAGE })

  const { errors } = await aurora.ask('{ project(id: "p1") { consumptionProfile { utility } } }')

  expect(errors?.[0]?.extensions.code).toBe('UPSTREAM_ERROR')
})

it('a write that a page refuses was not carried out', async () => {
  await using aurora = await openAurora({ status: 403, type: 'text/html', body: PAGE })

  const { data } = await aurora.ask('mutation { deleteProject(id: "p1") { errors { code outcome } } }')

  expect(data).toEqual({ deleteProject: { errors: [{ code: 'UPSTREAM_ERROR', outcome: 'NOT_DONE' }] } })
})
