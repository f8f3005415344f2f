// Every secret of the gateway is a canary here. Everything that can fail does, and all output is searched for canaries.
import { createHash } from 'node:crypto'
import { createServer } from 'node:http'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { afterEach, describe, expect, it } from 'vitest'
import { UPSTREAM_CANARY } from '../../src/simulator/faults.ts'
import type { Fault } from '../../src/simulator/faults.ts'
import { createSimulator, DEFAULT_TENANT_ID } from '../../src/simulator/simulator.ts'
import type { Simulator } from '../../src/simulator/simulator.ts'
import { findCanaries } from '../support/canaries.ts'
import { openCollector } from '../support/collector.ts'
import { listenLocally } from '../support/local-server.ts'
import { endPrograms, startProgram } from '../support/program.ts'
import type { Env } from '../support/program.ts'
import { redisProgram, startRedis } from '../support/redis-server.ts'
import { waitUntil } from '../support/wait-until.ts'

afterEach(endPrograms)

const CANARIES = {
  auroraToken: 'sk_prod_canary-of-the-aurora-token',
  hmacKey: 'canary-of-the-hmac-key',
  hmacSecret: 'canary/of+the=hmac-secret',
  gatewayKey: 'agk_canary-of-the-gateway-key',
  wrongKey: 'canary-of-a-key-that-is-none',
  redisPassword: 'canary@of:the/redis"password',
  collectorKey: 'Basic Y2FuYXJ5LW9mLXRoZS1jb2xsZWN0b3I=',
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

const FAULTS: readonly Fault[] = [
  ...([400, 401, 403, 404, 405, 409, 418, 422, 500, 503] as const).map((status) => ({ status })),
  { status: 500, body: 'html' },
  { status: 502, body: 'text' },
  'reset',
  'hang',
  'truncate',
  'empty',
  'html',
  'huge',
  'gzip-bomb',
  'drip',
  'big-headers',
  'not-json',
  'wrong-shape',
  'redirect',
  'bad-encoding',
  // The last fault, because it pauses the key for a while.
  { status: 429, retryAfter: 1 },
]

/** All output of the gateway, by where it was found. */
interface Findings {
  readonly texts: Record<string, string>
  ask(name: string, body: string | object, headers?: Env): Promise<Answer>
}

interface Answer {
  readonly status: number
  readonly text: string
}

function createFindings(url: string, credentials: Env): Findings {
  const texts: Record<string, string> = {}
  return {
    texts,
    async ask(name, body, headers = {}) {
      const response = await fetch(`${url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...credentials, ...headers },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      })
      const text = await response.text()
      texts[`answer to ${name}`] = JSON.stringify([...response.headers]) + text
      return { status: response.status, text }
    },
  }
}

const NEW = { 'cache-control': 'no-cache' }
const READ = { query: '{ projects(first: 1) { nodes { name } } }' }
const SMALL = { query: '{ tenant { name } }' }
const write = (id: string | undefined) => ({
  query: `mutation { updateProject(id: "${id}", input: { name: "n" }) { project { name } errors { code message } } }`,
})

async function goThroughFaults(
  faults: readonly Fault[],
  simulator: Simulator,
  { ask }: Findings,
): Promise<void> {
  const id = simulator.data.projects[0]?.id
  for (const fault of faults) {
    simulator.faults.set(/./, fault)
    const name = JSON.stringify(fault)
    const { text } = await ask(`a read amid ${name}`, READ, NEW)
    expect(text, `it is no fault: ${name}`).toContain('"errors"')
    const written = await ask(`a write amid ${name}`, write(id))
    // An open circuit breaker would hide all later faults.
    expect(text + written.text).not.toContain('left alone')
    simulator.faults.clear()
    // The last fault paused the key; the test does not wait for its end.
    if (name.includes('429')) continue
    expect((await ask(`a read after ${name}`, READ, NEW)).text).not.toContain('"errors"')
    expect((await ask(`a write after ${name}`, write(id))).text).toContain('"errors":[]')
  }
}

/** Requests that are refused before a call to Aurora, each in another way. */
async function goThroughRefusals(url: string, findings: Findings): Promise<void> {
  const { ask, texts } = findings
  const refusals: readonly (readonly [name: string, body: string | object, headers?: Env])[] = [
    ['a wrong key', SMALL, { authorization: `Bearer ${CANARIES.wrongKey}`, 'x-api-key': CANARIES.wrongKey }],
    ['no JSON', '{'],
    ['no document', {}],
    ['no GraphQL', { query: '{' }],
    ['an unknown field', { query: '{ nowhere }' }],
    ['a wrong id', { query: '{ project(id: "../x") { name } }' }],
    ['an unknown id', { query: '{ project(id: "00000000-0000-0000-0000-000000000000") { name } }' }],
    ['a wrong variable', { query: 'query ($id: ID!) { project(id: $id) { name } }' }],
    ['a large document', { query: `{ tenant { name } }${' '.repeat(20_000)}` }],
    ['a large body', ' '.repeat(300_000)],
    ['only what is cached', { query: '{ roles { name } }' }, { 'cache-control': 'only-if-cached' }],
    ['a request id of its own', SMALL, { 'x-request-id': `${CANARIES.wrongKey} "` }],
    ['another host', SMALL, { 'x-forwarded-host': CANARIES.wrongKey }],
  ]
  for (const [name, body, headers] of refusals) await ask(name, body, headers)
  const pages = ['/health', '/ready', '/', '/nowhere', `/graphql?key=${CANARIES.wrongKey}`]
  for (const path of pages) {
    const response = await fetch(url + path, { headers: { accept: 'text/html' }, redirect: 'manual' })
    // The server does not put the address into the page; the page reads it in the browser.
    texts[`page ${path}`] = JSON.stringify([...response.headers]) + (await response.text())
  }
}

interface Profile {
  readonly env: Env
  readonly credentials: Env
  /** Secrets in the memory of the process when it crashes: those of its settings, and texts with the form of a key. */
  readonly held: readonly string[]
  readonly faults: readonly Fault[]
  readonly simulator: Simulator
}

/** Starts the program, makes everything fail, makes it crash, and returns all its output. */
async function runThrough({ env, credentials, faults, simulator, held }: Profile, amid = async () => {}) {
  await using collector = await openCollector()
  const { url: auroraUrl } = await simulator.listen()
  const { child, stdout, stderr, listening, exited } = startProgram(
    {
      AURORA_RATE_LIMIT: '100000',
      AURORA_TIMEOUT_MS: '1000',
      AURORA_MAX_REPLY_MB: '1',
      AURORA_BASE_URL: auroraUrl,
      MAX_WAIT_MS: '200',
      LOG_LEVEL: 'debug',
      ACCESS_LOG: 'on',
      GRAPHIQL: 'on',
      METRICS_PORT: '0',
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: collector.url.href,
      OTEL_EXPORTER_OTLP_HEADERS: `authorization=${encodeURIComponent(CANARIES.collectorKey)}`,
      CANARIES: JSON.stringify([...held, CANARIES.collectorKey]),
      ...env,
    },
    // An uncaught error with all the members that errors of libraries have.
    `process.on('SIGUSR2', () => {
       const canaries = JSON.parse(process.env.CANARIES)
       const request = { headers: { authorization: 'Bearer ' + canaries[0] }, url: 'https://u:' + canaries[0] + '@h' }
       const cause = Object.assign(new Error(canaries.join(' ')), { config: canaries, request })
       throw Object.assign(new Error('boom ' + canaries.join(' '), { cause }), { request, env: process.env })
     })`,
  )
  const url = await listening
  await waitUntil(() => stdout().includes('Prometheus'))
  const metricsUrl = /Figures for Prometheus: (\S+)/.exec(stdout())?.[1] ?? ''
  const findings = createFindings(url, credentials)
  const { ask, texts } = findings

  const { text } = await ask('a read', READ)
  // Aurora must have received the credential: otherwise the test would show nothing.
  expect(text).toContain('"data":{"projects":{"nodes":[{')
  await goThroughRefusals(url, findings)
  await goThroughFaults(faults, simulator, findings)
  await amid()
  await ask('a read after what happened meanwhile', READ, NEW)
  texts['metrics'] = await (await fetch(metricsUrl)).text()
  await simulator.close()
  await ask('a read without Aurora', READ, NEW)
  child.kill('SIGUSR2')
  expect(await exited).toBe(1)
  expect(stdout()).toMatch(/"level":"error".*boom/)
  texts['stdout'] = stdout()
  texts['stderr'] = stderr()
  texts['spans'] = collector.bodies.join('\n')
  expect(collector.spans().length).toBeGreaterThan(faults.length)
  expect(collector.headers[0]?.authorization).toBe(CANARIES.collectorKey)
  return texts
}

/** JSON.parse quotes ten characters from the place where it fails. */
const UPSTREAM_START = UPSTREAM_CANARY.slice(0, 10)

/** The user sees Aurora's messages about what it refuses to process, and no others. */
const isForUser = (where: string): boolean => /^answer to a (read|write) amid \{"status":422\}$/.test(where)

function expectNothing(
  canaries: Readonly<Record<string, string>>,
  texts: Readonly<Record<string, string>>,
): void {
  expect(findCanaries(canaries, texts)).toEqual([])
  const others = Object.fromEntries(Object.entries(texts).filter(([where]) => !isForUser(where)))
  expect(findCanaries({ upstream: UPSTREAM_START }, others)).toEqual([])
}

const keys = {
  env: { CALLER_AUTH: 'keys', GATEWAY_KEYS: `app:${sha256(CANARIES.gatewayKey)}` },
  credentials: { 'x-api-key': CANARIES.gatewayKey },
}
const FEW = FAULTS.filter((_, nth) => nth % 4 === 1)
const NO_LIMIT = 1_000_000

describe('S8 no secret is in any answer, line, figure, span or crash', () => {
  it.skipIf(redisProgram === null)('of a gateway with gateway keys, a bearer token and a Redis', async () => {
    await using redis = await startRedis(['--requirepass', CANARIES.redisPassword])
    const address = `:${encodeURIComponent(CANARIES.redisPassword)}@127.0.0.1:${redis.port}`
    const texts = await runThrough(
      {
        env: {
          ...keys.env,
          AURORA_TENANT_ID: DEFAULT_TENANT_ID,
          AURORA_API_TOKEN: CANARIES.auroraToken,
          REDIS_URL: `redis://${address}`,
        },
        credentials: keys.credentials,
        held: [CANARIES.auroraToken, CANARIES.redisPassword, CANARIES.gatewayKey],
        faults: FAULTS,
        simulator: createSimulator({ token: CANARIES.auroraToken, limit: NO_LIMIT }),
      },
      async () => {
        await redis.kill()
        await redis.restart(['--requirepass', 'another-one'])
      },
    )
    expect(texts['metrics']).toContain('aurora_gateway_redis_up')
    expectNothing(CANARIES, texts)
  })

  it('of one that signs its calls', async () => {
    const hmac = { key: CANARIES.hmacKey, secret: CANARIES.hmacSecret }
    const texts = await runThrough({
      env: {
        ...keys.env,
        AURORA_TENANT_ID: DEFAULT_TENANT_ID,
        AURORA_API_KEY: hmac.key,
        AURORA_API_SECRET: hmac.secret,
      },
      credentials: keys.credentials,
      held: [CANARIES.hmacKey, CANARIES.hmacSecret, CANARIES.gatewayKey],
      faults: FEW,
      simulator: createSimulator({ hmac, limit: NO_LIMIT }),
    })
    expectNothing(CANARIES, texts)
  })

  it('of one whose callers bring tokens of Aurora', async () => {
    const texts = await runThrough({
      env: { CALLER_AUTH: 'passthrough' },
      credentials: {
        authorization: `Bearer ${CANARIES.auroraToken}`,
        'x-aurora-tenant-id': DEFAULT_TENANT_ID,
      },
      held: [CANARIES.auroraToken],
      faults: FEW,
      simulator: createSimulator({ token: CANARIES.auroraToken, limit: NO_LIMIT }),
    })
    expectNothing(CANARIES, texts)
  })

  it('of one whose callers bring tokens of an identity provider', async () => {
    const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true })
    const published = JSON.stringify({
      keys: [{ ...(await exportJWK(publicKey)), kid: 'one', alg: 'ES256' }],
    })
    const provider = createServer((_request, response) => {
      response.setHeader('content-type', 'application/json').end(published)
    })
    await using local = await listenLocally(provider)
    const jwt = await new SignJWT({ tenant: DEFAULT_TENANT_ID })
      .setProtectedHeader({ alg: 'ES256', kid: 'one' })
      .setSubject('ada')
      .setIssuer('https://id.example/')
      .setAudience('gateway')
      .setExpirationTime('1h')
      .sign(privateKey)
    const [head = '', claims = '', signature = ''] = jwt.split('.')
    const canaries = { ...CANARIES, jwt, head, claims, signature }
    const texts = await runThrough({
      env: {
        CALLER_AUTH: 'jwt',
        JWT_JWKS_URL: `${local.url}/keys`,
        JWT_ISSUER: 'https://id.example/',
        JWT_AUDIENCE: 'gateway',
        AURORA_TENANT_ID: DEFAULT_TENANT_ID,
        AURORA_API_TOKEN: CANARIES.auroraToken,
      },
      credentials: { authorization: `Bearer ${jwt}` },
      held: [jwt, CANARIES.auroraToken],
      faults: FEW,
      simulator: createSimulator({ token: CANARIES.auroraToken, limit: NO_LIMIT }),
    })
    expectNothing(canaries, texts)
  })

  it('of one that does not start because every secret is wrong', async () => {
    const { exited, stdout, stderr } = startProgram({
      NODE_ENV: 'production',
      CALLER_AUTH: 'keys',
      GATEWAY_KEYS: CANARIES.gatewayKey,
      AURORA_TENANT_ID: CANARIES.auroraToken,
      AURORA_API_TOKEN: `${CANARIES.auroraToken}\n`,
      AURORA_API_KEY: `${CANARIES.hmacKey} `,
      AURORA_API_SECRET: `${CANARIES.hmacSecret} `,
      AURORA_BASE_URL: `https://u:${CANARIES.wrongKey}@host`,
      REDIS_URL: `:${CANARIES.redisPassword}`,
      OTEL_EXPORTER_OTLP_HEADERS: CANARIES.collectorKey,
      OTEL_EXPORTER_OTLP_ENDPOINT: `https://u:${CANARIES.wrongKey}@host`,
    })
    expect(await exited).toBe(1)
    expect(stderr().split('\n').length).toBeGreaterThan(8)
    expectNothing(CANARIES, { stdout: stdout(), stderr: stderr() })
  })
})
