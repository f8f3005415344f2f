// Without authentication only this machine may send requests.
import { describe, expect, it } from 'vitest'
import { createTenants } from '../../../src/callers/tenants.ts'
import { withLoopback } from '../../../src/callers/with-loopback.ts'
import { buildScope } from '../../support/builders.ts'

describe('without keys', () => {
  const scope = buildScope()
  const authenticate = withLoopback(createTenants([{ name: 'sun', scope, keys: [], rateLimit: null }]))

  it.each(['localhost', 'LOCALHOST:4000', '127.0.0.1:4000', '127.9.9.9', '[::1]', '[::1]:4000'])(
    'whoever asks for %s is on this machine',
    async (host) => {
      const caller = { name: 'anonymous', scope, isReadOnly: false, isEverybody: true }
      expect(await authenticate(new Headers({ host }))).toEqual(caller)
    },
  )

  it.each([
    '',
    'evil.example',
    'localhost.evil.example:4000',
    '127.0.0.1.evil.example',
    '127.evil.example',
    '[::2]',
  ])('a page that reaches loopback under the name "%s" is nobody', async (host) => {
    expect(await authenticate(new Headers({ host }))).toBeNull()
  })
})
