// Many tenants behind one gateway, each with its own data, budget and cache; and callers who may only read.
import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { createSystemClock } from '../../src/clock.ts'
import { readConfig } from '../../src/config/read-config.ts'
import { createGateway } from '../../src/gateway/gateway.ts'
import { createSimulator, DEFAULT_TENANT_ID, DEFAULT_TOKEN } from '../../src/simulator/simulator.ts'
import { createRequestRecord } from '../../src/telemetry/request-record.ts'
import { createTestGateway } from '../support/test-gateway.ts'
import { serveOnLoopback } from '../support/test-server.ts'
import { nth } from '../support/builders.ts'

const folder = mkdtempSync(join(tmpdir(), 'tenants-'))
afterAll(() => rmSync(folder, { recursive: true }))

const sha256 = (key: string): string => createHash('sha256').update(key).digest('hex')

interface Body {
  readonly data?: Record<string, unknown> | null
  readonly errors?: readonly { readonly extensions: Record<string, unknown> }[]
  readonly extensions?: { readonly upstream: { readonly calls: number; readonly remaining: number } }
}

/** Two companies, each with an Aurora, a key and a limit of its own. */
async function openTwo() {
  const simulators = [createSimulator({ seed: 1, limit: 1000 }), createSimulator({ seed: 2, limit: 1000 })]
  const urls = await Promise.all(simulators.map(async (simulator) => (await simulator.listen()).url))
  const path = join(folder, 'tenants.json')
  const tenant = (name: string, baseUrl = '', rateLimit = 50) => ({
    name,
    tenantId: DEFAULT_TENANT_ID,
    baseUrl,
    token: { env: 'TOKEN' },
    rateLimit,
    keys: [{ name: 'app', sha256: sha256(`key-of-${name}`) }],
  })
  const readAgain = (tenants: object[]) => {
    writeFileSync(path, JSON.stringify({ tenants }))
    return readConfig({ CALLER_AUTH: 'keys', TENANTS_FILE: path, TOKEN: DEFAULT_TOKEN })
  }
  const sun = tenant('sun', urls[0])
  const moon = tenant('moon', urls[1], 20)
  const log = { info: () => {}, warn: () => {}, error: () => {} }
  const gateway = await createGateway(readAgain([sun, moon]), { log, clock: createSystemClock() })
  const ask = async (key: string, query: string): Promise<Body | null> => {
    const caller = await gateway.authenticate(new Headers({ 'x-api-key': key }))
    if (caller === null) return null
    const body = JSON.stringify({ query })
    const headers = { 'content-type': 'application/json' }
    const request = new Request('http://gateway.test/graphql', { method: 'POST', headers, body })
    return (await (await gateway.handle(request, caller, createRequestRecord('test'))).json()) as Body
  }
  return {
    simulators,
    gateway,
    ask,
    sun,
    moon,
    readAgain,
    async [Symbol.asyncDispose]() {
      await gateway.close()
      await Promise.all(simulators.map((simulator) => simulator.close()))
    },
  }
}

const LIST = '{ projects(first: 1) { nodes { id name } } }'

describe('two tenants of a file', () => {
  it('each get their own data, from their own Aurora, with their own budget', async () => {
    await using two = await openTwo()
    const ofSun = await two.ask('key-of-sun', LIST)
    const ofMoon = await two.ask('key-of-moon', LIST)
    expect(ofSun?.data).not.toEqual(ofMoon?.data)
    expect([ofSun, ofMoon].map((answer) => answer?.extensions?.upstream)).toMatchObject([
      { calls: 1, limit: 50, remaining: 49 },
      { calls: 1, limit: 20, remaining: 19 },
    ])
    expect(two.simulators.map(({ calls }) => calls.length)).toEqual([1, 1])
    expect(two.gateway.upstreamUrls()).toHaveLength(2)
  })

  it('are replaced while the gateway runs: those that stay keep their cache, those that go are refused', async () => {
    await using two = await openTwo()
    await two.ask('key-of-sun', LIST)
    await two.ask('key-of-moon', LIST)
    two.gateway.reload(two.readAgain([{ ...two.sun, keys: [{ name: 'new', sha256: sha256('new') }] }]))
    expect(await two.ask('key-of-moon', LIST)).toBeNull()
    expect(await two.ask('key-of-sun', LIST)).toBeNull()
    expect((await two.ask('new', LIST))?.extensions?.upstream).toMatchObject({ calls: 0, remaining: 49 })
  })
})

