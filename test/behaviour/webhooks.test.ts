// Webhooks through the server: who may send, what is answered, which calls follow, and what stays as it was.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Config, WebhookConfig } from '../../src/config/config.ts'
import { readConfig } from '../../src/config/read-config.ts'
import { createSimulator, DEFAULT_TENANT_ID } from '../../src/simulator/simulator.ts'
import { createMetrics } from '../../src/telemetry/metrics.ts'
import { createTestGateway } from '../support/test-gateway.ts'
import type { Answer } from '../support/test-gateway.ts'
import { serveOnLoopback } from '../support/test-server.ts'
import { createTwoTenants, webhookKeyOf } from '../support/two-tenants.ts'
import type { Company } from '../support/two-tenants.ts'
import { createManualClock } from '../support/manual-clock.ts'
import { waitUntil } from '../support/wait-until.ts'

const NO_LOG = { info: () => {}, warn: () => {}, error: () => {} }

const SECRET = 'the-secret-of-the-sun'
const OTHER = 'the-secret-of-the-moon'
const on: WebhookConfig = { keys: [SECRET], ofTenants: [], keyHeader: 'x-webhook-key', settleMs: 0 }
const basic = (password: string): string => `Basic ${Buffer.from(`aurora:${password}`).toString('base64')}`

async function open(config: Partial<Config> = { webhooks: on }) {
  const metrics = createMetrics({ operations: [], isWithProcess: false })
  const gateway = await createTestGateway({ config, metrics })
  const server = await serveOnLoopback(gateway, { metrics })
  const send = (path: string, init: RequestInit = {}): Promise<Response> =>
    fetch(`${server.url}${path}`, { headers: { 'x-webhook-key': SECRET }, ...init })
  const [id = '', other = ''] = gateway.simulator.data.projects.map((project) => project.id)
  const readName = (of = id) => gateway.ask(`{ project(id: "${of}") { name } }`)
  return {
    gateway,
    send,
    id,
    other,
    readName,
    metrics,
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]()
      await gateway[Symbol.asyncDispose]()
    },
  }
}

const PATH = '/webhooks/aurora/project_changed'

