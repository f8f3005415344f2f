// Tokens of an identity provider: the caller that each one names, and every forgery that must be refused.
import { createServer } from 'node:http'
import type { ServerResponse } from 'node:http'
import { exportJWK, exportSPKI, generateKeyPair, SignJWT, UnsecuredJWT } from 'jose'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import type { TokenConfig } from '../../../src/config/config.ts'
import { createTenants } from '../../../src/callers/tenants.ts'
import { withTokens } from '../../../src/callers/with-tokens.ts'
import { CallerOutdated, CallerUnchecked } from '../../../src/callers/caller.ts'
import { createSystemClock } from '../../../src/clock.ts'
import { buildScope, createEventLog } from '../../support/builders.ts'
import { listenLocally } from '../../support/local-server.ts'

const ISSUER = 'https://id.example/'
const AUDIENCE = 'aurora-gateway'

const pair = await generateKeyPair('ES256', { extractable: true })
const stranger = await generateKeyPair('ES256', { extractable: true })
const former = await generateKeyPair('ES256', { extractable: true })
const rsa = await generateKeyPair('RS256', { extractable: true })

const edwards = await generateKeyPair('Ed25519', { extractable: true })

const publicKeys = async (): Promise<object[]> => [
  { ...(await exportJWK(pair.publicKey)), kid: 'one', alg: 'ES256', use: 'sig' },
  { ...(await exportJWK(rsa.publicKey)), kid: 'rsa', alg: 'RS256', use: 'sig' },
]
const usual = await publicKeys()

/** What the provider publishes, and how often it was asked. */
const provider = {
  asked: 0,
  answer: 'keys' as 'keys' | 'marked' | 'nothing' | 'too much' | 'elsewhere',
  keys: usual as readonly unknown[],
}
const server = createServer((_request, response) => answerKeys(response))

function answerKeys(response: ServerResponse): void {
  provider.asked += 1
  const { keys } = provider
  if (provider.answer === 'nothing') response.writeHead(503).end('a canary of the provider')
  else if (provider.answer === 'elsewhere') response.writeHead(302, { location: '/other' }).end()
  else
    response
      .writeHead(200, { 'content-type': 'application/json' })
      .end(
        (provider.answer === 'marked' ? '\ufeff' : '') +
          JSON.stringify({ keys, more: provider.answer === 'too much' ? 'x'.repeat(300_000) : '' }),
      )
}

const local = await listenLocally(server)
const jwksUrl = new URL(`${local.url}/keys`)
afterAll(() => local[Symbol.asyncDispose]())

const sun = { name: 'sun', scope: buildScope('sk_of_sun'), keys: [], rateLimit: null }
const moon = { name: 'moon', scope: buildScope('sk_of_moon'), keys: [], rateLimit: null }

interface Opened {
  readonly unknownKeyPauseMs?: number
  readonly keys?: readonly unknown[]
  readonly tokens?: Partial<TokenConfig>
}

function open(answer: typeof provider.answer = 'keys', { keys = usual, tokens, ...options }: Opened = {}) {
  Object.assign(provider, { asked: 0, answer, keys })
  const system = createSystemClock()
  const time = { passedMs: 0 }
  const clock = { ...system, monotonicMs: () => system.monotonicMs() + time.passedMs }
  const tenants = createTenants([sun, moon])
  const events = createEventLog()
  const authenticate = withTokens(
    {
      jwksUrl,
      issuer: ISSUER,
      audience: AUDIENCE,
      tenantClaim: 'org',
      roleClaim: 'roles',
      isRoleRequired: false,
      ...tokens,
    },
    {
      tenants,
      clock,
      emit: events.emit,
      ...options,
    },
  )
  return {
    ask: (token: string) => authenticate(new Headers({ authorization: `Bearer ${token}` })),
    time,
    clock,
    tenants,
    events,
  }
}

const sign = (claims: Record<string, unknown> = {}, header: object = {}, key = pair.privateKey) =>
  new SignJWT({ org: 'sun', sub: 'ada', iss: ISSUER, aud: AUDIENCE, exp: inSeconds(60), ...claims })
    .setProtectedHeader({ alg: 'ES256', kid: 'one', ...header })
    .sign(key, { crit: { 'x-must': true } })

const inSeconds = (seconds: number): number => Math.floor(Date.now() / 1000) + seconds

