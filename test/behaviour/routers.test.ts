// A router of a supergraph is a caller of its own kind: other limits, refusals that survive it, and users who are told apart.
import { createHash } from 'node:crypto'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { createTestGateway } from '../support/test-gateway.ts'
import type { TestGatewayOptions } from '../support/test-gateway.ts'
import { serveOnLoopback } from '../support/test-server.ts'
import type { TestServerOptions } from '../support/test-server.ts'

const sha256 = (key: string): string => createHash('sha256').update(key).digest('hex')
const keyOf = (name: string, isReadOnly = false) => ({ name, sha256: sha256(`key of ${name}`), isReadOnly })

const USER = 'x-user'
const ROUTER = { 'x-api-key': 'key of hive' }
const APP = { 'x-api-key': 'key of app' }
const routers = { keys: [keyOf('hive'), keyOf('reader', true)], userHeader: USER, maxBatch: 1000 }

async function open(
  config: TestGatewayOptions['config'] = {},
  options: TestServerOptions = {},
  simulator: TestGatewayOptions['simulator'] = {},
) {
  const gateway = await createTestGateway({
    config: { callerAuth: 'keys', gatewayKeys: [keyOf('app')], routers, ...config },
    credentials: APP,
    simulator,
  })
  const server = await serveOnLoopback(gateway, options)
  return {
    ...gateway,
    url: `${server.url}/graphql`,
    server,
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]()
      await gateway[Symbol.asyncDispose]()
    },
  }
}

interface Body {
  readonly data?: Record<string, unknown> | null
  readonly errors?: readonly { message: string; extensions: { code: string; retryAfter?: number } }[]
  readonly extensions?: { readonly upstream: { readonly calls: number } }
}

async function send(url: string, body: unknown, headers: Record<string, string>) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
  const text = await response.text()
  const json = (text.startsWith('{') ? JSON.parse(text) : null) as Body | null
  return {
    status: response.status,
    headers: response.headers,
    body: json,
    code: json?.errors?.[0]?.extensions.code,
  }
}

const many = (count: number, make: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => make(index)).join(' ')

const one = await open()
afterAll(() => one[Symbol.asyncDispose]())
beforeEach(() => void one.takeCalls())
const ask = (query: string, headers: Record<string, string>, variables: object = {}) =>
  send(one.url, { query, variables }, headers)

/** What a router makes of the fields of a user's query, each within the limits of all fields. */
const BEYOND: readonly [string, string, object?][] = [
  ['60 aliases at the root', `{ ${many(60, (n) => `a${n}: tenant { name }`)} }`],
  [
    '40 conditions',
    `query ($on: Boolean = true) { tenant { ${many(40, (n) => `a${n}: name @include(if: $on)`)} } }`,
  ],
  [
    'a list of 300 objects',
    '{ tenant { name } }',
    { representations: Array.from({ length: 300 }, () => ({ id: 'x' })) },
  ],
]

describe('the limits of a router', () => {
  it.each(BEYOND)('take %s', async (_, query, variables) => {
    expect(await ask(query, APP, variables)).toMatchObject({ status: 400, code: 'QUERY_REJECTED' })
    const answered = await ask(query, ROUTER, variables)
    expect(answered.code).not.toBe('QUERY_REJECTED')
    expect(answered.status).toBe(200)
    expect(answered.body?.data).not.toBeNull()
  })

  it('take nothing that is too much for all: fields, lists beyond the batch, depth, calls', async () => {
    await using strict = await open({ maxPlannedCalls: 3 })
    const tooMuch: [string, object?][] = [
      [`{ tenant { ${many(1001, (n) => `a${n}: id`)} } }`],
      ['query ($ids: [ID!]!) { nodes(ids: $ids) { id } }', { ids: Array.from({ length: 1001 }, () => 'x') }],
      [`${'{ a '.repeat(12)}${'}'.repeat(12)}`],
    ]
    for (const [query, variables = {}] of tooMuch) {
      const refused = await send(strict.url, { query, variables }, ROUTER)
      expect(refused).toMatchObject({ status: 200, code: 'QUERY_REJECTED', body: { data: null } })
    }
    expect(strict.takeCalls()).toEqual([])
    const projects = strict.simulator.data.projects.slice(0, 4)
    const costly = projects
      .map(({ id }, index) => `p${index}: project(id: "${id}") { designs { id } }`)
      .join(' ')
    expect(await send(strict.url, { query: `{ ${costly} }` }, ROUTER)).toMatchObject({
      status: 200,
      code: 'QUERY_REJECTED',
    })
    expect(strict.takeCalls()).toEqual([])
  })

  it('give nobody else what a router has asked, also when it is known by heart', async () => {
    const query = `{ ${many(40, (n) => `b${n}: tenant { name }`)} }`
    for (let times = 0; times < 4; times += 1) expect((await ask(query, ROUTER)).status).toBe(200)
    expect(await ask(query, APP)).toMatchObject({ status: 400, code: 'QUERY_REJECTED' })
  })
})

