// The settings: what each accepts, how problems are told, and that the page about them is true.
import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { ConfigError, readConfig, readWarnings } from '../../../src/config/read-config.ts'
import { secretsOf } from '../../../src/config/secrets.ts'
import { settings } from '../../../src/config/settings.ts'
import type { Setting } from '../../../src/config/settings.ts'
import { CERTIFICATE, PRIVATE_KEY } from '../../support/certificate.ts'

type Env = Record<string, string>

const digest = 'a1'.repeat(32)
const token = 'sk_prod_canary_of_the_token'
const live: Env = { AURORA_TENANT_ID: 'tenant-1', AURORA_API_TOKEN: token }
const signed: Env = {
  AURORA_TENANT_ID: 'tenant-1',
  AURORA_API_KEY: 'canary-of-the-key',
  AURORA_API_SECRET: 'canary-of-the-secret',
}
const keyed: Env = { CALLER_AUTH: 'keys', GATEWAY_KEYS: `mobile:${digest}` }

function problemsOf(env: Env): readonly string[] {
  try {
    readConfig(env)
  } catch (error) {
    if (error instanceof ConfigError) return error.problems
    throw error
  }
  return []
}

describe('defaults', () => {
  it('an empty environment is a development gateway over the simulator', () => {
    expect(readConfig({})).toEqual({
      isProduction: false,
      port: 4000,
      host: '127.0.0.1',
      aurora: null,
      auroraBaseUrl: new URL('https://api.aurorasolar.com'),
      tenants: [],
      rateLimit: 90,
      writeSettleMs: 0,
      rateWindowMs: 60_000,
      operationLimits: {},
      attemptTimeoutMs: 5_000,
      proxies: { https: null, http: null, exceptions: '' },
      requestTimeoutMs: 10_000,
      maxWaitMs: 2_000,
      maxPreferredWaitMs: 60_000,
      maxReplyBytes: 8 * 1024 * 1024,
      pageSize: 250,
      maxPlannedCalls: 1000,
      maxAnswerBytes: 16 * 1024 * 1024,
      queryLimits: { tokens: 1000, depth: 10, fields: 500, aliases: 30 },
      apiVersion: null,
      cacheMaxBytes: 64 * 1024 * 1024,
      answersMaxBytes: 16 * 1024 * 1024,
      textsMaxBytes: 16 * 1024 * 1024,
      stateDir: null,
      cacheFile: null,
      warmUp: 'off',
      redis: null,
      callerAuth: 'none',
      gatewayKeys: [],
      routers: { keys: [], userHeader: null, maxBatch: 1000, invalidation: null },
      webhooks: { keys: [], ofTenants: [], keyHeader: 'x-webhook-key', settleMs: 3000, proof: null },
      tokens: null,
      documents: { path: null, mode: 'automatic' },
      subgraph: null,
      callerRateLimit: 0,
      streams: { maxStreams: 1000, maxStreamsOfCaller: 500, streamMaxMs: 1_800_000 },
      trustedProxies: 0,
      corsOrigins: [],
      corsHeaders: [],
      graphiql: true,
      introspection: true,
      logLevel: 'info',
      accessLog: false,
      shutdownNoticeMs: 0,
      shutdownGraceMs: 10_000,
      metrics: null,
      metricsExport: null,
      traces: null,
    })
  })

  it('an empty text counts as unset, for every variable', () => {
    const empty = Object.fromEntries(Object.keys(settings).map((name) => [name, '']))
    expect(readConfig(empty)).toEqual(readConfig({}))
  })

  it('production closes GraphiQL and introspection, unless they are asked for', () => {
    const production = { ...live, NODE_ENV: 'production' }
    expect(readConfig(production)).toMatchObject({
      isProduction: true,
      callerRateLimit: 60_000,
      graphiql: false,
      introspection: false,
    })
    const open = { ...production, GRAPHIQL: 'on', INTROSPECTION: 'on' }
    expect(readConfig(open)).toMatchObject({ graphiql: true, introspection: true })
    expect(readConfig({ GRAPHIQL: 'off', INTROSPECTION: 'off' })).toMatchObject({
      graphiql: false,
      introspection: false,
    })
  })

  it('a subgraph has the version that its tools know, and may hide what administers the account', () => {
    expect(readConfig({ SUBGRAPH: 'on' }).subgraph).toEqual({ version: '2.12', hidesAdmin: false })
    expect(readConfig({ SUBGRAPH: '2.9', SUBGRAPH_ADMIN_FIELDS: 'inaccessible' }).subgraph).toEqual({
      version: '2.9',
      hidesAdmin: true,
    })
    expect(readConfig({ SUBGRAPH_ADMIN_FIELDS: 'inaccessible' }).subgraph).toBeNull()
  })

  it('the figures are on loopback where a port is named for them, which may not be the public one', () => {
    expect(readConfig({ METRICS_PORT: '9464' }).metrics).toEqual({ port: 9464, host: '127.0.0.1' })
    expect(readConfig({ METRICS_PORT: '0', METRICS_HOST: '10.0.0.5' }).metrics).toEqual({
      port: 0,
      host: '10.0.0.5',
    })
    expect(problemsOf({ METRICS_PORT: '4000' })).toEqual([
      'METRICS_PORT must be another port than PORT: metrics are not for the callers of the gateway',
    ])
    expect(problemsOf({ PORT: '0', METRICS_PORT: '0' })).toEqual([])
    expect(problemsOf({ METRICS_PORT: '99999' })).toHaveLength(1)
  })

  it('webhooks are received with the secrets that are set, which the log never shows', () => {
    const config = readConfig({
      WEBHOOK_KEYS: ' a-secret-of-webhooks,, another-of-webhooks ',
      WEBHOOK_KEY_HEADER: 'X-From-Aurora',
      WEBHOOK_SETTLE_MS: '0',
    })
    expect(config.webhooks).toEqual({
      keys: ['a-secret-of-webhooks', 'another-of-webhooks'],
      ofTenants: [],
      keyHeader: 'x-from-aurora',
      settleMs: 0,
      proof: null,
    })
    const brought = readConfig({
      CALLER_AUTH: 'passthrough',
      WEBHOOK_KEYS: 'Tenant-1:a-secret-of-webhooks,tenant-2:with:a-colon-in-it,tenant-1:another-of-webhooks',
    })
    expect(brought.webhooks).toMatchObject({
      keys: [],
      ofTenants: [
        { tenantId: 'tenant-1', keys: ['a-secret-of-webhooks', 'another-of-webhooks'] },
        { tenantId: 'tenant-2', keys: ['with:a-colon-in-it'] },
      ],
    })
    expect(secretsOf(config)).toEqual(config.webhooks.keys)
    expect(secretsOf(brought)).toContain('with:a-colon-in-it')
  })

  it('requests are logged in production, unless that is turned off', () => {
    const production = { ...live, NODE_ENV: 'production' }
    expect(readConfig(production).accessLog).toBe(true)
    expect(readConfig({ ...production, ACCESS_LOG: 'off' }).accessLog).toBe(false)
    expect(readConfig({ ACCESS_LOG: 'on' }).accessLog).toBe(true)
  })

  it('traces go where OpenTelemetry would send them', () => {
    const base = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318/prefix/' }
    expect(readConfig(base).traces).toEqual({
      url: new URL('http://collector:4318/prefix/v1/traces'),
      headers: {},
      resource: { 'service.name': 'aurora-graphql-gateway' },
      share: 1,
    })
    const whole = {
      ...base,
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'https://other/spans',
      OTEL_EXPORTER_OTLP_HEADERS: 'Authorization=Basic%20Y2FuYXJ5, x-team = solar',
      OTEL_SERVICE_NAME: 'my gateway',
      OTEL_RESOURCE_ATTRIBUTES: 'service.name=another,deployment.environment.name=Staging',
      OTEL_TRACES_SAMPLER_ARG: '0.25',
    }
    expect(readConfig(whole).traces).toEqual({
      url: new URL('https://other/spans'),
      headers: { authorization: 'Basic Y2FuYXJ5', 'x-team': 'solar' },
      resource: { 'service.name': 'my gateway', 'deployment.environment.name': 'Staging' },
      share: 0.25,
    })
    const attributes = { ...base, OTEL_RESOURCE_ATTRIBUTES: 'service.name=another,Team=a%2Cb' }
    expect(readConfig(attributes).traces?.resource).toEqual({ 'service.name': 'another', Team: 'a,b' })
  })

  it.each(['canary', 'x=%ZZcanary', '=canary', 'x=canary\ncanary', 'a b=canary'])(
    'wrong headers for the collector are named by their place alone: %j',
    (given) => {
      expect(problemsOf({ OTEL_EXPORTER_OTLP_HEADERS: `a=b,${given}` })).toEqual([
        'OTEL_EXPORTER_OTLP_HEADERS entry 2 must be name=value',
      ])
    },
  )

  it.each(['-1', '1.1', '2', 'all', '1e-3'])('a share of %s is none', (given) => {
    expect(problemsOf({ OTEL_TRACES_SAMPLER_ARG: given })).toEqual([
      `OTEL_TRACES_SAMPLER_ARG must be a number from 0 to 1, not "${given}"`,
    ])
  })

  it.each<[Env, boolean]>([
    [{ OTEL_SDK_DISABLED: 'true' }, false],
    [{ OTEL_SDK_DISABLED: ' TRUE' }, false],
    [{ OTEL_SDK_DISABLED: 'false' }, true],
    [{ OTEL_SDK_DISABLED: '' }, true],
    [{ OTEL_SDK_DISABLED: '1' }, true],
    [{ OTEL_TRACES_EXPORTER: 'none' }, false],
    [{ OTEL_TRACES_EXPORTER: 'None ' }, false],
    [{ OTEL_TRACES_EXPORTER: 'otlp' }, true],
    [{ OTEL_TRACES_EXPORTER: '' }, true],
    [{ OTEL_TRACES_EXPORTER: 'console,otlp' }, true],
    [{ OTEL_TRACES_EXPORTER: 'otlp,none' }, false],
    [{ OTEL_TRACES_EXPORTER: 'zipkin' }, false],
  ])('beside an address for traces, %j leaves them on: %s', (env, isOn) => {
    const address = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318' }
    expect(readConfig({ ...address, ...env }).traces !== null).toBe(isOn)
    expect(readConfig(env).traces).toBeNull()
  })

  it('the notice before the end is for load balancers, so it is on in production', () => {
    expect(readConfig({ ...live, NODE_ENV: 'production' }).shutdownNoticeMs).toBe(2000)
    expect(readConfig({ SHUTDOWN_NOTICE_MS: '35000' }).shutdownNoticeMs).toBe(35_000)
  })

  it('nothing of it can be changed afterwards', () => {
    const config = readConfig({ ...live, ...keyed, AURORA_API_VERSION: '2026-01' })
    const parts = [
      config,
      config.aurora,
      config.aurora?.credential,
      config.gatewayKeys,
      config.gatewayKeys[0],
    ]
    for (const part of [...parts, config.apiVersion]) expect(Object.isFrozen(part)).toBe(true)
  })
})

