// Callers with tokens of an identity provider, as a client sees them: which may write, and which count as guesses.
import { createServer } from 'node:http'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { afterAll, describe, expect, it } from 'vitest'
import { readConfig } from '../../src/config/read-config.ts'
import { DEFAULT_TENANT_ID } from '../../src/simulator/simulator.ts'
import { listenLocally } from '../support/local-server.ts'
import { createTestGateway } from '../support/test-gateway.ts'
import { serveOnLoopback } from '../support/test-server.ts'

const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true })
const published = JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), kid: 'one', alg: 'ES256' }] })
const provider = await listenLocally(createServer((_request, response) => void response.end(published)))
const jwksUrl = `${provider.url}/keys`
afterAll(() => provider[Symbol.asyncDispose]())

const sign = (claims: Record<string, unknown> = {}, secondsLeft = 600): Promise<string> =>
  new SignJWT({ tenant: DEFAULT_TENANT_ID, ...claims })
    .setProtectedHeader({ alg: 'ES256', kid: 'one' })
    .setSubject('ada')
    .setIssuer('https://id.example/')
    .setAudience('gateway')
    .setExpirationTime(Math.floor(Date.now() / 1000) + secondsLeft)
    .sign(privateKey)

const settingsOf = (env: Readonly<Record<string, string>>) =>
  readConfig({
    CALLER_AUTH: 'jwt',
    JWT_JWKS_URL: jwksUrl,
    JWT_ISSUER: 'https://id.example/',
    JWT_AUDIENCE: 'gateway',
    ...env,
  })

async function openTokenGateway(env: Readonly<Record<string, string>> = {}, trustedProxies = 0) {
  const { callerAuth, tokens } = settingsOf(env)
  const credentials = { authorization: `Bearer ${await sign()}` }
  const gateway = await createTestGateway({ config: { callerAuth, tokens }, credentials })
  const server = await serveOnLoopback(gateway, { trustedProxies })
  return {
    gateway,
    async ask(query: string, headers: Readonly<Record<string, string>> = {}) {
      const response = await fetch(`${server.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ query }),
      })
      const body = (await response.json()) as { errors?: { extensions: { code: string } }[] }
      return { status: response.status, codes: (body.errors ?? []).map(({ extensions }) => extensions.code) }
    },
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]()
      await gateway[Symbol.asyncDispose]()
    },
  }
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}` })

describe('a mutation', () => {
  it.each<[string, Record<string, unknown>, boolean]>([
    ['scope', { scope: 'openid read-only' }, false],
    ['scope', { scope: 'openid profile' }, true],
    ['scope', { scope: ['openid', 'read-only'] }, false],
    ['scope', { scope: { openid: true } }, false],
    ['scope', {}, false],
    ['scope', { scope: '' }, false],
    ['realm_access.roles', { realm_access: { roles: ['read-only'] } }, false],
    ['realm_access.roles', { realm_access: { roles: ['sales'] } }, true],
    ['realm_acess.roles', { realm_access: { roles: ['sales'] } }, false],
    ['https://example.com/roles', { 'https://example.com/roles': ['sales'] }, true],
    ['https://example.com/roles', { 'https://example.com/roles': ['read-only'] }, false],
    ['', {}, true],
    ['', { role: 'read-only' }, false],
  ])(
    'with JWT_ROLE_CLAIM="%s" and the claims %j is carried out: %s',
    async (JWT_ROLE_CLAIM, claims, isDone) => {
      await using open = await openTokenGateway({ JWT_ROLE_CLAIM })
      const id = open.gateway.simulator.data.projects[0]?.id
      const write = `mutation { updateProject(id: "${id}", input: { name: "Other" }) { errors { message } } }`
      const answer = await open.ask(write, bearer(await sign(claims)))
      expect(answer).toEqual(isDone ? { status: 200, codes: [] } : { status: 403, codes: ['FORBIDDEN'] })
      const calls = open.gateway.takeCalls()
      if (isDone) expect(calls.length).toBeGreaterThan(0)
      else expect(calls).toEqual([])
      expect(await open.ask('{ tenant { name } }', bearer(await sign(claims)))).toEqual({
        status: 200,
        codes: [],
      })
    },
  )
})

describe('S11 one address', () => {
  const statuses = async (times: number, send: (turn: number) => Promise<{ status: number }>) => {
    const seen: number[] = []
    for (let turn = 0; turn < times; turn += 1) seen.push((await send(turn)).status)
    return seen
  }
  const fill = (count: number, status: number): number[] => Array<number>(count).fill(status)

  it.each<[string, () => Promise<Readonly<Record<string, string>>>]>([
    ['that have expired', async () => bearer(await sign({}, -60))],
    ['of a tenant that is not served', async () => bearer(await sign({ tenant: 'mars' }))],
    ['that are missing', async () => ({})],
  ])('with tokens %s is told 401 each time, because nothing was guessed', async (_, make) => {
    await using open = await openTokenGateway()
    const headers = await make()
    expect(await statuses(13, () => open.ask('{ __typename }', headers))).toEqual(fill(13, 401))
    // Guesses of the same address still have their own number.
    const forged = bearer(`${(await sign()).slice(0, -8)}AAAAAAAA`)
    expect(await statuses(12, () => open.ask('{ __typename }', forged))).toEqual([...fill(10, 401), 429, 429])
    expect(await open.ask('{ __typename }', bearer(await sign()))).toMatchObject({ status: 200 })
    expect(open.gateway.takeCalls()).toEqual([])
  })

  it.each<[string, (turn: number) => string]>([
    ['a new port each time', (turn) => `203.0.113.9:${40_000 + turn}`],
    ['a new port of IPv6 each time', (turn) => `[2001:db8::${turn}]:${40_000 + turn}`],
    ['text that it made up', (turn) => `_guess-${turn}`],
    ['addresses that it made up before its own', (turn) => `198.51.100.${turn}, 203.0.113.9`],
  ])('that a proxy forwards with %s guesses ten keys', async (_, forwarded) => {
    await using open = await openTokenGateway({}, 1)
    const guess = (turn: number) =>
      open.ask('{ __typename }', { ...bearer(`wrong-${turn}`), 'x-forwarded-for': forwarded(turn) })
    expect(await statuses(14, guess)).toEqual([...fill(10, 401), ...fill(4, 429)])
  })
})
