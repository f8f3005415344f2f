// Mutations of the SSO provider, which set up how the users of the tenant sign in.
import { builder } from '../builder.ts'
import { assertInput, assertUrl, toMembers } from '../input.ts'
import { addMutation } from '../mutation.ts'
import { createObjectPayload } from '../payload.ts'

const CreateSsoProviderInput = builder.inputType('CreateSsoProviderInput', {
  description: 'An OpenID Connect provider. All addresses begin with `https://`.',
  fields: (t) => ({
    authUri: t.string({ required: true, description: 'Address at which users are asked to sign in.' }),
    tokenUri: t.string({
      required: true,
      description: 'Address at which Aurora exchanges a code for a token.',
    }),
    openidKey: t.string({
      required: true,
      description: 'The client id of Aurora at the provider.',
    }),
    openidSecret: t.string({ required: true, description: 'The client secret, which is never shown again.' }),
    openidDiscoveryDocUrl: t.string({
      required: true,
      description: 'Address of the discovery document, which has to name a `jwks_uri`.',
    }),
  }),
})

addMutation('createSsoProvider', {
  payload: createObjectPayload('ssoProvider', 'The provider as it is now, without its secret'),
  description:
    'Sets up single sign-on for the users of the tenant. Costs 1 call. Many keys may not: FORBIDDEN. Whether it takes ' +
    'the place of a provider that is there is not publicly documented.',
  args: (t) => ({
    input: t.field({ type: CreateSsoProviderInput, required: true, description: 'Where users sign in.' }),
  }),
  read({ input }) {
    assertUrl(input.authUri, 'authUri', ['https:'])
    assertUrl(input.tokenUri, 'tokenUri', ['https:'])
    assertUrl(input.openidDiscoveryDocUrl, 'openidDiscoveryDocUrl', ['https:'])
    assertInput(
      input.openidKey.trim() !== '' && input.openidSecret.trim() !== '',
      '`openidKey` and `openidSecret` are needed.',
    )
    return { members: toMembers(input, { nulls: 'dropped' }) }
  },
})
