// Who is let in, by which header, and who is not.
import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { createAuthenticate } from '../../../src/http/caller.ts'

const sha256 = (key: string): string => createHash('sha256').update(key).digest('hex')

describe('with keys', () => {
  const authenticate = createAuthenticate({
    callerAuth: 'keys',
    gatewayKeys: [
      { name: 'mobile', sha256: sha256('key-of-mobile') },
      { name: 'web', sha256: sha256('key-of-web') },
    ],
  })

  it.each<[Record<string, string>, string]>([
    [{ authorization: 'Bearer key-of-mobile' }, 'mobile'],
    [{ authorization: 'bearer  key-of-web' }, 'web'],
    [{ 'x-api-key': 'key-of-web' }, 'web'],
    [{ authorization: 'Basic a2V5', 'x-api-key': 'key-of-web' }, 'web'],
  ])('%j is %s', (headers, name) => {
    expect(authenticate(new Headers(headers))).toEqual({ name })
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
  ])('%j is nobody', (headers) => {
    expect(authenticate(new Headers(headers))).toBeNull()
  })

  it('two Authorization headers are nobody, whichever of them is right', () => {
    const headers = new Headers({ authorization: 'Bearer key-of-mobile' })
    headers.append('authorization', 'Bearer key-of-web')
    expect(authenticate(headers)).toBeNull()
  })

  it('without entries everybody is nobody', () => {
    const closed = createAuthenticate({ callerAuth: 'keys', gatewayKeys: [] })
    expect(closed(new Headers({ authorization: 'Bearer x' }))).toBeNull()
  })
})

describe('without keys', () => {
  const authenticate = createAuthenticate({ callerAuth: 'none', gatewayKeys: [] })

  it.each(['localhost', 'LOCALHOST:4000', '127.0.0.1:4000', '127.9.9.9', '[::1]', '[::1]:4000'])(
    'whoever asks for %s is on this machine',
    (host) => {
      expect(authenticate(new Headers({ host }))).toEqual({ name: 'anonymous' })
    },
  )

  it.each([
    '',
    'evil.example',
    'localhost.evil.example:4000',
    '127.0.0.1.evil.example',
    '127.evil.example',
    '[::2]',
  ])('a page that reaches loopback under the name "%s" is nobody', (host) => {
    expect(authenticate(new Headers({ host }))).toBeNull()
  })
})
