// The program in a network whose only way out is a proxy: Aurora, the identity provider and the collector, all with TLS.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { afterAll, afterEach, expect, it } from 'vitest'
import { createSimulator, DEFAULT_TENANT_ID, DEFAULT_TOKEN } from '../../src/simulator/simulator.ts'
import { CERTIFICATE, PRIVATE_KEY } from '../support/certificate.ts'
import { openForwardProxy } from '../support/forward-proxy.ts'
import { endPrograms, startProgram } from '../support/program.ts'
import { waitUntil } from '../support/wait-until.ts'

const folder = mkdtempSync(join(tmpdir(), 'proxies-'))
const certificate = join(folder, 'certificate.pem')
writeFileSync(certificate, CERTIFICATE)
afterEach(endPrograms)
afterAll(() => rmSync(folder, { recursive: true }))

/** One server with TLS for three names; `aurora.test` is the simulator. */
async function openInternet(simulatorUrl: string) {
  const { publicKey, privateKey } = await generateKeyPair('ES256')
  const keys = JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), kid: 'k', alg: 'ES256' }] })
  const agents: Record<string, string | undefined> = {}
  const server = createServer({ cert: CERTIFICATE, key: PRIVATE_KEY }, (incoming, outgoing) => {
    const { headers, method, url = '' } = incoming
    const name = headers.host?.split(':')[0] ?? ''
    agents[name] = headers['user-agent']
    if (name === 'id.test') return void outgoing.writeHead(200).end(keys)
    if (name !== 'aurora.test') return void outgoing.writeHead(200).end('{}')
    const onward = request(new URL(url, simulatorUrl), { method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 0, answer.headers)
      answer.pipe(outgoing)
    })
    incoming.pipe(onward)
  })
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  const token = await new SignJWT({ tenant: DEFAULT_TENANT_ID })
    .setProtectedHeader({ alg: 'ES256', kid: 'k' })
    .setIssuer('https://id.test/')
    .setAudience('gateway')
    .setSubject('somebody')
    .setExpirationTime('5m')
    .sign(privateKey)
  return { port: (server.address() as AddressInfo).port, agents, token, server }
}

it('Aurora, the keys and the collector are reached through HTTPS_PROXY, and its password is printed nowhere', async () => {
  await using proxy = await openForwardProxy()
  const simulator = createSimulator({})
  const { port, agents, token, server } = await openInternet((await simulator.listen()).url)
  const program = startProgram({
    NODE_EXTRA_CA_CERTS: certificate,
    HTTPS_PROXY: `http://sun:canary-of-the-proxy@127.0.0.1:${proxy.port}`,
    AURORA_BASE_URL: `https://aurora.test:${port}`,
    AURORA_TENANT_ID: DEFAULT_TENANT_ID,
    AURORA_API_TOKEN: DEFAULT_TOKEN,
    CALLER_AUTH: 'jwt',
    JWT_JWKS_URL: `https://id.test:${port}/keys`,
    JWT_ISSUER: 'https://id.test/',
    JWT_AUDIENCE: 'gateway',
    OTEL_EXPORTER_OTLP_ENDPOINT: `https://collector.test:${port}`,
  })
  const ask = async () => {
    const response = await fetch(`${await program.listening}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ query: '{ tenant { name } }' }),
    })
    return response.text()
  }
  expect(await ask()).toContain('"tenant":{"name":"')
  program.child.kill('SIGTERM')
  await program.exited
  await waitUntil(() => Promise.resolve('collector.test' in agents))
  const credentials = `Basic ${Buffer.from('sun:canary-of-the-proxy').toString('base64')}`
  expect([...new Set(proxy.seen)].toSorted()).toEqual(
    ['aurora', 'collector', 'id'].map((name) => `CONNECT ${name}.test:${port} ${credentials}`),
  )
  expect(agents['aurora.test']).toMatch(/^aurora-graphql-gateway\/\d/)
  expect(agents['id.test']).toMatch(/^aurora-graphql-gateway\/\d/)
  expect(agents['collector.test']).toMatch(/^aurora-graphql-gateway\/\d\S* OTel-OTLP/)
  expect(simulator.calls).toHaveLength(1)
  const printed = program.stdout() + program.stderr()
  expect(printed).not.toContain('canary')
  expect(printed).not.toContain(credentials.slice('Basic '.length))
  server.closeAllConnections()
  server.close()
  await simulator.close()
})

it('a collector without TLS is reached through HTTP_PROXY, unless NO_PROXY names it', async () => {
  await using proxy = await openForwardProxy()
  for (const [NO_PROXY, seen] of [
    ['', [expect.stringMatching(/^POST http:\/\/collector\.test:9\/v1\/traces$/)]],
    ['collector.test', []],
  ] as const) {
    const program = startProgram({
      http_proxy: proxy.url.replace('http://', ''),
      NO_PROXY,
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector.test:9',
    })
    const response = await fetch(`${await program.listening}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: '{ tenant { name } }' }),
    })
    expect(await response.json()).toMatchObject({ data: { tenant: {} } })
    program.child.kill('SIGTERM')
    await program.exited
    expect([...new Set((proxy.seen as string[]).splice(0))]).toEqual(seen)
  }
})
