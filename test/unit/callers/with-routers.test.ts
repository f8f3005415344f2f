// Who asks through a router: in each way of authentication, for one tenant and for many, and never somebody else.
import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { Authenticate, Caller } from '../../../src/callers/caller.ts'
import { CallerOutdated, CallerUnchecked, UserRefused } from '../../../src/callers/caller.ts'
import type { Tenant } from '../../../src/callers/tenants.ts'
import { withRouters } from '../../../src/callers/with-routers.ts'
import type { RoutersOptions } from '../../../src/callers/with-routers.ts'
import { createBearerAuthentication } from '../../../src/rest/authentication.ts'
import { createScope } from '../../../src/rest/scope.ts'

const sha256 = (key: string): string => createHash('sha256').update(key).digest('hex')
const keyOf = (name: string, isReadOnly = false) => ({ name, sha256: sha256(`key of ${name}`), isReadOnly })
const scopeOf = (tenantId: string) =>
  createScope({
    tenantId,
    baseUrl: new URL('https://aurora.test'),
    authentication: createBearerAuthentication(`token of ${tenantId}`),
  })
const tenant = (name: string, routers: string[] = []): Tenant => ({
  name,
  scope: scopeOf(name),
  keys: [],
  routerKeys: routers.map((router) => keyOf(router)),
  rateLimit: null,
})
const SUN = tenant('sun', ['hive'])
const MOON = tenant('moon', ['cosmo'])

/** Tokens are the names of tenants and users, such as `sun.alice`. */
const byToken: Authenticate = (headers) => {
  const [, tenantName = '', user = ''] =
    /^Bearer (\w+)\.(\w+)$/.exec(headers.get('authorization') ?? '') ?? []
  if (user === 'late') return Promise.reject(new CallerOutdated())
  if (user === 'away') return Promise.reject(new CallerUnchecked())
  const found = [SUN, MOON].find(({ name }) => name === tenantName)
  return found ? { name: `${found.name}/${user}`, scope: found.scope, isReadOnly: user === 'reader' } : null
}
const nobody: Authenticate = () => null

function open(options: Partial<RoutersOptions> = {}, authenticate: Authenticate = byToken) {
  const served = [SUN, MOON]
  const find = withRouters(authenticate, {
    tenants: { all: () => served },
    routersOfAll: () => NONE,
    hasTokens: true,
    isTokenShared: false,
    userHeader: 'x-user',
    ...options,
  })
  return async (headers: Record<string, string>): Promise<Caller | null> => find(new Headers(headers))
}
const NONE: readonly ReturnType<typeof keyOf>[] = []