describe('a refusal of a whole request', () => {
  const refusedBy: readonly [string, string | object, string][] = [
    ['a document that cannot be parsed', { query: '{ tenant {' }, 'GRAPHQL_PARSE_FAILED'],
    ['a document that does not fit the schema', { query: '{ nothing }' }, 'GRAPHQL_VALIDATION_FAILED'],
    ['a body that is no JSON', '{"query":', 'BAD_REQUEST'],
    ['variables that do not fit', { query: 'query ($id: ID!) { node(id: $id) { id } }' }, 'BAD_USER_INPUT'],
    ['a body that is too large', { query: '{ tenant { id } }', more: 'x'.repeat(300_000) }, 'QUERY_REJECTED'],
  ]
  it.each(refusedBy)('reaches a router as errors with status 200: %s', async (_, body, code) => {
    for (const accept of ['application/json', 'application/graphql-response+json']) {
      const refused = await send(one.url, body, { ...ROUTER, accept })
      expect(refused).toMatchObject({ status: 200, code, body: { data: null } })
      expect(refused.headers.get('content-type')).toContain(accept)
      const toApp = await send(one.url, body, { ...APP, accept: 'application/graphql-response+json' })
      expect(toApp.status).toBeGreaterThanOrEqual(400)
      expect(toApp.body).not.toHaveProperty('data')
    }
    expect(one.takeCalls()).toEqual([])
  })

  it('has a status where the form is wrong, and where the key of the router is', async () => {
    const get = (headers: Record<string, string>) =>
      fetch(`${one.url}?query=${encodeURIComponent('mutation { deleteProject(id: "x") { __typename } }')}`, {
        headers,
      })
    expect((await get(ROUTER)).status).toBe(405)
    expect((await fetch(one.url, { method: 'PUT', headers: ROUTER })).status).toBe(405)
    expect(
      await send(one.url, { query: '{ tenant { id } }' }, { ...ROUTER, accept: 'image/png' }),
    ).toMatchObject({ status: 406 })
    expect(await send(one.url, 'x', { ...ROUTER, 'content-encoding': 'gzip' })).toMatchObject({ status: 415 })
    expect(await ask('{ tenant { id } }', { 'x-api-key': 'key of hives' })).toMatchObject({
      status: 401,
      code: 'UNAUTHENTICATED',
    })
    expect(await ask('{ tenant { id } }', {})).toMatchObject({ status: 401, code: 'UNAUTHENTICATED' })
  })

  it('is errors where a router that may only read sends a mutation', async () => {
    const id = one.simulator.data.projects[0]?.id
    const query = `mutation { deleteProject(id: "${id}") { __typename } }`
    expect(await ask(query, { 'x-api-key': 'key of reader' })).toMatchObject({
      status: 200,
      code: 'FORBIDDEN',
      body: { data: null },
    })
    expect(one.takeCalls()).toEqual([])
  })
})

