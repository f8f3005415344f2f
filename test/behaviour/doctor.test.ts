// `npm run doctor` over the simulator: each verdict, the one call, and that no secret is shown.
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createSystemClock } from '../../src/clock.ts'
import type { Clock } from '../../src/clock.ts'
import { ConfigError, readConfig, readWarnings } from '../../src/config/read-config.ts'
import { examine } from '../../src/commands/doctor-command.ts'
import { printReport } from '../../src/doctor/print-report.ts'
import { readDoctorWords, UsageError } from '../../src/doctor/read-words.ts'
import { createSimulator, DEFAULT_TENANT_ID, DEFAULT_TOKEN } from '../../src/simulator/simulator.ts'
import type { Simulator } from '../../src/simulator/simulator.ts'
import { listenLocally } from '../support/local-server.ts'
import { startCluster } from '../support/redis-cluster.ts'
import { redisProgram, startRedis } from '../support/redis-server.ts'

const SECRETS = [DEFAULT_TOKEN, 'canary-wrong-token', 'canary-of-redis', 'canary-7f3a']

interface Given {
  readonly env?: Readonly<Record<string, string>>
  readonly words?: readonly string[]
  readonly clock?: Clock
}

async function open() {
  const simulator = createSimulator({ projectCount: 1 })
  const { url } = await simulator.listen()
  const folder = mkdtempSync(join(tmpdir(), 'doctor-'))

  async function examineWith({ env = {}, words = [], clock = createHurriedClock() }: Given = {}) {
    const all = {
      AURORA_BASE_URL: url,
      AURORA_TENANT_ID: DEFAULT_TENANT_ID,
      AURORA_API_TOKEN: DEFAULT_TOKEN,
      STATE_DIR: folder,
      PORT: '0',
      ...env,
    }
    simulator.clearCalls()
    const signal = new AbortController().signal
    const report = await examine(readDoctorWords(words), {
      settings: read(all),
      warnings: readWarnings(all),
      clock,
      signal,
    })
    const text = printReport(report)
    for (const secret of SECRETS) expect(text + JSON.stringify(report)).not.toContain(secret)
    const of = (subject: string) =>
      report.findings
        .filter((each) => each.subject === subject)
        .map(({ verdict, says, advice }) => `${verdict}: ${says} → ${advice ?? ''}`)
    return { report, text, of, calls: simulator.calls.length }
  }
  return {
    simulator,
    folder,
    examineWith,
    async [Symbol.asyncDispose]() {
      rmSync(folder, { recursive: true })
      await simulator.close()
    },
  }
}

function read(env: Readonly<Record<string, string>>) {
  try {
    return readConfig(env)
  } catch (error) {
    if (error instanceof ConfigError) return { problems: error.problems }
    throw error
  }
}

/** Does not wait until gateways have seen the share of the command: none runs. */
const createHurriedClock = (): Clock => ({ ...createSystemClock(), sleep: async () => {} })

