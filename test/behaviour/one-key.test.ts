// One API key is one budget, whoever uses it: tenants, forms of one address, and callers who bring it themselves.
import { describe, expect, it } from 'vitest'
import { createSystemClock } from '../../src/clock.ts'
import { readConfig } from '../../src/config/read-config.ts'
import type { AuroraConfig, Config, TenantConfig } from '../../src/config/config.ts'
import { createGateway } from '../../src/gateway/gateway.ts'
import { toTenant } from '../../src/callers/tenants.ts'
import type { Caller } from '../../src/callers/caller.ts'
import { createRequestRecord } from '../../src/telemetry/request-record.ts'
import { createManualClock } from '../support/manual-clock.ts'
import { openCountingAurora } from '../support/counting-aurora.ts'
import type { CountingAuroraOptions } from '../support/counting-aurora.ts'

const LIMIT = 30
const NOBODY = 'f'.repeat(64)

interface Answer {
  readonly data?: { readonly project?: { readonly name: string } | null }
  readonly errors?: readonly { readonly extensions: { readonly code: string } }[]
  readonly extensions: {
    readonly upstream: { readonly limit: number; readonly remaining: number; readonly calls: number }
  }
}

const bearer = (token = 'sk_of_all'): AuroraConfig['credential'] => ({ kind: 'bearer', token })

const tenantOf = (name: string, baseUrl: string, parts: Partial<TenantConfig> = {}): TenantConfig => ({
  name,
  aurora: { baseUrl: new URL(baseUrl), tenantId: `t-${name}`, credential: bearer() },
  keys: [{ name: 'app', sha256: NOBODY, isReadOnly: false }],
  rateLimit: null,
  ...parts,
})

async function open(
  tenantsAt: (url: string) => readonly TenantConfig[],
  { config, ...options }: CountingAuroraOptions & { config?: Partial<Config> } = {},
) {
  const aurora = await openCountingAurora(options)
  const warnings: object[] = []
  const log = { info: () => {}, warn: (fields: object) => void warnings.push(fields), error: () => {} }
  const clock = createManualClock()
  const settings = {
    ...readConfig({ AURORA_RATE_LIMIT: String(LIMIT), MAX_WAIT_MS: '0' }),
    auroraBaseUrl: new URL(aurora.url),
    callerAuth: 'keys' as const,
    ...config,
  }
  const of = (tenants: readonly TenantConfig[]): Config => ({ ...settings, tenants })
  const tenants = tenantsAt(aurora.url)
  const gateway = await createGateway(of(tenants), { log, clock })
  let asked = 0
  async function ask(caller: Caller): Promise<Answer> {
    const query = `{ project(id: "p-${(asked += 1)}") { name } }`
    const headers = { 'content-type': 'application/json' }
    const body = JSON.stringify({ query })
    const request = new Request('http://gateway.test/graphql', { method: 'POST', headers, body })
    return (await (await gateway.handle(request, caller, createRequestRecord('test'))).json()) as Answer
  }
  return {
    aurora,
    gateway,
    clock,
    ask,
    warnings,
    reload: (next: readonly TenantConfig[]) => gateway.reload(of(next)),
    async [Symbol.asyncDispose]() {
      await gateway.close()
      await aurora[Symbol.asyncDispose]()
    },
  }
}

/** The caller of a tenant, as its key would name it. */
const callersOf = (tenants: readonly TenantConfig[]): readonly Caller[] =>
  tenants
    .map((tenant) => toTenant(tenant, { clock: createSystemClock(), isSimulated: false }))
    .map(({ name, scope }) => ({ name: `${name}/app`, scope, isReadOnly: false }))

const FOUR = ['sun', 'moon', 'mars', 'venus']