describe('the users of a router', () => {
  const asUser = (user: string): Record<string, string> => ({ ...ROUTER, [USER]: user })

  it('have rates of their own; without the header they share that of the router', async () => {
    await using limited = await open({}, { callerRateLimit: 2 })
    const times = async (headers: Record<string, string>): Promise<(string | undefined)[]> => {
      const codes: (string | undefined)[] = []
      for (let count = 0; count < 3; count += 1)
        codes.push((await send(limited.url, { query: '{ __typename }' }, headers)).code)
      return codes
    }
    const third = [undefined, undefined, 'RATE_LIMITED']
    expect(await times(asUser('alice'))).toEqual(third)
    expect(await times(asUser('bob'))).toEqual(third)
    expect(await times(ROUTER)).toEqual(third)
    const refused = await send(limited.url, { query: '{ __typename }' }, asUser('alice'))
    expect(refused).toMatchObject({ status: 200, body: { data: null } })
    expect(refused.body?.errors?.[0]?.extensions.retryAfter).toBeGreaterThan(0)
    expect(refused.headers.get('retry-after')).toBeNull()
    // The status in logs and metrics is the true one.
    expect(limited.logged.some((line) => line.includes('"status":429'))).toBe(true)
  })

  it('are named in logs', async () => {
    await ask('{ __typename }', asUser('carol'))
    expect(one.logged.some((line) => /"caller":"[^"]*\/hive\/carol"/.test(line))).toBe(true)
  })

  it.each([
    ['a header that came twice', 'mallory, alice'],
    ['an empty one', ''],
    ['one that is too long', 'x'.repeat(257)],
    ['one with a space', 'a b'],
  ])('are nobody of their own by %s: they share that of the router', async (_, user) => {
    await using limited = await open({}, { callerRateLimit: 1 })
    expect((await send(limited.url, { query: '{ __typename }' }, ROUTER)).code).toBeUndefined()
    expect((await send(limited.url, { query: '{ __typename }' }, asUser(user))).code).toBe('RATE_LIMITED')
  })

  it('are believed to nobody else: the header of another caller changes nothing', async () => {
    await using limited = await open({}, { callerRateLimit: 1 })
    expect(
      (await send(limited.url, { query: '{ __typename }' }, { ...APP, [USER]: 'alice' })).code,
    ).toBeUndefined()
    expect(await send(limited.url, { query: '{ __typename }' }, { ...APP, [USER]: 'bob' })).toMatchObject({
      status: 429,
    })
    expect((await send(limited.url, { query: '{ __typename }' }, asUser('bob'))).code).toBeUndefined()
    expect(await send(limited.url, { query: '{ __typename }' }, { [USER]: 'alice' })).toMatchObject({
      status: 401,
    })
  })
})

describe('a subscription', () => {
  const query = 'subscription { changes(kinds: [PROJECT]) { isReset } }'
  const streamBy = async (url: string, headers: Record<string, string>) => {
    const leaving = new AbortController()
    const response = await fetch(url, { headers, signal: leaving.signal })
    let text = ''
    for await (const piece of response.body as unknown as AsyncIterable<Uint8Array>) {
      text += Buffer.from(piece).toString()
      if (text.includes('isReset')) break
    }
    leaving.abort()
    return { status: response.status, type: response.headers.get('content-type') ?? '', text }
  }

  it('is opened by a router with GET, as events', async () => {
    const address = `${one.url}?query=${encodeURIComponent(query)}`
    const opened = await streamBy(address, { ...ROUTER, [USER]: 'alice', accept: 'text/event-stream' })
    expect(opened).toMatchObject({ status: 200 })
    expect(opened.type).toContain('text/event-stream')
    expect(opened.text).toContain('event: next')
  })

  it('is events for a router that would rather have parts', async () => {
    const address = `${one.url}?query=${encodeURIComponent(query)}`
    const accept = 'multipart/mixed;subscriptionSpec=1.0, text/event-stream;q=0.5, application/json;q=0.4'
    expect((await streamBy(address, { ...ROUTER, accept })).type).toContain('text/event-stream')
    expect((await streamBy(address, { ...APP, accept })).type).toContain('multipart/mixed')
  })

  it('by GET needs a key of a router or caller: what a page of a stranger can send is refused', async () => {
    const response = await fetch(`${one.url}?query=${encodeURIComponent(query)}`, {
      headers: { accept: 'text/event-stream' },
    })
    expect(await response.text()).toContain('UNAUTHENTICATED')
  })

  it('ends when the key of the router is taken out', async () => {
    await using other = await open()
    const address = `${other.url}?query=${encodeURIComponent(query)}`
    const response = await fetch(address, {
      headers: { ...ROUTER, [USER]: 'alice', accept: 'text/event-stream' },
    })
    const reader = response.body?.getReader()
    await reader?.read()
    // The user of an open stream stays who it is.
    other.server.server.recheckCallers()
    other.gateway.reload({ ...other.config, routers: { ...routers, keys: [keyOf('next')] } })
    other.server.server.recheckCallers()
    let text = ''
    for (;;) {
      const { value, done } = (await reader?.read()) ?? { done: true, value: undefined }
      if (done) break
      text += Buffer.from(value ?? []).toString()
    }
    expect(text).toContain('UNAUTHENTICATED')
    expect((await send(other.url, { query: '{ __typename }' }, ROUTER)).status).toBe(401)
    expect((await send(other.url, { query: '{ __typename }' }, { 'x-api-key': 'key of next' })).status).toBe(
      200,
    )
  })
})

describe('trusted documents', () => {
  it('are no bound to a router, and to everybody else they are', async () => {
    await using trusting = await open({ documents: { path: null, mode: 'only-trusted' } })
    const body = { query: '{ tenant { id } }' }
    expect(await send(trusting.url, body, APP)).toMatchObject({ code: 'DOCUMENT_NOT_TRUSTED' })
    expect(await send(trusting.url, body, ROUTER)).toMatchObject({
      status: 200,
      body: { data: { tenant: {} } },
    })
    expect(await send(trusting.url, body, APP)).toMatchObject({ status: 403, code: 'DOCUMENT_NOT_TRUSTED' })
  })
})

it('without ROUTER_KEYS, the key of a router is one that nobody knows, and a user header is nothing', async () => {
  await using plain = await open({ routers: { keys: [], userHeader: USER, maxBatch: 1000 } })
  expect(await send(plain.url, { query: '{ __typename }' }, ROUTER)).toMatchObject({ status: 401 })
  const query = `{ ${many(40, (n) => `a${n}: tenant { name }`)} }`
  expect(await send(plain.url, { query }, { ...APP, [USER]: 'alice' })).toMatchObject({ status: 400 })
})
