// Requests that name their document: trusted documents, registered ones, and those that are neither.
import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import type { Caller } from '../../src/callers/caller.ts'
import { ManifestError } from '../../src/documents/manifest.ts'
import { buildScope } from '../support/builders.ts'
import { createTestGateway } from '../support/test-gateway.ts'
import type { TestGateway } from '../support/test-gateway.ts'

const folder = mkdtempSync(join(tmpdir(), 'documents-'))
afterAll(() => rmSync(folder, { recursive: true }))

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

const TENANT = 'query Tenant { tenant { name } }'
const TEAMS = 'query Teams { teams { name } }'

let written = 0
function writeManifest(content: unknown): string {
  const path = join(folder, `${(written += 1)}.json`)
  writeFileSync(path, JSON.stringify(content))
  return path
}

const open = (
  mode: 'automatic' | 'trusted' | 'only-trusted',
  manifest: unknown = { [sha256(TENANT)]: TENANT },
) => createTestGateway({ config: { documents: { path: writeManifest(manifest), mode } } })

interface Body {
  readonly data?: Record<string, unknown> | null
  readonly errors?: readonly { message: string; extensions: { code: string } }[]
}

async function ask(
  gateway: TestGateway,
  body: object,
  { method = 'POST', caller = {} }: { method?: string; caller?: Partial<Caller> } = {},
): Promise<{ status: number; code: string | undefined; data: unknown; message: string | undefined }> {
  const parameters = new URLSearchParams(
    Object.entries(body).map(([name, value]) => [
      name,
      typeof value === 'string' ? value : JSON.stringify(value),
    ]),
  )
  const request =
    method === 'GET'
      ? new Request(`http://gateway.test/graphql?${parameters}`)
      : new Request('http://gateway.test/graphql', {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(body),
        })
  const response = await gateway.handle(request, caller)
  const { data, errors } = (await response.json()) as Body
  return { status: response.status, code: errors?.[0]?.extensions.code, data, message: errors?.[0]?.message }
}

const persisted = (text: string, hash: unknown = sha256(text)) => ({
  extensions: { persistedQuery: { version: 1, sha256Hash: hash } },
})

describe('a trusted document', () => {
  it.each(['GET', 'POST'])('is executed by its id, by %s, in each of the ways to send it', async (method) => {
    await using gateway = await open('only-trusted')
    const ways = [
      { documentId: sha256(TENANT) },
      { documentId: `sha256:${sha256(TENANT)}` },
      persisted(TENANT),
      { query: TENANT },
      { query: TENANT, ...persisted(TENANT) },
    ]
    for (const way of ways)
      expect(await ask(gateway, way, { method })).toMatchObject({ status: 200, data: { tenant: {} } })
  })

  it('may come from a manifest in Apollo’s form, with ids of its own', async () => {
    await using gateway = await open('trusted', {
      format: 'apollo-persisted-query-manifest',
      version: 1,
      operations: [{ id: 'tenant-1', name: 'Tenant', type: 'query', body: TENANT }],
    })
    expect(await ask(gateway, { documentId: 'tenant-1' })).toMatchObject({ data: { tenant: {} } })
  })

  it('with a mutation is not executed by GET', async () => {
    const mutation = 'mutation { declineOrder(id: "o") { errors { code } } }'
    await using gateway = await open('only-trusted', { write: mutation })
    expect((await ask(gateway, { documentId: 'write' }, { method: 'GET' })).status).toBe(405)
    expect((await ask(gateway, { documentId: 'write' })).status).toBe(200)
  })
})

