// Mutations of the SSO provider, which set up how the users of the tenant sign in.
import type { AuroraObject } from '../../loaders/aurora-object.ts'
import { builder } from '../builder.ts'
import { assertInput, assertUrl, toMembers } from '../input.ts'
import { createPayload, mutation } from '../mutation.ts'
import { SsoProvider } from './refs.ts'

const SsoProviderPayload = createPayload<AuroraObject>('SsoProviderPayload', 'ssoProvider', {
  type: SsoProvider,
  description:
    'The provider as it is now, without its secret; null where it could not be done, or where Aurora told nothing of it. ' +
    'What Aurora answered with costs nothing more, other members cost 1 call for all of them.',
})

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
      description: 'The client id under which the provider knows Aurora.',
    }),
    openidSecret: t.string({ required: true, description: 'The client secret, which is never shown again.' }),
    openidDiscoveryDocUrl: t.string({
      required: true,
      description: 'Address of the discovery document, which has to name a `jwks_uri`.',
    }),
  }),
})

builder.mutationFields((t) => ({
  createSsoProvider: t.field(
    mutation({
      payload: SsoProviderPayload,
      operation: 'createSsoProvider',
      description:
        'Sets up single sign-on for the users of the tenant. Costs 1 call. Many keys may not: FORBIDDEN. Whether it takes ' +
        'the place of a provider that is there is not publicly documented.',
      args: {
        input: t.arg({ type: CreateSsoProviderInput, required: true, description: 'Where users sign in.' }),
      },
      async run({ input }, context) {
        assertUrl(input.authUri, 'authUri', ['https:'])
        assertUrl(input.tokenUri, 'tokenUri', ['https:'])
        assertUrl(input.openidDiscoveryDocUrl, 'openidDiscoveryDocUrl', ['https:'])
        assertInput(
          input.openidKey.trim() !== '' && input.openidSecret.trim() !== '',
          '`openidKey` and `openidSecret` are needed.',
        )
        const members = toMembers(input, { nulls: 'dropped' })
        const answer = await context.write('createSsoProvider', { members })
        return answer && context.loaders.read('retrieveSsoProvider')()
      },
    }),
  ),
}))
