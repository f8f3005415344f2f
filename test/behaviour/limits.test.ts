// A request that is too large, too deep, too wide or malformed is refused in every form, before a call is spent.
import { brotliCompressSync, deflateSync } from 'node:zlib'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { createTestGateway } from '../support/test-gateway.ts'
import { serveOnLoopback } from '../support/test-server.ts'

const gateway = await createTestGateway({ config: { introspection: false } })
const server = await serveOnLoopback(gateway)
const url = `${server.url}/graphql`

afterAll(async () => {
  await server[Symbol.asyncDispose]()
  await gateway[Symbol.asyncDispose]()
})
beforeEach(() => void gateway.takeCalls())

interface Refused {
  readonly status: number
  readonly body: {
    readonly data?: unknown
    readonly errors?: readonly { message: string; extensions: Record<string, unknown> }[]
  }
}

const JSON_TYPE = { 'content-type': 'application/json' }

async function send(body: BodyInit, headers: Record<string, string> = {}): Promise<Refused> {
  const response = await fetch(url, { method: 'POST', headers: { ...JSON_TYPE, ...headers }, body })
  return { status: response.status, body: (await response.json()) as Refused['body'] }
}

async function get(
  parameters: Record<string, string>,
  headers: Record<string, string> = {},
): Promise<Refused> {
  const response = await fetch(`${url}?${new URLSearchParams(parameters)}`, {
    headers: { 'graphql-require-preflight': '1', ...headers },
  })
  const text = await response.text()
  return { status: response.status, body: JSON.parse(text || '{}') as Refused['body'] }
}

const ask = (query: string, variables: object = {}) => send(JSON.stringify({ query, variables }))
const codesOf = ({ body }: Refused): unknown[] =>
  (body.errors ?? []).map(({ extensions }) => extensions['code'])

const repeat = (count: number, make: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => make(index)).join(' ')
const deep = (levels: number): string => '{ a '.repeat(levels) + '}'.repeat(levels)
const doubling = repeat(
  19,
  (level) =>
    `fragment f${level} on Project { ${level === 18 ? 'name' : `...f${level + 1} ...f${level + 1}`} }`,
)

/** Each with the limit that it exceeds, and whether it fits into an address. */
const TOO_MUCH: [string, string, number, boolean][] = [
  ['10,000 times the same field', `{ tenant { ${'name '.repeat(10_000)} } }`, 16_384, false],
  ['3,000 times the same field', `{ tenant { ${'name '.repeat(3000)} } }`, 1000, true],
  ['10,000 aliases', `{ ${repeat(10_000, (n) => `a${n}: __typename`)} }`, 16_384, false],
  ['31 aliases', `{ tenant { ${repeat(31, (n) => `a${n}: name`)} } }`, 30, true],
  ['5,000 directives', `{ tenant { name ${'@skip(if: false) '.repeat(5000)} } }`, 16_384, false],
  ['21 directives', `{ tenant { name ${'@skip(if: false) '.repeat(21)} } }`, 20, true],
  ['21 fields at the root', `{ ${'__typename '.repeat(21)} }`, 20, true],
  [
    '100 times 100 inline fragments',
    `{ ${`... on Query { ${'... on Query { __typename } '.repeat(100)} } `.repeat(5)} }`,
    1000,
    true,
  ],
  ['a depth of 2,000', deep(2000), 1000, true],
  ['a depth of 100,000', deep(100_000), 262_144, false],
  ['a depth of 11', deep(11), 10, true],
  ['2^18 fields in fragments', `{ projects { nodes { ...f0 } } } ${doubling}`, 500, true],
  ['1,001 tokens', `{ tenant(${repeat(998, () => 'a')} }`, 1000, true],
  ['a list of 101 ids', `{ nodes(ids: [${repeat(101, (n) => `"${n}"`)}]) { id } }`, 100, true],
]

