// What Aurora sent is what is shown: numbers of any length, texts in any character set, and the words of a refusal.
import { gzipSync } from 'node:zlib'
import { afterEach, describe, expect, it } from 'vitest'
import { DEFAULT_TENANT_ID } from '../../src/simulator/simulator.ts'
import { formatReply, openRawServer } from '../support/raw-server.ts'
import { createTestGateway } from '../support/test-gateway.ts'

type Given = Parameters<typeof formatReply>

const open: (() => PromiseLike<void>)[] = []
afterEach(async () => {
  for (const close of open.splice(0)) await close()
})

/** A gateway before an Aurora that answers by path, without tenant and query; 404 otherwise. */
async function openGateway(replies: Readonly<Record<string, Given>>) {
  const server = await openRawServer((socket, head) => {
    const path = head.split(' ')[1]?.replace(`/tenants/${DEFAULT_TENANT_ID}`, '').replace(/\?.*$/, '') ?? ''
    socket.write(formatReply(...(replies[path] ?? [404, ''])))
  })
  const gateway = await createTestGateway({ baseUrl: server.url.href, simulator: { projectCount: 1 } })
  open.push(() => gateway[Symbol.asyncDispose](), server.close)
  const callsTo = () =>
    server.heads.map((head) => head.split(' ')[1]?.replace(`/tenants/${DEFAULT_TENANT_ID}`, ''))
  return { ...gateway, callsTo }
}

const json = (body: string, headers: Given[2] = {}): Given => [200, body, headers]

describe('numbers beyond 2^53', () => {
  const project = json('{"project":{"id":"p1","owner_id":9007199254740993,"tags":[9007199254740993]}}')
  const users = json(
    '{"users":[{"id":9007199254740992,"first_name":"Other"},{"id":9007199254740993,"first_name":"Right"}]}',
  )

  it('as a foreign key lead to the object that was meant', async () => {
    const gateway = await openGateway({ '/projects/p1': project, '/users': users })

    const { data, errors } = await gateway.ask(
      '{ project(id: "p1") { tags ownerId owner { id auroraId firstName } } }',
    )

    expect(errors).toBeUndefined()
    expect(data).toEqual({
      project: {
        tags: ['9007199254740993'],
        ownerId: '9007199254740993',
        owner: { id: 'User:9007199254740993', auroraId: '9007199254740993', firstName: 'Right' },
      },
    })
    expect(gateway.callsTo()).toEqual(['/projects/p1', '/users?page=1&per_page=250'])
  })

  it('are the ids of objects, as a text, as a literal, and in any spelling of the number', async () => {
    const body = (id: string) => json(`{"project":{"id":${id},"name":12345678901234567890.5}}`)
    const gateway = await openGateway({
      '/projects/9007199254740993': body('9007199254740993'),
      '/projects/9007199254740995': body('9.007199254740995e15'),
    })

    const { data } = await gateway.ask(
      `query ($id: ID!) {
        text: project(id: $id) { id name }
        literal: project(id: 9007199254740995) { id name }
      }`,
      { id: '9007199254740993' },
    )

    expect(data).toEqual({
      text: { id: 'Project:9007199254740993', name: '12345678901234567890.5' },
      literal: { id: 'Project:9007199254740995', name: '12345678901234567890.5' },
    })
  })

  it('are rounded in a field of numbers only', async () => {
    const gateway = await openGateway({
      '/designs/d1/summary': json(
        '{"design":{"energy_production":{"annual":12345678901234567890.5,"loss_summary":{"a":12345678901234567890.5,"b":1e400}}}}',
      ),
      '/designs/d1': json('{"design":{"id":"d1"}}'),
    })

    const { data, errors } = await gateway.ask(
      '{ design(id: "d1") { summary { energyProduction { annual lossSummary } } } }',
    )

    expect(errors).toBeUndefined()
    expect(data).toEqual({
      design: {
        summary: {
          energyProduction: {
            annual: 12345678901234567000,
            lossSummary: { a: '12345678901234567890.5', b: '1e400' },
          },
        },
      },
    })
  })

  it.each<[what: string, query: string, variables: string]>([
    ['an id', 'query ($v: ID!) { project(id: $v) { name } }', '9007199254740993'],
    [
      'one of several ids',
      'query ($v: [ID!]!) { nodes(ids: $v) { id } }',
      '["Project:p1", 9007199254740992]',
    ],
    [
      'an id in an input',
      'mutation ($v: CreateDesignInput!) { createDesign(input: $v) { errors { message } } }',
      '{"projectId": 1e300}',
    ],
    [
      'JSON',
      'query ($v: JSON) { explain(query: "{ __typename }", variables: $v) { calls { max } } }',
      '{"a": [9007199254740993]}',
    ],
    [
      'JSON that is too large for any number',
      'query ($v: JSON) { explain(query: "{ __typename }", variables: $v) { calls { max } } }',
      '{"a": 1e400}',
    ],
  ])('in a variable, where their digits are lost, are refused: %s', async (_what, query, variables) => {
    const gateway = await openGateway({})

    const response = await gateway.handle(
      new Request('http://gateway.test/graphql', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: `{"query":${JSON.stringify(query)},"variables":{"v":${variables}}}`,
      }),
    )

    expect(await response.json()).toMatchObject({
      errors: [{ message: expect.stringContaining('as a text'), extensions: { code: 'BAD_USER_INPUT' } }],
    })
    expect(gateway.callsTo()).toEqual([])
  })

  it('in a literal of JSON are refused as well', async () => {
    const gateway = await openGateway({})

    const { errors } = await gateway.ask(
      '{ explain(query: "{ __typename }", variables: {a: 9007199254740993}) { calls { max } } }',
    )

    expect(errors).toMatchObject([{ message: expect.stringContaining('as a text') }])
  })
})