describe('a good token', () => {
  it('is of its tenant, and named by its subject', async () => {
    const { ask } = open()
    const exp = inSeconds(60)
    expect(await ask(await sign({ exp }))).toEqual({
      name: 'sun/ada',
      scope: sun.scope,
      isReadOnly: false,
      // As long as requests with it are accepted.
      expiresAtMs: (exp + 5) * 1000,
    })
    expect(await ask(await sign({ org: 'moon' }))).toMatchObject({ name: 'moon/ada', scope: moon.scope })
    expect(await ask(await sign({}, { alg: 'RS256', kid: 'rsa' }, rsa.privateKey))).toMatchObject({
      name: 'sun/ada',
    })
    expect(provider.asked).toBe(1)
  })

  it('is checked against keys that come behind a byte order mark', async () => {
    expect(await open('marked').ask(await sign())).toMatchObject({ name: 'sun/ada' })
    expect(provider.asked).toBe(1)
  })

  it.each<[unknown, boolean]>([
    ['read-only', true],
    [['sales', 'read-only'], true],
    [['sales'], false],
    ['read-only-not', false],
    [{ role: 'read-only' }, true],
  ])('with the role %j may only read: %s', async (roles, isReadOnly) => {
    expect(await open().ask(await sign({ roles }))).toMatchObject({ isReadOnly })
  })
})

describe('a claim of the settings', () => {
  it('is found below others by its path, for the tenant and for the roles', async () => {
    const { ask } = open('keys', {
      tokens: { tenantClaim: 'app.tenant', roleClaim: 'realm_access.roles', isRoleRequired: true },
    })
    const claims = { org: undefined, app: { tenant: 'moon' } }
    expect(await ask(await sign({ ...claims, realm_access: { roles: ['sales'] } }))).toMatchObject({
      name: 'moon/ada',
      isReadOnly: false,
    })
    expect(await ask(await sign({ ...claims, realm_access: { roles: ['read-only'] } }))).toMatchObject({
      isReadOnly: true,
    })
    expect(await ask(await sign(claims))).toMatchObject({ isReadOnly: true })
  })
})

describe('a key that the provider publishes', () => {
  const claims = { org: 'sun', sub: 'ada', iss: ISSUER, aud: AUDIENCE, exp: inSeconds(60) }
  const signEdwards = (alg: string, kid?: string) =>
    new SignJWT(claims)
      .setProtectedHeader({ alg, ...(kid !== undefined && { kid }) })
      .sign(edwards.privateKey)

  it.each([
    ['Ed25519', 'Ed25519'],
    ['EdDSA', 'EdDSA'],
    ['Ed25519', 'EdDSA'],
    ['EdDSA', 'Ed25519'],
    ['Ed25519', undefined],
  ])('for %s may be published for %s, because both are one algorithm', async (alg, published) => {
    const key = { ...(await exportJWK(edwards.publicKey)), kid: 'ed', alg: published }
    expect(await open('keys', { keys: [key] }).ask(await signEdwards(alg, 'ed'))).toMatchObject({
      name: 'sun/ada',
    })
  })

  it.each([
    [['verify']],
    [['sign', 'verify']],
    [['verify', 'encrypt', 'wrapKey']],
    [['verify', 'verify']],
    [['verify', 'of another world']],
  ])('for %j checks signatures', async (key_ops) => {
    const keys = [{ ...(await exportJWK(pair.publicKey)), kid: 'one', key_ops }]
    expect(await open('keys', { keys }).ask(await sign())).toMatchObject({ name: 'sun/ada' })
  })

  it.each([[['encrypt']], [['sign']], [[]]])('for %j checks none', async (key_ops) => {
    const keys = [{ ...(await exportJWK(pair.publicKey)), kid: 'one', key_ops }]
    expect(await open('keys', { keys }).ask(await sign())).toBeNull()
  })

  it.each([
    [null],
    ['a text'],
    [7],
    [{}],
    [{ kty: 'of another world', kid: 'one' }],
    [{ kty: 'EC', crv: 'P-256' }],
  ])('spoils no other one by being %j', async (odd) => {
    const { ask } = open('keys', { keys: [odd, ...usual] })
    expect(await ask(await sign())).toMatchObject({ name: 'sun/ada' })
    expect(await ask(await sign({}, { kid: undefined }))).toMatchObject({ name: 'sun/ada' })
  })
})