describe('a tenant that uploads many files', () => {
  /** Begins an upload that does not end. Whether there was a place for it: only then its body is asked for. */
  const upload = (url: string, key: string): Promise<boolean> =>
    new Promise((resolve, reject) => {
      const headers = {
        'content-type': 'multipart/form-data; boundary=b',
        'content-length': '1000',
        expect: '100-continue',
        'x-api-key': key,
      }
      const sent = request(`${url}/graphql`, { method: 'POST', headers })
      sent.on('continue', () => resolve(true))
      sent.on('response', ({ statusCode }) => {
        resolve(statusCode !== 503)
        sent.destroy()
      })
      // What was begun ends with the server.
      sent.on('error', reject)
      sent.flushHeaders()
    })

  it('leaves a place free where another one has so far sent requests of any other kind', async () => {
    await using two = await openTwo()
    const log = { info: () => {}, warn: () => {}, error: () => {} }
    const limits = { maxUploads: 4, requestTimeoutMs: 120_000 }
    await using served = await serveOnLoopback({ gateway: two.gateway, log }, { limits })
    for (const company of ['moon', 'sun']) {
      const headers = { 'content-type': 'application/json', 'x-api-key': `key-of-${company}` }
      const body = '{"query":"{ __typename }"}'
      expect((await fetch(`${served.url}/graphql`, { method: 'POST', headers, body })).status).toBe(200)
    }
    const ofSun: boolean[] = []
    for (let nr = 0; nr < 4; nr += 1) ofSun.push(await upload(served.url, 'key-of-sun'))
    expect(ofSun).toEqual([true, true, true, false])
    expect(await upload(served.url, 'key-of-moon')).toBe(true)
  })
})

describe('large answers of a tenant with many callers', () => {
  it('do not hold up those of a tenant with one', async () => {
    await using two = await openTwo()
    const answered: string[] = []
    const ask = async (company: string, name: string): Promise<void> => {
      const caller = await two.gateway.authenticate(new Headers({ 'x-api-key': `key-of-${company}` }))
      if (!caller) throw new Error('not let in')
      const query = `{ ${name}: __schema { types { fields { args { name type { name } } type { ofType { name } } } } } }`
      const request = new Request('http://gateway.test/graphql', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query }),
      })
      const named = { ...caller, name }
      const answer = await two.gateway.handle(request, named, createRequestRecord('test'))
      expect(Object.keys(((await answer.json()) as Body).data ?? {})).toEqual([name])
      answered.push(name)
    }
    await ask('moon', 'before')
    const ofSun = Array.from({ length: 20 }, (_, nr) => ask('sun', `sun${nr}`))
    await Promise.all([...ofSun, ask('moon', 'moon')])
    expect(answered.indexOf('moon')).toBeLessThan(5)
  })
})

describe('a reload of very many tenants', () => {
  it('is made in pieces between which others are served, and nothing of it holds before all is read', async () => {
    await using two = await openTwo()
    const many = Array.from({ length: 1_000 }, (_, index) => ({
      ...two.moon,
      name: `moon-${index}`,
      keys: [{ name: 'app', sha256: sha256(`key-${index}`) }],
    }))
    const pieces = two.gateway.reloadInPieces(two.readAgain(many))
    let made = 0
    while (!pieces.next().done) {
      made += 1
      expect((await two.ask('key-of-sun', '{ __typename }'))?.data).toEqual({ __typename: 'Query' })
      expect(await two.ask('key-999', '{ __typename }')).toBeNull()
    }
    expect(made).toBeGreaterThan(3)
    expect(await two.ask('key-of-sun', '{ __typename }')).toBeNull()
    expect((await two.ask('key-999', '{ __typename }'))?.data).toEqual({ __typename: 'Query' })
  })
})

