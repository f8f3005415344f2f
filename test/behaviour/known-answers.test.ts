// A request that was answered before is answered with bytes: the same as the ordinary way gives, and only as long as it would.
import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { request as rawRequest } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import type { Repeat } from '../../src/http/known-answers.ts'
import type { Log } from '../../src/telemetry/log.ts'
import { nth } from '../support/builders.ts'
import { pickVariables, readDocuments } from '../support/documents.ts'
import { createManualClock } from '../support/manual-clock.ts'
import { createTestGateway } from '../support/test-gateway.ts'
import type { TestGateway } from '../support/test-gateway.ts'
import { serveOnLoopback } from '../support/test-server.ts'
import type { TestServerOptions } from '../support/test-server.ts'

const READS = readDocuments().filter(({ query }) => !/^\s*(#.*\n\s*)*mutation/.test(query))
const SECOND = 1000
const MINUTE = 60 * SECOND

interface Sent {
  readonly method?: 'GET' | 'HEAD' | 'POST'
  readonly headers?: Readonly<Record<string, string>>
  /** The search of a GET, the JSON of a POST. */
  readonly query?: string
  readonly variables?: object
  readonly more?: Readonly<Record<string, unknown>>
}

interface Got {
  readonly status: number | undefined
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly text: string
  /** As it came, perhaps compressed. */
  readonly bytes: number
  /** Whether it came without the gateway's `handle`. */
  readonly isKnown: boolean
}

interface ServeKnown extends TestServerOptions {
  /** Replaces what gives an answer again. */
  readonly onRepeat?: (repeat: Repeat) => Repeat
}

/** A gateway behind its server, which counts what does not leave as bytes. */
async function serve(gateway: TestGateway, { onRepeat = (repeat) => repeat, ...options }: ServeKnown = {}) {
  let handled = 0
  const lines: object[] = []
  const note = (fields: object): void => void lines.push(fields)
  const log: Log = { info: note, warn: note, error: note }
  const server = await serveOnLoopback(gateway, {
    ...options,
    log,
    handle(request, caller, record, onRepeatable) {
      handled += 1
      return gateway.gateway.handle(request, caller, record, (repeat) => onRepeatable?.(onRepeat(repeat)))
    },
  })
  const send = async (sent: Sent): Promise<Got> => {
    const before = handled
    const got = await sendRaw(server.url, sent)
    return { ...got, isKnown: handled === before }
  }
  return { send, lines, url: server.url, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() }
}

const DECODERS: Readonly<Record<string, (bytes: Buffer) => Buffer>> = {
  gzip: gunzipSync,
  br: brotliDecompressSync,
}

function sendRaw(url: string, sent: Sent): Promise<Omit<Got, 'isKnown'>> {
  const { method = 'POST', headers = {}, query, variables, more } = sent
  const parameters = { ...(query && { query }), ...(variables && { variables }), ...more }
  const search = new URLSearchParams(
    Object.entries(parameters).map(([name, value]) => [
      name,
      typeof value === 'string' ? value : JSON.stringify(value),
    ]),
  )
  const isPost = method === 'POST'
  return new Promise((resolve, reject) => {
    const request = rawRequest(`${url}/graphql${isPost ? '' : `?${search}`}`, {
      method,
      headers: isPost ? { 'content-type': 'application/json', ...headers } : { 'x-api-key': 'k', ...headers },
    })
    request.on('response', (incoming) => {
      const parts: Buffer[] = []
      incoming.on('data', (part: Buffer) => parts.push(part))
      incoming.on('end', () => {
        const bytes = Buffer.concat(parts)
        const decode = DECODERS[incoming.headers['content-encoding'] ?? '']
        const text = (decode && bytes.length > 0 ? decode(bytes) : bytes).toString()
        resolve({ status: incoming.statusCode, headers: incoming.headers, text, bytes: bytes.length })
      })
    })
    request.on('error', reject).end(isPost ? JSON.stringify(parameters) : undefined)
  })
}

/** Without ids and dates. A repeat is compressed in two blocks, so its compressed bytes are others, and so is its tag. */
function comparable({ status, headers, text }: Omit<Got, 'isKnown'>) {
  const { date: _date, 'x-request-id': _id, ...others } = headers
  return {
    status,
    headers: {
      ...others,
      ...(others['content-encoding'] && {
        'content-length': 'of the compressed bytes',
        etag: others['etag']?.toString().replace('-kept"', '"'),
      }),
    },
    text,
  }
}

const FORMS: readonly Sent[] = [
  {},
  { headers: { accept: 'application/graphql-response+json' } },
  { headers: { 'accept-encoding': 'gzip' } },
  { headers: { 'accept-encoding': 'br, gzip' } },
  { headers: { 'cache-control': 'max-age=60', prefer: 'wait=1' } },
  { headers: { origin: 'https://app.example' } },
  { headers: { origin: 'https://other.example' } },
  { method: 'GET' },
  { method: 'GET', headers: { 'accept-encoding': 'gzip' } },
  { method: 'GET', headers: { 'if-none-match': '*' } },
  { method: 'HEAD' },
]

describe('a known answer', () => {
  it.each(READS)(
    '$name equals that of the ordinary way in every form',
    async ({ query }) => {
      await using gateway = await createTestGateway({ clock: createManualClock() })
      const corsOrigins = ['https://app.example']
      await using known = await serve(gateway, { corsOrigins })
      await using ordinary = await serve(gateway, { corsOrigins, limits: { knownMaxBytes: 0 } })
      const variables = pickVariables(gateway.simulator.data)
      // The first fetches, the second executes what is cached and is remembered.
      await ordinary.send({ query, variables })
      const isStored = (await ordinary.send({ query, variables })).headers['cache-control'] !== 'no-store'
      gateway.takeCalls()
      for (const form of FORMS) {
        const sent = { ...form, query, variables }
        const [first, second] = [await ordinary.send(sent), await ordinary.send(sent)]
        await known.send(sent)
        const repeated = await known.send(sent)
        expect([first.isKnown, second.isKnown, repeated.isKnown]).toEqual([false, false, isStored])
        expect(comparable(repeated)).toEqual(comparable(second))
        // A HEAD and a 304 have no body; a whole one has as many bytes as it says.
        expect([0, Number(repeated.headers['content-length'] ?? 0)]).toContain(repeated.bytes)
      }
      expect(gateway.takeCalls()).toEqual([])
    },
    20_000,
  )

  it.each(['gzip', 'br'])(
    'in %s has a tag of its own, since its bytes differ; a client that holds either form gets 304',
    async (encoding) => {
      await using gateway = await createTestGateway({ clock: createManualClock() })
      await using known = await serve(gateway)
      await using ordinary = await serve(gateway, { limits: { knownMaxBytes: 0 } })
      const headers = { 'accept-encoding': encoding }
      const sent: Sent = { method: 'GET', query: '{ projects(first: 50) { nodes { name id } } }', headers }
      for (let turn = 0; turn < 3; turn += 1) await known.send(sent)
      const [repeated, whole] = [await known.send(sent), await ordinary.send(sent)]
      expect([repeated.isKnown, repeated.text]).toEqual([true, whole.text])
      const tag = String(repeated.headers['etag'])
      expect(tag).toMatch(new RegExp(`-${encoding}-kept"$`))
      expect(tag.replace('-kept', '')).toBe(whole.headers['etag'])
      for (const held of [tag, String(whole.headers['etag'])])
        for (const server of [known, ordinary]) {
          const same = await server.send({ ...sent, headers: { ...headers, 'if-none-match': held } })
          expect([same.status, same.headers['etag']]).toEqual([304, held])
        }
    },
  )

  it('is one whose document was sent before: what is sent once leaves nothing, though all of it was cached', async () => {
    await using gateway = await createTestGateway()
    await using server = await serve(gateway)
    const ask = (alias: string) =>
      server.send({ query: `{ projects(first: 3) { nodes { id ${alias}: name owner { email } } } }` })
    await ask('first')
    gateway.takeCalls()
    const again = [await ask('other'), await ask('other'), await ask('other')]
    expect(again.map(({ isKnown }) => isKnown)).toEqual([false, false, true])
    expect(new Set(again.map(({ text }) => JSON.stringify(JSON.parse(text).data))).size).toBe(1)
    expect(gateway.takeCalls()).toEqual([])
  })

  it('is logged and measured like any other', async () => {
    await using gateway = await createTestGateway()
    await using server = await serve(gateway)
    const sent = { query: '{ projects(first: 3) { nodes { name } } }' }
    for (let turn = 0; turn < 4; turn += 1) await server.send(sent)
    const shape = ({ requestId: _id, durationMs: _ms, ...fields }: Record<string, unknown>) => fields
    const [, executed, , known] = server.lines.map((line) => shape(line as Record<string, unknown>))
    expect(known).toEqual(executed)
    expect(known).toMatchObject({
      status: 200,
      calls: 0,
      saved: 1,
      caller: expect.any(String),
      operationType: 'query',
    })
  })

  it('ends with a write that changes one of its parts', async () => {
    await using gateway = await createTestGateway()
    await using server = await serve(gateway)
    const { id } = nth(gateway.simulator.data.projects, 0)
    const sent = { query: `{ project(id: "${id}") { name } }` }
    for (let turn = 0; turn < 3; turn += 1) await server.send(sent)
    expect((await server.send(sent)).isKnown).toBe(true)
    await gateway.ask(`mutation { updateProject(id: "${id}", input: { name: "New" }) { errors { code } } }`)
    const after = await server.send(sent)
    expect([after.isKnown, JSON.parse(after.text).data]).toEqual([false, { project: { name: 'New' } }])
  })

  it('ends when its first part goes stale, and sooner for a request that names an age', async () => {
    const clock = createManualClock()
    await using gateway = await createTestGateway({ clock })
    await using server = await serve(gateway)
    const sent = { query: '{ tenant { name } projects(first: 3) { nodes { name } } }' }
    const young = { ...sent, headers: { 'cache-control': 'max-age=60' } }
    for (let turn = 0; turn < 3; turn += 1) for (const each of [sent, young]) await server.send(each)
    await clock.advance(MINUTE - 1)
    expect([(await server.send(sent)).isKnown, (await server.send(young)).isKnown]).toEqual([true, true])
    expect((await server.send(sent)).headers['age']).toBe('59')
    await clock.advance(1)
    gateway.takeCalls()
    expect((await server.send(sent)).isKnown).toBe(true)
    expect(gateway.takeCalls()).toEqual([])
    const newer = await server.send(young)
    expect([newer.isKnown, gateway.takeCalls().length]).toEqual([false, 2])
    await clock.advance(5 * MINUTE)
    expect((await server.send(sent)).isKnown).toBe(false)
  })

  it('belongs to one caller’s data: another key, a longer body or another header never gets it', async () => {
    await using gateway = await createTestGateway()
    const scopes = new Map<string, string>()
    const keyed = {
      ...gateway.gateway,
      async authenticate(headers: Pick<Headers, 'get' | 'has'>) {
        const caller = await gateway.gateway.authenticate(headers)
        const key = headers.get('x-api-key') ?? ''
        scopes.set(key, key)
        return (
          caller && {
            ...caller,
            name: key,
            scope: { ...caller.scope, key: `${caller.scope.key}${key}` as never },
          }
        )
      },
    }
    await using server = await serve({ ...gateway, gateway: keyed })
    const sent = { query: '{ projects(first: 3) { nodes { name } } }' }
    const as = (key: string) => server.send({ ...sent, headers: { 'x-api-key': key } })
    for (let turn = 0; turn < 3; turn += 1) await as('a')
    expect((await as('a')).isKnown).toBe(true)
    gateway.takeCalls()
    const other = await as('b')
    expect([other.isKnown, gateway.takeCalls().length]).toEqual([false, 1])
    for (const different of [
      { ...sent, query: `${sent.query} ` },
      { ...sent, variables: {} },
      { ...sent, headers: { 'x-api-key': 'a', accept: 'application/json;q=0.9' } },
      { ...sent, headers: { 'x-api-key': 'a', 'cache-control': 'no-cache' } },
    ])
      expect((await server.send(different)).isKnown).toBe(false)
  })

  it('ends with a reload of the settings', async () => {
    await using gateway = await createTestGateway()
    await using server = await serve(gateway)
    const sent = { query: '{ projects(first: 3) { nodes { name } } }' }
    for (let turn = 0; turn < 4; turn += 1) await server.send(sent)
    expect((await server.send(sent)).isKnown).toBe(true)
    gateway.gateway.reload(gateway.config)
    expect([(await server.send(sent)).isKnown, (await server.send(sent)).isKnown]).toEqual([false, true])
  })

  it('is not given where freshness is asked for, an operation fails, or nothing is remembered', async () => {
    await using gateway = await createTestGateway()
    await using server = await serve(gateway)
    const sent = { query: '{ projects(first: 3) { nodes { name } } }' }
    for (const each of [
      { ...sent, more: { extensions: { freshness: true } } },
      { ...sent, headers: { 'cache-control': 'no-cache' } },
      { query: '{ project(id: "Project:none") { name } }' },
      { query: '{ __schema { types { name } } }' },
      { query: '{ nothing }' },
    ])
      for (let turn = 0; turn < 4; turn += 1) expect((await server.send(each)).isKnown).toBe(false)
  })

  it('of a registered document is given by its hash, and keeps the document registered', async () => {
    await using gateway = await createTestGateway()
    await using server = await serve(gateway)
    const query = '{ projects(first: 3) { nodes { name } } }'
    const sha256Hash = createHash('sha256').update(query).digest('hex')
    const more = { extensions: { persistedQuery: { version: 1, sha256Hash } } }
    for (const method of ['POST', 'GET'] as const) {
      for (let turn = 0; turn < 3; turn += 1) await server.send({ method, query, more })
      for (let turn = 0; turn < 2; turn += 1) await server.send({ method, more })
      const known = await server.send({ method, more })
      expect([known.isKnown, known.status]).toEqual([true, 200])
    }
  })

  it.each([
    [
      'it is given',
      {
        give: () => {
          throw new Error('broken')
        },
      },
    ],
    [
      'it is compressed',
      {
        onKept: () => {
          throw new Error('broken')
        },
      },
    ],
    ['its bytes are no bytes', { give: () => ({ status: 200 }) as never }],
  ] satisfies [string, Partial<Repeat>][])(
    'is executed instead where something breaks when %s; the log says so once',
    async (_, broken) => {
      await using gateway = await createTestGateway()
      let times = 0
      await using server = await serve(gateway, {
        onRepeat: (repeat) => ((times += 1) === 1 ? { ...repeat, ...broken } : repeat),
      })
      const headers = { 'accept-encoding': 'gzip' }
      const sent: Sent = { query: '{ projects(first: 50) { nodes { name id } } }', headers }
      const answers: Got[] = []
      for (let turn = 0; turn < 5; turn += 1) answers.push(await server.send(sent))
      const [first] = answers
      for (const { status, text } of answers)
        expect([status, JSON.parse(text).data]).toEqual([200, JSON.parse(first?.text ?? '').data])
      expect(answers.at(-1)?.isKnown).toBe(true)
      expect(server.lines.filter((line) => 'err' in line)).toHaveLength(1)
    },
  )

  it('of a trusted document is given where only trusted ones are served, until the documents change', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'documents-'))
    const path = join(folder, 'manifest.json')
    const query = 'query Projects { projects(first: 3) { nodes { name } } }'
    const id = createHash('sha256').update(query).digest('hex')
    const serveOnly = (documents: object): void => writeFileSync(path, JSON.stringify(documents))
    serveOnly({ [id]: query })
    await using gateway = await createTestGateway({ config: { documents: { path, mode: 'only-trusted' } } })
    await using server = await serve(gateway)
    for (const sent of [{ query }, { more: { documentId: id } }] satisfies Sent[]) {
      for (let turn = 0; turn < 3; turn += 1) await server.send(sent)
      expect(await server.send(sent)).toMatchObject({ isKnown: true, status: 200 })
    }
    for (let turn = 0; turn < 3; turn += 1)
      expect((await server.send({ query: query.replace('3', '4') })).text).toContain('"errors"')
    serveOnly({ ['0'.repeat(64)]: 'query Other { tenant { name } }' })
    gateway.gateway.reload(gateway.config)
    for (const sent of [{ query }, { more: { documentId: id } }] satisfies Sent[])
      for (let turn = 0; turn < 3; turn += 1) {
        const refused = await server.send(sent)
        expect([refused.isKnown, refused.text.includes('"errors"')]).toEqual([false, true])
      }
    rmSync(folder, { recursive: true })
  })
})