describe('with only trusted documents', () => {
  it.each(['GET', 'POST'])(
    'no other document is executed, explained or introspected, by %s',
    async (method) => {
      await using gateway = await open('only-trusted')
      for (const query of [TEAMS, `${TENANT} ${TEAMS}`, '{ __schema { types { name } } }', '{ __typename }'])
        expect(await ask(gateway, { query }, { method })).toMatchObject({
          status: 403,
          code: 'DOCUMENT_NOT_TRUSTED',
        })
      expect(await ask(gateway, { query: TEAMS, ...persisted(TEAMS) }, { method })).toMatchObject({
        code: 'DOCUMENT_NOT_TRUSTED',
      })
      expect(await ask(gateway, persisted(TEAMS), { method })).toMatchObject({
        code: 'PERSISTED_QUERY_NOT_FOUND',
      })
      expect(await ask(gateway, { documentId: sha256(TEAMS) }, { method })).toMatchObject({
        code: 'PERSISTED_QUERY_NOT_SUPPORTED',
      })
      expect(gateway.takeCalls()).toEqual([])
    },
  )

  it.each([
    ['printed on other lines', 'query Tenant {\n  tenant {\n    name\n  }\n}'],
    ['with the __typename that a client adds', 'query Tenant { tenant { name __typename } }'],
    ['with its fields in another order', 'query Tenant { tenant { name userIds } }'],
  ])('a trusted document is executed by its text %s, and then by the hash of that', async (_, query) => {
    const sorted = query.replace('name userIds', 'userIds name')
    await using gateway = await open('only-trusted', { tenant: TENANT, sorted })
    expect(await ask(gateway, { query })).toMatchObject({ status: 200, code: undefined })
    expect(await ask(gateway, persisted(query))).toMatchObject({
      status: 200,
      code: 'PERSISTED_QUERY_NOT_FOUND',
    })
    expect(await ask(gateway, { query, ...persisted(query) })).toMatchObject({ code: undefined })
    expect(await ask(gateway, persisted(query), { method: 'GET' })).toMatchObject({ code: undefined })
  })

  it('a text that was registered is not executed when its document is trusted no more', async () => {
    const path = writeManifest({ tenant: TENANT })
    await using gateway = await createTestGateway({ config: { documents: { path, mode: 'only-trusted' } } })
    const query = 'query Tenant { tenant { name __typename } }'
    expect(await ask(gateway, { query, ...persisted(query) })).toMatchObject({ code: undefined })
    expect(await ask(gateway, persisted(query))).toMatchObject({ code: undefined })
    writeFileSync(path, JSON.stringify({ teams: TEAMS }))
    gateway.gateway.reload(gateway.config)
    expect(await ask(gateway, persisted(query))).toMatchObject({ code: 'PERSISTED_QUERY_NOT_FOUND' })
    expect(await ask(gateway, { query, ...persisted(query) })).toMatchObject({ code: 'DOCUMENT_NOT_TRUSTED' })
  })

  it('the fields of a mutation are executed in no other order', async () => {
    const decline = (id: string): string => `${id}: declineOrder(id: "${id}") { errors { code } }`
    await using gateway = await open('only-trusted', {
      write: `mutation { ${decline('a')} ${decline('b')} }`,
    })
    const swapped = await ask(gateway, { query: `mutation { ${decline('b')} ${decline('a')} }` })
    expect(swapped.code).toBe('DOCUMENT_NOT_TRUSTED')
  })

  it('a text that is too long for a document is refused before it is parsed', async () => {
    await using gateway = await open('only-trusted')
    const long = await ask(gateway, { query: `${TEAMS} # ${'x'.repeat(17_000)}` })
    expect(long.code).toBe('QUERY_REJECTED')
  })

  it('a trusted document cannot be used to explain others', async () => {
    const explain = 'query ($query: String!) { explain(query: $query) { remaining } }'
    await using gateway = await open('only-trusted', { explain, tenant: TENANT })
    const about = (query: string) => ask(gateway, { documentId: 'explain', variables: { query } })
    expect((await about(TEAMS)).code).toBe('DOCUMENT_NOT_TRUSTED')
    expect((await about(TENANT)).code).toBeUndefined()
  })

  it.each(['__proto__', 'constructor', 'toString', '', 'x'.repeat(10_000)])(
    'the id "%s" names no document',
    async (documentId) => {
      await using gateway = await open('only-trusted')
      const { data, code } = await ask(gateway, { documentId })
      expect(data).toBeUndefined()
      expect(['PERSISTED_QUERY_NOT_SUPPORTED', 'BAD_REQUEST']).toContain(code)
    },
  )
})

