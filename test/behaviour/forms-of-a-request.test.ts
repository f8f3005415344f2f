// Requests in other forms than usual, as clients and proxies send them, and the form of the answers that they get.
import { afterAll, describe, expect, it } from 'vitest'
import { nth } from '../support/builders.ts'
import { createTestGateway } from '../support/test-gateway.ts'
import { serveOnLoopback } from '../support/test-server.ts'

const gateway = await createTestGateway()
const server = await serveOnLoopback(gateway)
const url = `${server.url}/graphql`

afterAll(async () => {
  await server[Symbol.asyncDispose]()
  await gateway[Symbol.asyncDispose]()
})

interface Body {
  readonly data?: Record<string, unknown> | null
  readonly errors?: readonly { message: string; extensions: { code: string } }[]
}

const JSON_BODY = { 'content-type': 'application/json' }

function post(body: object | string, headers: Record<string, string> = {}): Promise<Response> {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  return fetch(url, { method: 'POST', headers: { ...JSON_BODY, ...headers }, body: text })
}

const get = (search: string, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`${url}?${search}`, { headers: { 'graphql-require-preflight': 'true', ...headers } })

const bodyOf = async (response: Response): Promise<Body> => (await response.json()) as Body
const typeOf = ({ headers }: Response): string | undefined => headers.get('content-type')?.split(';')[0]

describe('a text that is not UTF-8 is refused before any call, because it could be written only with a loss', () => {
  const rename =
    'mutation ($name: String) { updateProject(id: "p1", input: { name: $name }) { errors { code } } }'
  const latin1 = (text: string) => Buffer.from(text, 'latin1')

  async function expectRefused(response: Response): Promise<void> {
    expect([response.status, (await bodyOf(response)).errors?.[0]?.extensions.code]).toEqual([
      400,
      'BAD_REQUEST',
    ])
    expect(gateway.takeCalls()).toEqual([])
  }

  it.each(['application/json', 'application/json; charset=utf-8'])('in a body of %s', async (type) => {
    gateway.takeCalls()
    const body = latin1(JSON.stringify({ query: rename, variables: { name: 'Müller' } }))
    await expectRefused(await fetch(url, { method: 'POST', headers: { 'content-type': type }, body }))
  })

  it('in a form', async () => {
    gateway.takeCalls()
    const operations = JSON.stringify({ query: rename, variables: { name: 'Müller' } })
    const parts = { operations, map: '{"0":["variables.unused"]}', '0"; filename="f': 'x' }
    const body = Object.entries(parts).map(
      ([name, text]) => `--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${text}\r\n`,
    )
    await expectRefused(
      await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'multipart/form-data; boundary=b', 'graphql-require-preflight': 'true' },
        body: latin1(`${body.join('')}--b--\r\n`),
      }),
    )
  })

  it('in the address of a GET', async () => {
    gateway.takeCalls()
    await expectRefused(await get('query={project(id:"M%FCller"){name}}'))
  })

  it('but a character that only looks like such a loss passes', async () => {
    const text = '\ufffd'
    const query = `query ($text: String!) { explain(query: $text) { remaining } }`
    const answer = await bodyOf(await post({ query, variables: { text } }))
    expect(answer.errors?.[0]?.extensions.code).toBe('GRAPHQL_PARSE_FAILED')
  })
})

describe('a parameter that is empty counts as not given', () => {
  const query = '{ __typename }'

  it.each([
    { query, operationName: '' },
    { query, operationName: null, variables: null, extensions: null, documentId: null },
    { query, operationName: '', variables: '', extensions: '', documentId: '' },
    { query: `\ufeff${query}` },
    `\ufeff${JSON.stringify({ query })}`,
  ])('in the body %j', async (body) => {
    const response = await post(body)
    expect([response.status, (await bodyOf(response)).data]).toEqual([200, { __typename: 'Query' }])
  })

  it('in the address of a GET', async () => {
    const response = await get(`query=${query}&operationName=&variables=&extensions=&documentId=`)
    expect([response.status, (await bodyOf(response)).data]).toEqual([200, { __typename: 'Query' }])
  })

  it('as the text beside an id, which then decides alone', async () => {
    const byPost = await bodyOf(await post({ query: '', documentId: 'unknown' }))
    const byGet = await bodyOf(await get('query=&documentId=unknown'))
    expect([byPost, byGet].map(({ errors }) => errors?.[0]?.extensions.code)).toEqual([
      'PERSISTED_QUERY_NOT_FOUND',
      'PERSISTED_QUERY_NOT_FOUND',
    ])
  })

  it('as a cursor: the list begins with its first item', async () => {
    const text = (after: string) =>
      `{ projects(first: 1${after}) { nodes { id } pageInfo { hasPreviousPage } } }`
    gateway.takeCalls()
    const plain = await bodyOf(await post({ query: text('') }))
    const empty = await bodyOf(await post({ query: text(', after: ""') }))
    expect(empty.errors).toBeUndefined()
    expect(empty.data).toEqual(plain.data)
    expect(gateway.takeCalls()).toHaveLength(1)
  })

  it('as the name of an operation that is only planned', async () => {
    const planned = '{ explain(query: "{ tenant { name } }", operationName: "") { remaining } }'
    expect((await bodyOf(await post({ query: planned }))).errors).toBeUndefined()
  })

  it('but another operation name, and variables that are a text, are refused', async () => {
    expect((await post({ query, operationName: 'Other' })).status).toBe(400)
    expect((await post({ query, variables: '{}' })).status).toBe(400)
  })
})