describe('a token that does not name its key', () => {
  const nameless = (key = pair.privateKey, claims = {}) => sign(claims, { kid: undefined }, key)
  const toKeys = async (...of: (typeof pair)[]): Promise<object[]> =>
    Promise.all(of.map(async ({ publicKey }) => ({ ...(await exportJWK(publicKey)), alg: 'ES256' })))
  const [before, after] = [former, pair]

  it('is checked with each key of its kind, so the old and the new ones hold during a change', async () => {
    const { ask } = open('keys', { keys: await toKeys(before, after) })
    expect(await ask(await nameless(before.privateKey))).toMatchObject({ name: 'sun/ada' })
    expect(await ask(await nameless(after.privateKey))).toMatchObject({ name: 'sun/ada' })
    expect(await ask(await nameless(stranger.privateKey))).toBeNull()
    await expect(ask(await nameless(after.privateKey, { exp: inSeconds(-60) }))).rejects.toBeInstanceOf(
      CallerOutdated,
    )
    expect(provider.asked).toBe(1)
  })

  it('and was signed with a new key has the keys fetched again', async () => {
    const { ask } = open('keys', { keys: await toKeys(before), unknownKeyPauseMs: 0 })
    expect(await ask(await nameless(before.privateKey))).toMatchObject({ name: 'sun/ada' })
    provider.keys = await toKeys(after)
    expect(await ask(await nameless(after.privateKey))).toMatchObject({ name: 'sun/ada' })
    expect(provider.asked).toBe(2)
  })

  it('has them fetched no more often than one that names an unknown key', async () => {
    const { ask } = open()
    for (let turn = 0; turn < 20; turn += 1) expect(await ask(await nameless(stranger.privateKey))).toBeNull()
    expect(provider.asked).toBe(1)
  })
})