describe('Aurora', () => {
  it('a token is a bearer credential', () => {
    const { aurora } = readConfig(live)
    expect(aurora).toMatchObject({ tenantId: 'tenant-1', credential: { kind: 'bearer', token } })
    expect(aurora?.baseUrl.href).toBe('https://api.aurorasolar.com/')
  })

  it('a key and a secret are an HMAC credential, whose routes are under /v2', () => {
    const { aurora } = readConfig(signed)
    const credential = { kind: 'hmac', key: signed['AURORA_API_KEY'], secret: signed['AURORA_API_SECRET'] }
    expect(aurora?.credential).toEqual(credential)
    expect(aurora?.baseUrl.href).toBe('https://api.aurorasolar.com/v2')
    const elsewhere = readConfig({ ...signed, AURORA_BASE_URL: 'https://sandbox.example' })
    expect(elsewhere.aurora?.baseUrl.href).toBe('https://sandbox.example/')
  })

  it.each([
    ['https://a.example', 'https://a.example/'],
    ['https://a.example/', 'https://a.example/'],
    ['https://a.example/v2/', 'https://a.example/v2'],
    ['https://a.example/v2//', 'https://a.example/v2'],
    ['http://127.0.0.1:4010', 'http://127.0.0.1:4010/'],
  ])('the base URL %s is read as %s', (given, read) => {
    expect(readConfig({ ...live, AURORA_BASE_URL: given }).aurora?.baseUrl.href).toBe(read)
  })

  it.each(['http://127.0.0.1:1', 'http://127.8.9.10', 'http://localhost', 'http://[::1]:8080'])(
    'production takes %s, because it does not leave the machine',
    (url) => {
      expect(problemsOf({ ...live, NODE_ENV: 'production', AURORA_BASE_URL: url })).toEqual([])
    },
  )

  it('a version is sent only when one is set, in a header of choice', () => {
    expect(readConfig({ AURORA_API_VERSION: '2026-01' }).apiVersion).toEqual({
      header: 'Aurora-API-Version',
      value: '2026-01',
    })
    expect(readConfig({ AURORA_API_VERSION: '7', AURORA_API_VERSION_HEADER: 'X-V' }).apiVersion).toEqual({
      header: 'X-V',
      value: '7',
    })
  })
})

