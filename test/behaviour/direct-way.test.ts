// An ordinary request is executed without Yoga: its status, header fields and body are those that Yoga gives, whatever is sent.
import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { request as rawRequest } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { GraphQLError, parse } from 'graphql'
import { afterAll, describe, expect, it } from 'vitest'
import type { Caller } from '../../src/callers/caller.ts'
import { UNCOUNTED } from '../../src/execution/answer-size.ts'
import type { GraphQLContext } from '../../src/graphql/context.ts'
import { createDirectWay } from '../../src/graphql/direct-way.ts'
import type { GraphQLSteps } from '../../src/graphql/graphql-steps.ts'
import { createRepeatNotes } from '../../src/graphql/repeat-notes.ts'
import { schema } from '../../src/graphql/schema.ts'
import { createStepPlugins } from '../../src/graphql/yoga-plugins.ts'
import { isPlain } from '../../src/exchange/plain-exchange.ts'
import type { PlainRequest } from '../../src/exchange/plain-exchange.ts'
import { nth } from '../support/builders.ts'
import { pickVariables, readDocuments } from '../support/documents.ts'
import { createManualClock } from '../support/manual-clock.ts'
import { createTestGateway } from '../support/test-gateway.ts'
import type { TestGateway, TestGatewayOptions } from '../support/test-gateway.ts'
import { serveOnLoopback } from '../support/test-server.ts'