describe('S2 a document', () => {
  it.each(TOO_MUCH)('of %s is refused with its limit and its figure', async (_, query, limit) => {
    const answer = await ask(query)
    expect(answer.status).toBe(limit > 16_384 ? 413 : 400)
    expect(answer.body.data).toBeUndefined()
    expect(codesOf(answer)).toEqual(['QUERY_REJECTED'])
    const extensions = answer.body.errors?.[0]?.extensions ?? {}
    expect(extensions['limit']).toBe(limit)
    expect(extensions['actual']).toBeGreaterThan(limit)
    expect(gateway.takeCalls()).toEqual([])
  })

  it('exactly at the limits is accepted', async () => {
    const { status, body } = await ask(`{ tenant { ${repeat(30, (n) => `a${n}: name`)} } }`)
    expect([status, body.errors]).toEqual([200, undefined])
    const nine = '{ a '.repeat(9)
    expect(codesOf(await ask(nine + '{ a }' + '}'.repeat(9)))).not.toContain('QUERY_REJECTED')
  })

  it('whose fragments spread themselves is not valid, and is not expanded', async () => {
    const answer = await ask('{ ...a } fragment a on Query { ...b } fragment b on Query { ...a }')
    expect(codesOf(answer)).toContain('GRAPHQL_VALIDATION_FAILED')
  })

  it('with 1,000 unknown fields gets errors for twenty of them', async () => {
    const answer = await ask(`{ tenant { ${repeat(400, (n) => `u${n}`)} } }`)
    expect(answer.body.data).toBeUndefined()
    expect(answer.body.errors).toHaveLength(20)
  })

  it('with names of JavaScript’s own objects is treated like any other', async () => {
    const query =
      '{ __proto__: __typename constructor: __typename toString: tenant { hasOwnProperty: name } }'
    const { status, body } = await ask(query)
    expect([status, body.errors]).toEqual([200, undefined])
    expect(Object.keys(body.data as object)).toEqual(['__proto__', 'constructor', 'toString'])
    expect(({} as Record<string, unknown>)['hasOwnProperty']).toBe(Object.prototype.hasOwnProperty)
  })

  it.each([
    ['a lone surrogate', '{ project(id: "\\ud800") { name } }'],
    ['a NUL', '{ project(id: "\\u0000") { name } }'],
    ['a NUL in the document', '{ tenant { \u0000name } }'],
  ])('with %s is told what is wrong with it', async (_, query) => {
    const answer = await ask(query)
    expect(answer.status).toBeLessThan(500)
    expect(
      codesOf(answer).every((code) => ['BAD_USER_INPUT', 'GRAPHQL_PARSE_FAILED'].includes(String(code))),
    ).toBe(true)
    expect(gateway.takeCalls()).toEqual([])
  })
})

describe('S2 a body', () => {
  it('of more than 256 KB is refused by its size', async () => {
    const body = JSON.stringify({ query: '{ a }', variables: { x: 'x'.repeat(20_000_000) } })
    // A client that keeps sending may see the connection close before the answer.
    const status = await send(body).then(
      (answer) => answer.status,
      () => 413,
    )
    expect(status).toBe(413)
    expect(gateway.takeCalls()).toEqual([])
  })

  it.each<[string, string]>([
    [
      'variables nested 100,000 deep',
      `{"query":"{ a }","variables":{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}}`,
    ],
    ['variables nested 21 deep', `{"query":"{ a }","variables":{"a":${'['.repeat(20)}1${']'.repeat(20)}}}`],
    ['extensions nested 21 deep', `{"query":"{ a }","extensions":{"a":${'['.repeat(20)}1${']'.repeat(20)}}}`],
    ['101 texts in a list', JSON.stringify({ query: '{ a }', variables: { ids: Array(101).fill('x') } })],
  ])('with %s is refused', async (_, body) => {
    const answer = await send(body)
    expect([answer.status, codesOf(answer)]).toEqual([400, ['QUERY_REJECTED']])
  })

  it('whose variables have names of JavaScript’s own objects changes none of those', async () => {
    const variables = '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}'
    const { status } = await send(`{"query":"{ tenant { name } }","variables":${variables}}`)
    expect(status).toBe(200)
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
  })

  it.each<[string, BodyInit, Record<string, string>, number]>([
    ['of several operations at once', '[{"query":"{ __typename }"},{"query":"{ __typename }"}]', {}, 400],
    ['that is no JSON', '{"query":', {}, 400],
    ['that is a text', '"x"', {}, 400],
    ['in UTF-7', '{"query":"{ __typename }"}', { 'content-type': 'application/json; charset=utf-7' }, 415],
    [
      'in an unknown charset',
      '{"query":"{ __typename }"}',
      { 'content-type': 'application/json; charset=x' },
      415,
    ],
    ['that is deflated', deflateSync('{"query":"{ __typename }"}'), { 'content-encoding': 'deflate' }, 415],
    ['in brotli', brotliCompressSync('{"query":"{ __typename }"}'), { 'content-encoding': 'br' }, 415],
  ])('%s is refused', async (_, body, headers, status) => {
    const answer = await send(body, headers)
    expect(answer.status).toBe(status)
    expect(answer.body.data).toBeUndefined()
  })
})