describe('a webhook', () => {
  it('is answered 204 without a call, and the next read asks Aurora once', async () => {
    await using opened = await open()
    const { gateway, send, id, other, readName } = opened
    await readName()
    await readName(other)
    gateway.takeCalls()
    const response = await send(`${PATH}?PROJECT_ID=${id.toUpperCase()}&SOURCE=app&ATTRIBUTES=name`)
    expect([response.status, await response.text()]).toEqual([204, ''])
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(gateway.takeCalls()).toEqual([])
    await readName()
    expect(gateway.takeCalls()).toEqual(['1 GET /tenants/{}/projects/{}'])
    await readName()
    await readName(other)
    expect(gateway.takeCalls()).toEqual([])
  })

  it.each([
    ['small letters', (id: string) => `project_id=${id}`],
    ['hyphens', (id: string) => `Project-Id=${id}`],
    ['no sign between the words', (id: string) => `projectId=${id}`],
    ['the same id twice', (id: string) => `project_id=${id}&PROJECT_ID=${id.toUpperCase()}`],
  ])('names its object also by attributes with %s', async (_what, queryOf) => {
    await using opened = await open()
    const { gateway, send, id, other, readName } = opened
    await readName()
    await readName(other)
    await send(`${PATH}?${queryOf(id)}`)
    gateway.takeCalls()
    await readName()
    await readName(other)
    expect(gateway.takeCalls()).toEqual(['1 GET /tenants/{}/projects/{}'])
  })

  it.each([
    ['no attributes', ''],
    ['an empty id', '?PROJECT_ID='],
    ['a placeholder that was not filled in', '?PROJECT_ID=%3CPROJECT_ID%3E'],
    ['a word for nothing', '?PROJECT_ID=null'],
    ['another word for nothing', '?PROJECT_ID=Unknown'],
    ['a number for nothing', '?PROJECT_ID=0'],
    ['the name of the attribute as its value', '?PROJECT_ID=PROJECT_ID'],
    ['the longest name of an attribute', '?PROJECT_ID=EAGLEVIEW_DESIGN_REQUEST_ID'],
    ['the name of another attribute as its value', '?PROJECT_ID=design-id'],
    ['what no id can be', '?PROJECT_ID=../../etc'],
    ['a broken encoding', '?PROJECT_ID=%E0%A4%A'],
    ['two ids', '?PROJECT_ID=a-1&PROJECT_ID=a-2'],
    ['attributes that nobody knows', '?FOO=bar&=&&__proto__=x&constructor=y'],
  ])('with %s touches whatever it may mean', async (_what, query) => {
    await using opened = await open()
    const { gateway, send, other, readName } = opened
    await readName()
    await readName(other)
    expect((await send(`${PATH}${query}`)).status).toBe(204)
    gateway.takeCalls()
    await readName()
    await readName(other)
    expect(gateway.takeCalls()).toEqual(['2 GET /tenants/{}/projects/{}'])
  })

  it('of an unknown event is accepted and counted, and so are duplicates, in any order', async () => {
    await using opened = await open()
    const { send, metrics, id } = opened
    for (const event of ['project_exploded', 'project_changed', 'project_changed', 'PROJECT-CREATED/'])
      expect((await send(`/webhooks/aurora/${event}?PROJECT_ID=${id}`)).status).toBe(204)
    const { text } = await metrics.render()
    expect(text).toContain('aurora_gateway_webhooks_total{event="unknown",outcome="recorded"} 1')
    expect(text).toContain('aurora_gateway_webhooks_total{event="project_changed",outcome="recorded"} 2')
    expect(text).toContain('aurora_gateway_webhooks_total{event="project_created",outcome="recorded"} 1')
  })

  it('leaves what was known for the case that Aurora fails, marked', async () => {
    await using opened = await open()
    const { gateway, send, id } = opened
    const query = `{ project(id: "${id}") { name } }`
    const before = await gateway.ask(query)
    await send(`${PATH}?PROJECT_ID=${id}`)
    gateway.simulator.faults.set('/projects', { status: 500 })
    const after = await gateway.ask(query)
    expect(after.data).toEqual(before.data)
    expect(after.extensions.upstream.saved.stale).toBe(1)
  })

  it.each([
    ['Aurora fails', 'project', (id: string) => `{ project(id: "${id}") { name } }`],
    ['no call is left', 'project', (id: string) => `{ project(id: "${id}") { name } }`],
    ['Aurora fails', 'list that shows it', () => '{ projects(first: 2) { nodes { name } } }'],
  ])('where %s confirms no copy of the %s that a client has', async (why, _what, queryOf) => {
    await using opened = await open()
    const { gateway, send, id } = opened
    const url = `http://gateway.test/graphql?query=${encodeURIComponent(queryOf(id))}`
    const get = async (init: RequestInit = {}) => {
      const { status, headers } = await gateway.handle(new Request(url, init))
      return { status, tag: headers.get('etag'), cacheControl: headers.get('cache-control') }
    }
    const { tag } = await get()
    // What is remembered as a whole has the tags of its repeats.
    const again = await get()
    const condition = { 'if-none-match': `${tag}, ${again.tag}, *` }
    expect((await get({ headers: condition })).status).toBe(304)
    await send(`${PATH}?PROJECT_ID=${id}`)
    if (why === 'Aurora fails') gateway.simulator.faults.set('/projects', { status: 500 })
    else gateway.simulator.faults.set('/projects', { status: 429 })
    for (const headers of [{}, condition, { ...condition, 'cache-control': 'max-stale' }])
      expect(await get({ headers })).toEqual({ status: 200, tag: null, cacheControl: 'no-store' })
  })

  it('ends an answer that is remembered as a whole', async () => {
    await using opened = await open()
    const { gateway, send, id } = opened
    const query = '{ projects(first: 3) { nodes { name } } }'
    await gateway.ask(query)
    await gateway.ask(query)
    gateway.takeCalls()
    await send(`/webhooks/aurora/project_status_changed?PROJECT_ID=${id}&STATUS=won`)
    expect((await gateway.ask(query)).extensions.upstream.calls).toBe(1)
  })

  it('comes by GET alone; a HEAD asks whether it would be received, and a body is never read', async () => {
    await using opened = await open()
    const { gateway, send, readName } = opened
    await readName()
    gateway.takeCalls()
    const head = await send(PATH, { method: 'HEAD' })
    expect(head.status).toBe(204)
    expect((await send(PATH, { method: 'HEAD', headers: {} })).status).toBe(401)
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) {
      const body = method === 'POST' ? { body: 'x'.repeat(100_000) } : {}
      const response = await send(PATH, { method, ...body })
      expect([method, response.status, response.headers.get('allow')]).toEqual([method, 405, 'GET, HEAD'])
      await response.text()
    }
    await readName()
    expect(gateway.takeCalls()).toEqual([])
  })
})

