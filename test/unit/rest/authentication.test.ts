import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import {
  createBearerAuthentication,
  createHmacAuthentication,
  formatTimestamp,
  stringToSign,
} from '../../../src/rest/authentication.ts'
import { createScope } from '../../../src/rest/scope.ts'
import { TENANT_ID } from '../../support/builders.ts'
import { createManualClock } from '../../support/manual-clock.ts'

const KEY = 'demo-key-01'
const SECRET = 'demo-secret-01'
const PATH = `/v2/tenants/${TENANT_ID}`
const TIMESTAMP = '2026-03-04%2017:25:09%20UTC'

const vectors = [
  {
    name: 'a read without parameters',
    request: { method: 'GET', pathname: PATH, query: {} },
    text: `GET\n${PATH}\nAuroraKey=${KEY}\nTimestamp=${TIMESTAMP}\n`,
    signature: 'Szrx82QrWMXQPUnxLpZyC0p5/Ip04lLlJ8fwDG95qIw=',
  },
  {
    name: 'a read with parameters',
    request: { method: 'GET', pathname: `${PATH}/projects`, query: { per_page: '250', page: '2' } },
    text: `GET\n${PATH}/projects\nAuroraKey=${KEY}\nTimestamp=${TIMESTAMP}\npage=2&per_page=250\n`,
    signature: 'ejhJplzGbSGlZLsY8w1hq05o/0X/E/XfrHMMa2KanHs=',
  },
  {
    name: 'a write with a body',
    request: {
      method: 'POST',
      pathname: `${PATH}/designs`,
      query: {},
      body: { design: { project_id: 'c1b7f4e2-0a93-4d6f-8b15-5e72d9a3f604', name: 'South roof' } },
    },
    text:
      `POST\n${PATH}/designs\nAuroraKey=${KEY}\nTimestamp=${TIMESTAMP}\n` +
      'design.name=South%20roof&design.project_id=c1b7f4e2-0a93-4d6f-8b15-5e72d9a3f604\n',
    signature: 'xupzM6IcE13bZwUzv5ZvRBuZepmJRDMSBExY13mfAZw=',
  },
]

describe('the HMAC signature', () => {
  it.each(vectors)('signs $name exactly as the published recipe does', ({ request, text, signature }) => {
    const proof = createHmacAuthentication(KEY, SECRET, createManualClock()).prove(request)

    expect(stringToSign(request, KEY, TIMESTAMP)).toBe(text)
    expect(proof).toEqual({
      headers: {},
      query: `AuroraKey=${KEY}&Timestamp=${TIMESTAMP}&Signature=${encodeURIComponent(signature)}`,
    })
  })

  it('carries the time of the wall, at the moment of the call', async () => {
    const clock = createManualClock()
    const authentication = createHmacAuthentication(KEY, SECRET, clock)
    clock.jumpWall(-3_600_000)
    await clock.advance(51_000)

    const { query } = authentication.prove({ method: 'GET', pathname: PATH, query: {} })

    expect(query).toContain('Timestamp=2026-03-04%2016:26:00%20UTC&')
  })

  it('writes its timestamp in UTC, to the second, with its spaces escaped and its colons not', () => {
    expect(formatTimestamp(Date.UTC(2026, 0, 2, 3, 4, 5, 999))).toBe('2026-01-02%2003:04:05%20UTC')
  })

  it.each([
    ['lowers the case of the path', { pathname: '/V2/Tenants/ABC' }, '/v2/tenants/abc'],
    ['leaves the slash at the end of the path out', { pathname: '/v2/tenants/abc/' }, '/v2/tenants/abc'],
  ])('%s', (_what, { pathname }, signed) => {
    expect(stringToSign({ method: 'GET', pathname, query: {} }, 'k', 't').split('\n')[1]).toBe(signed)
  })

  it('sorts parameters by their names alone, in byte order', () => {
    const query = { b: '1', address2: 'x', address: 'y', Z: '2' }

    const text = stringToSign({ method: 'GET', pathname: '/', query }, 'k', 't')

    expect(text.split('\n')[4]).toBe('Z=2&address=y&address2=x&b=1')
  })

  it('writes arrays of a body in brackets', () => {
    const body = { project: { tags: ['a b', 'c'], count: 2, gone: null } }

    const text = stringToSign({ method: 'PUT', pathname: '/', query: {}, body }, 'k', 't')

    expect(text.split('\n')[4]).toBe('project.count=2&project.gone=null&project.tags=[a%20b,c]')
  })
})