describe('S3 the limits hold', () => {
  it.each(TOO_MUCH.filter(([, , , fits]) => fits))('by GET: %s', async (_, query, limit) => {
    const answer = await get({ query })
    // An address of more than 16 KB is refused earlier.
    if (answer.status === 431) return
    expect([answer.status, codesOf(answer)]).toEqual([400, ['QUERY_REJECTED']])
    expect(answer.body.errors?.[0]?.extensions['limit']).toBe(limit)
  })

  it.each(['text/event-stream', 'multipart/mixed'])('for a client that accepts %s', async (accept) => {
    const body = JSON.stringify({ query: deep(11) })
    const response = await fetch(url, { method: 'POST', headers: { ...JSON_TYPE, accept }, body })
    const text = await response.text()
    expect(text).not.toContain('"data":{')
    expect(text === '' || /QUERY_REJECTED|BAD_REQUEST/.test(text)).toBe(true)
  })

  it('for a document that is only explained', async () => {
    for (const query of [deep(11), `{ tenant { ${repeat(31, (n) => `a${n}: name`)} } }`]) {
      const answer = await ask('query ($query: String!) { explain(query: $query) { remaining } }', { query })
      expect(codesOf(answer)).toEqual(['QUERY_REJECTED'])
    }
  })

  it.each(['variables', 'extensions'])('for %s in an address, which may also be malformed', async (name) => {
    expect((await get({ query: '{ __typename }', [name]: '{' })).status).toBe(400)
    const nested = `{"a":${'['.repeat(20)}1${']'.repeat(20)}}`
    expect(codesOf(await get({ query: '{ __typename }', [name]: nested }))).toEqual(['QUERY_REJECTED'])
  })
})

describe('S4 without introspection', () => {
  it('messages contain no names of the schema, and no suggestions', async () => {
    const told = await ask('{ __schema { types { name } } }')
    expect(codesOf(told)).toContain('GRAPHQL_VALIDATION_FAILED')
    const guesses = [
      '{ tenants { name } }',
      '{ projects(frist: 1) { nodes { id } } }',
      '{ project(id: "x") { nam } }',
    ]
    for (const query of [...guesses, 'query ($p: JobStatu) { __typename }']) {
      const answer = await ask(query)
      expect(answer.body.errors?.length).toBeGreaterThan(0)
      expect(JSON.stringify(answer.body)).not.toContain('Did you mean')
    }
  })

  it('with introspection, messages suggest names', async () => {
    await using open = await createTestGateway()
    const { errors } = await open.ask('{ tenants { name } }')
    expect(JSON.stringify(errors)).toContain('Did you mean')
  })
})

describe('S5 a page of a stranger', () => {
  const query = '{ __typename }'
  it.each<[string, RequestInit]>([
    ['text', { method: 'POST', headers: { 'content-type': 'text/plain' }, body: JSON.stringify({ query }) }],
    [
      'JSON as text',
      {
        method: 'POST',
        headers: { 'content-type': 'text/plain; application/json' },
        body: JSON.stringify({ query }),
      },
    ],
    ['a form', { method: 'POST', body: new URLSearchParams({ query }) }],
    ['a file', { method: 'POST', body: new FormData() }],
    [
      'nothing of a type',
      { method: 'POST', headers: { 'content-type': '' }, body: JSON.stringify({ query }) },
    ],
  ])('can send %s, and is not heard', async (_, init) => {
    expect([403, 415]).toContain((await fetch(url, init)).status)
  })

  it('can send a GET, and is refused', async () => {
    const address = `${url}?${new URLSearchParams({ query })}`
    expect((await fetch(address)).status).toBe(403)
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'application/json; charset=utf-7, x/y',
    ])
      expect((await fetch(address, { headers: { 'content-type': type, 'x-api-key': 'x' } })).status).toBe(415)
    expect((await fetch(address, { headers: { 'x-api-key': 'x' } })).status).toBe(200)
  })

  it('cannot start a mutation through an address', async () => {
    const mutation = 'mutation { deleteWebhook(id: "w") { errors { code } } }'
    expect((await get({ query: mutation })).status).toBe(405)
    expect(gateway.takeCalls()).toEqual([])
  })

  it.each(['https://evil.example', 'null', 'http://localhost'])(
    'of %s is not allowed to read',
    async (origin) => {
      const preflight = await fetch(url, {
        method: 'OPTIONS',
        headers: {
          origin,
          'access-control-request-method': 'POST',
          'access-control-request-headers': 'x-api-key',
        },
      })
      const answer = await fetch(url, {
        method: 'POST',
        headers: { ...JSON_TYPE, origin },
        body: JSON.stringify({ query }),
      })
      for (const { headers } of [preflight, answer])
        expect([...headers.keys()].filter((name) => name.startsWith('access-control-'))).toEqual([])
    },
  )
})

