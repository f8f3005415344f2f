// Single sign-on: a secret that goes in and never comes out, and a write that many keys may do and not see.
import { describe, expect, it } from 'vitest'
import { createTestGateway } from '../support/test-gateway.ts'

/** Stands nowhere but in what the test sends. */
const SECRET = 'client-secret-8e2f'
const SSO = {
  authUri: 'https://login.example.org/a',
  tokenUri: 'https://login.example.org/t',
  openidKey: 'client-1',
  openidSecret: SECRET,
  openidDiscoveryDocUrl: 'https://login.example.org/.well-known/openid-configuration',
}
const CREATE = `mutation ($input: CreateSsoProviderInput!) {
  createSsoProvider(input: $input) {
    ssoProvider { authUri tokenUri openidKey openidDiscoveryDocUrl } errors { code message outcome }
  }
}`

interface Data {
  readonly createSsoProvider: {
    readonly ssoProvider: object | null
    readonly errors: readonly { code: string; message: string; outcome: string }[]
  }
}

describe('a provider of single sign-on', () => {
  it('takes the place of the absence that was read before', async () => {
    await using gateway = await createTestGateway()
    gateway.simulator.faults.set('/sso_provider', { status: 404 })
    expect((await gateway.ask('{ ssoProvider { openidKey } }')).data).toEqual({ ssoProvider: null })
    gateway.simulator.faults.clear()
    gateway.takeCalls()
    await gateway.ask(CREATE, { input: SSO })
    const { data } = await gateway.ask('{ ssoProvider { openidKey } }')
    expect(data).toEqual({ ssoProvider: { openidKey: 'client-1' } })
    expect(gateway.takeCalls()).toEqual(['1 POST /tenants/{}/sso_provider'])
  })

  it.each(['authUri', 'tokenUri', 'openidDiscoveryDocUrl'])('has an encrypted %s', async (name) => {
    await using gateway = await createTestGateway()
    for (const address of ['http://login.example.org/', 'https:login', 'login.example.org', '']) {
      const { data } = await gateway.ask<Data>(CREATE, { input: { ...SSO, [name]: address } })
      expect(data?.createSsoProvider.errors).toEqual([
        {
          code: 'BAD_USER_INPUT',
          message: `\`${name}\` must be an address that begins with https://.`,
          outcome: 'NOT_DONE',
        },
      ])
    }
    expect(gateway.takeCalls()).toEqual([])
  })

  it('of which Aurora tells nothing is null without an error, and is not read to be shown', async () => {
    await using gateway = await createTestGateway()
    gateway.simulator.setForbidden(['retrieveSsoProvider'])
    gateway.simulator.faults.set(({ method }) => method === 'POST', 'empty')
    const { data } = await gateway.ask<Data>(CREATE, { input: SSO })
    expect(data?.createSsoProvider).toEqual({ ssoProvider: null, errors: [] })
    expect(gateway.takeCalls()).toEqual(['1 POST /tenants/{}/sso_provider'])
  })

  it('that was made and can not be shown is not told as one that was not made', async () => {
    // With no room to keep what came back it is read, which this key may not.
    await using gateway = await createTestGateway({ config: { cacheMaxBytes: 0 } })
    gateway.simulator.setForbidden(['retrieveSsoProvider'])
    const { data } = await gateway.ask<Data>(CREATE, { input: SSO })
    expect(data?.createSsoProvider).toEqual({
      ssoProvider: null,
      errors: [
        {
          code: 'FORBIDDEN',
          message: expect.stringMatching(/^The change was carried out, but/),
          outcome: 'DONE',
        },
      ],
    })
  })

  it('keeps its secret: in what is shown, in what is refused, in what is sent in a wrong form, in the log', async () => {
    await using gateway = await createTestGateway()
    const inputs = [
      SSO,
      { ...SSO, authUri: 'http://login.example.org/' },
      { ...SSO, openidDiscoveryDocUrl: 'https://login.example.org/other' },
      { ...SSO, openidSecret: [SECRET] },
      { openidSecret: SECRET },
    ]
    const texts: string[] = []
    for (const input of inputs) texts.push((await gateway.ask(CREATE, { input })).text)
    expect(texts[0]).toContain('client-1')
    expect([...texts, ...gateway.logged].join('\n')).not.toContain(SECRET)
  })
})
