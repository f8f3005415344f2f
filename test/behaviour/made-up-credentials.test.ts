// Callers who bring credentials of Aurora's, as anybody may who can reach the gateway: what made-up ones cost, and who pays.
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { createSystemClock } from '../../src/clock.ts'
import { readConfig } from '../../src/config/read-config.ts'
import { createGateway } from '../../src/gateway/gateway.ts'
import { createSimulator, DEFAULT_TENANT_ID, DEFAULT_TOKEN } from '../../src/simulator/simulator.ts'
import { closeUpstreams, startUpstream } from '../support/held-upstream.ts'
import { redisProgram, startRedis } from '../support/redis-server.ts'
import { serveOnLoopback } from '../support/test-server.ts'
import { waitUntil } from '../support/wait-until.ts'

const simulator = createSimulator({ limit: 1000 })
const { url: baseUrl } = await simulator.listen()
const opened: (() => Promise<unknown>)[] = []

afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close()
  simulator.faults.clear()
  simulator.clearCalls()
})
afterAll(() => simulator.close())

interface Asking {
  readonly token?: string
  readonly tenant?: string
  readonly address?: string
  readonly query?: string
  readonly extensions?: object
  readonly signal?: AbortSignal
}

interface Body {
  readonly data?: Record<string, unknown> | null
  readonly errors?: readonly { extensions: { code: string; retryAfter?: number } }[]
}

const SCREEN = '{ tenant { name } users { id } projects(first: 5) { nodes { name } } }'