it('a bearer key goes into the Authorization header and not into the address', () => {
  const proof = createBearerAuthentication('sk_prod_x').prove({ method: 'GET', pathname: '/', query: {} })

  expect(proof).toEqual({ headers: { authorization: 'Bearer sk_prod_x' }, query: '' })
})

const baseUrl = new URL('https://aurora.example/v2')

describe('a credential', () => {
  const CANARY = 'sk_prod_canary-0b5f6a'
  const credentials = [
    ['of the bearer kind', createBearerAuthentication(CANARY)],
    ['of the HMAC kind', createHmacAuthentication('key-of-no-interest', CANARY, createManualClock())],
  ] as const

  it.each(credentials)('%s shows nothing of its secret, however it is printed', (_kind, authentication) => {
    const scope = createScope({ tenantId: TENANT_ID, baseUrl, authentication })

    for (const thing of [authentication, scope, { nested: { scope } }]) {
      const printed = [
        inspect(thing, { depth: null, showHidden: true, getters: true }),
        JSON.stringify(thing),
      ].join('\n')
      expect(printed).not.toContain('canary')
      expect(printed).not.toContain(Buffer.from(CANARY).toString('base64'))
    }
  })

  it('is named by a fingerprint that differs for each secret, key and kind', () => {
    const clock = createManualClock()
    const fingerprints = [
      createBearerAuthentication('a'),
      createBearerAuthentication('b'),
      createHmacAuthentication('a', 'b', clock),
      createHmacAuthentication('a', 'c', clock),
      createHmacAuthentication('b', 'b', clock),
      createHmacAuthentication('ab', '', clock),
    ].map(({ fingerprint }) => fingerprint)

    expect(new Set(fingerprints).size).toBe(fingerprints.length)
    expect(createBearerAuthentication('a').fingerprint).toBe(fingerprints[0])
  })
})

describe('a scope', () => {
  const key = (tenantId: string, token: string) =>
    createScope({ tenantId, baseUrl, authentication: createBearerAuthentication(token) }).key

  it('has the same key for the same tenant and credential, and another for any other', () => {
    expect(key('t1', 'a')).toBe(key('t1', 'a'))
    expect(
      new Set([key('t1', 'a'), key('t1', 'b'), key('t2', 'a'), key('t1a', ''), key('t', '1a')]).size,
    ).toBe(5)
  })

  it('has another key at another Aurora, unless the two are named as one', () => {
    const parts = { tenantId: 't1', authentication: createBearerAuthentication('a') }
    const [first, second] = ['https://a.example', 'https://b.example'].map((url) => new URL(url))
    if (!first || !second) throw new Error('unreachable')
    expect(createScope({ ...parts, baseUrl: first }).key).not.toBe(
      createScope({ ...parts, baseUrl: second }).key,
    )
    expect(createScope({ ...parts, baseUrl: first, aurora: 'a' }).key).toBe(
      createScope({ ...parts, baseUrl: second, aurora: 'a' }).key,
    )
  })

  const budgetKey = (url: string, authentication = createBearerAuthentication('a'), tenantId = 't1') =>
    createScope({ tenantId, baseUrl: new URL(url), authentication }).budgetKey

  it.each([
    'https://aurora.example/v2',
    'https://aurora.example',
    'https://aurora.example/',
    'https://aurora.example:443/v2/',
    'HTTPS://AURORA.Example/v2',
    'https://aurora.example./v2',
    'https://aurora.example:00443/other',
  ])('has one budget at %s', (url) => {
    expect(budgetKey(url, createBearerAuthentication('a'), 't2')).toBe(budgetKey('https://aurora.example/v2'))
  })

  it('has another budget at another origin, and with another key', () => {
    const keys = [
      budgetKey('https://aurora.example'),
      budgetKey('http://aurora.example'),
      budgetKey('https://aurora.example:8443'),
      budgetKey('https://aurora.example.org'),
      budgetKey('https://aurora.example', createBearerAuthentication('b')),
    ]
    expect(new Set(keys).size).toBe(keys.length)
  })

  it('has one budget for one key of the older signature, whatever its secret', () => {
    const clock = createManualClock()
    const of = (key: string, secret: string) =>
      budgetKey('https://aurora.example', createHmacAuthentication(key, secret, clock))
    expect(of('k', 'new')).toBe(of('k', 'old'))
    expect(of('other', 'old')).not.toBe(of('k', 'old'))
  })

  it('is not made for a tenant whose id could not stand in a path', () => {
    expect(() =>
      createScope({ tenantId: '../admin', baseUrl, authentication: createBearerAuthentication('a') }),
    ).toThrow(expect.objectContaining({ code: 'BAD_USER_INPUT' }))
  })
})