describe('S12 a sender', () => {
  it('brings the secret in the header, or as the password of HTTP basic; two hold during a change', async () => {
    await using opened = await open({
      webhooks: { ...on, keys: [SECRET, OTHER], keyHeader: 'x-from-aurora' },
    })
    const { send } = opened
    const statusWith = async (headers: Record<string, string>) => (await send(PATH, { headers })).status
    expect(await statusWith({ 'X-From-Aurora': SECRET })).toBe(204)
    expect(await statusWith({ 'x-from-aurora': OTHER })).toBe(204)
    expect(await statusWith({ authorization: basic(SECRET) })).toBe(204)
    expect(await statusWith({ authorization: basic(`${SECRET}:`) })).toBe(401)
    expect(await statusWith({ authorization: `Bearer ${SECRET}` })).toBe(401)
    expect(await statusWith({ 'x-webhook-key': SECRET })).toBe(401)
  })

  it('may bring it as a bearer token where the header is Authorization', async () => {
    await using opened = await open({ webhooks: { ...on, keyHeader: 'authorization' } })
    const response = await opened.send(PATH, { headers: { authorization: `Bearer ${SECRET}` } })
    expect(response.status).toBe(204)
  })

  it('with a wrong secret touches nothing, and is refused for a while after some', async () => {
    await using opened = await open()
    const { gateway, send, id, readName, metrics } = opened
    await readName()
    gateway.takeCalls()
    const wrong = { headers: { 'x-webhook-key': `${SECRET}x` } }
    const statuses: number[] = []
    for (let time = 0; time < 12; time += 1)
      statuses.push((await send(`${PATH}?PROJECT_ID=${id}`, wrong)).status)
    expect(statuses).toEqual([...Array.from({ length: 10 }, () => 401), 429, 429])
    // None was guessed, and the right one is never refused.
    expect((await send(PATH, { headers: {} })).status).toBe(401)
    await readName()
    expect(gateway.takeCalls()).toEqual([])
    expect((await send(PATH)).status).toBe(204)
    expect((await metrics.render()).text).toContain(
      'aurora_gateway_webhooks_total{event="project_changed",outcome="refused"} 13',
    )
  })

  it('finds the ordinary 404 while no secret is set, and its words in no log', async () => {
    await using off = await open({})
    for (const [path, init] of [
      [PATH, {}],
      [PATH, { method: 'POST' }],
      ['/webhooks/aurora/', {}],
      ['/webhooks/aurora/a/b/c', {}],
    ] as const) {
      const response = await off.send(path, init)
      expect([path, response.status, await response.json()]).toEqual([
        path,
        404,
        { error: 'Nothing is here: GraphQL is at /graphql' },
      ])
    }
    await using opened = await open()
    await opened.send(`${PATH}?PROJECT_ID=an-id&TOKEN=${OTHER}`)
    await opened.send(PATH, { headers: { authorization: basic(OTHER) } })
    expect(opened.gateway.logged.join('\n')).not.toMatch(/the-secret-of|an-id/)
  })
})

