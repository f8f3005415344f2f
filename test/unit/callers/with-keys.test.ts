// Gateway keys: the caller that each one names. A refusal does not show how close a wrong key was.
import { createHash, timingSafeEqual } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { createTenants } from '../../../src/callers/tenants.ts'
import type { Tenant } from '../../../src/callers/tenants.ts'
import { withKeys } from '../../../src/callers/with-keys.ts'
import { buildScope } from '../../support/builders.ts'

const sha256 = (key: string): string => createHash('sha256').update(key).digest('hex')

const sun: Tenant = {
  name: 'sun',
  rateLimit: null,
  scope: buildScope('sk_of_sun'),
  keys: [
    { name: 'mobile', sha256: sha256('key-of-mobile'), isReadOnly: true },
    { name: 'web', sha256: sha256('key-of-web'), isReadOnly: false },
  ],
}
const moon: Tenant = {
  name: 'moon',
  rateLimit: null,
  scope: buildScope('sk_of_moon'),
  keys: [{ name: 'web', sha256: sha256('key-of-moon'), isReadOnly: false }],
}

describe('with keys', () => {
  const authenticate = withKeys(createTenants([sun, moon]))

  it.each<[Record<string, string>, string, Tenant, boolean]>([
    [{ authorization: 'Bearer key-of-mobile' }, 'sun/mobile', sun, true],
    [{ authorization: 'bearer  key-of-web' }, 'sun/web', sun, false],
    [{ 'x-api-key': 'key-of-web' }, 'sun/web', sun, false],
    [{ authorization: 'Basic a2V5', 'x-api-key': 'key-of-moon' }, 'moon/web', moon, false],
  ])('%j is %s', async (headers, name, { scope }, isReadOnly) => {
    expect(await authenticate(new Headers(headers))).toEqual({ name, scope, isReadOnly })
  })

  it.each<Record<string, string>>([
    {},
    { authorization: '' },
    { authorization: 'Bearer' },
    { authorization: 'Bearer ' },
    { authorization: 'key-of-mobile' },
    { authorization: 'Basic key-of-mobile' },
    { authorization: 'Bearer key-of-mobilE' },
    { authorization: 'Bearer key-of-mobile x' },
    { authorization: `Bearer ${sha256('key-of-mobile')}` },
    { 'x-api-key': '' },
    { 'x-api-key': 'mobile' },
    { host: 'localhost' },
  ])('%j is nobody', async (headers) => {
    expect(await authenticate(new Headers(headers))).toBeNull()
  })

  it('two Authorization headers are nobody, whichever of them is right', async () => {
    const headers = new Headers({ authorization: 'Bearer key-of-mobile' })
    headers.append('authorization', 'Bearer key-of-web')
    expect(await authenticate(headers)).toBeNull()
  })

  it('S11 each key is compared with one digest in constant time, whether it is known or not', async () => {
    const compared: number[][] = []
    const watched = withKeys(createTenants([sun, moon]), (kept, shown) => {
      compared.push([kept.byteLength, shown.byteLength])
      return timingSafeEqual(kept, shown)
    })
    for (const key of ['key-of-mobile', 'key-of-moon', 'x']) {
      compared.length = 0
      await watched(new Headers({ authorization: `Bearer ${key}` }))
      expect(compared).toEqual([[32, 32]])
    }
  })

  it('S11 the comparison alone decides who is known', async () => {
    const refusing = withKeys(createTenants([sun, moon]), () => false)
    expect(await refusing(new Headers({ authorization: 'Bearer key-of-web' }))).toBeNull()
    const accepting = withKeys(createTenants([sun, moon]), () => true)
    expect(await accepting(new Headers({ authorization: 'Bearer x' }))).toBeNull()
  })

  it('a key costs as many comparisons among a thousand tenants as with one', async () => {
    let comparisons = 0
    const many = Array.from({ length: 1000 }, (_, index): Tenant => ({
      ...sun,
      name: `tenant-${index}`,
      keys: [{ name: 'web', sha256: sha256(`key-${index}`), isReadOnly: false }],
    }))
    const asked = withKeys(createTenants(many), (kept, shown) => {
      comparisons += 1
      return timingSafeEqual(kept, shown)
    })
    for (const index of [0, 500, 999])
      expect(await asked(new Headers({ 'x-api-key': `key-${index}` }))).toMatchObject({
        name: `tenant-${index}/web`,
      })
    expect(comparisons).toBe(3)
  })

  it('whoever is not served any more is nobody from then on, and the others stay', async () => {
    const tenants = createTenants([sun, moon])
    const asked = withKeys(tenants)
    const ofMoon = new Headers({ authorization: 'Bearer key-of-moon' })
    expect(await asked(ofMoon)).not.toBeNull()
    tenants.replace([sun])
    expect(await asked(ofMoon)).toBeNull()
    expect(await asked(new Headers({ authorization: 'Bearer key-of-web' }))).toMatchObject({
      name: 'sun/web',
    })
  })

  it('without entries everybody is nobody', async () => {
    const closed = withKeys(createTenants([{ ...sun, keys: [], rateLimit: null }]))
    expect(await closed(new Headers({ authorization: 'Bearer x' }))).toBeNull()
  })
})
