// A caller who brings a token of Aurora's own is identified by it, and nobody else sees the token.
import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { withPassthrough } from '../../../src/callers/passthrough.ts'
import { createStandings } from '../../../src/rest/standings.ts'
import { createManualClock } from '../../support/manual-clock.ts'

const authenticate = withPassthrough(new URL('https://aurora.example/v2'), {
  standings: createStandings({ clock: createManualClock() }),
  isAcceptedElsewhere: async () => false,
})
const ask = (token: string, tenant: string) =>
  authenticate(new Headers({ authorization: `Bearer ${token}`, 'x-aurora-tenant-id': tenant }))

describe('passthrough', () => {
  it('is one scope for one token and tenant, and another for any other', async () => {
    const callers = [await ask('a', 't'), await ask('a', 't'), await ask('b', 't'), await ask('a', 'u')]
    const [first, again, ...others] = callers.map((caller) => caller?.scope.key)
    expect(again).toBe(first)
    expect(new Set([first, ...others]).size).toBe(3)
    expect(callers[0]?.scope.baseUrl.href).toBe('https://aurora.example/v2')
  })

  it('shows the token to Aurora and nowhere else', async () => {
    const caller = await ask('sk_prod_canary', 't')
    expect(inspect(caller, { depth: null, showHidden: true }) + JSON.stringify(caller)).not.toContain(
      'canary',
    )
    const proof = caller?.scope.authentication.prove({ method: 'GET', pathname: '/', query: {} })
    expect(proof?.headers).toEqual({ authorization: 'Bearer sk_prod_canary' })
  })

  it.each<Record<string, string>>([
    {},
    { authorization: 'Bearer a' },
    { 'x-aurora-tenant-id': 't' },
    { authorization: 'Bearer a', 'x-aurora-tenant-id': '../t' },
    { authorization: 'Bearer a', 'x-aurora-tenant-id': 't/u' },
    { authorization: 'Bearer a', 'x-aurora-tenant-id': '' },
    { authorization: `Bearer ${'a'.repeat(513)}`, 'x-aurora-tenant-id': 't' },
    { 'x-api-key': 'a', 'x-aurora-tenant-id': 't' },
  ])('%j is nobody', async (headers) => {
    expect(await authenticate(new Headers(headers))).toBeNull()
  })
})