describe('S12 of two tenants', () => {
  const byTenant = '/webhooks/aurora/{tenant}/project_changed'

  it('the secret of one touches nothing of the other, and no answer shows which tenants there are', async () => {
    await using both = await createTwoTenants()
    const gateway = await both.open()
    await using server = await serveOnLoopback({ gateway, log: NO_LOG })
    const send = async (tenant: string, company: Company) => {
      const headers = { 'x-webhook-key': webhookKeyOf(company) }
      const response = await fetch(`${server.url}${byTenant.replace('{tenant}', tenant)}`, { headers })
      return `${response.status} ${await response.text()}`
    }
    const callsFor = async (company: Company): Promise<number | undefined> => {
      const [{ id } = {}] = both.dataOf(company).projects
      const { body } = await both.ask(gateway, company, { query: `{ project(id: "${id}") { name } }` })
      return body?.extensions?.upstream.calls
    }
    expect([await callsFor('sun'), await callsFor('moon')]).toEqual([1, 1])
    const refused = await send('sun', 'moon')
    expect(refused).toMatch(/^401 /)
    expect(await send('mars', 'moon')).toBe(refused)
    expect(await send('constructor', 'sun')).toBe(refused)
    expect([await callsFor('sun'), await callsFor('moon')]).toEqual([0, 0])
    expect(await send('moon', 'moon')).toBe('204 ')
    expect([await callsFor('sun'), await callsFor('moon')]).toEqual([0, 1])
    // Without a name it is unclear which of them is meant.
    const nameless = await fetch(`${server.url}${PATH}`, {
      headers: { 'x-webhook-key': webhookKeyOf('sun') },
    })
    expect(nameless.status).toBe(401)
  })

  it('a reload brings other secrets: those that are gone hold no longer', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'webhook-keys-'))
    const path = join(dir, 'keys')
    const env = { CALLER_AUTH: 'none', WEBHOOK_KEYS_FILE: path }
    writeFileSync(path, `${SECRET}\n`)
    await using gateway = await createTestGateway({ config: { webhooks: readConfig(env).webhooks } })
    await using server = await serveOnLoopback(gateway)
    const statusWith = async (secret: string) =>
      (await fetch(`${server.url}${PATH}`, { headers: { 'x-webhook-key': secret } })).status
    expect([await statusWith(SECRET), await statusWith(OTHER)]).toEqual([204, 401])
    writeFileSync(path, `${SECRET}\r\n${OTHER}\n`)
    gateway.gateway.reload({ ...gateway.config, webhooks: readConfig(env).webhooks })
    expect([await statusWith(SECRET), await statusWith(OTHER)]).toEqual([204, 204])
    writeFileSync(path, OTHER)
    gateway.gateway.reload({ ...gateway.config, webhooks: readConfig(env).webhooks })
    expect([await statusWith(SECRET), await statusWith(OTHER)]).toEqual([401, 204])
    rmSync(dir, { recursive: true })
  })

  it('that callers bring, each secret is for the tenant that it names, whatever the token', async () => {
    const config = readConfig({
      CALLER_AUTH: 'passthrough',
      WEBHOOK_KEYS: `${DEFAULT_TENANT_ID.toUpperCase()}:${SECRET},another-tenant:${OTHER}`,
      WEBHOOK_SETTLE_MS: '0',
    })
    const tokens = ['sk_of_one', 'sk_of_two']
    const simulator = createSimulator({ token: tokens, limit: 1_000_000 })
    const { url } = await simulator.listen()
    await using gateway = await createTestGateway({
      baseUrl: url,
      config: { ...config, auroraBaseUrl: new URL(url) },
      credentials: { authorization: 'Bearer sk_of_one', 'x-aurora-tenant-id': DEFAULT_TENANT_ID },
    })
    await using server = await serveOnLoopback(gateway)
    const [{ id } = {}] = simulator.data.projects
    const callsOf = async (token: string): Promise<number> => {
      const headers = new Headers({
        authorization: `Bearer ${token}`,
        'x-aurora-tenant-id': DEFAULT_TENANT_ID.toUpperCase(),
      })
      const caller = await gateway.gateway.authenticate(headers)
      const response = await gateway.handle(
        new Request('http://gateway.test/graphql', {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ query: `{ project(id: "${id}") { name } }` }),
        }),
        caller ?? {},
      )
      const { extensions } = (await response.json()) as Answer<object>
      return extensions.upstream.calls
    }
    const send = async (tenant: string, secret: string) =>
      (
        await fetch(`${server.url}${byTenant.replace('{tenant}', tenant)}`, {
          headers: { 'x-webhook-key': secret },
        })
      ).status
    const calls = async () => [await callsOf('sk_of_one'), await callsOf('sk_of_two')]
    expect(await calls()).toEqual([1, 1])
    expect(await send('another-tenant', OTHER)).toBe(204)
    expect(await send(DEFAULT_TENANT_ID, OTHER)).toBe(401)
    expect(await calls()).toEqual([0, 0])
    expect(await send(DEFAULT_TENANT_ID.toUpperCase(), SECRET)).toBe(204)
    expect(await calls()).toEqual([1, 1])
    await simulator.close()
  })
})

