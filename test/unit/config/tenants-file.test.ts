// Many tenants from a file: what it says, every way in which it may be wrong, and that it never shows a secret.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { ConfigError, readConfig } from '../../../src/config/read-config.ts'
import { secretsOf } from '../../../src/config/secrets.ts'

const folder = mkdtempSync(join(tmpdir(), 'tenants-'))
afterAll(() => rmSync(folder, { recursive: true }))

const digest = 'a1'.repeat(32)
const other = 'b2'.repeat(32)

const write = (content: unknown, name = 'tenants.json'): string => {
  const path = join(folder, name)
  const isWritten = typeof content === 'string' || content instanceof Uint8Array
  writeFileSync(path, isWritten ? content : JSON.stringify(content))
  return path
}

const secrets = { SUN_TOKEN: 'sk_prod_canary-of-sun', MOON_KEY: 'canary-key', HOST: '0.0.0.0' }
const read = (content: unknown, env: Record<string, string> = {}) =>
  readConfig({ ...secrets, CALLER_AUTH: 'keys', TENANTS_FILE: write(content), ...env })

function problemsOf(content: unknown, env: Record<string, string> = {}): readonly string[] {
  try {
    read(content, env)
    return []
  } catch (error) {
    if (error instanceof ConfigError) return error.problems
    throw error
  }
}

const provider = {
  CALLER_AUTH: 'jwt',
  JWT_JWKS_URL: 'https://id.example/keys',
  JWT_ISSUER: 'https://id.example',
  JWT_AUDIENCE: 'aurora',
}

const sun = {
  name: 'sun',
  tenantId: 't-sun',
  token: { env: 'SUN_TOKEN' },
  keys: [{ name: 'mobile', sha256: digest, role: 'read-only' }],
}