describe('with tokens of users', () => {
  it('the user is who the token names, whatever the header says', async () => {
    const find = open()
    const found = await find({
      'x-api-key': 'key of hive',
      authorization: 'Bearer sun.alice',
      'x-user': 'bob',
    })
    expect(found).toMatchObject({ name: 'sun/alice', scope: SUN.scope, router: { user: null } })
  })

  it('a token of another tenant is refused, and so is one that is not valid, or too old', async () => {
    const find = open()
    for (const token of ['moon.alice', 'nobody', 'sun.late'])
      await expect(find({ 'x-api-key': 'key of hive', authorization: `Bearer ${token}` })).rejects.toThrow(
        UserRefused,
      )
    await expect(find({ 'x-api-key': 'key of hive', authorization: 'Bearer sun.away' })).rejects.toThrow(
      CallerUnchecked,
    )
  })

  it.each([undefined, 'Basic abc', 'Token sun.alice', 'Bearer', 'Bearer sun.alice sun.bob', 'sun.alice'])(
    'without a token that is understood (%s) nobody gets the rights of the router, whatever the header says',
    async (authorization) => {
      const all = [keyOf('edge')]
      const find = open({ routersOfAll: () => all })
      for (const router of ['hive', 'edge'])
        await expect(
          find({
            'x-api-key': `key of ${router}`,
            'x-user': 'alice',
            ...(authorization && { authorization }),
          }),
        ).rejects.toThrow(UserRefused)
    },
  )

  it('a key as the bearer is no token of a user', async () => {
    const served = [{ ...SUN, routerKeys: [{ ...keyOf('hive'), sha256: sha256('hive-key') }] }]
    const find = open({ tenants: { all: () => served } })
    await expect(find({ authorization: 'Bearer hive-key', 'x-user': 'alice' })).rejects.toThrow(UserRefused)
  })

  it('a router of all tenants asks with tokens only', async () => {
    const all = [keyOf('edge', true)]
    const find = open({ routersOfAll: () => all })
    for (const [token, scope] of [
      ['sun.alice', SUN.scope],
      ['moon.bob', MOON.scope],
    ] as const)
      expect(await find({ 'x-api-key': 'key of edge', authorization: `Bearer ${token}` })).toMatchObject({
        scope,
        isReadOnly: true,
      })
    await expect(find({ 'x-api-key': 'key of edge', 'x-user': 'alice' })).rejects.toThrow(UserRefused)
  })

  it('a token alone, or beside a key that is of no router, is a caller without a router', async () => {
    const find = open()
    for (const key of [undefined, 'key of hives', 'key of a proxy before us']) {
      const direct = await find({
        authorization: 'Bearer sun.alice',
        'x-user': 'bob',
        ...(key && { 'x-api-key': key }),
      })
      expect(direct).toMatchObject({ name: 'sun/alice' })
      expect(direct?.router).toBeUndefined()
    }
    expect(await find({ authorization: 'Bearer nobody', 'x-api-key': 'key of hives' })).toBeNull()
  })

  it('a right of the token that is less than that of the router holds', async () => {
    const found = await open()({ 'x-api-key': 'key of hive', authorization: 'Bearer sun.reader' })
    expect(found?.isReadOnly).toBe(true)
  })

  it('tells apart the users of one token where it may be shared', async () => {
    const find = open({ isTokenShared: true })
    const names = await Promise.all(
      ['alice', 'bob', ''].map(
        async (user) =>
          (await find({ 'x-api-key': 'key of hive', authorization: 'Bearer sun.company', 'x-user': user }))
            ?.name,
      ),
    )
    expect(names).toEqual(['sun/company/alice', 'sun/company/bob', 'sun/company'])
  })
})

describe('with gateway keys', () => {
  it('a key is also found as the bearer, and its user is the same object each time', async () => {
    const served = [{ ...SUN, routerKeys: [{ ...keyOf('hive'), sha256: sha256('hive-key') }] }]
    const find = open({ hasTokens: false, tenants: { all: () => served } }, nobody)
    const headers = { authorization: 'Bearer hive-key', 'x-user': 'alice' }
    const found = await find(headers)
    expect(found).toMatchObject({ name: 'sun/hive/alice', scope: SUN.scope })
    expect(await find(headers)).toBe(found)
    expect(await find({ authorization: 'Bearer other-key' })).toBeNull()
  })
})

it('without keys of routers everything is passed on as it came', async () => {
  const served: Tenant[] = [tenant('sun')]
  const find = open({ tenants: { all: () => served } })
  expect(await find({ 'x-api-key': 'anything', authorization: 'Bearer sun.alice' })).toMatchObject({
    name: 'sun/alice',
  })
})

it('routers take no memory for users before they have some', async () => {
  const served = Array.from({ length: 300 }, (_, index) => tenant(`t${index}`, [`router ${index}`]))
  const find = open({ tenants: { all: () => served }, hasTokens: false })
  const before = process.memoryUsage().arrayBuffers
  expect(await find({ 'x-api-key': 'key of router 7', 'x-user': 'alice' })).toMatchObject({
    name: 't7/router 7/alice',
  })
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(5_000_000)
})