describe('callers', () => {
  it('gateway keys are names with digests, in any case and with spaces between', () => {
    const keys = ` mobile:${digest.toUpperCase()} , web.2:${'0'.repeat(64)}:read-only,`
    expect(readConfig({ CALLER_AUTH: 'keys', GATEWAY_KEYS: keys, HOST: '0.0.0.0' })).toMatchObject({
      callerAuth: 'keys',
      host: '0.0.0.0',
      gatewayKeys: [
        { name: 'mobile', sha256: digest, isReadOnly: false },
        { name: 'web.2', sha256: '0'.repeat(64), isReadOnly: true },
      ],
    })
  })

  it.each(['127.0.0.1', '127.1.2.3', '::1', 'localhost'])('without keys %s may be listened on', (HOST) => {
    expect(problemsOf({ HOST })).toEqual([])
  })
})

it('web pages are named by origins of every scheme that has a host, their headers by names in any case', () => {
  const given = {
    CORS_ORIGINS:
      'https://app.example, http://localhost:3000,capacitor://localhost,ionic://localhost:8080,app://com.example,https://[::1]:8443',
    CORS_HEADERS: 'X-App-Version, x_tenant',
  }
  expect(readConfig(given)).toMatchObject({
    corsOrigins: given.CORS_ORIGINS.split(',').map((origin) => origin.trim()),
    corsHeaders: ['x-app-version', 'x_tenant'],
  })
})

describe('who brings the credential', () => {
  it('callers do, each their own, in front of the Aurora that is named', () => {
    const env = { CALLER_AUTH: 'passthrough', HOST: '0.0.0.0', NODE_ENV: 'production' }
    expect(readConfig(env)).toMatchObject({ callerAuth: 'passthrough', aurora: null, tenants: [] })
    expect(readConfig(env).auroraBaseUrl.href).toBe('https://api.aurorasolar.com/')
    const elsewhere = readConfig({ ...env, AURORA_BASE_URL: 'https://sandbox.example' })
    expect(elsewhere.auroraBaseUrl.href).toBe('https://sandbox.example/')
  })

  it('tokens are checked by what the identity provider publishes', () => {
    const env = {
      CALLER_AUTH: 'jwt',
      JWT_JWKS_URL: 'http://127.0.0.1:1/keys',
      JWT_ISSUER: 'i',
      JWT_AUDIENCE: 'a',
    }
    const { tokens } = readConfig(env)
    expect(tokens).toMatchObject({ issuer: 'i', audience: 'a', tenantClaim: 'tenant', roleClaim: 'role' })
    expect(tokens?.isRoleRequired).toBe(false)
    expect(tokens?.jwksUrl.href).toBe('http://127.0.0.1:1/keys')
    const named = readConfig({ ...env, JWT_TENANT_CLAIM: 'https://x/org', JWT_ROLE_CLAIM: 'roles' })
    expect(named.tokens).toMatchObject({ tenantClaim: 'https://x/org', roleClaim: 'roles' })
    expect(named.tokens?.isRoleRequired).toBe(true)
  })
})

const ANOTHER_KEY = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  .privateKey.export({ type: 'pkcs8', format: 'pem' })
  .toString()

describe('metrics for a collector', () => {
  const base = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318/' }

  it.each<[env: Env, address: string | undefined]>([
    [base, undefined],
    [{ ...base, OTEL_METRICS_EXPORTER: 'none' }, undefined],
    [{ ...base, OTEL_METRICS_EXPORTER: 'otlp', OTEL_SDK_DISABLED: 'true' }, undefined],
    [{ OTEL_METRICS_EXPORTER: 'otlp', OTEL_SDK_DISABLED: 'true' }, undefined],
    [{ ...base, OTEL_METRICS_EXPORTER: 'OTLP, prometheus' }, 'http://collector:4318/v1/metrics'],
    [
      { ...base, OTEL_METRICS_EXPORTER: 'otlp', OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: 'https://other/m' },
      'https://other/m',
    ],
  ])('by %j go to %s', (env, address) => {
    const { metricsExport, metrics } = readConfig(env)
    expect(metricsExport?.url.href).toBe(address)
    expect(metrics).toBeNull()
  })

  it('have the attributes of the gateway, a time between two, and headers that the log never shows', () => {
    const config = readConfig({
      ...base,
      OTEL_METRICS_EXPORTER: 'otlp',
      OTEL_TRACES_EXPORTER: 'none',
      OTEL_METRIC_EXPORT_INTERVAL: '5000',
      OTEL_SERVICE_NAME: 'my gateway',
      OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Basic%20canary',
    })
    expect(config.metricsExport).toMatchObject({
      intervalMs: 5000,
      resource: { 'service.name': 'my gateway' },
      headers: { authorization: 'Basic canary' },
    })
    expect(secretsOf(config)).toContain('canary')
  })

  it('need an address', () => {
    expect(problemsOf({ OTEL_METRICS_EXPORTER: 'otlp' })).toEqual([
      'OTEL_EXPORTER_OTLP_ENDPOINT is missing: OTEL_METRICS_EXPORTER=otlp sends metrics there',
    ])
  })
})

