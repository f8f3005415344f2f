// Requests of odd shapes and depths, in every form in which a request can come: each gets its refusal, and costs no call.
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest'
import { listenLocally } from '../support/local-server.ts'
import { countHeldBytes } from '../support/memory.ts'
import { createTestGateway } from '../support/test-gateway.ts'
import { serveOnLoopback } from '../support/test-server.ts'

const gateway = await createTestGateway()
const server = await serveOnLoopback(gateway, { accessLog: false })
const url = `${server.url}/graphql`

afterAll(async () => {
  await server[Symbol.asyncDispose]()
  await gateway[Symbol.asyncDispose]()
})

beforeEach(() => {
  gateway.takeCalls()
  gateway.logged.length = 0
})

/** No fault of the gateway, and no call. */
afterEach(() => {
  expect(gateway.logged).toEqual([])
  expect(gateway.takeCalls()).toEqual([])
})

interface Outcome {
  readonly status: number
  readonly codes: readonly string[]
  readonly messages: readonly string[]
}

interface Body {
  readonly errors?: readonly { message: string; extensions: { code: string } }[]
}

async function outcomeOf(response: Response): Promise<Outcome> {
  const { errors = [] } = (await response.json()) as Body
  return {
    status: response.status,
    codes: errors.map(({ extensions }) => extensions.code),
    messages: errors.map(({ message }) => message),
  }
}

/** The text of a body, because JSON.stringify would run out of stack where it is deep. */
const postText = async (body: string): Promise<Outcome> =>
  outcomeOf(await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body }))

async function postForm(parts: Readonly<Record<string, string | Blob>>): Promise<Outcome> {
  const body = new FormData()
  for (const [name, part] of Object.entries(parts)) body.set(name, part)
  return outcomeOf(
    await fetch(url, { method: 'POST', headers: { 'graphql-require-preflight': 'true' }, body }),
  )
}

const getSearch = async (search: string): Promise<Outcome> =>
  outcomeOf(await fetch(`${url}?${search}`, { headers: { 'graphql-require-preflight': 'true' } }))