async function open(env: Record<string, string> = {}) {
  const log = { info: () => {}, warn: () => {}, error: () => {} }
  const config = readConfig({ CALLER_AUTH: 'passthrough', AURORA_BASE_URL: baseUrl, ...env })
  const gateway = await createGateway(config, { log, clock: createSystemClock() })
  const server = await serveOnLoopback({ gateway, log }, { trustedProxies: 1, accessLog: false })
  opened.push(async () => {
    await server[Symbol.asyncDispose]()
    await gateway.close()
  })
  return async ({
    token = DEFAULT_TOKEN,
    tenant = DEFAULT_TENANT_ID,
    address = '203.0.113.9',
    ...asking
  }: Asking) => {
    const { query = SCREEN, extensions, signal } = asking
    const response = await fetch(`${server.url}/graphql`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${token}`,
        'x-aurora-tenant-id': tenant,
        'x-forwarded-for': address,
      },
      body: JSON.stringify({ query, ...(extensions && { extensions }) }),
      ...(signal && { signal }),
    })
    const body = (await response.json()) as Body
    return {
      status: response.status,
      retryAfter: response.headers.get('retry-after'),
      data: body.data,
      codes: [...new Set(body.errors?.map((error) => error.extensions.code))],
    }
  }
}

const statuses = (): (number | null)[] => simulator.calls.map(({ status }) => status)

describe('S11 a credential that Aurora has not accepted', () => {
  it('costs one call, whatever its request asks for, and nothing when it comes again', async () => {
    const ask = await open()
    const first = await ask({ token: 'made-up' })
    expect([first.status, first.codes, statuses()]).toEqual([200, ['UNAUTHORIZED'], [401]])
    const again = await ask({ token: 'made-up', query: '{ users { id } }' })
    expect([again.status, again.codes, statuses()]).toEqual([401, ['UNAUTHENTICATED'], [401]])
  })

  it('costs one call in a change, too, which is not sent again', async () => {
    const ask = await open()
    const query =
      'mutation { a: deleteWebhook(id: "w") { errors { code } } b: deleteWebhook(id: "x") { errors { code } } }'
    await ask({ token: 'made-up', query })
    expect(statuses()).toEqual([401])
  })

  it('is one of ten that an address may try in a minute; other addresses and accepted credentials go on', async () => {
    const ask = await open()
    await ask({})
    simulator.clearCalls()
    const outcomes: number[] = []
    for (let index = 0; index < 30; index += 1)
      outcomes.push((await ask({ token: `made-up-${index}` })).status)
    expect(outcomes).toEqual([
      ...Array.from({ length: 10 }, () => 200),
      ...Array.from({ length: 20 }, () => 429),
    ])
    expect(statuses()).toHaveLength(10)
    const refused = await ask({ token: 'one-more' })
    expect(refused.codes).toEqual(['RATE_LIMITED'])
    expect(Number(refused.retryAfter)).toBeGreaterThan(30)
    expect(await ask({})).toMatchObject({ status: 200, codes: [] })
    expect(await ask({ token: 'another', address: '198.51.100.7' })).toMatchObject({ status: 200 })
  })

  it('is one of twenty that an address may try at once', async () => {
    // No call is answered while the others ask, whatever the machine's speed.
    const upstream = await startUpstream()
    opened.push(async () => closeUpstreams())
    const { AURORA_TENANT_ID: _tenant, AURORA_API_TOKEN: _token, ...env } = upstream.env
    const ask = await open(env)
    const leaving = new AbortController()
    const held = Array.from({ length: 20 }, (_, index) =>
      ask({ token: `made-up-${index}`, signal: leaving.signal }),
    )
    const ended = Promise.allSettled(held)
    await waitUntil(() => upstream.count() === 20)
    const refused: number[] = []
    for (let index = 20; index < 30; index += 1)
      refused.push((await ask({ token: `made-up-${index}` })).status)
    leaving.abort()
    await ended
    expect(refused).toEqual(Array.from({ length: 10 }, () => 429))
    expect(upstream.count()).toBe(20)
  })

  it('of an IPv6 network counts with its neighbours', async () => {
    const ask = await open()
    const outcomes: number[] = []
    for (let index = 0; index < 12; index += 1)
      outcomes.push((await ask({ token: `made-up-${index}`, address: `2001:db8::${index + 1}` })).status)
    expect(outcomes.slice(10)).toEqual([429, 429])
  })

  it('counts with a true token, too, where the tenant is made up', async () => {
    const ask = await open()
    const outcomes: number[] = []
    for (let index = 0; index < 12; index += 1)
      outcomes.push((await ask({ tenant: `made-up-${index}` })).status)
    expect(outcomes.slice(10)).toEqual([429, 429])
    expect(await ask({ address: '198.51.100.7' })).toMatchObject({ status: 200, codes: [] })
  })

  it('does not displace registered documents of others', async () => {
    const ask = await open()
    const sha256Hash = 'ecf4edb46db40b5132295c0291d62fb65d6759a9eedfa4d5d612dd5ec54a6b38'
    const extensions = { persistedQuery: { version: 1, sha256Hash } }
    await ask({})
    expect(await ask({ query: '{__typename}', extensions })).toMatchObject({ data: { __typename: 'Query' } })
    for (let index = 0; index < 250; index += 1)
      await ask({ token: `made-up-${index}`, query: '{__typename}', extensions })
    expect(await ask({ query: '', extensions })).toMatchObject({ data: { __typename: 'Query' } })
  })
})

describe('an accepted credential', () => {
  it('has many calls at once from its first answer on', async () => {
    const ask = await open()
    const { codes, data } = await ask({})
    expect([codes, Object.keys(data ?? {})]).toEqual([[], ['tenant', 'users', 'projects']])
    expect(statuses()).toEqual([200, 200, 200])
  })
})

describe.runIf(redisProgram !== null)('with replicas', () => {
  it('nothing of a credential that is not accepted is in Redis, and an accepted one is known to all', async () => {
    await using redis = await startRedis()
    const env = { REDIS_URL: redis.url }
    const [one, other] = [await open(env), await open(env)]
    const keys = () => redis.admin((client) => client.keys('*accepted*'))
    await one({ token: 'made-up' })
    expect(await redis.admin((client) => client.keys('*pool*'))).toEqual([])
    const drops = () => redis.admin(async (client) => client.xlen((await client.keys('*drops'))[0] ?? ''))
    const before = await drops()
    const change = 'mutation { deleteWebhook(id: "w") { errors { code } } }'
    // Nobody knows whether it was carried out.
    simulator.faults.set(/webhooks/, { status: 503 }, { times: 1 })
    await one({ query: change })
    expect([statuses().at(-1), await drops()]).toEqual([503, before])
    await one({})
    await waitUntil(async () => (await keys()).length === 1)
    await one({ query: change })
    expect(await drops()).toBe(before + 1)
    const replies = () => redis.admin((client) => client.keys('*reply*'))
    await waitUntil(async () => (await replies()).length > 0)
    simulator.clearCalls()
    const projects = await other({ query: '{ projects(first: 5) { nodes { name } } }' })
    expect([projects.codes, statuses()]).toEqual([[], []])
  })

  it('a withdrawn credential is forgotten in Redis, and costs one call where it is tried again', async () => {
    await using redis = await startRedis()
    const env = { REDIS_URL: redis.url }
    const [one, other] = [await open(env), await open(env)]
    const keys = () => redis.admin((client) => client.keys('*accepted*'))
    await one({})
    await waitUntil(async () => (await keys()).length === 1)
    simulator.faults.set(/./, { status: 401 })
    // Each was sent after the one before was refused.
    for (let times = 0; times < 5; times += 1) await one({ query: `{ project(id: "p${times}") { name } }` })
    await waitUntil(async () => (await keys()).length === 0)
    simulator.clearCalls()
    await other({})
    expect(statuses()).toEqual([401])
  })
})
