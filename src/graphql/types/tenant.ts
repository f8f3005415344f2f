// Tenant: the company whose Aurora account the gateway reads.
import { builder } from '../builder.ts'
import { text } from '../member.ts'
import { Node } from '../node.ts'
import { Tenant } from './refs.ts'

Tenant.implement({
  interfaces: [Node],
  description:
    'The company whose Aurora account is read; a credential belongs to exactly one. Everything in this schema is ' +
    'inside it.',
  fields: (t) => ({
    auroraId: t.id({ nullable: false, description: "Aurora's own id.", resolve: ({ key }) => key }),
    name: t.field(text('name', "The company's name; null where Aurora does not tell it.")),
  }),
})

builder.queryFields((t) => ({
  tenant: t.field({
    type: Tenant,
    description: 'The tenant that the credential of this gateway belongs to. Costs 1 call.',
    resolve: (_root, _args, { loaders }) => loaders.read('retrieveTenant')(),
  }),
}))