const QUERY = '"query":"{ __typename }"'
const lists = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels)
const objects = (levels: number): string => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`
const DEEP = [
  ['lists', lists(100_000)],
  ['objects', objects(40_000)],
] as const

describe.each(DEEP)('100,000 levels of %s', (_, deep) => {
  it.each([
    ['operationName', `{${QUERY},"operationName":${deep}}`, 'BAD_REQUEST'],
    ['documentId', `{${QUERY},"documentId":${deep}}`, 'BAD_REQUEST'],
    ['query', `{"query":${deep}}`, 'BAD_REQUEST'],
    ['variables', `{${QUERY},"variables":{"a":${deep}}}`, 'QUERY_REJECTED'],
    ['extensions', `{${QUERY},"extensions":{"a":${deep}}}`, 'QUERY_REJECTED'],
    ['persistedQuery', `{${QUERY},"extensions":{"persistedQuery":${deep}}}`, 'BAD_REQUEST'],
    [
      'sha256Hash',
      `{${QUERY},"extensions":{"persistedQuery":{"version":1,"sha256Hash":${deep}}}}`,
      'BAD_REQUEST',
    ],
    ['a parameter of another name', `{${QUERY},"other":${deep}}`, 'BAD_REQUEST'],
    ['the body itself', deep, 'BAD_REQUEST'],
  ])('in %s', async (_place, body, code) => {
    expect(await postText(body)).toMatchObject({ status: 400, codes: [code] })
  })

  it.each([
    ['the map', { operations: `{${QUERY}}`, map: deep }, 'BAD_REQUEST'],
    ['a file of the map', { operations: `{${QUERY}}`, map: `{"0":${deep}}`, 0: 'x' }, 'BAD_REQUEST'],
    ['a place of the map', { operations: `{${QUERY}}`, map: `{"0":[${deep}]}`, 0: 'x' }, 'BAD_REQUEST'],
    ['operations', { operations: deep }, 'BAD_REQUEST'],
    ['operationName', { operations: `{${QUERY},"operationName":${deep}}` }, 'BAD_REQUEST'],
    ['query', { operations: `{"query":${deep}}` }, 'BAD_REQUEST'],
    ['variables', { operations: `{${QUERY},"variables":{"a":${deep}}}` }, 'QUERY_REJECTED'],
  ])('in %s of a form', async (_place, parts, code) => {
    expect(await postForm(parts)).toMatchObject({ status: 400, codes: [code] })
  })
})

describe('more members than a request may have', () => {
  const members = (count: number): string =>
    `{${Array.from({ length: count }, (_, index) => `"m${index}":1`).join(',')}}`

  it.each([
    ['in variables', `{${QUERY},"variables":${members(10_001)}}`],
    ['in extensions', `{${QUERY},"extensions":${members(10_001)}}`],
    ['at the top', members(10_001)],
    ['of many objects', `{${QUERY},"variables":{"a":[${`${members(20)},`.repeat(520)}1]}}`],
  ])('%s are refused before they are parsed', async (_, text) => {
    const refused = {
      status: 400,
      codes: ['QUERY_REJECTED'],
      messages: [expect.stringContaining('10000 members')],
    }
    expect(await postText(text)).toEqual(refused)
    expect(await postForm({ operations: text })).toEqual(refused)
  })

  it('are no fewer than those of a year of hours', async () => {
    const text = `{"query":"query ($v: JSON) { __typename }","variables":{"v":${members(8_784)}}}`
    expect(await postText(text)).toMatchObject({ codes: ['GRAPHQL_VALIDATION_FAILED'] })
  })
})

describe('a text of 250,000 characters is quoted in part', () => {
  const long = 'x'.repeat(250_000)

  it.each([
    ['as the name of a parameter', `{${QUERY},"${long}":1}`],
    [
      'as the value of a variable',
      `{"query":"query ($n: Int) { projects(first: $n) { __typename } }","variables":{"n":"${long}"}}`,
    ],
    [
      'as a member of an input',
      `{"query":"mutation ($i: UpdateProjectInput!) { updateProject(id: 1, input: $i) { __typename } }","variables":{"i":{"${long}":1}}}`,
    ],
  ])('%s', async (_, body) => {
    const { status, messages } = await postText(body)
    expect(status).toBeLessThan(500)
    expect(messages).toHaveLength(1)
    for (const message of messages) expect(message.length).toBeLessThan(1100)
  })
})

describe('a form', () => {
  const operations = '{"query":"{ __typename }","variables":{"file":null,"list":[null]}}'
  const file = new Blob(['x'])

  it.each(['variables.file', 'variables.list.0', 'variables.other'])('puts a file at %s', async (place) => {
    const map = JSON.stringify({ 0: [place] })
    expect(await postForm({ operations, map, 0: file })).toMatchObject({ status: 200, codes: [] })
  })

  it.each([
    '',
    '.',
    'query',
    'operationName',
    'variables',
    '__proto__.x',
    'variables.__proto__',
    'variables.__proto__.x',
    'variables.constructor.prototype.x',
    'variables.none.x',
    'variables.file.x',
    'variables.list.length.x',
    `variables${'.a'.repeat(100_000)}`,
  ])('puts a file nowhere else, such as %j', async (place) => {
    const map = JSON.stringify({ 0: [place] })
    expect(await postForm({ operations, map, 0: file })).toMatchObject({
      status: 400,
      codes: ['BAD_REQUEST'],
    })
    expect(Object.keys(Object.prototype)).toEqual([])
  })

  it.each([
    ['without operations', { map: '{}' }, 'BAD_REQUEST'],
    ['whose operations are a file', { operations: file }, 'BAD_REQUEST'],
    ['whose operations are no JSON', { operations: '{' }, 'BAD_REQUEST'],
    ['with a map that is no JSON', { operations, map: '{' }, 'BAD_REQUEST'],
    ['with a map that is a list', { operations, map: '[]' }, 'BAD_REQUEST'],
    ['with a place that is a number', { operations, map: '{"0":[1]}', 0: file }, 'BAD_REQUEST'],
    ['without the file that the map names', { operations, map: '{"0":["variables.file"]}' }, 'BAD_REQUEST'],
    ['with files for a text', { operations: '"x"', map: '{"0":["variables.file"]}', 0: file }, 'BAD_REQUEST'],
    [
      'with a longer operation than a body without files',
      { operations: `"${'x'.repeat(300_000)}"` },
      'QUERY_REJECTED',
    ],
    [
      'of 30 parts',
      Object.fromEntries([['operations', operations], ...Array.from({ length: 29 }, (_, at) => [at, ''])]),
      'QUERY_REJECTED',
    ],
  ] as const)('%s is refused', async (_, parts, code) => {
    expect(await postForm(parts)).toMatchObject({ status: 400, codes: [code] })
  })

  it('that is none is refused', async () => {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'multipart/form-data; boundary=b', 'graphql-require-preflight': 'true' },
      body: 'x',
    })
    expect(await outcomeOf(response)).toMatchObject({ status: 400, codes: ['BAD_REQUEST'] })
  })
})

it('a deep variable of an explained operation is refused like that of a request', async () => {
  const explained = 'query ($deep: ID!) { project(id: $deep) { name } }'
  const query = `{ explain(query: "${explained}", variables: {deep: ${lists(300)}}) { remaining } }`
  const { status, codes } = await postText(JSON.stringify({ query }))
  expect([status, codes]).toEqual([200, ['BAD_USER_INPUT']])
})

it('cursors that hold deep or wide JSON are wrong cursors', async () => {
  for (const text of [lists(3000), objects(2000), '[null,null,null]', '{}', '"x"']) {
    const after = Buffer.from(text).toString('base64url')
    const query = 'query ($after: String) { projects(first: 1, after: $after) { __typename } }'
    const { codes } = await postText(JSON.stringify({ query, variables: { after } }))
    expect(codes).toEqual(['BAD_USER_INPUT'])
  }
})

/** Values that no client sends, of every type, shape and size. */
const oddValue: fc.Arbitrary<string> = fc.oneof(
  fc.json({ maxDepth: 3 }),
  fc.constantFrom(
    'null',
    'true',
    '0',
    '-1',
    '1e999',
    '""',
    '[]',
    '{}',
    '[[]]',
    '{"":{}}',
    '"\\ud800"',
    '"\\u0000"',
  ),
  fc.constantFrom(
    '{"__proto__":{"a":1}}',
    '{"constructor":1}',
    '{"toString":1}',
    '{"length":-1}',
    '{"then":1}',
  ),
  fc.integer({ min: 21, max: 5000 }).map(lists),
  fc.integer({ min: 21, max: 5000 }).map(objects),
  fc.integer({ min: 101, max: 5000 }).map((count) => `[${Array.from({ length: count }, () => '{}').join()}]`),
  fc.integer({ min: 1, max: 100_000 }).map((count) => JSON.stringify('"\\'.repeat(count / 4))),
)
const parameter = fc.constantFrom(
  'operationName',
  'variables',
  'extensions',
  'documentId',
  'query',
  'id',
  '__proto__',
  '',
)
const oddParameters = fc.uniqueArray(fc.tuple(parameter, oddValue), {
  minLength: 1,
  maxLength: 3,
  selector: ([name]) => name,
})
const bodyOf = (given: readonly (readonly [string, string])[]): string =>
  `{${[...(given.some(([name]) => name === 'query') ? [] : [QUERY]), ...given.map(([name, value]) => `${JSON.stringify(name)}:${value}`)].join()}}`

it('an odd value of any parameter, in any form of a request, is answered or refused with a reason', async () => {
  const oddRequest = fc.oneof(
    oddParameters.map((given) => () => postText(bodyOf(given))),
    oddValue.map((value) => () => postText(value)),
    oddValue.map((value) => () => postText(`{${QUERY},"extensions":{"persistedQuery":${value}}}`)),
    oddParameters.map((given) => () => postForm({ operations: bodyOf(given) })),
    oddValue.map((value) => () => postForm({ operations: `{${QUERY}}`, map: value, 0: 'x' })),
    oddValue.map((value) => () => postForm({ operations: `{${QUERY}}`, map: `{"0":${value}}`, 0: 'x' })),
    oddParameters.map(
      (given) => () =>
        getSearch(
          `query={__typename}&${given.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value).slice(0, 2000)}`).join('&')}`,
        ),
    ),
  )
  await fc.assert(
    fc.asyncProperty(oddRequest, async (send) => {
      const { status, codes } = await send()
      expect(status).toBeLessThan(500)
      expect(codes).not.toContain('INTERNAL_SERVER_ERROR')
      if (status >= 400) expect(codes).not.toEqual([])
    }),
    { numRuns: 300 },
  )
})