describe('texts', () => {
  const ask = '{ project(id: "p1") { name } }'
  const body = '{"project":{"id":"p1","name":"Müller"}}'
  const latin1 = Buffer.from(body, 'latin1')

  it.each<[what: string, reply: Given]>([
    ['in Latin-1', [200, latin1, { 'content-type': 'application/json; charset=iso-8859-1' }]],
    ['behind a byte order mark', [200, `\ufeff${body}`, { 'content-type': 'application/json' }]],
    ['in UTF-16 behind a byte order mark', [200, Buffer.from(`\ufeff${body}`, 'utf16le')]],
    ['in twice gzip', [200, gzipSync(gzipSync(body)), { 'content-encoding': 'identity, gzip' }]],
    ['in the character set as an encoding', [200, body, { 'content-encoding': 'utf-8' }]],
  ])('%s are right', async (_what, reply) => {
    const gateway = await openGateway({ '/projects/p1': reply })

    const { data, errors } = await gateway.ask(ask)

    expect({ data, errors }).toEqual({ data: { project: { name: 'Müller' } }, errors: undefined })
    expect(gateway.callsTo()).toEqual(['/projects/p1'])
  })

  it('in no known character set fail alone: their neighbours and the other objects are shown', async () => {
    const list = Buffer.from(
      '{"projects":[{"id":"p1","name":"M\xfcller","status":"active"},{"id":"p2","name":"Ann","status":"lost"},{"id":"p\xfc","name":"x"}]}',
      'latin1',
    )
    const gateway = await openGateway({ '/projects': [200, list] })

    const { text, data, errors } = await gateway.ask(
      '{ projects(first: 3) { nodes { auroraId name status } } }',
    )

    expect(data).toEqual({
      projects: {
        nodes: [
          { auroraId: 'p1', name: null, status: 'active' },
          { auroraId: 'p2', name: 'Ann', status: 'lost' },
        ],
      },
    })
    expect(errors).toMatchObject([
      { path: ['projects', 'nodes', 0, 'name'], extensions: { code: 'UPSTREAM_INVALID' } },
    ])
    expect(text).not.toMatch(/\ufffd|udcff/i)
  })

  it('in no known character set fail the whole of JSON and the keys that they would be', async () => {
    const gateway = await openGateway({
      '/projects/p1': [200, Buffer.from('{"project":{"id":"p1","owner_id":"u\xfc"}}', 'latin1')],
      '/roles': [200, Buffer.from('{"roles":[{"id":"r1","x":{"y":"\xfc"}},{"id":"r2","\xfc":1}]}', 'latin1')],
    })

    const answer = await gateway.ask('{ project(id: "p1") { ownerId owner { id } } roles { auroraId raw } }')

    expect(answer.data).toEqual({
      project: { ownerId: null, owner: null },
      roles: [
        { auroraId: 'r1', raw: null },
        { auroraId: 'r2', raw: null },
      ],
    })
    expect(answer.errors?.map(({ extensions: { code } }) => code)).toEqual(Array(4).fill('UPSTREAM_INVALID'))
    expect(answer.text).not.toMatch(/\ufffd|udcff/i)
  })
})

