// The way to Aurora, through the public door: firewalls, proxies, broken handshakes, and texts that cannot be sent.
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { connect, createServer as createSocketServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { createSimulator, DEFAULT_TENANT_ID } from '../../src/simulator/simulator.ts'
import { nth } from '../support/builders.ts'
import { openForwardProxy } from '../support/forward-proxy.ts'
import { listenLocally } from '../support/local-server.ts'
import { createTestGateway } from '../support/test-gateway.ts'

const RENAME = `mutation ($id: ID!, $name: String!) {
  updateProject(id: $id, input: { name: $name }) { project { name } errors { code outcome } } }`

interface Renamed {
  readonly updateProject: { readonly errors: readonly object[] }
}

it('a firewall that refuses calls without a User-Agent lets ours pass', async () => {
  const server = createServer((request, response) => {
    const status = /^\S+\/\d/.test(request.headers['user-agent'] ?? '') ? 200 : 403
    response.writeHead(status).end(JSON.stringify({ tenant: { id: DEFAULT_TENANT_ID, name: 'Sun' } }))
  })
  await using local = await listenLocally(server)
  await using gateway = await createTestGateway({ baseUrl: local.url })
  expect((await gateway.ask('{ tenant { name } }')).data).toEqual({ tenant: { name: 'Sun' } })
})

it('an Aurora that only a proxy can reach is read through it, with the calls of always', async () => {
  await using proxy = await openForwardProxy()
  const simulator = createSimulator({})
  const { url } = await simulator.listen()
  await using gateway = await createTestGateway({
    baseUrl: `http://aurora.test:${new URL(url).port}`,
    config: { proxies: { https: null, http: new URL(proxy.url), exceptions: '' } },
  })
  const { data, extensions } = await gateway.ask('{ projects(first: 2) { nodes { name } } }')
  expect(data).toMatchObject({ projects: { nodes: [{}, {}] } })
  expect(extensions.upstream.calls).toBe(1)
  expect(simulator.calls).toHaveLength(1)
  expect(proxy.seen).toEqual([expect.stringMatching(/^GET http:\/\/aurora\.test:\d+\/tenants\//)])
  await simulator.close()
})

it('a call that follows an answer has its connection, and pays for no handshake', async () => {
  const simulator = createSimulator({})
  const { url } = await simulator.listen()
  let connections = 0
  const counting = createSocketServer((socket) => {
    connections += 1
    const onward = connect(Number(new URL(url).port), '127.0.0.1')
    for (const one of [socket, onward]) one.on('error', () => {})
    socket.pipe(onward).pipe(socket)
  })
  await new Promise<void>((resolve) => void counting.listen(0, '127.0.0.1', resolve))
  const folder = mkdtempSync(join(tmpdir(), 'network-'))
  {
    await using gateway = await createTestGateway({
      baseUrl: `http://127.0.0.1:${(counting.address() as AddressInfo).port}`,
      config: { stateDir: join(folder, 'state') },
    })
    const { extensions } = await gateway.ask(
      'query ($id: ID!) { project(id: $id) { owner { firstName } } }',
      {
        id: nth(simulator.data.projects, 0)['id'],
      },
    )
    expect(extensions.upstream.calls).toBe(2)
    expect(connections).toBe(1)
  }
  counting.close()
  await simulator.close()
  rmSync(folder, { recursive: true })
})

it('the built-in simulator is asked without a proxy', async () => {
  await using gateway = await createTestGateway({
    config: {
      aurora: null,
      proxies: { https: null, http: new URL('http://127.0.0.1:9'), exceptions: '' },
    },
  })
  expect(gateway.gateway.isSimulated).toBe(true)
  expect((await gateway.ask('{ tenant { name } }')).errors).toBeUndefined()
})

it('a proxy that refuses makes Aurora unavailable; a change is not done, and no slot is spent', async () => {
  await using proxy = await openForwardProxy()
  proxy.refuse(407)
  await using gateway = await createTestGateway({
    baseUrl: 'https://aurora.test',
    config: {
      rateLimit: 5,
      proxies: { https: new URL(proxy.url), http: null, exceptions: '' },
    },
  })
  const { data, extensions } = await gateway.ask<Renamed>(RENAME, { id: 'p-1', name: 'Roof' })
  expect(data?.updateProject.errors).toEqual([{ code: 'UPSTREAM_UNAVAILABLE', outcome: 'NOT_DONE' }])
  expect(extensions.upstream).toMatchObject({ limit: 5, remaining: 5 })
  expect(gateway.logged.join()).toContain('PROXY_407')
})

it('a handshake that breaks: a change is not done, and neither it nor the reads spend a slot', async () => {
  const server = createSocketServer((socket) => {
    socket.on('error', () => {})
    socket.once('data', () => socket.end())
  })
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  await using gateway = await createTestGateway({
    baseUrl: `https://localhost:${(server.address() as AddressInfo).port}`,
    config: { rateLimit: 5 },
  })
  const write = await gateway.ask<Renamed>(RENAME, { id: 'p-1', name: 'Roof' })
  expect(write.data?.updateProject.errors).toEqual([{ code: 'UPSTREAM_UNAVAILABLE', outcome: 'NOT_DONE' }])
  const read = await gateway.ask('{ tenant { name } }')
  expect(read.errors).toMatchObject([{ extensions: { code: 'UPSTREAM_UNAVAILABLE' } }])
  expect(read.extensions.upstream).toMatchObject({ limit: 5, remaining: 5 })
  server.close()
})

const HMAC = { kind: 'hmac', key: 'demo-key-01', secret: 'demo-secret-01' } as const

const BEARER = { kind: 'bearer', token: 'demo-token-01' } as const

it.each(
  ['Roof \ud83d', '\udc00', 'a\ud800b', '\\\ud800'].flatMap((name) =>
    [HMAC, BEARER].map((credential) => ({ name, credential })),
  ),
)(
  'a name with half of a character, $name, is BAD_USER_INPUT, without a slot or a call, with a $credential.kind credential',
  async ({ name, credential }) => {
    await using gateway = await createTestGateway({
      config: {
        rateLimit: 5,
        aurora: { baseUrl: new URL('http://127.0.0.1:9/v2'), tenantId: DEFAULT_TENANT_ID, credential },
      },
    })
    const { data, extensions } = await gateway.ask<Renamed>(RENAME, { id: 'p-1', name })
    expect(data?.updateProject.errors).toEqual([{ code: 'BAD_USER_INPUT', outcome: 'NOT_DONE' }])
    expect(extensions.upstream).toMatchObject({ calls: 0, limit: 5, remaining: 5 })
    expect(gateway.logged).toEqual([])
  },
)

it('a name that cannot be signed is refused as such where no slot is left, too, and opens no circuit', async () => {
  await using gateway = await createTestGateway({
    config: {
      rateLimit: 1,
      maxWaitMs: 0,
      aurora: { baseUrl: new URL('http://127.0.0.1:9/v2'), tenantId: DEFAULT_TENANT_ID, credential: HMAC },
    },
  })
  for (let count = 0; count < 10; count += 1) {
    const { data } = await gateway.ask<Renamed>(RENAME, { id: 'p-1', name: '\ud800' })
    expect(data?.updateProject.errors).toEqual([{ code: 'BAD_USER_INPUT', outcome: 'NOT_DONE' }])
  }
})

it('a whole character of two halves is signed and sent', async () => {
  const simulator = createSimulator({})
  const { url } = await simulator.listen()
  await using gateway = await createTestGateway({ baseUrl: url })
  const id = nth(simulator.data.projects, 0).id
  // The second part only looks like half of a character in JSON.
  const name = String.raw`${'\u{1f3e0}'} \ud83d`
  const { data } = await gateway.ask<Renamed>(RENAME, { id, name })
  expect(data?.updateProject).toMatchObject({ project: { name } })
  await simulator.close()
})

it('a read whose client leaves during the handshake spends no slot, and one that has begun keeps its slot', async () => {
  const heldOpen = createSocketServer(() => {})
  await new Promise<void>((resolve) => void heldOpen.listen(0, '127.0.0.1', resolve))
  const { port } = heldOpen.address() as AddressInfo
  for (const [scheme, spent] of [
    ['https', 0],
    ['http', 1],
  ] as const) {
    await using gateway = await createTestGateway({ baseUrl: `${scheme}://127.0.0.1:${port}` })
    const leaving = new AbortController()
    const sent = new Promise<void>((resolve) =>
      heldOpen.once('connection', (socket) => socket.on('error', () => {}).once('data', () => resolve())),
    )
    const left = gateway.ask('{ tenant { name } }', {}, leaving.signal).catch(() => {})
    await sent
    leaving.abort()
    await left
    const remaining = async () => (await gateway.ask('{ __typename }')).extensions.upstream
    await expect.poll(remaining).toMatchObject({ remaining: (await remaining()).limit - spent })
  }
  await new Promise((resolve) => heldOpen.close(resolve))
})