describe('a media type in another spelling', () => {
  it.each([
    'APPLICATION/JSON',
    'application/json; charset=utf8',
    'Application/Json ; charset="UTF-8"',
    'application/json;charset=UTF-8;profile=x',
  ])('%s is JSON', async (type) => {
    const response = await post({ query: '{ __typename }' }, { 'content-type': type })
    expect((await bodyOf(response)).data).toEqual({ __typename: 'Query' })
  })

  it('of a form with a file is a form', async () => {
    const form = new FormData()
    form.set('operations', JSON.stringify({ query: '{ __typename }' }))
    form.set('map', '{}')
    const encoded = new Request(url, { method: 'POST', body: form })
    const type = (encoded.headers.get('content-type') ?? '').replace(
      'multipart/form-data',
      'Multipart/Form-Data',
    )
    const headers = { 'content-type': type, 'graphql-require-preflight': 'true' }
    const response = await fetch(url, { method: 'POST', headers, body: await encoded.arrayBuffer() })
    expect((await bodyOf(response)).data).toEqual({ __typename: 'Query' })
  })

  it.each([
    ['none', ''],
    ['that of fetch for a text', 'text/plain;charset=UTF-8'],
    ['that of an answer', 'application/graphql-response+json'],
  ])('with a key and %s as its type is told which type it needs', async (_name, type) => {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': type, 'x-api-key': 'a key' },
      body: JSON.stringify({ query: '{ __typename }' }),
    })
    expect([response.status, response.headers.get('accept')]).toEqual([
      415,
      'application/json, multipart/form-data',
    ])
    const { errors } = await bodyOf(response)
    expect(errors).toMatchObject([
      { message: expect.stringContaining('application/json') as string, extensions: { code: 'BAD_REQUEST' } },
    ])
  })

  it('that another charset makes unreadable is refused', async () => {
    const response = await post(
      { query: '{ __typename }' },
      { 'content-type': 'application/json; charset=utf-16' },
    )
    expect(response.status).toBe(415)
  })
})

describe('the media type of an answer', () => {
  it.each([
    ['application/json;q=0.5, application/graphql-response+json;q=0.9', 'application/graphql-response+json'],
    ['application/graphql-response+json;q=0.1, */*;q=0.2', 'application/json'],
    ['Application/GraphQL-Response+JSON', 'application/graphql-response+json'],
    ['text/event-stream', 'text/event-stream'],
  ])('is, for Accept %s, %s: of data, of an error and of a refusal', async (accept, type) => {
    const data = await post({ query: '{ __typename }' }, { accept })
    const error = await post({ query: '{ nothing }' }, { accept })
    const refusal = await post('x', { accept, 'content-type': 'text/plain' })
    expect([data, error, refusal].map(typeOf)).toEqual([type, type, type])
    await Promise.all([data, error, refusal].map((response) => response.text()))
  })

  it('is that of a stream with one event and an end, for a refusal as well', async () => {
    const refusal = await post('x', { accept: 'text/event-stream', 'content-type': 'text/plain' })
    expect(refusal.status).toBe(200)
    const text = await refusal.text()
    const [, data = ''] =
      /^:\n\nid:\nevent: next\ndata: (.*)\n\nretry: 1000\nid: refused\nevent: complete\ndata:\n\n$/.exec(
        text,
      ) ?? []
    expect(JSON.parse(data)).toMatchObject({ errors: [{ extensions: { code: 'BAD_REQUEST' } }] })
  })

  it('is that of a form with one part, for a refusal as well', async () => {
    const refusal = await post('x', { accept: 'multipart/mixed', 'content-type': 'text/plain' })
    expect(refusal.headers.get('content-type')).toBe('multipart/mixed; boundary="-"')
    expect(await refusal.text()).toMatch(/^\r\n---\r\nContent-Type: .+\r\n\r\n\{.+\}\r\n-----\r\n$/)
  })

  it('is asked for before anything is done: a write whose answer could not be read is not carried out', async () => {
    const { id, name } = nth(gateway.simulator.data.projects, 0)
    const query = `mutation { updateProject(id: "${id}", input: { name: "New" }) { project { name } } }`
    gateway.takeCalls()
    const response = await post({ query }, { accept: 'application/json;q=0, image/png' })
    expect([response.status, typeOf(response)]).toEqual([406, 'application/json'])
    expect(await bodyOf(response)).toMatchObject({ errors: [{ extensions: { code: 'BAD_REQUEST' } }] })
    expect(gateway.takeCalls()).toEqual([])
    expect(nth(gateway.simulator.data.projects, 0).name).toBe(name)
  })
})