describe('a caller that may only read', () => {
  const write = (id: string) =>
    `mutation { updateProject(id: "${id}", input: { name: "x" }) { project { name } } }`

  it('reads, and its mutations are FORBIDDEN before a call is spent', async () => {
    await using gateway = await createTestGateway()
    const { id } = nth(gateway.simulator.data.projects, 0)
    const ask = async (query: string, accept = 'application/json') => {
      const response = await gateway.handle(
        new Request('http://gateway.test/graphql', {
          method: 'POST',
          headers: { 'content-type': 'application/json', accept },
          body: JSON.stringify({ query }),
        }),
        { isReadOnly: true },
      )
      return { status: response.status, body: (await response.json()) as Body }
    }
    expect((await ask(`{ project(id: "${id}") { name } }`)).body.data).not.toBeNull()
    gateway.takeCalls()
    for (const accept of ['application/json', 'application/graphql-response+json']) {
      const { status, body } = await ask(write(id), accept)
      expect(status).toBe(403)
      expect(body.data).toBeUndefined()
      expect(body.errors?.[0]?.extensions['code']).toBe('FORBIDDEN')
    }
    const both = await ask(`query A { __typename } ${write(id).replace('mutation', 'mutation B')}`)
    expect(both.body.errors).toHaveLength(1)
    expect(gateway.takeCalls()).toEqual([])
  })

  it('can explain a mutation, which changes nothing', async () => {
    await using gateway = await createTestGateway()
    const { id } = nth(gateway.simulator.data.projects, 0)
    const query = `{ explain(query: ${JSON.stringify(write(id))}) { calls { expected } } }`
    const response = await gateway.handle(
      new Request('http://gateway.test/graphql', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query }),
      }),
      { isReadOnly: true },
    )
    expect(((await response.json()) as Body).data).toEqual({ explain: { calls: { expected: 1 } } })
    expect(gateway.takeCalls()).toEqual([])
  })
})

it('callers with tokens of Aurora share nothing, and Aurora decides what each may read', async () => {
  const simulator = createSimulator({ limit: 1000 })
  const { url } = await simulator.listen()
  const config = readConfig({ CALLER_AUTH: 'passthrough', AURORA_BASE_URL: url })
  const log = { info: () => {}, warn: () => {}, error: () => {} }
  const gateway = await createGateway(config, { log, clock: createSystemClock() })
  const ask = async (token: string) => {
    const headers = { authorization: `Bearer ${token}`, 'x-aurora-tenant-id': DEFAULT_TENANT_ID }
    const caller = await gateway.authenticate(new Headers(headers))
    if (caller === null) throw new Error('not let in')
    const request = new Request('http://gateway.test/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: LIST }),
    })
    return (await (await gateway.handle(request, caller, createRequestRecord('test'))).json()) as Body
  }
  try {
    expect(gateway.isSimulated).toBe(false)
    expect(await ask(DEFAULT_TOKEN)).toMatchObject({ extensions: { upstream: { calls: 1 } } })
    expect(await ask(DEFAULT_TOKEN)).toMatchObject({ extensions: { upstream: { calls: 0 } } })
    const stranger = await ask('sk_sand_of_a_stranger')
    expect(stranger.data).toEqual({ projects: null })
    expect(stranger.extensions?.upstream.calls).toBe(1)
    expect(simulator.calls.map(({ status }) => status)).toEqual([200, expect.any(Number)])
  } finally {
    await gateway.close()
    await simulator.close()
  }
})