describe('a file of tenants', () => {
  it('names each with its Aurora, its credential from where it is kept, its keys and its limit', () => {
    const secretFile = write('canary-secret\n', 'secret')
    const moon = {
      name: 'moon',
      tenantId: 't-moon',
      baseUrl: 'https://sandbox.example/v2/',
      hmac: { key: { env: 'MOON_KEY' }, secret: { file: secretFile } },
      rateLimit: 30,
      keys: [{ name: 'mobile', sha256: other.toUpperCase() }],
    }
    const config = read({ tenants: [sun, moon] })
    expect(config.tenants).toMatchObject([
      {
        name: 'sun',
        aurora: { tenantId: 't-sun', credential: { kind: 'bearer', token: secrets.SUN_TOKEN } },
        keys: [{ name: 'mobile', sha256: digest, isReadOnly: true }],
        rateLimit: null,
      },
      {
        name: 'moon',
        aurora: { credential: { kind: 'hmac', key: 'canary-key', secret: 'canary-secret' } },
        keys: [{ name: 'mobile', sha256: other, isReadOnly: false }],
        rateLimit: 30,
      },
    ])
    const urls = config.tenants.map(({ aurora }) => aurora.baseUrl.href)
    expect(urls).toEqual(['https://api.aurorasolar.com/', 'https://sandbox.example/v2'])
    expect(Object.isFrozen(config.tenants[0]?.keys[0])).toBe(true)
  })

  it('names where the secrets of the webhooks of each tenant are, and no two tenants have one in common', () => {
    const keys = { ONE: 'a-secret-of-webhooks', TWO: 'another-of-webhooks' }
    const moon = { ...sun, name: 'moon', keys: [] }
    const withKeys = (ofSun: unknown, ofMoon: unknown) => ({
      tenants: [
        { ...sun, webhookKeys: ofSun },
        { ...moon, webhookKeys: ofMoon },
      ],
    })
    const file = write(`${keys.ONE}\n`, 'webhook-key')
    const config = read(withKeys([{ file }, { env: 'TWO' }], undefined), keys)
    expect(config.tenants.map(({ webhookKeys }) => webhookKeys)).toEqual([[keys.ONE, keys.TWO], []])
    expect(secretsOf(config)).toEqual(expect.arrayContaining([keys.ONE, keys.TWO]))
    expect(problemsOf(withKeys([{ file }], [{ env: 'ONE' }]), keys)).toEqual([
      'TENANTS_FILE has the same webhook key for two tenants',
    ])
    expect(problemsOf(withKeys([{ env: 'SHORT' }, { env: 'GONE' }], ['here']), { SHORT: 'guessed' })).toEqual(
      [
        'TENANTS_FILE tenants[1].webhookKeys[0] must name where the secret is, as {"env": "NAME"} or {"file": "/path"}: it does not stand here',
      ],
    )
    expect(problemsOf(withKeys([{ env: 'SHORT' }, { env: 'GONE' }], []), { SHORT: 'guessed' })).toEqual([
      'TENANTS_FILE tenants[0].webhookKeys[0] must have 16 to 256 printable characters without spaces and commas, 6 of them different: make one with `openssl rand -hex 32`',
      'TENANTS_FILE tenants[0].webhookKeys[1] names a variable that is not set',
    ])
  })

  it('takes the address of the environment where a tenant names none, and that of its kind where neither does', () => {
    const hmac = { ...sun, token: undefined, hmac: { key: { env: 'MOON_KEY' }, secret: { env: 'MOON_KEY' } } }
    const urlOf = (content: unknown, env = {}) => read(content, env).tenants[0]?.aurora.baseUrl.href
    expect(urlOf({ tenants: [hmac] })).toBe('https://api.aurorasolar.com/v2')
    expect(urlOf({ tenants: [hmac] }, { AURORA_BASE_URL: 'https://a.example' })).toBe('https://a.example/')
  })

  it('may hold keys of none, for callers with tokens', () => {
    const env = {
      CALLER_AUTH: 'jwt',
      JWT_JWKS_URL: 'https://id.example/keys',
      JWT_ISSUER: 'i',
      JWT_AUDIENCE: 'a',
    }
    expect(read({ tenants: [{ ...sun, keys: undefined }] }, env).tenants).toHaveLength(1)
  })

  it('holds keys of the routers of each tenant, which are not those of its callers', () => {
    const routerKeys = [{ name: 'hive', sha256: other, role: 'read-only' }]
    expect(read({ tenants: [{ ...sun, routerKeys }] }).tenants).toMatchObject([
      { routerKeys: [{ name: 'hive', sha256: other, isReadOnly: true }] },
    ])
    expect(problemsOf({ tenants: [{ ...sun, routerKeys: sun.keys }] })).toEqual([
      'TENANTS_FILE tenants[0].keys has the same name twice',
      'TENANTS_FILE has the same sha256 twice',
    ])
  })
})

it('a byte order mark is skipped, before the file and before a secret', () => {
  const token = { file: write(`\ufeff${secrets.SUN_TOKEN}\n`, 'marked') }

  expect(read(`\ufeff${JSON.stringify({ tenants: [{ ...sun, token }] })}`).tenants).toMatchObject([
    { name: 'sun', aurora: { credential: { token: secrets.SUN_TOKEN } } },
  ])
})

