// The headers for HTTP caches on an answer, and remembered answers that are sent without execution.
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { request as rawRequest } from 'node:http'
import type { IncomingHttpHeaders } from 'node:http'
import { describe, expect, it } from 'vitest'
import { createManualClock } from '../support/manual-clock.ts'
import { pickVariables, readDocuments } from '../support/documents.ts'
import { nth } from '../support/builders.ts'
import { createTestGateway } from '../support/test-gateway.ts'
import type { TestGateway } from '../support/test-gateway.ts'
import { serveOnLoopback } from '../support/test-server.ts'

const SECOND = 1000
const MINUTE = 60 * SECOND

interface Body {
  readonly data?: Record<string, unknown> | null
  readonly errors?: readonly object[]
  readonly extensions: { readonly upstream: { calls: number; saved: { cache: number; stale: number } } }
}

async function get(
  gateway: TestGateway,
  query: string,
  {
    headers = {},
    method = 'GET',
    extensions = '',
  }: { headers?: Record<string, string>; method?: string; extensions?: string } = {},
) {
  const parameters = new URLSearchParams({ query, ...(extensions && { extensions }) })
  const request =
    method === 'GET'
      ? new Request(`http://gateway.test/graphql?${parameters}`, { headers })
      : new Request('http://gateway.test/graphql', {
          method,
          headers: { 'content-type': 'application/json', ...headers },
          body: JSON.stringify({ query }),
        })
  const response = await gateway.handle(request)
  const text = await response.text()
  return {
    status: response.status,
    header: (name: string) => response.headers.get(name),
    text,
    body: (text === '' ? null : JSON.parse(text)) as Body | null,
  }
}

const PROJECTS = '{ projects(first: 2) { nodes { name owner { firstName } } } }'