describe('S5 a page that is listed', () => {
  const origin = 'https://app.example'

  it('may ask and read, under its own name, without cookies; others may not', async () => {
    await using listed = await serveOnLoopback(gateway, { corsOrigins: [origin, 'https://other.example'] })
    const preflight = await fetch(`${listed.url}/graphql`, {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': 'POST' },
    })
    expect(preflight.status).toBe(204)
    expect(preflight.headers.get('access-control-allow-headers')).toContain('authorization')
    const askFrom = (from: string) =>
      fetch(`${listed.url}/graphql`, {
        method: 'POST',
        headers: { ...JSON_TYPE, origin: from },
        body: '{"query":"{ __typename }"}',
      })
    for (const { headers } of [preflight, await askFrom(origin)]) {
      expect(headers.get('access-control-allow-origin')).toBe(origin)
      expect(headers.has('access-control-allow-credentials')).toBe(false)
      expect(headers.get('vary')).toContain('Origin')
    }
    expect((await askFrom(origin)).headers.get('access-control-expose-headers')).toContain('retry-after')
    const stranger = await askFrom('https://evil.example')
    expect(stranger.headers.has('access-control-allow-origin')).toBe(false)
    expect(stranger.headers.get('vary')).toContain('Origin')
    const refused = await fetch(`${listed.url}/graphql`, { method: 'POST', headers: { origin }, body: 'x' })
    expect([refused.status, refused.headers.get('access-control-allow-origin')]).toEqual([415, origin])
  })
})

describe('S15 nothing streams', () => {
  it.each(['@defer', '@stream'])('%s is not known', async (directive) => {
    const answer = await ask(`{ tenant { ... ${directive} { name } } }`)
    expect(codesOf(answer)).toContain('GRAPHQL_VALIDATION_FAILED')
  })

  it('subscriptions are not known, and a client that accepts events gets an answer that ends', async () => {
    const answer = await ask('subscription { a }')
    expect([answer.body.data, answer.body.errors?.length]).toEqual([undefined, 1])
    const response = await fetch(url, {
      method: 'POST',
      headers: { ...JSON_TYPE, accept: 'text/event-stream' },
      body: '{"query":"{ __typename }"}',
    })
    await response.text()
    expect(response.status).toBeLessThan(500)
  })
})

describe('a caller', () => {
  it('that sends more in a minute than the limit gets a time to retry; another caller does not', async () => {
    const keyed = {
      ...gateway.gateway,
      authenticate: async (headers: Pick<Headers, 'get' | 'has'>) => {
        const caller = await gateway.gateway.authenticate(headers)
        return caller && { ...caller, name: headers.get('x-api-key') ?? '' }
      },
    }
    await using limited = await serveOnLoopback({ ...gateway, gateway: keyed }, { callerRateLimit: 2 })
    const askAs = (key: string) =>
      fetch(`${limited.url}/graphql`, {
        method: 'POST',
        headers: { ...JSON_TYPE, 'x-api-key': key },
        body: '{"query":"{ __typename }"}',
      })
    expect([(await askAs('a')).status, (await askAs('a')).status]).toEqual([200, 200])
    const askedAtMs = Date.now()
    const refused = await askAs('a')
    const answeredAtMs = Date.now()
    expect(refused.status).toBe(429)
    const { errors } = (await refused.json()) as Refused['body']
    const { retryAfter, retryAt, code } = errors?.[0]?.extensions ?? {}
    expect(code).toBe('RATE_LIMITED')
    expect(refused.headers.get('retry-after')).toBe(String(retryAfter))
    expect(Number(retryAfter)).toBeGreaterThan(0)
    expect(Number(retryAfter)).toBeLessThanOrEqual(60)
    // The seconds are rounded up; one more is for clocks that differ.
    const begunAtMs = Date.parse(String(retryAt)) - Number(retryAfter) * 1000
    expect(begunAtMs).toBeGreaterThan(askedAtMs - 2000)
    expect(begunAtMs).toBeLessThan(answeredAtMs + 1000)
    expect((await askAs('b')).status).toBe(200)
  })

  it('S11 that guesses keys is refused unchecked after ten in a minute; one with a key is still served', async () => {
    const keyed = {
      ...gateway.gateway,
      authenticate: async (headers: Pick<Headers, 'get' | 'has'>) =>
        headers.get('x-api-key') === 'right' ? gateway.gateway.authenticate(headers) : null,
    }
    await using guarded = await serveOnLoopback({ ...gateway, gateway: keyed })
    const statusOf = async (key: string) =>
      (
        await fetch(`${guarded.url}/graphql`, {
          method: 'POST',
          headers: { ...JSON_TYPE, 'x-api-key': key },
          body: '{"query":"{ __typename }"}',
        })
      ).status
    const statuses: number[] = []
    for (let turn = 0; turn < 12; turn += 1) statuses.push(await statusOf(`wrong-${turn}`))
    expect(statuses).toEqual([...Array<number>(10).fill(401), 429, 429])
    expect(await statusOf('right')).toBe(200)
  })
})

it('S14 the metrics are not on the port of the gateway', async () => {
  for (const path of ['/metrics', '/graphql/metrics', '//metrics']) {
    const response = await fetch(`${server.url}${path}`)
    expect(await response.text()).not.toContain('aurora_gateway_')
    expect(response.status).toBeGreaterThanOrEqual(400)
  }
})