describe('S3 a document that is registered', () => {
  it.each(['GET', 'POST'])('is found by its hash alone from then on, by %s', async (method) => {
    await using gateway = await open('automatic')
    const first = await ask(gateway, persisted(TEAMS), { method })
    expect(first).toMatchObject({ code: 'PERSISTED_QUERY_NOT_FOUND', message: 'PersistedQueryNotFound' })
    expect(await ask(gateway, { query: TEAMS, ...persisted(TEAMS) }, { method })).toMatchObject({
      status: 200,
      code: undefined,
    })
    expect(await ask(gateway, persisted(TEAMS), { method })).toMatchObject({ status: 200, code: undefined })
    expect(await ask(gateway, { documentId: sha256(TEAMS) }, { method })).toMatchObject({ code: undefined })
  })

  it('belongs to one scope: another scope does not find it', async () => {
    await using gateway = await open('automatic')
    await ask(gateway, { query: TEAMS, ...persisted(TEAMS) })
    const stranger = { scope: { ...buildScope('other'), baseUrl: new URL('http://127.0.0.1:9') } }
    expect(await ask(gateway, persisted(TEAMS), { caller: stranger })).toMatchObject({
      code: 'PERSISTED_QUERY_NOT_FOUND',
    })
    expect(await ask(gateway, persisted(TEAMS))).toMatchObject({ code: undefined })
  })

  it('needs its own hash, and must be executable', async () => {
    await using gateway = await open('automatic')
    const lie = await ask(gateway, { query: TEAMS, ...persisted(TENANT) })
    expect(lie).toMatchObject({ status: 400, code: 'BAD_REQUEST' })
    const deep = `${'{ a '.repeat(11)}${'}'.repeat(11)}`
    for (const text of ['{ nothing }', '{ broken', deep]) {
      expect((await ask(gateway, { query: text, ...persisted(text) })).code).not.toBeUndefined()
      expect(await ask(gateway, persisted(text))).toMatchObject({ code: 'PERSISTED_QUERY_NOT_FOUND' })
    }
  })

  it.each([5, null, '', 'x', 'A'.repeat(64), ['a'], 'a'.repeat(10_000)])(
    'is not found by the hash %j',
    async (hash) => {
      await using gateway = await open('automatic')
      expect(await ask(gateway, persisted('', hash))).toMatchObject({ status: 400, code: 'BAD_REQUEST' })
    },
  )

  it.each([[5], [{}], [[sha256(TEAMS)]]])('is not found by the id %j', async (documentId) => {
    await using gateway = await open('automatic')
    expect(await ask(gateway, { documentId })).toMatchObject({ status: 400, code: 'BAD_REQUEST' })
  })

  it('fills a bounded memory: the first one is removed, and none of another scope', async () => {
    await using gateway = await open('automatic')
    const other = { scope: { ...buildScope('other'), baseUrl: new URL('http://127.0.0.1:9') } }
    const small = '{ __typename }'
    await ask(gateway, { query: small, ...persisted(small) }, { caller: other })
    await ask(gateway, { query: small, ...persisted(small) })
    for (let turn = 0; turn < 12; turn += 1) {
      const large = `{ __typename } # ${turn} ${'x'.repeat(15_000)}`
      await ask(gateway, { query: large, ...persisted(large) })
    }
    expect(await ask(gateway, persisted(small))).toMatchObject({ code: 'PERSISTED_QUERY_NOT_FOUND' })
    expect(await ask(gateway, persisted(small), { caller: other })).toMatchObject({ code: undefined })
  })
})

describe('a manifest', () => {
  it.each<[string, unknown, RegExp]>([
    ['that is a list', [], /neither a map of ids/],
    ['of another format', { format: 'other', version: 1, operations: [] }, /neither a map of ids/],
    ['with a document that does not parse', { a: '{' }, /"a": Syntax Error/],
    ['with a document that does not fit the schema', { a: '{ nothing }' }, /"a": Cannot query field/],
    ['with a document that is too deep', { a: `${'{ a '.repeat(11)}${'}'.repeat(11)}` }, /"a"/],
    ['with an id that could not be one', { 'a b': TENANT }, /its id is not/],
  ])('%s keeps the gateway from starting', async (_, manifest, problem) => {
    const failure: unknown = await open('trusted', manifest).catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(ManifestError)
    expect(String(failure)).toMatch(problem)
  })
})