describe('a condition on a GET', () => {
  const search = 'query={ tenant { name } }'

  it('of any representation gets 304, where there is one', async () => {
    await get(search)
    const response = await get(search, { 'if-none-match': '*' })
    expect([response.status, await response.text()]).toEqual([304, ''])
    expect(response.headers.get('etag')).toMatch(/^"/)
    const broken = await get('query={ nothing }', { 'if-none-match': '*' })
    expect(broken.headers.get('content-type')).toContain('json')
  })

  it('of one media type gets no 304 for another', async () => {
    const types = ['application/json', 'application/graphql-response+json']
    for (const accept of types) {
      const tag = (await get(search, { accept })).headers.get('etag') ?? ''
      for (const other of types) {
        const { status, headers } = await get(search, { accept: other, 'if-none-match': tag })
        expect([accept, other, status]).toEqual([accept, other, accept === other ? 304 : 200])
        expect(headers.get('vary')).toContain('Accept')
      }
    }
  })

  it('is not looked at for a stream, which no cache may store', async () => {
    const tag = (await get(search)).headers.get('etag') ?? ''
    const stream = await get(search, { accept: 'text/event-stream', 'if-none-match': `${tag}, *` })
    expect([stream.status, stream.headers.get('cache-control')]).toEqual([200, 'no-store, no-transform'])
    expect(await stream.text()).toContain('event: complete')
  })
})

describe('an error of a variable', () => {
  it.each([
    ['$count: Int', 'projects(first: $count) { nodes { id } }', { count: 'x' }, '"$count"'],
    ['$ids: [ID!]!', 'nodes(ids: $ids) { id }', { ids: ['a', { b: 1 }] }, '"$ids[1]"'],
    ['$id: ID!', 'project(id: $id) { id }', {}, '"$id"'],
    ['$id: ID!', 'project(id: $id) { id }', { id: null }, '"$id"'],
  ])('in (%s) names it', async (declared, fields, variables, name) => {
    const { errors } = await bodyOf(await post({ query: `query(${declared}) { ${fields} }`, variables }))
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }])
    expect(errors?.[0]?.message).toMatch(/^Variable "\$/)
    expect(errors?.[0]?.message).toContain(name)
  })

  it('names a member of an input, and never quotes the whole input', async () => {
    const query =
      'mutation($input: UpdateProjectInput!) { updateProject(id: "p", input: $input) { errors { code } } }'
    const variables = { input: { name: { first: 'x' }, status: 'a secret' } }
    const { errors } = await bodyOf(await post({ query, variables }))
    expect(errors?.[0]?.message).toBe('Variable "$input.name": String cannot represent a non string value.')
    expect(JSON.stringify(errors)).not.toContain('a secret')
  })

  it('of a planned operation names it as well', async () => {
    const query =
      '{ explain(query: "query($n: Int) { projects(first: $n) { nodes { id } } }", variables: { n: "x" }) { remaining } }'
    expect((await bodyOf(await post({ query }))).errors?.[0]?.message).toMatch(/^Variable "\$n"/)
  })
})

it.each([
  'subscription { x }',
  'subscription Named { __typename }',
  'query A { __typename } subscription B { x }',
])('%s does not fit a schema without subscriptions', async (query) => {
  const { errors } = await bodyOf(await post({ query, operationName: query.includes('A') ? 'A' : null }))
  expect(errors).toMatchObject([{ extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }])
})