describe('Redis', () => {
  it.each(['redis://127.0.0.1:6379', 'rediss://user:secret@redis.example:6380/2'])('%s is shared', (url) => {
    const usual = { tls: url.startsWith('rediss') ? {} : null, sentinel: null, cluster: null }
    expect(readConfig({ REDIS_URL: url }).redis).toEqual({ ...usual, url, prefix: 'aurora:', maxReplicas: 4 })
    expect(readConfig({ REDIS_URL: url, REDIS_PREFIX: 'eu:', MAX_REPLICAS: '2' }).redis).toEqual({
      ...usual,
      url,
      prefix: 'eu:',
      maxReplicas: 2,
    })
  })

  it.each(['127.0.0.1:6379', 'http://canary', 'canary', '//canary'])('%s is refused, unquoted', (url) => {
    const [problem, ...others] = problemsOf({ REDIS_URL: url })
    expect(others).toEqual([])
    expect(problem).toMatch(/^REDIS_URL must be a redis or rediss URL/)
    expect(problem).not.toContain('canary')
  })

  it.each([
    ['redis+sentinel://one/solar', 'redis://solar', [['one', 26379]]],
    [
      'rediss+sentinel://user:p%40ss@one.example:1,[::1]:26380,10.0.0.3/solar/2',
      'rediss://user:p%40ss@solar/2',
      [
        ['one.example', 1],
        ['::1', 26380],
        ['10.0.0.3', 26379],
      ],
    ],
  ])('%s names Sentinels, and the primary that they watch', (given, url, servers) => {
    const { redis } = readConfig({ REDIS_URL: given, REDIS_SENTINEL_PASSWORD: 'of-sentinels' })
    expect(redis).toMatchObject({
      url,
      sentinel: {
        servers: servers.map(([host, port]) => ({ host, port })),
        primary: 'solar',
        password: 'of-sentinels',
      },
    })
    expect(redis?.tls).toEqual(given.startsWith('rediss') ? {} : null)
  })

  it.each([
    ['redis+cluster://one', 'redis://one', [['one', 6379]]],
    [
      'rediss+cluster://user:p%40ss@one.example:1,[::1]:7000,10.0.0.3/0',
      'rediss://user:p%40ss@one.example:1',
      [
        ['one.example', 1],
        ['::1', 7000],
        ['10.0.0.3', 6379],
      ],
    ],
  ])('%s names nodes of a cluster', (given, url, servers) => {
    const { redis } = readConfig({ REDIS_URL: given })
    expect(redis).toMatchObject({
      url,
      sentinel: null,
      cluster: { servers: servers.map(([host, port]) => ({ host, port })) },
    })
    expect(redis?.tls).toEqual(given.startsWith('rediss') ? {} : null)
  })

  it.each([
    'redis+cluster://one/1',
    'redis+cluster://one:0',
    'redis+cluster://one,',
    'redis+cluster://:can%ary@one',
    'redis+cluster://one?tls=canary',
    'redis+sentinel://canary',
    'redis+sentinel://one:0/canary',
    'redis+sentinel://one,/canary',
    'redis+sentinel://:can%ary@one/canary',
    'redis+sentinel://one/solar?tls=canary',
    'redis://canary?enableOfflineQueue=true',
    'redis://canary/name',
    'redis://:can%ary@one',
  ])('%s is refused, unquoted', (url) => {
    const problems = problemsOf({ REDIS_URL: url })
    expect(problems).toEqual([expect.stringMatching(/^REDIS_URL must be a redis or rediss URL/)])
    expect(problems.join()).not.toContain('can')
  })

  it.each<[env: Env, problem: string]>([
    [
      { REDIS_URL: 'redis://one', REDIS_CA: CERTIFICATE },
      'REDIS_URL must be rediss://, rediss+sentinel:// or rediss+cluster:// with REDIS_CA',
    ],
    [{ REDIS_URL: 'redis+sentinel://one/solar', REDIS_SERVERNAME: 'one' }, 'REDIS_URL must be rediss://'],
    [{ REDIS_URL: 'rediss://one', REDIS_SENTINEL_PASSWORD: 'word' }, 'REDIS_URL must be redis+sentinel://'],
    [
      { REDIS_URL: 'redis+sentinel://one/solar', REDIS_SENTINEL_USER: 'user' },
      'REDIS_SENTINEL_PASSWORD is missing',
    ],
    [{ REDIS_URL: 'rediss://one', REDIS_CLIENT_CERT: CERTIFICATE }, 'REDIS_CLIENT_KEY is missing'],
    [{ REDIS_URL: 'rediss://one', REDIS_CLIENT_KEY: PRIVATE_KEY }, 'REDIS_CLIENT_CERT is missing'],
    [
      { REDIS_URL: 'rediss://one', REDIS_CA: 'no certificate' },
      'REDIS_CA must be one or more certificates in PEM',
    ],
    [
      { REDIS_URL: 'rediss://one', REDIS_CLIENT_CERT: CERTIFICATE, REDIS_CLIENT_KEY: ANOTHER_KEY },
      'REDIS_CLIENT_KEY must be the key of REDIS_CLIENT_CERT',
    ],
  ])('%j is refused', (env, problem) => {
    expect(problemsOf(env)).toEqual([expect.stringContaining(problem)])
  })

  it('a prefix may hold nothing that a pattern would read', () => {
    expect(problemsOf({ REDIS_PREFIX: 'a*' })).toEqual([expect.stringContaining('REDIS_PREFIX must be')])
  })
})

describe('proxies', () => {
  it('are read from the usual variables, in small letters first', () => {
    const { proxies } = readConfig({
      HTTPS_PROXY: 'http://sun:moon@one.example:3128/',
      HTTP_PROXY: 'http://two.example',
      http_proxy: 'three.example:8080',
      no_proxy: 'localhost,10.0.0.0/8',
      https_proxy: '',
    })
    expect(proxies).toEqual({
      https: new URL('http://sun:moon@one.example:3128'),
      http: new URL('http://three.example:8080'),
      exceptions: 'localhost,10.0.0.0/8',
    })
  })

  it.each(['socks5://canary', 'http://canary:%ZZ@proxy', 'http://', 'ftp://canary', 'canary canary'])(
    '%s is refused, unquoted',
    (given) => {
      const problems = problemsOf({ HTTPS_PROXY: given })
      expect(problems).toEqual([
        expect.stringMatching(/^HTTPS_PROXY must be the http or https URL of a proxy/),
      ])
      expect(problems.join()).not.toContain('canary')
    },
  )

  it('a password of a proxy is a secret, in the form in which it is sent, too', () => {
    const secrets = secretsOf(readConfig({ HTTPS_PROXY: 'http://sun:m%40on@proxy' }))
    expect(secrets).toEqual(['m%40on', 'm@on', 'sun:m@on'])
    expect(secretsOf(readConfig({ HTTPS_PROXY: 'http://proxy' }))).toEqual([])
  })
})