describe('an answer without errors', () => {
  it.each(['GET', 'POST'])(
    'by %s may be cached by the caller while all of its parts are fresh',
    async (method) => {
      const clock = createManualClock()
      await using gateway = await createTestGateway({ clock })
      const ask = (query: string) => get(gateway, query, { method })
      const first = await ask('{ tenant { name } }')
      expect(first.header('cache-control')).toBe(
        'private, max-age=86400, stale-while-revalidate=86400, stale-if-error=518400',
      )
      expect(first.header('age')).toBe('0')
      await clock.advance(4 * MINUTE)
      // Projects are fresh for five minutes, the tenant for a day: so the older part is not the first one to be stale.
      const both = await ask('{ tenant { name } projects(first: 1) { nodes { name } } }')
      expect(both.header('cache-control')).toMatch(/^private, max-age=300, stale-while-revalidate=600,/)
      expect(both.header('age')).toBe('0')
      await clock.advance(10 * SECOND)
      const again = await ask('{ tenant { name } projects(first: 1) { nodes { name } } }')
      expect([again.header('age'), again.body?.extensions.upstream.calls]).toEqual(['10', 0])
      for (const name of ['Authorization', 'X-Api-Key', 'X-Aurora-Tenant-Id', 'Accept', 'Prefer'])
        expect(again.header('vary')).toContain(name)
    },
  )

  it('that is stale shows its age, and is not remembered', async () => {
    const clock = createManualClock()
    await using gateway = await createTestGateway({ clock })
    await get(gateway, PROJECTS)
    await clock.advance(6 * MINUTE)
    const stale = await get(gateway, PROJECTS)
    expect(stale.body?.extensions.upstream.saved.stale).toBeGreaterThan(0)
    expect(stale.header('cache-control')).toMatch(/max-age=300/)
    expect(Number(stale.header('age'))).toBeGreaterThanOrEqual(360)
  })

  it('has an ETag of its bytes, with which a repeat of the same data gets 304 without a body', async () => {
    await using gateway = await createTestGateway()
    const first = await get(gateway, PROJECTS)
    const second = await get(gateway, PROJECTS)
    expect(first.header('etag')).toMatch(/^"[0-9a-f]{32}\.[0-9a-f]{16}"$/)
    // The body contains the calls of each request, so the bytes differ.
    expect(second.header('etag')).not.toBe(first.header('etag'))
    const tag = first.header('etag') ?? ''
    for (const header of [tag, `"x", ${tag}`, `W/${tag}`, tag.replace(/"$/, '-br"')]) {
      const same = await get(gateway, PROJECTS, { headers: { 'if-none-match': header } })
      expect([same.status, same.text]).toEqual([304, ''])
      expect(header).toContain(same.header('etag'))
      expect(same.header('cache-control')).toMatch(/^private/)
      expect(same.header('content-type')).toBeNull()
      expect(same.header('ratelimit')).not.toBeNull()
    }
    for (const header of ['"x"', tag.replace(/^"./, '"z'), '"*"'])
      expect((await get(gateway, PROJECTS, { headers: { 'if-none-match': header } })).status).toBe(200)
    const post = await get(gateway, PROJECTS, { method: 'POST', headers: { 'if-none-match': tag } })
    expect(post.status).toBe(200)
  })

  it('whose data has changed is sent whole', async () => {
    await using gateway = await createTestGateway()
    const { id } = nth(gateway.simulator.data.projects, 0)
    const query = `{ project(id: "${id}") { name } }`
    const tag = (await get(gateway, query)).header('etag') ?? ''
    await gateway.ask(`mutation { updateProject(id: "${id}", input: { name: "New" }) { project { name } } }`)
    const changed = await get(gateway, query, { headers: { 'if-none-match': tag } })
    expect([changed.status, changed.body?.data]).toEqual([200, { project: { name: 'New' } }])
  })
})

describe('S10 no cache may store an answer', () => {
  it('that is partial, an error, a write, a plan, a report, or without a known age', async () => {
    await using gateway = await createTestGateway({
      simulator: { limit: 1 },
      config: { rateLimit: 1, maxWaitMs: 0 },
    })
    const partial = await get(gateway, '{ tenant { name } teams { name } users { id } }')
    expect(partial.body?.errors).toBeDefined()
    const others = await Promise.all([
      get(gateway, '{ tenant { '),
      get(gateway, '{ nothing }'),
      get(gateway, '{ project(id: "..") { name } }'),
      get(gateway, '{ __typename }'),
      get(gateway, '{ explain(query: "{ tenant { name } }") { remaining } }'),
      get(gateway, '{ tenant { name } }', { extensions: '{"freshness":true}' }),
      get(gateway, 'mutation { declineOrder(id: "o") { errors { code } } }', { method: 'POST' }),
    ])
    for (const { header } of [partial, ...others]) {
      expect(header('cache-control')).toBe('no-store')
      expect([header('etag'), header('age')]).toEqual([null, null])
    }
  })
})

describe('an answer that was served stale only because no call was possible', () => {
  it('shows its age, and has the tag of the copy that a client has', async () => {
    const clock = createManualClock()
    await using gateway = await createTestGateway({ clock, config: { rateLimit: 1, maxWaitMs: 0 } })
    const first = await get(gateway, '{ projects(first: 1) { nodes { name } } }')
    await clock.advance(20 * MINUTE)
    // Another list takes the only slot.
    await get(gateway, '{ teams { name } }')
    const kept = await get(gateway, '{ projects(first: 1) { nodes { name } } }')
    expect([kept.body?.errors, kept.body?.extensions.upstream.saved.stale]).toEqual([undefined, 1])
    // Older than its max-age: a cache asks before it shows it again.
    expect(kept.header('cache-control')).toMatch(/^private, max-age=300,/)
    expect(kept.header('age')).toBe('1200')
    const same = await get(gateway, '{ projects(first: 1) { nodes { name } } }', {
      headers: { 'if-none-match': first.header('etag') ?? '' },
    })
    expect([same.status, same.header('age')]).toEqual([304, '1200'])
  })
})

describe('S10 a failure that is data', () => {
  it('is neither remembered nor stored: a client that comes back gets the rest', async () => {
    const clock = createManualClock()
    await using gateway = await createTestGateway({ clock, config: { rateLimit: 1, maxWaitMs: 0 } })
    const { id } = nth(gateway.simulator.data.projects, 0)
    const query = `{ tenant { name } nodeResult(id: "Project:${id}") { node { id ... on Project { name } } } }`
    await get(gateway, '{ tenant { name } }')
    for (let turn = 0; turn < 3; turn += 1) {
      const refused = await get(gateway, query)
      expect(refused.body?.data).toMatchObject({ nodeResult: { node: null } })
      expect(refused.header('cache-control')).toBe('no-store')
    }
    await clock.advance(2 * MINUTE)
    expect((await get(gateway, query)).body?.data).toMatchObject({
      nodeResult: { node: { id: `Project:${id}` } },
    })
  })
})

it('S10 an answer that a write has overtaken may not be stored', async () => {
  await using gateway = await createTestGateway()
  const { id } = nth(gateway.simulator.data.projects, 0)
  gateway.simulator.faults.set(/projects\/[^/]+$/, { latency: 300 })
  const slow = get(gateway, `{ project(id: "${id}") { name } }`)
  await expect.poll(() => gateway.simulator.calls.length).toBe(1)
  gateway.simulator.faults.clear()
  await gateway.ask(`mutation { updateProject(id: "${id}", input: { name: "New" }) { errors { code } } }`)
  expect((await slow).header('cache-control')).toBe('no-store')
})

describe('a remembered answer', () => {
  const READS = readDocuments().filter(({ query }) => !/^\s*(#.*\n\s*)*mutation/.test(query))

  it.each(READS)('$name equals an executed one, byte for byte, and counts the same', async ({ query }) => {
    await using gateway = await createTestGateway()
    const variables = pickVariables(gateway.simulator.data)
    const ask = async () => {
      const { data, extensions, text } = await gateway.ask(query, variables)
      expect(text.startsWith(`{"data":${JSON.stringify(data)},"extensions":`)).toBe(true)
      // It is rounded from two clocks, so it may differ by a millisecond.
      return { data: JSON.stringify(data), upstream: { ...extensions.upstream, resetAt: null } }
    }
    await ask()
    // Only an answer that needed no call is remembered.
    const executed = await ask()
    expect(executed.upstream.calls).toBe(0)
    expect(await ask()).toEqual(executed)
  })

  it('belongs to one scope, one document, its variables and its operation', async () => {
    await using gateway = await createTestGateway()
    const { projects } = gateway.simulator.data
    const query =
      'query A($id: ID!) { project(id: $id) { name } } query B($id: ID!) { project(id: $id) { auroraId } }'
    const ask = async (operationName: string, id: string) => {
      const body = JSON.stringify({ query, operationName, variables: { id } })
      const headers = { 'content-type': 'application/json' }
      const request = new Request('http://gateway.test/graphql', { method: 'POST', headers, body })
      return ((await (await gateway.handle(request)).json()) as Body).data
    }
    const [first, second] = [nth(projects, 0), nth(projects, 1)]
    for (let turn = 0; turn < 2; turn += 1) {
      expect(await ask('A', first.id)).toEqual({ project: { name: first.name } })
      expect(await ask('A', second.id)).toEqual({ project: { name: second.name } })
      expect(await ask('B', first.id)).toEqual({ project: { auroraId: first.id } })
    }
  })

  it('is not sent where a newer one is requested, after a write, or when a part is stale', async () => {
    const clock = createManualClock()
    await using gateway = await createTestGateway({ clock })
    const { id } = nth(gateway.simulator.data.projects, 0)
    const query = `{ project(id: "${id}") { name } }`
    const callsOf = async (headers: Record<string, string> = {}) =>
      (await get(gateway, query, { headers })).body?.extensions.upstream.calls
    expect([await callsOf(), await callsOf()]).toEqual([1, 0])
    await clock.advance(1)
    expect(await callsOf({ 'cache-control': 'no-cache' })).toBe(1)
    await clock.advance(30 * SECOND)
    expect([await callsOf({ 'cache-control': 'max-age=10' }), await callsOf()]).toEqual([1, 0])
    await gateway.ask(`mutation { updateProject(id: "${id}", input: { name: "New" }) { errors { code } } }`)
    expect((await get(gateway, query)).body?.data).toEqual({ project: { name: 'New' } })
  })
})

describe('on the wire', () => {
  const send = (url: string, headers: Record<string, string>, method = 'GET') =>
    new Promise<{ headers: IncomingHttpHeaders; status: number | undefined; bytes: Buffer }>(
      (resolve, reject) => {
        rawRequest(url, { method, headers: { 'x-api-key': 'k', ...headers } }, (incoming) => {
          const parts: Buffer[] = []
          incoming.on('data', (part: Buffer) => parts.push(part))
          incoming.on('end', () =>
            resolve({ headers: incoming.headers, status: incoming.statusCode, bytes: Buffer.concat(parts) }),
          )
        })
          .on('error', reject)
          .end()
      },
    )

  it('an answer of more than a kilobyte is compressed as the client accepts it, each form with its own ETag', async () => {
    await using gateway = await createTestGateway()
    await using server = await serveOnLoopback(gateway)
    const url = `${server.url}/graphql?${new URLSearchParams({ query: '{ projects(first: 50) { nodes { name id } } }' })}`
    const plain = await send(url, {})
    expect([plain.headers['content-encoding'], plain.headers.vary]).toEqual([
      undefined,
      expect.stringContaining('Accept-Encoding'),
    ])
    const forms = [
      ['br', 'gzip, br', brotliDecompressSync],
      ['gzip', 'gzip', gunzipSync],
      ['gzip', 'br;q=0.5, gzip', gunzipSync],
    ] as const
    for (const [encoding, taken, decompress] of forms) {
      const { headers, bytes } = await send(url, { 'accept-encoding': taken })
      expect(headers['content-encoding']).toBe(encoding)
      expect(headers['content-length']).toBe(String(bytes.length))
      expect(headers.etag).toMatch(new RegExp(`-${encoding}"$`))
      expect(bytes.length).toBeLessThan(plain.bytes.length / 2)
      expect(JSON.parse(decompress(bytes).toString()).data).toEqual(JSON.parse(plain.bytes.toString()).data)
      const same = await send(url, { 'accept-encoding': taken, 'if-none-match': String(headers.etag) })
      expect([same.status, same.bytes.length, same.headers.etag]).toEqual([304, 0, headers.etag])
    }
    for (const taken of ['identity', 'br;q=0, gzip;q=0', 'identity, gzip;q=0.5', 'deflate'])
      expect((await send(url, { 'accept-encoding': taken })).headers['content-encoding']).toBeUndefined()
    const small = await send(`${server.url}/graphql?query={__typename}`, { 'accept-encoding': 'br' })
    expect(small.headers['content-encoding']).toBeUndefined()
  })

  it('HEAD has the headers of GET', async () => {
    await using gateway = await createTestGateway()
    await using server = await serveOnLoopback(gateway)
    const url = `${server.url}/graphql?${new URLSearchParams({ query: '{ tenant { name } }' })}`
    const { status, headers, bytes } = await send(url, {}, 'HEAD')
    expect([status, bytes.length]).toEqual([200, 0])
    expect(headers['cache-control']).toMatch(/^private/)
    expect(headers.etag).toBeDefined()
  })
})
