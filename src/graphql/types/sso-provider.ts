// SsoProvider: the service with which the users of the tenant sign in.
import { builder } from '../builder.ts'
import { identifier, text } from '../member.ts'
import { Node } from '../node.ts'
import { SsoProvider } from './refs.ts'

SsoProvider.implement({
  interfaces: [Node],
  description:
    'The OpenID Connect provider with which the users of the tenant sign in to Aurora. It goes by the id of the ' +
    'tenant, and one call reads all of it. Its client secret is never shown.',
  fields: (t) => ({
    authUri: t.field(text('auth_uri', 'Address at which users are asked to sign in.')),
    tokenUri: t.field(text('token_uri', 'Address at which Aurora exchanges a code for a token.')),
    openidKey: t.field(
      identifier('openid_key', 'The client id under which the provider knows Aurora; not a secret.'),
    ),
    openidDiscoveryDocUrl: t.field(
      text('openid_discovery_doc_url', 'Address of the discovery document, which has to name a `jwks_uri`.'),
    ),
  }),
})

builder.queryFields((t) => ({
  ssoProvider: t.field({
    type: SsoProvider,
    description:
      'The single sign-on provider of the tenant; null where none is set up. Costs 1 call. Many keys may not read ' +
      'it: FORBIDDEN.',
    resolve: (_root, _args, { loaders }) => loaders.read('retrieveSsoProvider')(),
  }),
}))
