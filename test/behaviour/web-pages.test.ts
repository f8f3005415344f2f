// Web pages and apps in a web view that send requests from another origin: what they may send, and what the log says if not.
import { afterAll, describe, expect, it } from 'vitest'
import { createTestGateway } from '../support/test-gateway.ts'
import { serveOnLoopback } from '../support/test-server.ts'
import type { TestServerOptions } from '../support/test-server.ts'

const gateway = await createTestGateway()
afterAll(() => gateway[Symbol.asyncDispose]())

const PAGE = 'https://app.example'
const APP = 'capacitor://localhost'

interface Logged {
  readonly message: string
  readonly origin: string
  readonly setting: string
  readonly headers: readonly string[]
}

async function open(options: TestServerOptions = {}) {
  const lines: object[] = []
  const note = (fields: object, message: string): void => void lines.push({ ...fields, message })
  const log = { info: () => {}, warn: note, error: note }
  const server = await serveOnLoopback({ ...gateway, log }, { corsOrigins: [PAGE, APP], ...options })
  return {
    lines: lines as Logged[],
    async preflight(origin: string, names = 'content-type') {
      const response = await fetch(`${server.url}/graphql`, {
        method: 'OPTIONS',
        headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': names },
      })
      await response.text()
      return response
    },
    post: (origin: string) =>
      fetch(`${server.url}/graphql`, {
        method: 'POST',
        headers: { origin, 'content-type': 'application/json' },
        body: '{"query":"{ __typename }"}',
      }),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  }
}

const allowedBy = ({ headers }: Response): string[] =>
  (headers.get('access-control-allow-headers') ?? '').split(', ')

describe('a page of a listed origin', () => {
  it('may send the headers that common clients and libraries for traces add', async () => {
    await using server = await open()
    const names = [
      'apollographql-client-name',
      'apollographql-client-version',
      'baggage',
      'sentry-trace',
      'tracestate',
      'traceparent',
      'x-request-id',
      'apollo-require-preflight',
      'x-apollo-operation-name',
      'if-none-match',
      'cache-control',
      'prefer',
    ]
    const response = await server.preflight(PAGE, names.join(','))
    expect([response.status, response.headers.get('access-control-allow-origin')]).toEqual([204, PAGE])
    expect(allowedBy(response)).toEqual(expect.arrayContaining(names))
    expect(server.lines).toEqual([])
  })

  it('may be that of an app with a scheme of its own', async () => {
    await using server = await open()
    expect((await server.preflight(APP)).headers.get('access-control-allow-origin')).toBe(APP)
    const answer = await server.post(APP)
    expect([answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([200, APP])
  })

  it('may send a header of the settings, and is told in the log which setting allows another one', async () => {
    await using server = await open({ corsHeaders: ['x-app-version'] })
    expect(allowedBy(await server.preflight(PAGE, 'X-App-Version, Content-Type'))).toContain('x-app-version')
    expect(server.lines).toEqual([])
    for (let turn = 0; turn < 3; turn += 1)
      expect(allowedBy(await server.preflight(PAGE, 'x-other,content-type'))).not.toContain('x-other')
    expect(server.lines).toMatchObject([{ origin: PAGE, setting: 'CORS_HEADERS', headers: ['x-other'] }])
  })

  it('may read the headers from which it learns when to come back and what it got', async () => {
    await using server = await open()
    const exposed = (await server.post(PAGE)).headers.get('access-control-expose-headers')?.split(', ')
    const names = [
      'age',
      'etag',
      'ratelimit',
      'ratelimit-policy',
      'retry-after',
      'x-request-id',
      'preference-applied',
    ]
    expect(exposed).toEqual(expect.arrayContaining([...names, 'www-authenticate']))
  })
})

describe('a page of another origin', () => {
  it('is refused, and the log says once for each origin which setting would allow it', async () => {
    await using server = await open()
    for (const origin of ['https://a.example', 'https://b.example', 'https://a.example', 'null']) {
      const response = await server.preflight(origin)
      expect(response.headers.has('access-control-allow-origin')).toBe(false)
    }
    expect(server.lines.map(({ origin, setting }) => [origin, setting])).toEqual([
      ['https://a.example', 'CORS_ORIGINS'],
      ['https://b.example', 'CORS_ORIGINS'],
      ['null', 'CORS_ORIGINS'],
    ])
    expect(server.lines[0]?.message).toContain('CORS_ORIGINS')
  })

  it('gets a line as well where no origin is listed at all, and none for a request that is no preflight', async () => {
    await using server = await open({ corsOrigins: [] })
    await (await server.post(PAGE)).text()
    expect(server.lines).toEqual([])
    await server.preflight(PAGE)
    expect(server.lines).toHaveLength(1)
  })

  it('cannot fill the log: neither with many origins nor with a long one', async () => {
    await using server = await open()
    await server.preflight(`https://${'a'.repeat(5000)}.example`, 'x'.repeat(5000))
    expect(JSON.stringify(server.lines).length).toBeLessThan(1000)
    for (let turn = 0; turn < 150; turn += 1) await server.preflight(`https://${turn}.example`)
    expect(server.lines).toHaveLength(100)
  })
})