it('finds nothing wrong where all is right, with exactly one call', async () => {
  await using doctor = await open()
  const { report, of, calls, text } = await doctor.examineWith()
  expect(report).toMatchObject({ isRight: true, calls: 1 })
  expect(calls).toBe(1)
  expect(of('aurora')).toEqual([expect.stringMatching(/^ok: .* accepts the credential/)])
  expect(of('clock')).toEqual([expect.stringMatching(/^ok: This clock and Aurora's agree/)])
  expect(text).toContain('Nothing is wrong, 0 to look at; 1 call to Aurora was spent.')
  expect(readdirSync(doctor.folder)).toContainEqual(expect.stringMatching(/^share-/))
})

it('makes no call offline, and none for callers who bring their credentials', async () => {
  await using doctor = await open()
  const offline = await doctor.examineWith({ words: ['--offline'] })
  expect(offline).toMatchObject({ report: { isRight: true, calls: 0 }, calls: 0 })
  const brought = await doctor.examineWith({
    env: { CALLER_AUTH: 'passthrough', AURORA_TENANT_ID: '', AURORA_API_TOKEN: '' },
  })
  expect(brought).toMatchObject({ report: { isRight: true, calls: 0 }, calls: 0 })
})

it('names all problems of the settings at once, and then looks at nothing else', async () => {
  await using doctor = await open()
  const { report, of, calls } = await doctor.examineWith({ env: { PORT: 'x', CALLER_AUTH: 'keys' } })
  expect(report.isRight).toBe(false)
  expect(of('settings')).toEqual([
    expect.stringMatching(/^wrong: PORT/),
    expect.stringMatching(/^wrong: GATEWAY_KEYS/),
  ])
  expect(calls).toBe(0)
})

it('shows the warnings of a start', async () => {
  await using doctor = await open()
  const { report, of } = await doctor.examineWith({
    env: { CALER_RATE_LIMIT: '1', AURORA_TIMEOUT_MS: '20000' },
    words: ['--offline'],
  })
  expect(report.isRight).toBe(true)
  expect(of('settings')).toEqual([
    expect.stringMatching(/^ok/),
    expect.stringMatching(/^warning: CALER_RATE_LIMIT/),
    expect.stringMatching(/^warning: AURORA_TIMEOUT_MS is longer/),
  ])
})

const TENANT = '/tenants/'
const AT_AURORA: readonly [
  string,
  (simulator: Simulator) => void,
  Readonly<Record<string, string>>,
  RegExp,
][] = [
  [
    'refuses the token',
    () => {},
    { AURORA_API_TOKEN: 'canary-wrong-token' },
    /^wrong: .*Check AURORA_API_TOKEN/,
  ],
  [
    'refuses the signature',
    () => {},
    { AURORA_API_TOKEN: '', AURORA_API_KEY: 'canary-wrong-token', AURORA_API_SECRET: 'canary-wrong-token' },
    /^wrong: .*AURORA_API_KEY and AURORA_API_SECRET/,
  ],
  [
    'has no such tenant',
    ({ faults }) => faults.set(TENANT, { status: 404 }),
    {},
    /^wrong: .*Check AURORA_TENANT_ID/,
  ],
  [
    'restricts the key',
    ({ faults }) => faults.set(TENANT, { status: 403 }),
    {},
    /^warning: .*restricted key/,
  ],
  [
    'counts more calls',
    ({ faults }) => faults.set(TENANT, { status: 429, retryAfter: 30 }),
    {},
    /^warning: .*answers 429.*lower AURORA_RATE_LIMIT/,
  ],
  ['fails', ({ faults }) => faults.set(TENANT, { status: 503 }), {}, /^wrong: .*fails \(HTTP 503\)/],
  ['hangs', ({ faults }) => faults.set(TENANT, 'hang'), { AURORA_TIMEOUT_MS: '2000' }, /AURORA_TIMEOUT_MS/],
  ['is another server', ({ faults }) => faults.set(TENANT, 'html'), {}, /^wrong: .*is not Aurora's/],
]

describe('where Aurora', () => {
  it.each(AT_AURORA)('%s, says so after exactly one call', async (_, prepare, env, expected) => {
    await using doctor = await open()
    prepare(doctor.simulator)
    const { report, of, calls } = await doctor.examineWith({ env })
    expect(of('aurora')[0]).toMatch(expected)
    expect(calls).toBe(1)
    expect(report).toMatchObject({
      calls: 1,
      isRight: !expected.source.startsWith('^wrong') && !/TIMEOUT/.test(expected.source),
    })
  })

  it('cannot be reached, says why, and no call arrived', async () => {
    await using doctor = await open()
    const { of, calls } = await doctor.examineWith({ env: { AURORA_BASE_URL: 'http://127.0.0.1:1' } })
    expect(of('aurora')[0]).toMatch(/^wrong: .*cannot be reached \(ECONNREFUSED\).*AURORA_BASE_URL/)
    expect(calls).toBe(0)
  })
})

it('makes no second call while the calls of the window are spent', async () => {
  await using doctor = await open()
  const limited = { env: { AURORA_RATE_LIMIT: '2' } }
  expect((await doctor.examineWith(limited)).calls).toBe(1)
  const { report, of, calls } = await doctor.examineWith(limited)
  expect(calls).toBe(0)
  expect(report).toMatchObject({ isRight: true, calls: 0 })
  expect(of('aurora')[0]).toMatch(/^warning: The credential was not tried/)
})

it('tries the credential of one tenant of several, and says that the others were not tried', async () => {
  await using doctor = await open()
  const path = join(doctor.folder, 'tenants.json')
  const tenants = ['sunny', 'shady'].map((name) => ({
    name,
    tenantId: DEFAULT_TENANT_ID,
    token: { env: `TOKEN_OF_${name}` },
  }))
  writeFileSync(path, JSON.stringify({ tenants }))
  const env = {
    AURORA_TENANT_ID: '',
    AURORA_API_TOKEN: '',
    TENANTS_FILE: path,
    CALLER_AUTH: 'keys',
    TOKEN_OF_sunny: DEFAULT_TOKEN,
    TOKEN_OF_shady: 'canary-wrong-token',
  }
  const first = await doctor.examineWith({ env })
  expect(first.of('aurora')).toEqual([
    expect.stringMatching(/^ok: .*of sunny/),
    expect.stringMatching(/^skipped: 1 other/),
  ])
  const second = await doctor.examineWith({ env, words: ['--tenant', 'shady'] })
  expect(second.of('aurora')[0]).toMatch(/^wrong: .*of shady.*TENANTS_FILE/)
  await expect(doctor.examineWith({ env, words: ['--tenant', 'nobody'] })).rejects.toThrow(UsageError)
})

it('compares the clock with that of Aurora', async () => {
  await using doctor = await open()
  const clock = createHurriedClock()
  const late: Clock = { ...clock, wallMs: () => clock.wallMs() - 3_600_000 }
  const { report, of } = await doctor.examineWith({ clock: late })
  expect(of('clock')).toEqual([expect.stringMatching(/^warning: This clock is \d+ s behind Aurora's/)])
  expect(report.isRight).toBe(true)
})

it('knows a port of a gateway from one of another program', async () => {
  await using doctor = await open()
  const listen = (body: string) => listenLocally(createServer((_, response) => void response.end(body)))
  await using gateway = await listen('{"status":"ok"}')
  await using other = await listen('hello')
  const words = ['--offline']
  const own = await doctor.examineWith({ env: { PORT: String(gateway.port), METRICS_PORT: '0' }, words })
  expect(own.of('ports')).toEqual([
    expect.stringMatching(/^ok: A gateway listens/),
    expect.stringMatching(/^ok: METRICS_PORT 0 .* is free/),
  ])
  const foreign = await doctor.examineWith({ env: { PORT: String(other.port) }, words })
  expect(foreign.of('ports')).toEqual([expect.stringMatching(/^wrong: Another program/)])
})

it('looks at the folders and files that it would write, and makes none', async () => {
  await using doctor = await open()
  const file = join(doctor.folder, 'file')
  writeFileSync(file, '')
  const env = { STATE_DIR: join(file, 'state'), CACHE_FILE: join(doctor.folder, 'new', 'cache') }
  const { report, of } = await doctor.examineWith({ env, words: ['--offline'] })
  expect(of('files')).toEqual([
    expect.stringMatching(/^warning: STATE_DIR cannot be written \(.*is no folder\)/),
    expect.stringMatching(/^warning: CACHE_FILE cannot be read or written \(there is no folder /),
  ])
  expect(report.isRight).toBe(true)
  expect(readdirSync(doctor.folder)).toEqual(['file'])
})

it('executes no trusted document, and says which of them cannot be', async () => {
  await using doctor = await open()
  const path = join(doctor.folder, 'documents.json')
  writeFileSync(path, JSON.stringify({ good: '{ __typename }', bad: '{ nothing }' }))
  const { of, report } = await doctor.examineWith({ env: { DOCUMENTS_FILE: path }, words: ['--offline'] })
  expect(of('files')[0]).toMatch(/^wrong: DOCUMENTS_FILE "bad"/)
  expect(report.isRight).toBe(false)
})

it('checks trusted documents by the schema that the gateway executes: that of a subgraph, where it is one', async () => {
  await using doctor = await open()
  const path = join(doctor.folder, 'documents.json')
  writeFileSync(path, JSON.stringify({ service: '{ _service { sdl } }' }))
  const words = ['--offline']
  const on = await doctor.examineWith({ env: { DOCUMENTS_FILE: path, SUBGRAPH: 'on' }, words })
  expect(on.of('files')[0]).toMatch(/^ok: DOCUMENTS_FILE contains 1 documents/)
  const off = await doctor.examineWith({ env: { DOCUMENTS_FILE: path }, words })
  expect(off.of('files')[0]).toMatch(/^wrong: DOCUMENTS_FILE "service"/)
})

it('warns where the state folder is not there: a gateway that keeps it elsewhere does not count the call', async () => {
  await using doctor = await open()
  const folder = join(doctor.folder, 'state')
  const { report, of, calls } = await doctor.examineWith({ env: { STATE_DIR: folder } })
  expect(of('files')).toEqual([expect.stringMatching(/^warning: STATE_DIR is not there: .*state/)])
  expect(of('aurora')).toEqual([
    expect.stringMatching(/^ok/),
    expect.stringMatching(/^warning: Neither Redis nor a state folder/),
  ])
  expect([report.isRight, calls]).toEqual([true, 1])
  expect(readdirSync(doctor.folder)).toEqual([])
})

it('makes no call where Redis is wrong: no running gateway would count it', async () => {
  await using doctor = await open()
  const { report, of, calls } = await doctor.examineWith({ env: { REDIS_URL: 'redis://127.0.0.1:1' } })
  expect(of('redis')).toEqual([expect.stringMatching(/^wrong/)])
  expect(of('aurora')).toEqual([
    expect.stringMatching(/^skipped: The credential was not tried: without Redis no gateway counts the call/),
  ])
  expect([report.isRight, report.calls, calls]).toEqual([false, 0, 0])
})

it.each([
  ['publishes a key', { keys: [{ kty: 'EC', crv: 'P-256', x: 'AA', y: 'AA' }] }, /^ok: .*publishes 1 keys/],
  ['publishes none', { keys: [] }, /^wrong: .*no key.*jwks_uri/],
  ['answers something else', { hello: 1 }, /^wrong: .*cannot be fetched.*JWT_JWKS_URL/],
])('an identity provider that %s', async (_, body, expected) => {
  await using doctor = await open()
  const server = createServer((_request, response) => void response.end(JSON.stringify(body)))
  await using provider = await listenLocally(server)
  const { of } = await doctor.examineWith({
    env: {
      CALLER_AUTH: 'jwt',
      JWT_JWKS_URL: `${provider.url}/keys`,
      JWT_ISSUER: 'https://issuer.example',
      JWT_AUDIENCE: 'gateway',
    },
    words: ['--offline'],
  })
  expect(of('keys')).toEqual([expect.stringMatching(expected)])
})

describe.skipIf(redisProgram === null)('with a Redis', () => {
  it('says that it serves, with its release, memory and clock, and counts the call in its pool', async () => {
    await using redis = await startRedis(['--maxmemory', '64mb', '--maxmemory-policy', 'volatile-lru'])
    await using doctor = await open()
    const { report, of, calls } = await doctor.examineWith({
      env: { REDIS_URL: redis.url },
      clock: createSystemClock(),
    })
    expect(of('redis')).toEqual([
      expect.stringMatching(/^ok: Redis \d+\.\d+\.\d+ answers/),
      expect.stringMatching(/^ok: maxmemory is 64.00M, with volatile-lru/),
      expect.stringMatching(/^ok: Redis keeps no append-only file/),
      expect.stringMatching(/^ok: Redis takes writes and scripts/),
    ])
    expect(of('clock')).toHaveLength(2)
    expect(report.isRight).toBe(true)
    expect(calls).toBe(1)
    expect(await redis.admin((client) => client.exists('aurora:doctor'))).toBe(0)
  })

  it('says what a full Redis and one without the right password mean', async () => {
    await using redis = await startRedis(['--requirepass', 'right', '--maxmemory', '1'])
    await using doctor = await open()
    const clock = createSystemClock()
    const words = ['--offline']
    const at = (password: string) => redis.url.replace('//', `//:${password}@`)
    const full = await doctor.examineWith({ env: { REDIS_URL: at('right') }, clock, words })
    expect(full.of('redis')).toContainEqual(expect.stringMatching(/^warning: .*noeviction.*volatile-lru/))
    expect(full.of('redis')).toContainEqual(expect.stringMatching(/^wrong: .*\(OOM\).*raise maxmemory/))
    const barred = await doctor.examineWith({ env: { REDIS_URL: at('canary-of-redis') }, clock, words })
    expect(barred.of('redis')).toEqual([expect.stringMatching(/^wrong: .*\((WRONGPASS|NOAUTH)\).*password/)])
    expect(barred.report.isRight).toBe(false)
  })

  it('uses a cluster, and says which form of the address belongs to what it has found', async () => {
    await using redis = await startRedis()
    await using world = await startCluster()
    await using doctor = await open()
    const clock = createSystemClock()
    const words = ['--offline']
    const right = await doctor.examineWith({ env: { REDIS_URL: world.redisUrl }, clock, words })
    expect(right.of('redis')).toContainEqual(expect.stringMatching(/^ok: Redis takes writes and scripts/))
    expect(right.of('redis').filter((text) => text.startsWith('wrong'))).toEqual([])
    const plain = { REDIS_URL: `redis://127.0.0.1:${world.primaries[0]?.port}` }
    const refused = await doctor.examineWith({ env: plain, clock, words })
    expect(refused.of('redis')).toEqual([expect.stringMatching(/^wrong: .*REDIS_URL=redis\+cluster:/)])
    const clustered = { REDIS_URL: redis.url.replace('redis:', 'redis+cluster:') }
    const none = await doctor.examineWith({ env: clustered, clock, words })
    expect(none.of('redis')).toEqual([expect.stringMatching(/^wrong: .*NOCLUSTER.*set REDIS_URL to redis:/)])
  })
})