it('many documents of the largest size do not fill the memory with what was parsed of them', async () => {
  const documentOf = (index: number): string => {
    const fields = Array.from({ length: 320 }, (_, place) => `a${index}x${place}: id`)
    return `{ tenant { ${fields.join(' ')} } }`
  }
  await postText(JSON.stringify({ query: documentOf(0) }))
  const before = countHeldBytes()
  for (let index = 1; index <= 500; index += 1) await postText(JSON.stringify({ query: documentOf(index) }))
  expect(countHeldBytes() - before).toBeLessThan(70 * 1024 * 1024)
})

it('one deep member of an answer fails alone, and the cache is written to its file all the same', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'deep-'))
  const cacheFile = join(folder, 'cache')
  const body = `{"project":{"id":"p1","name":"Roof","external_provider_id":${lists(100_000)}}}`
  const aurora = createServer((_request, response) => void response.end(body))
  await using local = await listenLocally(aurora)
  const query = '{ project(id: "p1") { name externalProviderId } }'
  const codes: string[][] = []
  for (let starts = 0; starts < 2; starts += 1) {
    await using restarted = await createTestGateway({ baseUrl: local.url, config: { cacheFile } })
    const { data, errors = [], extensions } = await restarted.ask(query)
    expect(data).toEqual({ project: { name: 'Roof', externalProviderId: null } })
    expect(extensions.upstream.calls).toBe(1 - starts)
    codes.push(errors.map((error) => error.extensions.code))
  }
  expect(codes).toEqual([['UPSTREAM_INVALID'], ['UPSTREAM_INVALID']])
  rmSync(folder, { recursive: true })
})