describe('S11 a token', () => {
  it.each<[string, () => Promise<string>]>([
    ['that is none', async () => 'x'],
    ['that is empty in every part', async () => '..'],
    [
      'without a signature',
      async () =>
        new UnsecuredJWT({ org: 'sun', sub: 'ada', iss: ISSUER, aud: AUDIENCE, exp: inSeconds(60) }).encode(),
    ],
    ['signed by a stranger', () => sign({}, {}, stranger.privateKey)],
    [
      'signed with the public key as if it were a shared secret',
      async () =>
        new SignJWT({ org: 'sun', sub: 'ada', iss: ISSUER, aud: AUDIENCE, exp: inSeconds(60) })
          .setProtectedHeader({ alg: 'HS256', kid: 'rsa' })
          .sign(new TextEncoder().encode(await exportSPKI(rsa.publicKey))),
    ],
    ['that names a key by a path', () => sign({}, { kid: '../../etc/passwd' })],
    [
      'that names a key by an address',
      () =>
        sign(
          {},
          { kid: 'one', jku: 'http://127.0.0.1:1/keys', x5u: 'http://127.0.0.1:1' },
          stranger.privateKey,
        ),
    ],
    [
      'that brings its own key',
      async () => sign({}, { kid: undefined, jwk: await exportJWK(stranger.publicKey) }, stranger.privateKey),
    ],
    ['that demands what is not understood', () => sign({}, { crit: ['x-must'], 'x-must': 1 })],
    ['of a wrong kind for its key', () => sign({}, { kid: 'rsa' })],
  ])('%s is nobody', async (_, make) => {
    expect(await open().ask(await make())).toBeNull()
  })

  it.each<[string, () => Promise<string>, string, string]>([
    ['that has expired', () => sign({ exp: inSeconds(-10) }), 'ERR_JWT_EXPIRED', 'exp'],
    ['that never expires', () => sign({ exp: undefined }), 'ERR_JWT_CLAIM_VALIDATION_FAILED', 'exp'],
    ['that is not good yet', () => sign({ nbf: inSeconds(60) }), 'ERR_JWT_CLAIM_VALIDATION_FAILED', 'nbf'],
    [
      'of another issuer',
      () => sign({ iss: 'https://evil.example/' }),
      'ERR_JWT_CLAIM_VALIDATION_FAILED',
      'iss',
    ],
    ['for somebody else', () => sign({ aud: 'other' }), 'ERR_JWT_CLAIM_VALIDATION_FAILED', 'aud'],
    ['without an audience', () => sign({ aud: undefined }), 'ERR_JWT_CLAIM_VALIDATION_FAILED', 'aud'],
    ['without a subject', () => sign({ sub: undefined }), 'ERR_JWT_CLAIM_VALIDATION_FAILED', 'sub'],
    ['with an empty subject', () => sign({ sub: '' }), 'CALLER_NOT_SERVED', 'sub'],
    ['without a tenant', () => sign({ org: undefined }), 'CALLER_NOT_SERVED', 'org'],
    ['of a tenant that is not served', () => sign({ org: 'mars' }), 'CALLER_NOT_SERVED', 'org'],
    ['of several tenants', () => sign({ org: ['sun'] }), 'CALLER_NOT_SERVED', 'org'],
    ['of no proper name', () => sign({ org: '__proto__' }), 'CALLER_NOT_SERVED', 'org'],
    ['whose expiry is no number', () => sign({ exp: 'tomorrow' }), 'ERR_JWT_CLAIM_VALIDATION_FAILED', 'exp'],
  ])(
    '%s is nobody, and was not guessed, because the provider has signed it: the log has the reason',
    async (_, make, code, claim) => {
      const { ask, events } = open()
      await expect(ask(await make())).rejects.toBeInstanceOf(CallerOutdated)
      expect(events.of('tokenRefused')).toEqual([{ code, claim }])
    },
  )

  it('changed in any part is nobody', async () => {
    const { ask, events } = open()
    const parts = (await sign()).split('.')
    for (const [index, part] of parts.entries()) {
      const changed = parts.with(index, (part.startsWith('A') ? 'B' : 'A') + part.slice(1)).join('.')
      expect(await ask(changed)).toBeNull()
    }
    expect(events.of('tokenRefused').at(-1)).toEqual({ code: 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED' })
    expect(JSON.stringify(events)).not.toContain(parts[1])
  })

  it('that names unknown keys makes nobody ask the provider again and again', async () => {
    const { ask } = open()
    for (let turn = 0; turn < 20; turn += 1) await ask(await sign({}, { kid: `unknown-${turn}` }))
    expect(provider.asked).toBeLessThanOrEqual(2)
  })
})

describe('S11 a provider', () => {
  it.each(['nothing', 'too much', 'elsewhere'] as const)(
    'that answers with %s tells nothing of a token: nobody is let in, nobody is turned away, and it is left alone for a while',
    async (answer) => {
      const { ask, time, events } = open(answer)
      const token = await sign()
      await expect(ask(token)).rejects.toBeInstanceOf(CallerUnchecked)
      await expect(ask(token)).rejects.toBeInstanceOf(CallerUnchecked)
      expect(provider.asked).toBe(1)
      expect(JSON.stringify(events)).not.toContain('canary')
      provider.answer = 'keys'
      time.passedMs = 3000
      expect(await ask(token)).toMatchObject({ name: 'sun/ada' })
    },
  )

  it('that goes down later does not matter while its keys are believed', async () => {
    const { ask } = open()
    await ask(await sign())
    provider.answer = 'nothing'
    expect(await ask(await sign())).toMatchObject({ name: 'sun/ada' })
    expect(provider.asked).toBe(1)
  })

  it('that is down shuts nobody out whose key is known, whatever keys others name', async () => {
    const { ask } = open('keys', { unknownKeyPauseMs: 0 })
    await ask(await sign())
    provider.answer = 'nothing'
    const unknown = await sign({}, { kid: 'unknown' })
    await expect(ask(unknown)).rejects.toBeInstanceOf(CallerUnchecked)
    expect(await ask(await sign())).toMatchObject({ name: 'sun/ada' })
  })
})

describe('a wall clock that is set back by an hour', () => {
  const HOUR_MS = 60 * 60_000
  const rightNow = Date.now
  /** For jose, too. */
  const setBack = (): void => void (Date.now = () => rightNow() - HOUR_MS)
  afterEach(() => void (Date.now = rightNow))

  /** Tokens are good for long, so that the clock decides nothing about them. */
  const signFor = (kid: string, key = pair.privateKey) =>
    sign({ exp: inSeconds(10 * 3600), nbf: undefined }, { kid }, key)

  it('makes nobody wait longer for a new key', async () => {
    const { ask, time } = open()
    const [known, newer] = [await signFor('one'), await signFor('two', stranger.privateKey)]
    expect(await ask(known)).toMatchObject({ name: 'sun/ada' })
    provider.keys = [{ ...(await exportJWK(stranger.publicKey)), kid: 'two', alg: 'ES256', use: 'sig' }]
    setBack()
    time.passedMs = 31_000
    expect(await ask(newer)).toMatchObject({ name: 'sun/ada' })
    expect(provider.asked).toBe(2)
  })

  it('has no withdrawn key accepted for longer', async () => {
    const { ask, time } = open()
    const known = await signFor('one')
    expect(await ask(known)).toMatchObject({ name: 'sun/ada' })
    expect(await ask(known)).toMatchObject({ name: 'sun/ada' })
    provider.keys = [{ ...(await exportJWK(stranger.publicKey)), kid: 'two', alg: 'ES256', use: 'sig' }]
    setBack()
    time.passedMs = 11 * 60_000
    expect(await ask(known)).toBeNull()
    expect(provider.asked).toBe(2)
  })
})

it('a sleep of the machine is of the time for which a withdrawn key is accepted', async () => {
  const { ask, clock } = open()
  const known = await sign({ exp: inSeconds(10 * 3600) })
  expect(await ask(known)).toMatchObject({ name: 'sun/ada' })
  provider.keys = [{ ...(await exportJWK(stranger.publicKey)), kid: 'two', alg: 'ES256', use: 'sig' }]
  clock.wallMs = () => Date.now() + 60 * 60_000
  expect(await ask(known)).toBeNull()
  expect(provider.asked).toBe(2)
})

describe('a token that was verified before', () => {
  /** With a wall clock that can be moved. */
  function openMoved(claims: Record<string, unknown> = {}) {
    const opened = open('keys', { unknownKeyPauseMs: 0 })
    const moved = { byMs: 0 }
    opened.clock.wallMs = () => Date.now() + moved.byMs
    return { ...opened, moved, token: sign(claims) }
  }
  /** A promise: its signature was checked. */
  const isChecked = (answered: unknown): boolean => answered instanceof Promise

  it('is not verified again, and is the same caller', async () => {
    const { ask, token } = openMoved()
    const first = [await ask(await token), await ask(await token)]
    const again = ask(await token)
    expect(isChecked(again)).toBe(false)
    expect(again).toEqual(first[0])
    expect(isChecked(ask(await sign({ sub: 'bob' })))).toBe(true)
    // The same header and claims with another signature.
    const forged = `${(await token).slice(0, -8)}AAAAAAAA`
    expect(await ask(forged)).toBeNull()
    expect(provider.asked).toBe(1)
  })

  it.each([
    ['has expired', {}, 66_000],
    ['is early, since the clock was set back', { nbf: inSeconds(0) }, -60_000],
  ])('is refused once it %s', async (_, claims, byMs) => {
    const { ask, token, moved } = openMoved(claims)
    for (let turn = 0; turn < 3; turn += 1) await ask(await token)
    expect(isChecked(ask(await token))).toBe(false)
    moved.byMs = byMs
    await expect(ask(await token)).rejects.toBeInstanceOf(CallerOutdated)
    moved.byMs = 0
    expect(await ask(await token)).toMatchObject({ name: 'sun/ada' })
  })

  it('is refused once its key was withdrawn, as soon as the new keys are there', async () => {
    const { ask, token } = openMoved()
    for (let turn = 0; turn < 3; turn += 1) await ask(await token)
    provider.keys = [{ ...(await exportJWK(stranger.publicKey)), kid: 'two', alg: 'ES256', use: 'sig' }]
    expect(isChecked(ask(await token))).toBe(false)
    const newer = await sign({ sub: 'bob' }, { kid: 'two' }, stranger.privateKey)
    expect(await ask(newer)).toMatchObject({ name: 'sun/bob' })
    expect(await ask(await token)).toBeNull()
    expect(await ask(newer)).toMatchObject({ name: 'sun/bob' })
    expect(isChecked(ask(newer))).toBe(false)
  })

  it('is of a tenant only as long as that is served', async () => {
    const { ask, token, tenants } = openMoved()
    for (let turn = 0; turn < 3; turn += 1) await ask(await token)
    const elsewhere = { ...sun, scope: buildScope('sk_new') }
    tenants.replace([elsewhere])
    expect(ask(await token)).toMatchObject({ name: 'sun/ada', scope: elsewhere.scope })
    tenants.replace([moon])
    await expect(ask(await token)).rejects.toBeInstanceOf(CallerOutdated)
  })
})