describe('one API key under several tenants', () => {
  it('is one budget: all of them together make as many calls as the key may', async () => {
    const at = (url: string) => FOUR.map((name) => tenantOf(name, url))
    await using one = await open(at)
    const callers = callersOf(at(one.aurora.url))

    const answers = await Promise.all(
      Array.from({ length: 40 }, () => callers.map((caller) => one.ask(caller))).flat(),
    )

    // One slot is kept for writes.
    expect(one.aurora.calls).toHaveLength(LIMIT - 1)
    expect(new Set(one.aurora.calls.map(({ tenantId }) => tenantId)).size).toBe(4)
    expect(answers.at(-1)?.errors?.[0]?.extensions.code).toBe('RATE_LIMITED')
    expect(answers.at(-1)?.extensions.upstream).toMatchObject({ limit: LIMIT, remaining: 1 })
  })

  it('keeps the data of each tenant apart', async () => {
    const at = (url: string) => FOUR.map((name) => tenantOf(name, url))
    await using one = await open(at)
    const callers = callersOf(at(one.aurora.url))

    const names = await Promise.all(
      callers.map(async (caller) => (await one.ask(caller)).data?.project?.name),
    )

    expect(names).toEqual(['of t-sun', 'of t-moon', 'of t-mars', 'of t-venus'])
  })

  it('is paused for all of them by a 429 to one of them', async () => {
    const at = (url: string) => [tenantOf('sun', url), tenantOf('moon', url)]
    await using one = await open(at, { isRefused: (nth) => nth === 1 })
    const [sun, moon] = callersOf(at(one.aurora.url))
    if (!sun || !moon) throw new Error('unreachable')

    await one.ask(sun)
    const answer = await one.ask(moon)

    expect(answer.errors?.[0]?.extensions.code).toBe('RATE_LIMITED')
    expect(answer.extensions.upstream).toMatchObject({ limit: 22, remaining: 0 })
    expect(one.aurora.calls).toHaveLength(1)
  })

  it('has its own limits for operations together, too', async () => {
    const at = (url: string) => [tenantOf('sun', url), tenantOf('moon', url)]
    await using one = await open(at, { config: { operationLimits: { retrieveProject: 3 } } })
    const callers = callersOf(at(one.aurora.url))

    await Promise.all(callers.flatMap((caller) => Array.from({ length: 5 }, () => one.ask(caller))))

    expect(one.aurora.calls).toHaveLength(3)
  })

  it('has the lowest limit that one of them has, and the log says so at the start', async () => {
    const at = (url: string) => [
      tenantOf('sun', url, { rateLimit: 60 }),
      tenantOf('moon', url, { rateLimit: 20 }),
      tenantOf('mars', url),
    ]
    await using one = await open(at)
    const callers = callersOf(at(one.aurora.url))

    for (const caller of callers)
      expect((await one.ask(caller)).extensions.upstream).toMatchObject({ limit: 20 })
    expect(one.warnings).toEqual([{ tenants: ['sun', 'moon', 'mars'], limit: 20 }])
  })

  it.each([
    ['a secret that was changed', hmac('secret'), hmac('another')],
    ['another path', bearer(), bearer(), '/v2'],
    ['two cases of the scheme', bearer(), bearer()],
    ['the older signature', bearer('one-key'), hmac('secret', 'one-key')],
  ] as const)('is one with %s', async (_, first, second, path?) => {
    const at = (url: string) => [
      withCredential(tenantOf('sun', url), first),
      withCredential(tenantOf('moon', `${url.replace('http:', 'HTTP:')}${path ?? ''}`), second),
    ]
    await using one = await open(at)
    const callers = callersOf(at(one.aurora.url))

    await Promise.all(callers.flatMap((caller) => Array.from({ length: LIMIT }, () => one.ask(caller))))

    expect(one.aurora.calls).toHaveLength(LIMIT - 1)
  })

  it('is no budget of another key, nor of the same key at another Aurora', async () => {
    await using elsewhere = await openCountingAurora()
    const at = (url: string) => [
      tenantOf('sun', url),
      withCredential(tenantOf('moon', url), bearer('sk_of_another')),
      tenantOf('mars', elsewhere.url),
    ]
    await using one = await open(at)
    const callers = callersOf(at(one.aurora.url))

    const answers = await Promise.all(callers.map(one.ask))

    for (const { extensions } of answers) expect(extensions.upstream.remaining).toBe(LIMIT - 1)
  })
})

describe('the tenants that are read again', () => {
  const sun = (url: string, rateLimit: number | null) => tenantOf('sun', url, { rateLimit })

  it('lower the limit of a key at once, for slots that are taken from then on', async () => {
    await using one = await open((url) => [sun(url, null)])
    const [caller] = callersOf([sun(one.aurora.url, null)])
    if (!caller) throw new Error('unreachable')
    for (let call = 0; call < 8; call += 1) await one.ask(caller)

    one.reload([sun(one.aurora.url, 10)])
    const answers = await Promise.all(Array.from({ length: 10 }, () => one.ask(caller)))

    expect(answers.at(-1)?.extensions.upstream).toMatchObject({ limit: 10 })
    expect(one.aurora.calls).toHaveLength(10)
  })

  it('raise it at once, too, and a tenant that joins a key brings its limit with it', async () => {
    await using one = await open((url) => [sun(url, 10)])
    const [caller] = callersOf([sun(one.aurora.url, 10)])
    if (!caller) throw new Error('unreachable')
    await Promise.all(Array.from({ length: 12 }, () => one.ask(caller)))
    expect(one.aurora.calls).toHaveLength(10)

    one.reload([sun(one.aurora.url, 20)])
    expect((await one.ask(caller)).extensions.upstream).toMatchObject({ limit: 20, remaining: 9 })
    one.reload([sun(one.aurora.url, 20), tenantOf('moon', one.aurora.url, { rateLimit: 11 })])
    const answer = await one.ask(caller)

    expect(answer.errors?.[0]?.extensions.code).toBe('RATE_LIMITED')
    expect(answer.extensions.upstream).toMatchObject({ limit: 11, remaining: 0 })
    expect(one.aurora.calls).toHaveLength(11)
  })

  it('leave a key its limit while requests of a tenant that was removed are under way', async () => {
    await using one = await open((url) => [sun(url, 10), tenantOf('moon', url, { rateLimit: 10 })])
    const [caller] = callersOf([sun(one.aurora.url, 10)])
    if (!caller) throw new Error('unreachable')
    await one.ask(caller)

    one.reload([withCredential(tenantOf('moon', one.aurora.url), bearer('sk_of_another'))])

    expect((await one.ask(caller)).extensions.upstream).toMatchObject({ limit: 10, remaining: 8 })
  })
})

it('a token that callers bring is one budget and one caller, whatever tenant they name', async () => {
  await using one = await open(() => [], { config: { callerAuth: 'passthrough' } })
  const callers = await Promise.all(
    FOUR.map(async (tenant) =>
      one.gateway.authenticate(
        new Headers({ authorization: 'Bearer sk_brought', 'x-aurora-tenant-id': `t-${tenant}` }),
      ),
    ),
  )
  const known = callers.filter((caller) => caller !== null)

  await Promise.all(known.flatMap((caller) => Array.from({ length: 20 }, () => one.ask(caller))))

  expect(one.aurora.calls).toHaveLength(LIMIT - 1)
  expect(new Set(known.map(({ name }) => name)).size).toBe(1)
})

function hmac(secret: string, key = 'key-of-all'): AuroraConfig['credential'] {
  return { kind: 'hmac', key, secret }
}

const withCredential = (tenant: TenantConfig, credential: AuroraConfig['credential']): TenantConfig => ({
  ...tenant,
  aurora: { ...tenant.aurora, credential },
})