describe('while Aurora may still answer with what was before', () => {
  it('what is read is fresh until it is settled, and then read once more if somebody asks', async () => {
    const clock = createManualClock(1_000_000)
    await using gateway = await createTestGateway({ clock, config: { webhooks: { ...on, settleMs: 3000 } } })
    const id = gateway.simulator.data.projects[0]?.id ?? ''
    const read = async () => {
      const { extensions, data } = await gateway.ask(`{ project(id: "${id}") { name } }`)
      return { data, calls: extensions.upstream.calls, stale: extensions.upstream.saved.stale }
    }
    const send = () =>
      gateway.gateway.receiveWebhook({
        tenant: null,
        event: 'project_changed',
        query: new URLSearchParams({ PROJECT_ID: id }),
        fields: new Headers({ 'x-webhook-key': SECRET }),
        method: 'GET',
      })
    await read()
    await send()
    expect(await read()).toMatchObject({ calls: 1, stale: 0 })
    await clock.advance(2000)
    expect(await read()).toMatchObject({ calls: 0, stale: 0 })
    gateway.takeCalls()
    const before = gateway.simulator.calls.length
    await clock.advance(1500)
    expect(await read()).toMatchObject({ calls: 0, stale: 1 })
    await waitUntil(() => gateway.simulator.calls.length > before)
    expect(gateway.takeCalls()).toEqual(['1 GET /tenants/{}/projects/{}'])
    await waitUntil(async () => (await read()).stale === 0)
    await clock.advance(200_000)
    expect(await read()).toMatchObject({ calls: 0, stale: 0 })
    expect(gateway.takeCalls()).toEqual([])
  })

  it('a phone is not told to keep what is read for longer', async () => {
    await using opened = await open({ webhooks: { ...on, settleMs: 60_000 } })
    const { gateway, send, id, other } = opened
    const headerOf = async (of: string) => {
      const url = `http://gateway.test/graphql?query=${encodeURIComponent(`{project(id:"${of}"){name}}`)}`
      return (await gateway.handle(new Request(url))).headers.get('cache-control')
    }
    await send(`${PATH}?PROJECT_ID=${id}`)
    for (let time = 0; time < 2; time += 1) {
      expect(await headerOf(id)).toMatch(/^private, max-age=(5[0-9]|60), /)
      expect(await headerOf(other)).toMatch(/^private, max-age=300, /)
    }
  })
})

describe('a read that is under way when a webhook comes', () => {
  it('is neither cached nor shared with who asks later, and a later one is', async () => {
    await using opened = await open()
    const { gateway, send, id, readName } = opened
    const held = gateway.simulator.faults
    held.set(`/projects/${id}`, { latency: 200 }, { times: 1 })
    const before = readName()
    await waitUntil(() => gateway.simulator.calls.length === 1)
    await send(`${PATH}?PROJECT_ID=${id}`)
    const after = await readName()
    expect(after.extensions.upstream.calls).toBe(1)
    await before
    expect(gateway.takeCalls()).toEqual(['2 GET /tenants/{}/projects/{}'])
    expect((await readName()).extensions.upstream.calls).toBe(0)
  })
})