describe('what is wrong', () => {
  const from =
    'must name where the secret is, as {"env": "NAME"} or {"file": "/path"}: it does not stand here'

  it.each<[string, unknown, readonly string[]]>([
    ['no JSON', '{', ['TENANTS_FILE is not JSON']],
    [
      'Latin-1',
      Buffer.from('{"tenants":[{"name":"M\xfcller"}]}', 'latin1'),
      ['TENANTS_FILE is not in UTF-8'],
    ],
    ['UTF-16', Buffer.from('\ufeff{"tenants":[]}', 'utf16le'), ['TENANTS_FILE is not in UTF-8']],
    [
      'a secret in the file',
      { tenants: [{ ...sun, token: 'sk_prod_canary' }] },
      [`TENANTS_FILE tenants[0].token ${from}`],
    ],
    [
      'no secret',
      { tenants: [{ ...sun, token: { env: 'GONE' } }] },
      ['TENANTS_FILE tenants[0].token names a variable that is not set'],
    ],
    [
      'no file of a secret',
      { tenants: [{ ...sun, token: { file: '/nowhere/canary' } }] },
      ['TENANTS_FILE tenants[0].token names a file that does not exist'],
    ],
    [
      'an empty file of a secret',
      { tenants: [{ ...sun, token: { file: write(' \n', 'empty') } }] },
      ['TENANTS_FILE tenants[0].token names a file that is empty'],
    ],
    [
      'no credential',
      { tenants: [{ ...sun, token: undefined }] },
      ['TENANTS_FILE tenants[0] must have one credential: `token`, or `hmac` with `key` and `secret`'],
    ],
    [
      'a tenant that could not stand in a path',
      { tenants: [{ ...sun, tenantId: '../canary' }] },
      [
        'TENANTS_FILE tenants[0].tenantId must be 1 to 128 letters, digits, "-" or "_", and begin with a letter or digit',
      ],
    ],
    ...['.', '..', 'a/b', '', 'sün'].map((name): [string, object, string[]] => [
      `a tenant whose name could not stand in the address of its webhooks: ${JSON.stringify(name)}`,
      { tenants: [{ ...sun, name }] },
      ['TENANTS_FILE tenants[0].name must be 1 to 64 letters, digits, ".", "_" or "-", and not "." or ".."'],
    ]),
    [
      'a key instead of its digest',
      { tenants: [{ ...sun, keys: [{ name: 'a', sha256: 'canary' }] }] },
      ['TENANTS_FILE tenants[0].keys[0].sha256 must be 64 hex digits: the SHA-256 of the key, not the key'],
    ],
    [
      'an unknown role',
      { tenants: [{ ...sun, keys: [{ name: 'a', sha256: digest, role: 'canary' }] }] },
      ['TENANTS_FILE tenants[0].keys[0].role must be read-only, or left out'],
    ],
    [
      'one name twice',
      { tenants: [sun, { ...sun, keys: [] }] },
      ['TENANTS_FILE has two tenants of one name'],
    ],
    [
      'one key of two tenants',
      { tenants: [sun, { ...sun, name: 'moon' }] },
      ['TENANTS_FILE has the same sha256 twice'],
    ],
  ])('%s', (_, content, problems) => {
    expect(problemsOf(content)).toEqual(problems)
    expect(problems.join()).not.toContain('canary')
  })

  it.each<[string, unknown]>([
    ['an unknown member', { tenants: [{ ...sun, colour: 'red' }] }],
    ['no tenants', { tenants: [] }],
    ['a list', [sun]],
    ['a limit of nothing', { tenants: [{ ...sun, rateLimit: 0 }] }],
    ['an address with a password', { tenants: [{ ...sun, baseUrl: 'https://me:canary@a.example' }] }],
  ])('%s is named', (_, content) => {
    const [problem, ...others] = problemsOf(content)
    expect(others).toEqual([])
    expect(problem).toMatch(/^TENANTS_FILE /)
    expect(problem).not.toContain('canary')
  })

  it.each<[unknown, string]>([
    [null, ' as a whole must be an object'],
    [[sun], ' as a whole must be an object'],
    [{}, ' tenants is missing: it must be a list'],
    [{ tenants: sun }, ' tenants must be a list'],
    [{ tenants: [] }, ' tenants must have 1 or more entries'],
    [{ tenants: [sun], version: 1 }, ' as a whole has a member that is not known: "version"'],
    [{ tenants: [null] }, ' tenants[0] must be an object'],
    [{ tenants: [{ ...sun, tenantId: undefined }] }, ' tenants[0].tenantId is missing: it must be a text'],
    [{ tenants: [{ ...sun, baseUrl: 1 }] }, ' tenants[0].baseUrl must be a text'],
    [{ tenants: [{ ...sun, rateLimit: 0 }] }, ' tenants[0].rateLimit must be 1 or more'],
    [{ tenants: [{ ...sun, rateLimit: 1e9 }] }, ' tenants[0].rateLimit must be 10000000 or less'],
    [{ tenants: [{ ...sun, rateLimit: 1.5 }] }, ' tenants[0].rateLimit must be a whole number'],
    [{ tenants: [{ ...sun, rateLimit: '90' }] }, ' tenants[0].rateLimit must be a number'],
    [{ tenants: [{ ...sun, keys: {} }] }, ' tenants[0].keys must be a list'],
    [
      { tenants: [{ ...sun, keys: [{ name: 'a' }] }] },
      ' tenants[0].keys[0].sha256 is missing: it must be a text',
    ],
    [
      { tenants: [{ ...sun, webhookKeys: Array.from({ length: 11 }, () => ({ env: 'A' })) }] },
      ' tenants[0].webhookKeys must have 10 or fewer entries',
    ],
    [{ tenants: [{ ...sun, limit: 9 }] }, ' tenants[0] has a member that is not known: "limit"'],
    [
      { tenants: [{ ...sun, 'sk_prod_canary-of-sun-as-a-name': 9 }] },
      ' tenants[0] has a member that is not known: one whose name may be a secret',
    ],
    [
      { tenants: [{ ...sun, sk_prod_canary0: 9, tenant_id: 'a' }] },
      ' tenants[0] has a member that is not known: one whose name may be a secret, "tenant_id"',
    ],
    [{ tenants: [{ ...sun, token: { file: '' } }] }, ' tenants[0].token.file must have 1 or more characters'],
    [
      { tenants: [{ ...sun, token: { env: '' } }] },
      ' tenants[0].token.env must be the name of a variable: 1 to 128 letters, digits or "_", and no digit first',
    ],
  ])('says what it must be: %j', (content, message) => {
    expect(problemsOf(content)).toEqual([`TENANTS_FILE${message}`])
  })

  it('says why there must be keys, for a way of identification that is none', () => {
    const env = { CALLER_AUTH: '__proto__', GATEWAY_KEYS: `a:${digest}` }
    expect(() => readConfig(env)).toThrow(
      'CALLER_AUTH must be keys when GATEWAY_KEYS is set: nobody could use one',
    )
  })

  it('a key of routers of all tenants that is of one tenant is named, and another one is not', () => {
    const routerKeys = [{ name: 'hive', sha256: other }]
    const ofAll = (sha256: string) => ({ ...provider, ROUTER_KEYS: `all:${sha256}` })
    const content = { tenants: [{ ...sun, keys: [], routerKeys }] }
    expect(problemsOf(content, ofAll(other))).toEqual([
      'ROUTER_KEYS has a sha256 of TENANTS_FILE: a router of all tenants needs a key of its own',
    ])
    expect(problemsOf(content, ofAll('c3'.repeat(32)))).toEqual([])
  })

  it('all of it is named at once', () => {
    const content = {
      tenants: [
        { ...sun, token: { env: 'GONE' } },
        { ...sun, name: 'moon', token: { env: 'GONE' } },
      ],
    }
    expect(problemsOf(content)).toHaveLength(3)
    expect(problemsOf({ tenants: [{ name: '', tenantId: '', token: 1 }] })).toHaveLength(3)
  })

  it.each<[Record<string, string>, string]>([
    [
      { AURORA_API_TOKEN: 'canary' },
      'AURORA_API_TOKEN must not be set with TENANTS_FILE, which names those of all tenants',
    ],
    [
      { GATEWAY_KEYS: `a:${digest}` },
      'GATEWAY_KEYS must not be set with TENANTS_FILE: keys are of one tenant, and stand there',
    ],
    [
      { ROUTER_KEYS: `a:${digest}` },
      'ROUTER_KEYS must not be set with TENANTS_FILE, but for CALLER_AUTH=jwt: each tenant has its own, as `routerKeys` in the file',
    ],
    [
      { ...provider, ROUTER_KEYS: `all:${digest.toUpperCase()}` },
      'ROUTER_KEYS has a sha256 of TENANTS_FILE: a router of all tenants needs a key of its own',
    ],
    [
      { CALLER_AUTH: 'none', HOST: '' },
      'CALLER_AUTH must be keys or jwt with TENANTS_FILE: with none it is unknown whose data to show',
    ],
    [
      { CALLER_AUTH: 'passthrough' },
      'TENANTS_FILE must not be set with CALLER_AUTH=passthrough: callers bring their own',
    ],
    [
      { NODE_ENV: 'production', AURORA_BASE_URL: 'http://a.example' },
      'AURORA_BASE_URL must be https in production: http would send the credential in the clear',
    ],
  ])('%j beside it', (env, problem) => {
    expect(problemsOf({ tenants: [sun] }, env)).toContain(problem)
  })
})