describe('a 422 on a read', () => {
  const EAGLE = 'Not available with an accepted EagleView request.'
  const refusal = (words: string): Given => [422, JSON.stringify({ errors: [{ message: words }] })]
  const ask = '{ design(id: "d1") { roofSummary { roofs { area } } } }'
  const design = json('{"design":{"id":"d1"}}')

  it('is about the object where Aurora has accepted the credential, and has the words of Aurora', async () => {
    const gateway = await openGateway({
      '/designs/d1': design,
      '/designs/d1/roof_summary': refusal('The timestamp of the roof is missing.'),
    })
    await gateway.ask('{ design(id: "d1") { name } }')

    const { errors } = await gateway.ask(ask)

    expect(errors).toMatchObject([
      {
        extensions: {
          code: 'UNPROCESSABLE',
          reason: 'VALIDATION',
          messages: ['The timestamp of the roof is missing.'],
        },
      },
    ])
  })

  it('is about what Aurora says where the first answer of all is one', async () => {
    const gateway = await openGateway({ '/designs/d1': refusal(EAGLE) })

    const { errors } = await gateway.ask('{ design(id: "d1") { name } }')

    expect(errors).toMatchObject([{ extensions: { reason: 'VALIDATION', messages: [EAGLE] } }])
  })

  it.each(['Signature does not match for key abc', ''])(
    'is about the credential where Aurora has never accepted it and says "%s"',
    async (words) => {
      const gateway = await openGateway({ '/designs/d1': refusal(words) })

      const { text, errors } = await gateway.ask('{ design(id: "d1") { name } }')

      expect(errors).toMatchObject([{ extensions: { code: 'UNPROCESSABLE', reason: 'AUTHENTICATION' } }])
      expect(text).not.toContain('abc')
    },
  )

  it('of words in another character set, with a broken byte, or of great length has what can be shown', async () => {
    const long = 'x'.repeat(5000)
    const gateway = await openGateway({
      '/designs/d1': design,
      '/designs/d1/roof_summary': [
        422,
        Buffer.from(JSON.stringify({ errors: ['Dach für Müller', long] }), 'latin1'),
        { 'content-type': 'application/json; charset=iso-8859-1' },
      ],
      '/designs/d2': [422, Buffer.from('{"errors":["M\xfcller","two"]}', 'latin1')],
    })
    await gateway.ask('{ design(id: "d1") { name } }')

    const declared = await gateway.ask(ask)
    const broken = await gateway.ask('{ design(id: "d2") { name } }')

    expect(declared.errors?.[0]?.extensions['messages']).toEqual(['Dach für Müller', `${'x'.repeat(500)}…`])
    expect(broken.errors?.[0]?.extensions['messages']).toEqual(['two'])
    expect(broken.text).not.toMatch(/\ufffd|udcff/i)
  })
})