describe('problems', () => {
  const loopbackOnly =
    'HOST must be 127.0.0.1, ::1 or localhost with CALLER_AUTH=none: use CALLER_AUTH=keys to be reachable'
  const wholeRule = (min: number, max: number) => `must be a whole number from ${min} to ${max}`
  const urlParts = 'AURORA_BASE_URL must have no user, password, query or fragment'
  const plain = 'AURORA_BASE_URL must be https in production: http would send the credential in the clear'
  const credentialAbsent =
    'AURORA_API_TOKEN, or AURORA_API_KEY with AURORA_API_SECRET, must be set in production, with AURORA_TENANT_ID: there is no simulator there'
  const keyRule =
    'must be a name (letters, digits, ".", "_", "-"), a colon and 64 hex digits of SHA-256, and may end in :read-only'
  const provider = {
    JWT_JWKS_URL: 'https://id.example/keys',
    JWT_ISSUER: 'https://id.example/',
    JWT_AUDIENCE: 'gateway',
  }
  const missing = (name: string) => `${name} is missing: CALLER_AUTH=jwt checks tokens by it`
  const originRule =
    'CORS_ORIGINS must be origins such as https://app.example or capacitor://localhost, separated by commas, in lower case, without a path'
  const unprintable = 'has a space, a line break or another character that no Aurora key has'

  it.each<[Env, string]>([
    [{ NODE_ENV: 'Production' }, 'NODE_ENV must be one of development, test, production, not "Production"'],
    [{ PORT: '80a' }, `PORT ${wholeRule(0, 65_535)}, not "80a"`],
    [{ PORT: '65536' }, `PORT ${wholeRule(0, 65_535)}, not "65536"`],
    [{ PORT: '-1' }, `PORT ${wholeRule(0, 65_535)}, not "-1"`],
    [{ PORT: '4e3' }, `PORT ${wholeRule(0, 65_535)}, not "4e3"`],
    [{ PORT: ' 80' }, `PORT ${wholeRule(0, 65_535)}, not " 80"`],
    [{ PORT: '4000.5' }, `PORT ${wholeRule(0, 65_535)}, not "4000.5"`],
    [{ ...keyed, HOST: '[::1]' }, 'HOST must be a host name, or an IP address without brackets'],
    [{ AURORA_RATE_LIMIT: '0' }, `AURORA_RATE_LIMIT ${wholeRule(1, 10_000_000)}, not "0"`],
    [{ AURORA_RATE_WINDOW_MS: '1' }, `AURORA_RATE_WINDOW_MS ${wholeRule(100, 3_600_000)}, not "1"`],
    [{ AURORA_PAGE_SIZE: '251' }, `AURORA_PAGE_SIZE ${wholeRule(1, 250)}, not "251"`],
    [{ AURORA_TIMEOUT_MS: '5s' }, `AURORA_TIMEOUT_MS ${wholeRule(10, 120_000)}, not "5s"`],
    [{ AURORA_MAX_REPLY_MB: '1000' }, `AURORA_MAX_REPLY_MB ${wholeRule(1, 256)}, not "1000"`],
    [{ REQUEST_TIMEOUT_MS: '0' }, `REQUEST_TIMEOUT_MS ${wholeRule(10, 300_000)}, not "0"`],
    [{ MAX_WAIT_MS: '∞' }, `MAX_WAIT_MS ${wholeRule(0, 120_000)}, not "∞"`],
    [{ CACHE_MAX_MB: '0' }, `CACHE_MAX_MB ${wholeRule(1, 65_536)}, not "0"`],
    [{ SHUTDOWN_GRACE_MS: 'NaN' }, `SHUTDOWN_GRACE_MS ${wholeRule(0, 300_000)}, not "NaN"`],
    [{ GRAPHIQL: 'true' }, 'GRAPHIQL must be one of on, off, not "true"'],
    [{ INTROSPECTION: '1' }, 'INTROSPECTION must be one of on, off, not "1"'],
    [{ LOG_LEVEL: 'loud' }, 'LOG_LEVEL must be one of silent, fatal, error, warn, info, debug, not "loud"'],
    [{ CALLER_AUTH: 'oidc' }, 'CALLER_AUTH must be one of none, keys, jwt, passthrough, not "oidc"'],

    [{ ...live, AURORA_BASE_URL: 'api.aurora' }, 'AURORA_BASE_URL must be an absolute http or https URL'],
    [{ ...live, AURORA_BASE_URL: 'file:///etc' }, 'AURORA_BASE_URL must be an absolute http or https URL'],
    [{ ...live, AURORA_BASE_URL: 'https://me:pw@a.example' }, urlParts],
    [{ ...live, AURORA_BASE_URL: 'https://a.example/?x=1' }, urlParts],
    [{ ...live, AURORA_BASE_URL: 'https://a.example/?' }, urlParts],
    [{ ...live, AURORA_BASE_URL: 'https://a.example/#x' }, urlParts],
    [{ ...live, NODE_ENV: 'production', AURORA_BASE_URL: 'http://a.example' }, plain],
    [{ ...live, NODE_ENV: 'production', AURORA_BASE_URL: 'http://127.0.0.1.a.example' }, plain],
    [
      { ...live, AURORA_TENANT_ID: '../x' },
      'AURORA_TENANT_ID must be 1 to 128 letters, digits, "-" or "_", and begin with a letter or digit',
    ],
    [{ ...live, AURORA_API_TOKEN: `${token}\n` }, `AURORA_API_TOKEN ${unprintable}`],
    [{ ...signed, AURORA_API_SECRET: 'a b' }, `AURORA_API_SECRET ${unprintable}`],
    [
      { AURORA_API_VERSION: '1\r\nX: y' },
      'AURORA_API_VERSION must be 1 to 64 printable characters without spaces',
    ],
    [
      { AURORA_API_VERSION: '1', AURORA_API_VERSION_HEADER: 'a b' },
      'AURORA_API_VERSION_HEADER must be the name of a header',
    ],
    [
      { AURORA_API_VERSION_HEADER: 'X-V' },
      'AURORA_API_VERSION is missing: AURORA_API_VERSION_HEADER names the header it is sent in',
    ],

    [
      { ...live, ...signed },
      'AURORA_API_TOKEN must not be set beside AURORA_API_KEY and AURORA_API_SECRET: choose one credential',
    ],
    [{ ...signed, AURORA_API_SECRET: '' }, 'AURORA_API_SECRET is missing: AURORA_API_KEY signs with it'],
    [{ ...signed, AURORA_API_KEY: '' }, 'AURORA_API_KEY is missing: AURORA_API_SECRET belongs to one'],
    [{ AURORA_API_TOKEN: token }, 'AURORA_TENANT_ID is missing: the credential is for one tenant'],
    [
      { AURORA_TENANT_ID: 'tenant-1' },
      'AURORA_TENANT_ID is set without a credential: set AURORA_API_TOKEN, or AURORA_API_KEY with AURORA_API_SECRET, or unset it for the simulator',
    ],
    [
      { AURORA_BASE_URL: 'https://a.example' },
      'AURORA_BASE_URL is set without a credential: set AURORA_API_TOKEN, or AURORA_API_KEY with AURORA_API_SECRET, or unset it for the simulator',
    ],
    [{ NODE_ENV: 'production' }, credentialAbsent],
    [{ NODE_ENV: 'production', AURORA_TENANT_ID: 'tenant-1' }, credentialAbsent],

    [{ HOST: '0.0.0.0' }, loopbackOnly],
    [{ HOST: '::' }, loopbackOnly],
    [{ HOST: '127.evil.example' }, loopbackOnly],
    [{ CALLER_AUTH: 'keys' }, 'GATEWAY_KEYS is missing: CALLER_AUTH=keys needs at least one name:sha256'],
    [
      { CALLER_AUTH: 'keys', GATEWAY_KEYS: ' , ' },
      'GATEWAY_KEYS is missing: CALLER_AUTH=keys needs at least one name:sha256',
    ],
    [
      { GATEWAY_KEYS: `mobile:${digest}` },
      'CALLER_AUTH must be keys when GATEWAY_KEYS is set: none would let everybody in',
    ],
    [{ CALLER_AUTH: 'keys', GATEWAY_KEYS: `a:${digest},b:12` }, `GATEWAY_KEYS entry 2 ${keyRule}`],
    [{ CALLER_AUTH: 'keys', GATEWAY_KEYS: digest }, `GATEWAY_KEYS entry 1 ${keyRule}`],
    [
      { CALLER_AUTH: 'keys', GATEWAY_KEYS: `a:${digest},a:${'0'.repeat(64)}` },
      'GATEWAY_KEYS has the same name twice',
    ],
    [
      { CALLER_AUTH: 'keys', GATEWAY_KEYS: `a:${digest},b:${digest}` },
      'GATEWAY_KEYS has the same sha256 twice',
    ],

    [
      { WEBHOOK_KEYS: 'sixteen-letters-,another-long-secret, short' },
      'WEBHOOK_KEYS entry 3 must have 16 to 256 printable characters without spaces and commas, 6 of them different: make one with `openssl rand -hex 32`',
    ],
    ...['x'.repeat(16), 'abcde'.repeat(10)].map((key): [Record<string, string>, string] => [
      { WEBHOOK_KEYS: `abcdefabcdefabcd,${key}` },
      'WEBHOOK_KEYS entry 2 must have 16 to 256 printable characters without spaces and commas, 6 of them different: make one with `openssl rand -hex 32`',
    ]),
    [
      { WEBHOOK_KEYS: 'a-secret-of-webhooks', CALLER_AUTH: 'passthrough' },
      'WEBHOOK_KEYS must have the id of a tenant and a colon before each secret with CALLER_AUTH=passthrough: a secret is for one tenant',
    ],
    [{ ROUTER_KEYS: 'hive' }, `ROUTER_KEYS entry 1 ${keyRule}`],
    [
      { ROUTER_INVALIDATION_URLS: 'http://a.example' },
      'ROUTER_INVALIDATION_KEY is missing: routers take nothing without it',
    ],
    [
      { ROUTER_INVALIDATION_KEY: 'k' },
      'ROUTER_INVALIDATION_URLS is missing: ROUTER_INVALIDATION_KEY is for them',
    ],
    ...[
      'ftp://a.example',
      'http://u:p@a.example',
      'http://a.example?b',
      Array(11).fill('http://a').join(','),
    ].map((given): [Record<string, string>, string] => [
      { ROUTER_INVALIDATION_URLS: given, ROUTER_INVALIDATION_KEY: 'k' },
      'ROUTER_INVALIDATION_URLS must be at most 10 absolute http or https URLs without user, password, query or fragment, separated by commas',
    ]),
    [{ ROUTER_USER_HEADER: 'x user' }, 'ROUTER_USER_HEADER must be the name of a header'],
    [
      { ROUTER_USER_HEADER: 'Authorization' },
      'ROUTER_USER_HEADER must be a header of its own: this one has another meaning',
    ],
    ...[`a:${'0'.repeat(64)}`, `b:${digest}`].map((key): [Record<string, string>, string] => [
      { CALLER_AUTH: 'keys', GATEWAY_KEYS: `a:${digest}`, ROUTER_KEYS: key },
      'ROUTER_KEYS has a name or sha256 of GATEWAY_KEYS: a router needs a key of its own',
    ]),

    [{ WEBHOOK_KEY_HEADER: 'x webhook' }, 'WEBHOOK_KEY_HEADER must be the name of a header'],

    [
      { CALLER_AUTH: 'jwt', GATEWAY_KEYS: `a:${digest}`, ...provider },
      'CALLER_AUTH must be keys when GATEWAY_KEYS is set: nobody could use one',
    ],
    [{ CALLER_AUTH: 'jwt', ...provider, JWT_ISSUER: '' }, missing('JWT_ISSUER')],
    [{ CALLER_AUTH: 'jwt', ...provider, JWT_AUDIENCE: '' }, missing('JWT_AUDIENCE')],
    [{ CALLER_AUTH: 'jwt', ...provider, JWT_JWKS_URL: '' }, missing('JWT_JWKS_URL')],
    [
      { CALLER_AUTH: 'jwt', ...provider, JWT_JWKS_URL: 'http://id.example/keys' },
      'JWT_JWKS_URL must be an https URL without user or password',
    ],
    [
      { CALLER_AUTH: 'passthrough', AURORA_API_TOKEN: token },
      'AURORA_API_TOKEN must not be set with CALLER_AUTH=passthrough: callers bring their own',
    ],
    [
      { CALLER_AUTH: 'keys', TENANTS_FILE: '/nowhere/tenants.json' },
      'TENANTS_FILE names a file that does not exist',
    ],

    [
      { PERSISTED_DOCUMENTS: 'only-trusted' },
      'DOCUMENTS_FILE is missing: with PERSISTED_DOCUMENTS=only-trusted nothing could be executed',
    ],
    [{ CORS_ORIGINS: '*' }, originRule],
    [{ CORS_ORIGINS: 'https://a.example,null' }, originRule],
    [{ CORS_ORIGINS: 'https://a.example/' }, originRule],
    [{ CORS_ORIGINS: 'https://A.example' }, originRule],
    ...[
      'null',
      'localhost',
      'capacitor://',
      'capacitor:localhost',
      'capacitor://localhost/',
      'capacitor://Localhost',
    ].map((CORS_ORIGINS): [Env, string] => [{ CORS_ORIGINS }, originRule]),
    ...[
      'file://host',
      'file:///',
      'ionic://u@localhost',
      'ionic://localhost?a',
      'https://a.example:443',
      '*://a',
    ].map((CORS_ORIGINS): [Env, string] => [{ CORS_ORIGINS }, originRule]),
    ...['*', 'x-a b', 'x-a:b', 'ü'].map((CORS_HEADERS): [Env, string] => [
      { CORS_HEADERS },
      'CORS_HEADERS must be names of headers such as x-app-version, separated by commas',
    ]),
    [{ MAX_QUERY_DEPTH: '1' }, `MAX_QUERY_DEPTH ${wholeRule(2, 100)}, not "1"`],

    [{ AURORA_API_TOKN: 'x' }, 'AURORA_API_TOKN is not a setting: did you mean AURORA_API_TOKEN?'],
    [{ AURORA_TENANT: 'x' }, 'AURORA_TENANT is not a setting: did you mean AURORA_TENANT_ID?'],
    [{ AURORA_RATELIMIT: '9' }, 'AURORA_RATELIMIT is not a setting: did you mean AURORA_RATE_LIMIT?'],
    [{ AURORA_LIMIT: '9' }, 'AURORA_LIMIT is not a setting: did you mean AURORA_RATE_LIMIT?'],
    [{ AURORA_TOKEN: 'x' }, 'AURORA_TOKEN is not a setting: did you mean AURORA_API_TOKEN?'],
    [{ AURORA_URL: 'x' }, 'AURORA_URL is not a setting: did you mean AURORA_BASE_URL?'],
    [
      { AURORA_API_TOKN_FILE: 'x' },
      'AURORA_API_TOKN_FILE is not a setting: did you mean AURORA_API_TOKEN_FILE?',
    ],
    [{ AURORA_TOKEN_FILE: 'x' }, 'AURORA_TOKEN_FILE is not a setting: did you mean AURORA_API_TOKEN_FILE?'],
  ])('%j is told as "%s"', (env, problem) => {
    expect(problemsOf(env)).toEqual([problem])
  })

  it('are told all at once, those of one variable and those between several', () => {
    const problems = problemsOf({
      NODE_ENV: 'production',
      PORT: 'x',
      HOST: '0.0.0.0',
      AURORA_API_KEY: 'canary-of-the-key',
      AURORA_BASE_URL: 'ftp://a.example',
      AURORA_API_TOKENS: '1',
      LOG_LEVEL: 'x',
    })
    const named = new Set(problems.map((problem) => problem.split(' ')[0]))
    expect(problems).toHaveLength(7)
    expect(named).toEqual(
      new Set([
        'AURORA_API_SECRET',
        'AURORA_BASE_URL',
        'AURORA_TENANT_ID',
        'AURORA_API_TOKENS',
        'HOST',
        'LOG_LEVEL',
        'PORT',
      ]),
    )
  })

  it.each([...Object.keys(settings), 'AURORA_TYPO', 'AURORA_API_TOKENS'])(
    'never show a secret, not even one that went into %s by mistake',
    (name) => {
      const error = new ConfigError(problemsOf({ CALLER_AUTH: 'keys', [name]: 'sk_prod_canary 0123456789' }))
      expect(error.problems).not.toEqual([])
      expect(String(error)).not.toContain('canary')
      expect(readWarnings({ [name]: 'sk_prod_canary 0123456789' }).join()).not.toContain('canary')
    },
  )

  const ranges = Object.entries<Setting>(settings).flatMap(([name, { meaning }]) => {
    const [, min, max] = /\((\d+) to (\d+)\)$/.exec(meaning) ?? []
    return min === undefined || max === undefined ? [] : [{ name, min: Number(min), max: Number(max) }]
  })

  it.each(ranges)('$name takes what the table says, $min to $max, and no more', ({ name, min, max }) => {
    for (const inside of [min, max]) expect(problemsOf({ [name]: String(inside) })).toEqual([])
    for (const outside of [min - 1, max + 1]) expect(problemsOf({ [name]: String(outside) })).toHaveLength(1)
  })
})

