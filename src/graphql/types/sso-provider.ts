// SsoProvider: the service with which the users of the tenant sign in.
import { addQueries } from '../fields.ts'
import { identifier, text } from '../member.ts'
import { implementNode } from '../node.ts'
import { refOf } from '../refs.ts'

implementNode('ssoProvider', {
  description:
    'The OpenID Connect provider with which the users of the tenant sign in to Aurora. It is found by the id of the ' +
    'tenant, and one call reads all of it. Its client secret is never shown.',
  fields: {
    authUri: text('Address at which users are asked to sign in.'),
    tokenUri: text('Address at which Aurora exchanges a code for a token.'),
    openidKey: identifier('The client id of Aurora at the provider; not a secret.'),
    openidDiscoveryDocUrl: text('Address of the discovery document, which has to name a `jwks_uri`.'),
  },
})

addQueries({
  ssoProvider: (t) =>
    t.field({
      type: refOf('ssoProvider'),
      description:
        'The single sign-on provider of the tenant; null if none is set up. Costs 1 call. Many keys may not read ' +
        'it: FORBIDDEN.',
      resolve: (_root, _args, { loaders }) => loaders.read('retrieveSsoProvider')(),
    }),
})