const READS = readDocuments().filter(({ query }) => !/^\s*(#.*\n\s*)*mutation/.test(query))

const folder = mkdtempSync(join(tmpdir(), 'direct-way-'))
afterAll(() => rmSync(folder, { recursive: true }))

interface Sent {
  readonly method?: string
  readonly path?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Buffer
}

/** Whether the direct way answers it, and how it is sent. */
type Case = readonly [name: string, isDirect: boolean, sent: Sent]

const CORS = { corsOrigins: ['https://app.example'], limits: { knownMaxBytes: 0 } }

/** Two servers over one gateway: one executes what is ordinary directly, the other gives everything to Yoga. */
async function serveBoth(gateway: TestGateway, role: Partial<Caller> = {}) {
  let isDirect = false
  const { handle, handlePlain } = gateway.gateway
  const direct = await serveOnLoopback(gateway, {
    ...CORS,
    handle,
    async handlePlain(request, caller, ...others) {
      const answered = await handlePlain(request, { ...caller, ...role }, ...others)
      isDirect = isPlain(answered)
      return answered
    },
  })
  const yoga = await serveOnLoopback(gateway, {
    ...CORS,
    handle: (request, caller, ...others) => handle(request, { ...caller, ...role }, ...others),
  })
  return {
    yoga: (sent: Sent) => send(yoga.url, sent),
    async direct(sent: Sent) {
      isDirect = false
      const got = await send(direct.url, sent)
      return { got, isDirect }
    },
    async [Symbol.asyncDispose]() {
      await direct[Symbol.asyncDispose]()
      await yoga[Symbol.asyncDispose]()
    },
  }
}

/** The answer without what differs from request to request. */
function send(url: string, { method = 'POST', path = '/graphql', headers = {}, body }: Sent) {
  return new Promise<object>((resolve, reject) => {
    const all = method === 'POST' ? { 'content-type': 'application/json', ...headers } : headers
    const request = rawRequest(`${url}${path}`, { method, headers: all })
    request.on('response', (incoming) => {
      const parts: Buffer[] = []
      incoming.on('data', (part: Buffer) => parts.push(part))
      incoming.on('end', () => {
        const { date: _date, ...fields } = incoming.headers
        const bytes = Buffer.concat(parts)
        const isPacked = fields['content-encoding'] === 'gzip' && bytes.length > 0
        const text = (isPacked ? gunzipSync(bytes) : bytes).toString()
        resolve({ status: incoming.statusCode, fields, bytes: bytes.length, text })
      })
    })
    request.on('error', reject).end(body)
  })
}

const json = (body: unknown, headers: Sent['headers'] = {}): Sent => ({
  headers: { 'x-request-id': 'r', ...headers },
  body: JSON.stringify(body),
})

async function expectEqual(options: TestGatewayOptions, cases: readonly Case[], role: Partial<Caller> = {}) {
  await using gateway = await createTestGateway({ clock: createManualClock(), ...options })
  await using ways = await serveBoth(gateway, role)
  for (const [name, isExpected, sent] of cases) {
    // The first fetches, so that the next two find the same in the cache.
    await ways.yoga(sent)
    gateway.takeCalls()
    const byYoga = await ways.yoga(sent)
    // The first of these makes the texts of objects, the second shows them.
    for (const _time of [1, 2]) {
      const { got, isDirect } = await ways.direct(sent)
      expect({ name, ...got }).toEqual({ name, ...byYoga })
      expect([name, isDirect]).toEqual([name, isExpected])
    }
    expect([name, ...gateway.takeCalls()]).toEqual([name])
  }
}

const query = '{ projects(first: 3) { nodes { id name owner { firstName } } } }'
const QUERY = json({ query })
const NO_ANSWERS = { config: { answersMaxBytes: 0 } }
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')
const persisted = (text: string) => ({ persistedQuery: { version: 1, sha256Hash: sha256(text) } })

describe('the direct way answers as Yoga does', () => {
  it.each([
    ['executed', NO_ANSWERS],
    ['remembered', {}],
  ])(
    'every query of the repository, %s',
    async (_, options) => {
      await using gateway = await createTestGateway()
      const variables = pickVariables(gateway.simulator.data)
      const cases = READS.map(({ name, query: text }): Case => [name, true, json({ query: text, variables })])
      await expectEqual(options, cases)
    },
    60_000,
  )

  it.each([
    ['executed', NO_ANSWERS],
    ['remembered', {}],
  ])(
    'requests in all forms, %s',
    async (_, options) => {
      const graphqlJson = { accept: 'application/graphql-response+json' }
      await expectEqual(options, [
        ['a query', true, QUERY],
        ['its own media type', true, json({ query }, graphqlJson)],
        ['any type', true, json({ query }, { accept: '*/*' })],
        ['weights', true, json({ query }, { accept: 'application/graphql-response+json;q=0.1, */*;q=0.2' })],
        ['a stream', true, json({ query }, { accept: 'text/event-stream' })],
        ['parts', true, json({ query }, { accept: 'multipart/mixed' })],
        ['nothing that there is', false, json({ query }, { accept: 'image/png' })],
        [
          'gzip',
          true,
          json({ query: '{ projects(first: 50) { nodes { id name } } }' }, { 'accept-encoding': 'gzip' }),
        ],
        ['too little for gzip', true, json({ query: '{ __typename }' }, { 'accept-encoding': 'gzip' })],
        ['a listed page', true, json({ query }, { origin: 'https://app.example' })],
        ['another page', true, json({ query }, { origin: 'https://other.example' })],
        ['a wait', true, json({ query }, { prefer: 'wait=1' })],
        ['an age', true, json({ query }, { 'cache-control': 'max-age=60, max-stale=5' })],
        ['cached only', true, json({ query }, { 'cache-control': 'only-if-cached' })],
        [
          'an age for one connection',
          true,
          json({ query }, { 'cache-control': 'no-cache', connection: 'cache-control' }),
        ],
        ['a tag', true, json({ query }, { 'if-none-match': '*' })],
        ['another spelling', true, json({ query }, { 'content-type': 'Application/JSON; charset=utf8' })],
        ['graphql+json', true, json({ query }, { 'content-type': 'application/graphql+json' })],
        ['a byte order mark', true, { ...QUERY, body: `\ufeff${String(QUERY.body)}` }],
        [
          'empty parameters',
          true,
          json({ query, operationName: '', variables: '', extensions: null, documentId: '' }),
        ],
        [
          'a name',
          true,
          json({ query: 'query A { __typename } query B { tenant { name } }', operationName: 'B' }),
        ],
        ['freshness', true, json({ query, extensions: { freshness: true } })],
        ['an unknown parameter without a value', false, json({ query, other: null })],
        ['introspection', true, json({ query: '{ __schema { queryType { name } } }' })],
        ['a plan', true, json({ query: '{ explain(query: "{ tenant { name } }") { remaining } }' })],
        [
          'GET',
          false,
          {
            method: 'GET',
            path: `/graphql?query=${encodeURIComponent(query)}`,
            headers: { 'x-api-key': 'k', 'x-request-id': 'r' },
          },
        ],
        [
          'HEAD',
          false,
          {
            method: 'HEAD',
            path: `/graphql?query=${encodeURIComponent(query)}`,
            headers: { 'x-api-key': 'k', 'x-request-id': 'r' },
          },
        ],
        [
          'GET of what is held',
          false,
          {
            method: 'GET',
            path: `/graphql?query=${encodeURIComponent(query)}`,
            headers: { 'x-api-key': 'k', 'x-request-id': 'r', 'if-none-match': '*' },
          },
        ],
        [
          'a text of GraphQL',
          false,
          {
            headers: { 'content-type': 'application/graphql', 'x-api-key': 'k', 'x-request-id': 'r' },
            body: query,
          },
        ],
      ])
    },
    60_000,
  )

  it.each(['application/json', 'application/graphql-response+json'])(
    'requests that are refused, in %s',
    async (accept) => {
      const refused = (name: string, body: unknown): Case => [name, false, json(body, { accept })]
      const nested = (levels: number): unknown => (levels === 0 ? 1 : { a: nested(levels - 1) })
      await expectEqual(
        NO_ANSWERS,
        [
          ['no JSON', false, { ...json(null, { accept }), body: '{"query":' }],
          ['no body', false, { ...json(null, { accept }), body: '' }],
          refused('null', null),
          refused('a number', 1),
          refused('a list', [{ query }]),
          refused('no query', {}),
          refused('a query that is a number', { query: 1 }),
          refused('variables as a text', { query, variables: '{}' }),
          refused('variables as a list', { query, variables: [] }),
          refused('extensions as a number', { query, extensions: 1 }),
          refused('a name that is a list', { query, operationName: ['A'] }),
          refused('an unknown name', { query, operationName: 'Other' }),
          refused('several operations', { query: 'query A { __typename } query B { __typename }' }),
          refused('no operation', { query: 'fragment F on Query { __typename }' }),
          refused('an unknown parameter', { query, other: 1 }),
          refused('a syntax fault', { query: '{ tenant { name }' }),
          refused('an unknown field', { query: '{ nothing }' }),
          refused('a subscription', { query: 'subscription { x }' }),
          refused('a wrong variable', {
            query: 'query($n: Int) { projects(first: $n) { nodes { id } } }',
            variables: { n: 'x' },
          }),
          refused('a missing variable', { query: 'query($id: ID!) { project(id: $id) { id } }' }),
          refused('a rounded id', {
            query: 'query($id: ID!) { project(id: $id) { id } }',
            variables: { id: 2 ** 60 },
          }),
          refused('depth', {
            query: `{ projects { nodes ${'{ owner { teams '.repeat(30)}{ id }${' } }'.repeat(30)} } }`,
          }),
          refused('aliases', {
            query: `{ ${Array.from({ length: 200 }, (_, nr) => `a${nr}: __typename`).join(' ')} }`,
          }),
          refused('tokens', { query: `{ ${'__typename '.repeat(3000).trim().slice(0, 16_000)} }` }),
          refused('tokens before a syntax fault', { query: `{ ${'a '.repeat(7000)} ]` }),
          refused('bytes', { query: `{ __typename } #${'x'.repeat(17_000)}` }),
          refused('nesting', { query, variables: nested(40) }),
          refused('a long list', {
            query: 'query($ids: [ID!]!) { nodes(ids: $ids) { id } }',
            variables: { ids: Array.from({ length: 200 }, String) },
          }),
          refused('an unknown document', { documentId: 'unknown' }),
          refused('an id that is a number', { documentId: 1 }),
          refused('an unknown hash', { extensions: persisted(query) }),
          refused('a hash of another document', { query, extensions: persisted('{ x }') }),
          refused('a hash of another version', { query, extensions: { persistedQuery: { version: 2 } } }),
        ].map((each) => each as Case),
      )
    },
    60_000,
  )

  it('fields that fail, beside data', async () => {
    await expectEqual(NO_ANSWERS, [
      ['a bad id', true, json({ query: '{ tenant { name } project(id: "Project:!") { name } }' })],
      [
        'nothing cached',
        true,
        json({ query: '{ tenant { name } users { id } }' }, { 'cache-control': 'only-if-cached' }),
      ],
    ])
  })

  it('where introspection is off, where limits are small, and for a caller that may only read', async () => {
    const hidden = { query: '{ __schema { types { name } } }' }
    await expectEqual({ config: { ...NO_ANSWERS.config, introspection: false } }, [
      ['introspection', false, json(hidden)],
      ['a type', false, json({ query: '{ __type(name: "Query") { name } }' })],
      ['a name that is nearly right', false, json({ query: '{ tenan { name } }' })],
      ['a query', true, QUERY],
    ])
    const queryLimits = { tokens: 30, depth: 3, fields: 5, aliases: 1 }
    await expectEqual({ config: { ...NO_ANSWERS.config, queryLimits } }, [
      ['depth', false, QUERY],
      ['tokens', false, json({ query: `{ ${'__typename '.repeat(40)}}` })],
      ['a small query', true, json({ query: '{ tenant { name } }' })],
    ])
    const write = { query: 'mutation { declineOrder(id: "o") { errors { code } } }' }
    await expectEqual(
      NO_ANSWERS,
      [
        ['a mutation', false, json(write)],
        ['a query', true, QUERY],
      ],
      { isReadOnly: true },
    )
  })

  it('documents that are named by an id or a hash, and those that are not trusted', async () => {
    const path = join(folder, 'manifest.json')
    writeFileSync(path, JSON.stringify({ screen: query }))
    const trusted = { documents: { path, mode: 'only-trusted' as const } }
    await expectEqual({ config: { ...NO_ANSWERS.config, ...trusted } }, [
      ['an id', true, json({ documentId: 'screen' })],
      ['an id beside an empty text', true, json({ documentId: 'screen', query: '' })],
      ['its text', true, QUERY],
      ['its text on other lines', true, json({ query: query.replaceAll(' ', '\n') })],
      ['another text', false, json({ query: '{ tenant { name } }' })],
      ['another id', false, json({ documentId: 'other' })],
    ])
    await expectEqual(NO_ANSWERS, [
      ['a text with its hash', true, json({ query, extensions: persisted(query) })],
      ['the hash of a registered text', true, json({ extensions: persisted(query) })],
    ])
  })
})

it('what the direct way has executed is not executed again where Yoga writes its answer', async () => {
  const screen = json({ query: '{ projects(first: 20) { nodes { name designs { summary { id } } } } }' })
  const config = { ...NO_ANSWERS.config, maxPlannedCalls: 2 }
  await expectEqual({ config }, [['a request that would cost too much', false, screen]])
})

it('the direct way registers documents, and carries out a write once', async () => {
  await using gateway = await createTestGateway(NO_ANSWERS)
  await using ways = await serveBoth(gateway)
  const extensions = persisted(query)
  expect((await ways.direct(json({ query, extensions }))).isDirect).toBe(true)
  expect(await ways.direct(json({ extensions }))).toMatchObject({ isDirect: true, got: { status: 200 } })
  gateway.takeCalls()
  const { id } = nth(gateway.simulator.data.projects, 0)
  const write = `mutation { updateProject(id: "${id}", input: { name: "New" }) { project { name } errors { code } } }`
  expect((await ways.direct(json({ query: write }))).isDirect).toBe(true)
  expect(gateway.takeCalls().filter((call) => !call.includes('GET'))).toHaveLength(1)
})

/** The parts of the steps that these tests look at. */
function openSteps(errors: readonly GraphQLError[]) {
  const readers: unknown[] = []
  const document = parse('{ __typename }')
  const steps = {
    params: [],
    execution: [],
    answers: { find: () => null, openSize: () => UNCOUNTED },
    documents: {
      read(_text: string, reader: unknown) {
        readers.push(reader)
        return { document, errors, isNew: true }
      },
    },
  } as unknown as GraphQLSteps
  const request = {
    method: 'POST',
    bodyType: 'application/json',
    answerType: 'application/json',
    body: Buffer.from('{"query":"{ __typename }"}'),
  } as unknown as PlainRequest
  return { steps, request, readers }
}

it('what breaks within an execution is no reason to let Yoga execute it again', () => {
  const { steps, request } = openSteps([])
  const context = {
    record: { caller: 'a' },
    repeat: createRepeatNotes(),
    get pace(): never {
      throw new Error('broken')
    },
  } as unknown as GraphQLContext
  expect(() => createDirectWay(schema, steps)(request, context)).toThrow('broken')
})

it('a wrong text is read by both ways for one and the same request', () => {
  const { steps, request, readers } = openSteps([new GraphQLError('wrong')])
  const context = { record: { caller: 'a' }, repeat: createRepeatNotes() } as unknown as GraphQLContext
  expect(createDirectWay(schema, steps)(request, context)).toBe(null)
  for (const { onParse } of createStepPlugins(schema, steps, new WeakMap()))
    onParse?.({
      params: { source: '{ __typename }' },
      context,
      setParseFn: (read: () => unknown) => void read(),
    } as never)
  expect(readers).toEqual([context.record, context.record])
  expect(readers[1]).toBe(readers[0])
})