describe('secrets in files', () => {
  const folder = mkdtempSync(join(tmpdir(), 'secrets-'))
  afterAll(() => rmSync(folder, { recursive: true }))
  const path = join(folder, 'secret')
  const values: Readonly<Record<string, readonly [string, Env]>> = {
    AURORA_API_TOKEN: [token, { AURORA_TENANT_ID: 'tenant-1' }],
    AURORA_API_KEY: ['the-key', { AURORA_TENANT_ID: 'tenant-1', AURORA_API_SECRET: 's' }],
    AURORA_API_SECRET: ['the-secret', { AURORA_TENANT_ID: 'tenant-1', AURORA_API_KEY: 'k' }],
    HTTPS_PROXY: ['http://user:word@proxy.example:3128', {}],
    HTTP_PROXY: ['http://user:word@proxy.example:3128', {}],
    REDIS_URL: ['redis://:word@redis.example', live],
    REDIS_CA: [CERTIFICATE.trim(), { REDIS_URL: 'rediss://redis.example' }],
    REDIS_CLIENT_CERT: [
      CERTIFICATE.trim(),
      { REDIS_URL: 'rediss://redis.example', REDIS_CLIENT_KEY: PRIVATE_KEY },
    ],
    REDIS_CLIENT_KEY: [
      PRIVATE_KEY.trim(),
      { REDIS_URL: 'rediss://redis.example', REDIS_CLIENT_CERT: CERTIFICATE },
    ],
    REDIS_SENTINEL_PASSWORD: ['word', { REDIS_URL: 'redis+sentinel://one.example/solar' }],
    GATEWAY_KEYS: [`mobile:${digest}\nweb:${'b2'.repeat(32)}:read-only`, { CALLER_AUTH: 'keys' }],
    ROUTER_KEYS: [`hive:${digest}`, {}],
    ROUTER_INVALIDATION_KEY: ['shared', { ROUTER_INVALIDATION_URLS: 'http://router.example/invalidation' }],
    WEBHOOK_KEYS: ['a-secret-of-webhooks\r\nanother-of-webhooks', {}],
    OTEL_EXPORTER_OTLP_HEADERS: ['a=b', { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector.example' }],
  }
  const secrets = Object.entries<Setting>(settings).flatMap(([name, { isSecret, isLong }]) =>
    isSecret || isLong ? [name] : [],
  )

  it('each secret has a value here', () => {
    expect(secrets).toEqual(Object.keys(values))
  })

  it.each(Object.entries(values))('%s may be in the file of %s', (name, [value, others]) => {
    writeFileSync(path, `${value}\n`)
    expect(readConfig({ ...others, [`${name}_FILE`]: path })).toEqual(
      readConfig({ ...others, [name]: value }),
    )
  })

  it.each(secrets)('%s is in one place, and its file can be read', (name) => {
    const [value = '', others] = values[name] ?? []
    const problemsWith = (env: Env) => problemsOf({ ...others, ...env })
    writeFileSync(path, value)
    expect(problemsWith({ [name]: value, [`${name}_FILE`]: path })).toEqual([
      `${name} must not be set beside ${name}_FILE: choose one of them`,
    ])
    // One message: the secret is set, so no second one reports it, or what it is for, as missing or superfluous.
    const problemsOfFile = (file: string) => problemsWith({ [`${name}_FILE`]: file })
    expect(problemsOfFile(join(folder, 'nowhere'))).toEqual([`${name}_FILE names a file that does not exist`])
    expect(problemsOfFile(folder)).toEqual([`${name}_FILE names a folder, not a file`])
    writeFileSync(path, ' \n')
    expect(problemsOfFile(path)).toEqual([`${name}_FILE names a file that is empty`])
    writeFileSync(path, 'x'.repeat(1024 * 1024 + 1))
    expect(problemsOfFile(path)).toEqual([`${name}_FILE names a file of more than a megabyte`])
    expect(problemsWith({ [name]: value, [`${name}_FILE`]: '' })).toEqual([])
  })

  it('a proxy in small letters is one place, too', () => {
    writeFileSync(path, 'http://proxy.example')
    expect(problemsOf({ https_proxy: 'http://another.example', HTTPS_PROXY_FILE: path })).toEqual([
      'HTTPS_PROXY must not be set beside HTTPS_PROXY_FILE: choose one of them',
    ])
  })
})

/** What Kubernetes adds to each container for a Service of this name with one port. */
function injectedFor(service: string, port = 4000): Env {
  const name = service.toUpperCase().replaceAll('-', '_')
  const address = `tcp://10.96.0.9:${port}`
  return {
    [`${name}_SERVICE_HOST`]: '10.96.0.9',
    [`${name}_SERVICE_PORT`]: String(port),
    [`${name}_SERVICE_PORT_HTTP`]: String(port),
    [`${name}_PORT`]: address,
    [`${name}_PORT_${port}_TCP`]: address,
    [`${name}_PORT_${port}_TCP_PROTO`]: 'tcp',
    [`${name}_PORT_${port}_TCP_PORT`]: String(port),
    [`${name}_PORT_${port}_TCP_ADDR`]: '10.96.0.9',
    [`${name}_PORT_53_UDP`]: 'udp://10.96.0.9:53',
    [`${name}_PORT_53_UDP_PROTO`]: 'udp',
  }
}

describe('variables that Kubernetes adds', () => {
  it.each([
    'aurora-graphql-gateway',
    'aurora',
    'aurora-api',
    'aurora-api-token',
    'aurora-rate-limit',
    'aurora-base-url',
    'redis',
    'cache',
    'port',
    'host',
  ])('for a Service named %s change nothing', (service) => {
    expect(readConfig(injectedFor(service))).toEqual(readConfig({}))
    expect(readWarnings(injectedFor(service))).toEqual([])
  })

  it('are ignored where one has the name of a setting, with a line that names the Service', () => {
    expect(readConfig(injectedFor('metrics')).metrics).toBeNull()
    expect(readWarnings(injectedFor('metrics'))).toEqual([
      'METRICS_PORT is ignored: it holds the address of a Kubernetes Service named metrics. Set it yourself, or set enableServiceLinks: false for the pod',
    ])
    const own = { ...injectedFor('metrics'), METRICS_PORT: '9464' }
    expect(readConfig(own).metrics).toMatchObject({ port: 9464 })
    expect(readWarnings(own)).toEqual([])
  })

  it('excuse no setting of another form', () => {
    expect(problemsOf({ REDIS_URL: 'tcp://10.0.0.1:6379' })).toHaveLength(1)
    expect(problemsOf({ PORT: 'tcp://10.0.0.1:4000' })).toHaveLength(1)
    expect(problemsOf({ METRICS_PORT: 'http://10.0.0.1:9464' })).toHaveLength(1)
  })
})

describe('warnings', () => {
  it.each<[Env, string[]]>([
    [{}, []],
    [{ AURORA_API_TOKEN: 'x', OTEL_TRACES_EXPORTER: 'none', OTEL_SDK_DISABLED: 'true', PATH: '/' }, []],
    [{ AURORA_DASHBOARD_COLOUR: 'x' }, ['AURORA_DASHBOARD_COLOUR is ignored: it is not a setting']],
    [{ AURORA_TYPO: 'x' }, ['AURORA_TYPO is ignored: it is not a setting']],
    [
      { METRIC_HOST: '::1', GATEWAY_KEY_FILE: '/run/keys', PERSISTED_DOCUMENT: '' },
      [
        'METRIC_HOST is not a setting: if you mean METRICS_HOST, correct the name',
        'GATEWAY_KEY_FILE is not a setting: if you mean GATEWAY_KEYS_FILE, correct the name',
      ],
    ],
    // Names of other programs, and words that are no slip.
    [{ FTP_PROXY: 'x', OTEL_SERVICE_NAMES: 'x', NODE_ENV_: 'x', HOSTS: 'x', PORTS: 'x' }, []],
    [
      { OTEL_TRACES_EXPORTER: 'zipkin' },
      [
        'OTEL_TRACES_EXPORTER names an exporter that the gateway does not have: it has otlp, and none. Nothing is traced',
      ],
    ],
    [
      { OTEL_TRACES_EXPORTER: 'otlp,console' },
      ['OTEL_TRACES_EXPORTER names an exporter that the gateway does not have: it has otlp, and none'],
    ],
    [{ OTEL_METRICS_EXPORTER: 'otlp' }, []],
    [{ OTEL_METRICS_EXPORTER: ' None' }, []],
    [{ OTEL_METRICS_EXPORTER: 'prometheus', METRICS_PORT: '9464' }, []],
    [
      { OTEL_METRICS_EXPORTER: 'prometheus' },
      [
        'OTEL_METRICS_EXPORTER names an exporter that the gateway does not have: it has otlp, and none; for Prometheus set METRICS_PORT. No metrics are sent',
      ],
    ],
    [
      { OTEL_METRICS_EXPORTER: 'otlp,console', METRICS_PORT: '9464' },
      [
        'OTEL_METRICS_EXPORTER names an exporter that the gateway does not have: it has otlp, and none; for Prometheus set METRICS_PORT',
      ],
    ],
    [{ OTEL_SDK_DISABLED: 'yes' }, ['OTEL_SDK_DISABLED must be true or false: its value counts as false']],
  ])('of %j are %j, and the gateway starts all the same', (env, warnings) => {
    expect(readWarnings(env)).toEqual(warnings)
  })
})

describe('docs/settings.md', () => {
  it('lists every setting with its default and meaning, in the order of the table', () => {
    const page = readFileSync(new URL('../../../docs/settings.md', import.meta.url), 'utf8')
    const rows = page.matchAll(/^\| `([A-Z_]+)` +\| (.*?) +\| (.*?) +\|$/gm)
    const documented = [...rows].map(([, name, fallback, meaning]) => [name, fallback?.trim(), meaning])
    const expected = Object.entries<Setting>(settings).map(([name, setting]) => [
      name,
      defaultInWords(setting),
      setting.meaning + (setting.isSecret ? '; secret' : ''),
    ])
    expect(documented).toEqual(expected)
  })
})

function defaultInWords(setting: Setting): string {
  if (setting.default === '') return ''
  const usual = `\`${setting.default}\``
  return setting.inProduction === undefined ? usual : `${usual}, in production \`${setting.inProduction}\``
}

describe('the state folder', () => {
  it.each([
    [{}, null],
    [{ HOME: '/home/me' }, '/home/me/.local/state/aurora-graphql-gateway'],
    [{ HOME: '/home/me', XDG_STATE_HOME: '/state' }, '/state/aurora-graphql-gateway'],
    [{ HOME: '/home/me', XDG_STATE_HOME: 'relative' }, '/home/me/.local/state/aurora-graphql-gateway'],
    [{ XDG_STATE_HOME: '/state', STATE_DIRECTORY: '/var/lib/one:/var/lib/two' }, '/var/lib/one'],
    [{ STATE_DIRECTORY: '/var/lib/one', STATE_DIR: '/mine' }, '/mine'],
    [{ HOME: '/home/me', STATE_DIR: '' }, '/home/me/.local/state/aurora-graphql-gateway'],
    [{ HOME: '/home/me', STATE_DIR: 'off' }, null],
    [{ HOME: '' }, null],
  ])('of %j is %j', (env, folder) => {
    expect(readConfig(env).stateDir).toBe(folder)
  })

  it('is missed by a line where there is none, but not where nothing needs to be kept', () => {
    const aurora = { AURORA_TENANT_ID: 't', AURORA_API_TOKEN: 'x' }
    expect(readWarnings(aurora)).toEqual([
      expect.stringMatching(/^STATE_DIR is not set, and neither is a home/),
    ])
    for (const env of [
      {},
      { ...aurora, HOME: '/home/me' },
      { ...aurora, STATE_DIR: 'off' },
      { ...aurora, REDIS_URL: 'redis://127.0.0.1' },
    ])
      expect(readWarnings(env)).toEqual([])
  })
})
